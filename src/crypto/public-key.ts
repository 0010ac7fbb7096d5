import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

const ED25519_BYTES = 32;

/** SHA-256 of the raw public key, first 32 hex digits. */
export function keyIdOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 32);
}

/** True for 32 bytes in strict base64url: one text for one key, so that texts can be compared. */
export function isPublicKey(text: string): boolean {
  const bytes = strictBase64url(text);
  return bytes !== undefined && bytes.length === ED25519_BYTES;
}

/** @param publicKey the raw key in base64url (RFC 8037 `x`) */
export function publicKeyObject(publicKey: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
}

/** The bytes of a base64url text, or undefined when it is not the one canonical text of its bytes (RFC 4648 §3.5). */
export function strictBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
