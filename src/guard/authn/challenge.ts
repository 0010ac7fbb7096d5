/**
 * What a refused request is told about getting in (RFC 9110 section 11.6.1): the schemes that this policy has, and the error
 * codes that clients act on. Constant for a policy but for the nonce; nothing of the request is in it.
 */
import type { Refusal } from '../contract/refusal.ts';
import type { IdentityConfig } from '../policy/identity-config.ts';
import { PROOF_ALGORITHMS } from './dpop.ts';
import { Unauthenticated } from './refuse.ts';

/** Lower-case names, for `Answer.headers`. Empty for a refusal that no credentials would help. */
export type ChallengeHeaders = Readonly<Record<string, string>>;

/** @param nonce made for a client that must prove itself with one */
export function challengeOf(
  refusal: Refusal,
  identity: IdentityConfig,
  nonce: (() => string) | null,
): ChallengeHeaders {
  if (refusal.code !== 'unauthenticated') return {};
  const error = refusal instanceof Unauthenticated ? refusal.challenge : 'none';
  const schemes: string[] = [];
  if (identity.issuers.some((issuer) => issuer.dpop !== 'required')) {
    schemes.push(error === 'invalid_token' ? 'Bearer error="invalid_token"' : 'Bearer');
  }
  if (identity.issuers.length > 0) {
    const algorithms = `algs="${PROOF_ALGORITHMS.join(' ')}"`;
    schemes.push(error === 'none' ? `DPoP ${algorithms}` : `DPoP error="${error}", ${algorithms}`);
  }
  if (identity.apiKeys) schemes.push('ApiKey');
  const headers: Record<string, string> = {};
  // A 401 needs a challenge; where only certificates count there is no scheme to name.
  if (schemes.length > 0) headers['www-authenticate'] = schemes.join(', ');
  if (nonce && error === 'use_dpop_nonce') headers['dpop-nonce'] = nonce();
  return headers;
}
