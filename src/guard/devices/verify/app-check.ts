/**
 * Firebase App Check: a token that Firebase gives to an app which proved itself by App Attest, Play Integrity or another
 * provider. RS256; `iss` https://firebaseappcheck.googleapis.com/<project number>, `aud` holds projects/<project number>,
 * `sub` is the app's Firebase id.
 *
 * It is made over nothing of ours: neither a challenge nor a key. So it proves the app and no device, and the service takes each
 * one once (`digest`, until `expiresAt`); apps should ask for limited-use tokens.
 *
 * Source: https://firebase.google.com/docs/app-check/custom-resource-backend
 */
import { hash } from 'node:crypto';
import { verifySignature } from '../../authn/algorithms.ts';
import { seconds } from '../../authn/claims.ts';
import { openJws, readObject } from '../../authn/jws.ts';
import type { KeySource } from '../../authn/key-source.ts';
import { Unauthenticated } from '../../authn/refuse.ts';
import type { JsonObject } from '../../json/value.ts';
import type { AppCheckConfig } from '../../policy/devices-config.ts';
import type { IssuerConfig } from '../../policy/identity-config.ts';
import { textsAt } from './json.ts';
import { prove, provingLater, Unproven } from './unproven.ts';

export interface AppCheckTrust {
  readonly config: Omit<AppCheckConfig, 'jwks'>;
  readonly keys: Pick<KeySource, 'find'>;
}

export interface AppCheckFacts {
  /** Firebase app id. */
  readonly appId: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
  /** SHA-256 of the token, base64url: what may be taken once. */
  readonly digest: string;
}

const MAX_TOKEN = 4096;
const ISSUER = 'https://firebaseappcheck.googleapis.com';
const JWKS = `${ISSUER}/v1/jwks`;
const KNOWN = ['alg', 'typ', 'kid'];
/** Firebase's clock may be that far ahead of ours, ms. */
const AHEAD = 30_000;

/** Where Firebase's keys are, as the loader of issuers' keys reads it. */
export function appCheckIssuer(config: AppCheckConfig): IssuerConfig {
  return {
    name: 'app-check',
    issuer: `${ISSUER}/${config.project}`,
    audience: [`projects/${config.project}`],
    keys: config.jwks === null ? { kind: 'url', url: JWKS } : { kind: 'file', path: config.jwks },
    algorithms: ['RS256'],
    types: ['jwt'],
    clockTolerance: 0,
    subject: 'sub',
    dpop: 'when-bound',
    revoked: null,
  };
}

/**
 * @param now ms since the epoch
 * @throws Refusal `attestation`; `unavailable` when there are no keys
 */
export function verifyAppCheck(token: string, { config, keys }: AppCheckTrust, now: number): Promise<AppCheckFacts> {
  return provingLater('attestation', 'app-check', async () => {
    try {
      const jws = openJws(token, 'token', MAX_TOKEN);
      const kid = readHeader(readObject(jws.header, 'token header'));
      // Cheap checks before the costly one; nothing is believed until the signature holds.
      const facts = readClaims(readObject(jws.payload, 'token claims'), config, now);
      const key = await keys.find(kid, 'RS256', now);
      prove(verifySignature('RS256', key.key, jws.input, jws.signature), 'token: the signature does not hold');
      return { ...facts, digest: hash('sha256', token, 'base64url') };
    } catch (error) {
      if (error instanceof Unauthenticated) throw new Unproven(error.detail);
      throw error;
    }
  });
}

function readHeader(header: JsonObject): string {
  for (const name of Object.keys(header)) prove(KNOWN.includes(name), 'token header: a member that is not accepted');
  const { alg, typ, kid } = header;
  prove(alg === 'RS256', 'token.alg: not RS256');
  prove(typ === 'JWT', 'token.typ: not JWT');
  prove(typeof kid === 'string' && kid !== '', 'token.kid: missing');
  return kid;
}

function readClaims(
  claims: JsonObject,
  { project, appIds }: AppCheckTrust['config'],
  now: number,
): { appId: string; expiresAt: number } {
  prove(claims.iss === `${ISSUER}/${project}`, 'token.iss: another project');
  prove(textsAt(claims.aud, 'token.aud').includes(`projects/${project}`), 'token.aud: another project');
  const exp = seconds(claims, 'exp');
  prove(exp !== undefined && now < exp * 1000, 'token.exp: over');
  const iat = seconds(claims, 'iat');
  prove(iat !== undefined && iat * 1000 <= now + AHEAD, 'token.iat: in the future');
  const nbf = seconds(claims, 'nbf');
  prove(nbf === undefined || nbf * 1000 <= now + AHEAD, 'token.nbf: not yet');
  const { sub } = claims;
  prove(typeof sub === 'string' && appIds.includes(sub), 'token.sub: another app');
  return { appId: sub, expiresAt: exp * 1000 };
}
