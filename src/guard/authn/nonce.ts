/**
 * Nonces for DPoP proofs (RFC 9449 section 9) that nobody has to remember: BASE64URL(time, 6 bytes of ten seconds | the first 16
 * bytes of HMAC-SHA-256(key, time)). Whoever has the key – every worker and gateway – can check one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase64url } from './base64url.ts';

const TIME_BYTES = 6;
const TAG_BYTES = 16;
/** A nonce is the same for this long, so that it costs one HMAC for all who ask. */
const STEP = 10_000;

export interface Nonces {
  fresh(now: number): string;
  good(nonce: string, now: number): boolean;
}

/** @param key 32 random bytes; @param life milliseconds that a nonce is good for */
export function createNonces(key: Uint8Array, life = 120_000): Nonces {
  let made = { at: -1, nonce: '' };
  return {
    fresh(now) {
      const at = Math.floor(now / STEP);
      if (made.at !== at) made = { at, nonce: sign(key, at).toString('base64url') };
      return made.nonce;
    },
    good(nonce, now) {
      const bytes = nonce.length === 30 ? decodeBase64url(nonce) : undefined;
      if (bytes?.length !== TIME_BYTES + TAG_BYTES) return false;
      const at = bytes.readUIntBE(0, TIME_BYTES);
      if (!timingSafeEqual(bytes, sign(key, at))) return false;
      const age = now - at * STEP;
      return age >= -STEP && age < life + STEP;
    },
  };
}

function sign(key: Uint8Array, at: number): Buffer {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(at, 0, TIME_BYTES);
  return Buffer.concat([
    time,
    createHmac('sha256', key).update('postern dpop nonce').update(time).digest().subarray(0, TAG_BYTES),
  ]);
}
