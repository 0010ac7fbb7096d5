/** The key of a device: it signs every request, and stays where it was made. */
import { encodeBase64url, sha256, utf8 } from './base64url.ts';

/** An ES256 key pair. Make one with `createKey`, or wrap a key of the Secure Enclave or the Android Keystore in this shape. */
export interface DeviceKey {
  readonly publicJwk: EcPublicJwk;
  /** @returns ECDSA with SHA-256 over the bytes, as r and s of 32 bytes each */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

export interface EcPublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

type Pair = Parameters<typeof crypto.subtle.sign>[1] extends infer Key
  ? { readonly publicKey: Key; readonly privateKey: Key }
  : never;

const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGN = { name: 'ECDSA', hash: 'SHA-256' } as const;

/**
 * A new key whose private half no code can read. It lives as long as `pair` does: a browser keeps that in IndexedDB and hands it
 * to `keyOf` after a restart.
 */
export async function createKey(): Promise<DeviceKey & { readonly pair: Pair }> {
  const pair = await crypto.subtle.generateKey(EC, false, ['sign', 'verify']);
  return { ...(await keyOf(pair)), pair };
}

/** A key that was kept. */
export async function keyOf(pair: Pair): Promise<DeviceKey> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) throw new TypeError('not a P-256 key');
  return {
    publicJwk: { kty, crv, x, y },
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(SIGN, pair.privateKey, bytes)),
  };
}

/** RFC 7638: what tokens for this key say in `cnf.jkt`. */
export async function thumbprint({ publicJwk: { crv, kty, x, y } }: DeviceKey): Promise<string> {
  return encodeBase64url(await sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
}
