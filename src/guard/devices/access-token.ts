/** Makes the gateway's own access tokens for devices (RFC 9068, ES256); `authn/device-token.ts` shows their claims and reads them. */
import { createPublicKey, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { Unauthenticated } from '../authn/refuse.ts';
import type { DeviceFacts } from '../contract/device.ts';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import { printJson } from '../json/index.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/value.ts';
import type { DevicesConfig } from '../policy/devices-config.ts';
import type { IssuerConfig } from '../policy/identity-config.ts';

/** The whole token has to fit into what the authenticator reads (8 KiB). */
const MAX_USER_BYTES = 4_800;
/** Several gateways make and check them. */
const CLOCK_TOLERANCE = 5_000;

export interface AccessTokens {
  /** The gateway as an issuer that its own authenticator trusts. */
  readonly issuer: IssuerConfig;
  /** @throws Unauthenticated when the person's token is over, Refusal `too_large` when it says too much to be repeated */
  issue(user: Principal, device: DeviceFacts, jkt: string, now: number): IssuedToken;
}

export interface IssuedToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/**
 * @param signingKey P-256, private
 * @throws TypeError for another key
 */
export function createAccessTokens(config: DevicesConfig['tokens'], signingKey: KeyObject): AccessTokens {
  const { kty, crv, x, y } = createPublicKey(signingKey).export({ format: 'jwk' });
  if (crv !== 'P-256') throw new TypeError('the key of device tokens is not a P-256 key');
  const kid = hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');
  const header = encode(
    jsonObject([
      ['typ', 'at+jwt'],
      ['alg', 'ES256'],
      ['kid', kid],
    ]),
  );
  const { issuer, lifetime } = config;
  return {
    issuer: {
      name: 'device',
      issuer,
      audience: [issuer],
      keys: {
        kind: 'given',
        jwks: JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }] }),
      },
      algorithms: ['ES256'],
      types: ['at+jwt'],
      clockTolerance: CLOCK_TOLERANCE,
      subject: 'sub',
      dpop: 'required',
      revoked: null,
    },
    issue(user, device, jkt, now) {
      const iat = Math.floor(now / 1000);
      const exp = Math.min(Math.floor((now + lifetime) / 1000), endOf(user.claims));
      if (exp <= iat) throw new Unauthenticated('token.exp: over');
      if (Buffer.byteLength(printJson(user.claims)) > MAX_USER_BYTES)
        throw new Refusal('too_large', 'token: too many claims for a device token');
      const claims = jsonObject([
        ['iss', issuer],
        ['aud', issuer],
        ['sub', subjectOf(user)],
        ['client_id', device.app],
        ['iat', iat],
        ['exp', exp],
        ['jti', randomBytes(16).toString('base64url')],
        ['cnf', confirmation(user.claims, jkt)],
        ['dev', jsonObject(Object.entries(device))],
        ['user', user.claims],
      ]);
      const input = `${header}.${encode(claims)}`;
      const signature = sign('sha256', Buffer.from(input), { key: signingKey, dsaEncoding: 'ieee-p1363' });
      return { token: `${input}.${signature.toString('base64url')}`, expiresIn: exp - iat };
    },
  };
}

/** `token:<issuer>:<subject>`; the name of an issuer has no colon. */
function subjectOf({ id }: Principal): string {
  return id.slice(id.indexOf(':', id.indexOf(':') + 1) + 1);
}

/** The person's token was verified: it has an `exp`. The tolerance for clocks is not added once more. */
function endOf(claims: JsonObject): number {
  return typeof claims.exp === 'number' ? claims.exp : 0;
}

/** A person's token that is bound to a certificate stays so. */
function confirmation(user: JsonObject, jkt: string): Json {
  const certificate = isJsonObject(user.cnf) ? user.cnf['x5t#S256'] : undefined;
  return jsonObject(
    certificate === undefined
      ? [['jkt', jkt]]
      : [
          ['jkt', jkt],
          ['x5t#S256', certificate],
        ],
  );
}

function encode(value: Json): string {
  return Buffer.from(printJson(value)).toString('base64url');
}
