/** What a request brings to prove itself, taken from the header lines as they were sent; the target is never looked at. */
import { Unauthenticated } from './refuse.ts';

export interface Credentials {
  readonly scheme: 'bearer' | 'dpop' | 'apikey';
  /** token68 (RFC 9110 section 11.2). */
  readonly value: string;
  /** The DPoP proof; with the scheme `dpop` only, and then always. */
  readonly proof: string | null;
}

/** Longest proof (RFC 9449) and longest credentials; one is a token at most. */
export const MAX_PROOF_LENGTH = 4 * 1024;
const MAX_CREDENTIALS_LENGTH = 8 * 1024 + 16;

/** One scheme, one space, one token68: a list of credentials (`Bearer a, Bearer b`) has characters that are not in it. */
const CREDENTIALS = /^([A-Za-z]{1,16}) ([A-Za-z0-9._~+/-]+={0,2})$/;

/**
 * @returns null when there are none
 * @throws Unauthenticated for what is repeated, malformed or of an unknown scheme
 */
export function readCredentials(headers: readonly string[]): Credentials | null {
  let authorization: string | undefined;
  let proof: string | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] as string;
    // Lengths first: names are not lower-cased for nothing.
    if (name.length === 13 && name.toLowerCase() === 'authorization') {
      if (authorization !== undefined) throw new Unauthenticated('authorization: there twice');
      authorization = headers[at + 1];
    } else if (name.length === 4 && name.toLowerCase() === 'dpop') {
      if (proof !== undefined) throw new Unauthenticated('dpop: two proofs', 'invalid_dpop_proof');
      proof = headers[at + 1];
    }
  }
  if (authorization === undefined) {
    if (proof !== undefined) throw new Unauthenticated('dpop: a proof without a token', 'none');
    return null;
  }
  return parse(authorization, proof);
}

function parse(authorization: string, proof: string | undefined): Credentials {
  if (authorization.length > MAX_CREDENTIALS_LENGTH) throw new Unauthenticated('authorization: too long');
  const match = CREDENTIALS.exec(authorization);
  if (!match) throw new Unauthenticated('authorization: not a scheme with one token68');
  const value = match[2] ?? '';
  const scheme = schemeOf(match[1] ?? '');
  if (scheme !== 'dpop') {
    if (proof !== undefined) throw new Unauthenticated('dpop: a proof beside another scheme', 'invalid_dpop_proof');
    return { scheme, value, proof: null };
  }
  if (proof === undefined) throw new Unauthenticated('dpop: no proof', 'invalid_dpop_proof');
  if (proof.length > MAX_PROOF_LENGTH) throw new Unauthenticated('dpop: too long', 'invalid_dpop_proof');
  return { scheme, value, proof };
}

function schemeOf(name: string): Credentials['scheme'] {
  switch (name.toLowerCase()) {
    case 'bearer':
      return 'bearer';
    case 'dpop':
      return 'dpop';
    case 'apikey':
      return 'apikey';
    default:
      throw new Unauthenticated('authorization: a scheme that is not accepted');
  }
}
