/** DPoP proofs (RFC 9449 section 4.2): a JWT that the device's key signs for one request. */
import { encodeBase64url, encodeText, sha256, utf8 } from './base64url.ts';
import type { DeviceKey } from './key.ts';

export interface ProofInput {
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  /** The access token that goes with it. */
  readonly token: string;
  /** The last one that the server gave. */
  readonly nonce: string | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

export async function makeProof(key: DeviceKey, { method, url, token, nonce, now }: ProofInput): Promise<string> {
  const { kty, crv, x, y } = key.publicJwk;
  return signJwt(
    key,
    { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } },
    {
      jti: crypto.randomUUID(),
      htm: method,
      htu: url,
      iat: Math.floor(now / 1000),
      ath: encodeBase64url(await sha256(utf8(token))),
      ...(nonce !== undefined && { nonce }),
    },
  );
}

export async function signJwt(key: DeviceKey, header: object, claims: object): Promise<string> {
  const input = `${encodeText(JSON.stringify(header))}.${encodeText(JSON.stringify(claims))}`;
  return `${input}.${encodeBase64url(await key.sign(utf8(input)))}`;
}
