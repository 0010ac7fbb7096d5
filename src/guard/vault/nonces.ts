import { randomFillSync } from 'node:crypto';

export const NONCE_BYTES = 12;
const POOL_BYTES = NONCE_BYTES * 1024;

let pool: Buffer = Buffer.alloc(0);
let used = 0;

/**
 * 12 random bytes that were not handed out before. Drawn in bulk: one call of the system's generator costs more than an
 * encryption. They are no secret, they only must not repeat. The bytes stay as they are when more are drawn.
 */
export function nextNonce(): Buffer {
  if (used + NONCE_BYTES > pool.length) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  const nonce = pool.subarray(used, used + NONCE_BYTES);
  used += NONCE_BYTES;
  return nonce;
}
