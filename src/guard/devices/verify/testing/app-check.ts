/** Firebase App Check for tests: tokens of a made-up Firebase, each member as it is asked for. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';

export interface AppCheckKeys {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The key set, as Firebase publishes it. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}

export function makeAppCheckKeys(kid = 'k1'): AppCheckKeys {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  return { kid, privateKey, publicKey, jwks: { keys: [jwk] } };
}

export interface AppCheckRequest {
  readonly keys: AppCheckKeys;
  /** Project number. */
  readonly project: string;
  /** Firebase app id. */
  readonly appId: string;
  /** ms since the epoch. */
  readonly now: number;
  /** Members to be exchanged; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly signer?: KeyObject | Uint8Array;
}

export function makeAppCheck(request: AppCheckRequest): Promise<string> {
  const { keys, project, appId, now } = request;
  const issuedAt = Math.floor(now / 1000) - 10;
  const claims = {
    iss: `https://firebaseappcheck.googleapis.com/${project}`,
    aud: [`projects/${project}`, 'projects/example-shop'],
    sub: appId,
    iat: issuedAt,
    exp: issuedAt + 3600,
    ...request.claims,
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keys.kid, ...request.header })
    .sign(request.signer ?? keys.privateKey);
}
