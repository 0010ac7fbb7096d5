/**
 * How the secret of an API key is kept:
 *
 *   sha256$SALT$DIGEST            a random secret of ≥ 128 bits (what `createApiKey` makes): there is nothing to guess
 *   scrypt$LOG2N$SALT$DIGEST      a secret that somebody thought of (RFC 7914, r = 8, p = 1, 12 ≤ LOG2N ≤ 17)
 *
 * SALT and DIGEST are base64url, 16 and 32 bytes.
 */
import { createHash, scrypt, timingSafeEqual } from 'node:crypto';
import { decodeBase64url } from './base64url.ts';

export interface SecretHash {
  readonly kind: 'sha256' | 'scrypt';
  readonly log2N: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

const FORM = /^(?:sha256|scrypt\$(1[2-7]))\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/** @returns undefined for text of another form */
export function parseSecretHash(text: string): SecretHash | undefined {
  const match = FORM.exec(text);
  const salt = decodeBase64url(match?.[2] ?? '');
  const digest = decodeBase64url(match?.[3] ?? '');
  if (!match || salt?.length !== 16 || digest?.length !== 32) return undefined;
  return match[1] === undefined
    ? { kind: 'sha256', log2N: 0, salt, digest }
    : { kind: 'scrypt', log2N: Number(match[1]), salt, digest };
}

export function printSecretHash(hash: SecretHash): string {
  const kind = hash.kind === 'scrypt' ? `scrypt$${hash.log2N}` : 'sha256';
  return `${kind}$${hash.salt.toString('base64url')}$${hash.digest.toString('base64url')}`;
}

export function digestSha256(salt: Uint8Array, secret: Uint8Array): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}

export function digestScrypt(salt: Uint8Array, secret: Uint8Array, log2N: number): Promise<Buffer> {
  const cost = { N: 2 ** log2N, r: 8, p: 1, maxmem: 2 ** log2N * 1024 * 2 };
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, cost, (error, digest) => (error ? reject(error) : resolve(digest)));
  });
}

export function sameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return timingSafeEqual(one, other);
}
