/**
 * Challenges that nobody has to remember until they are used:
 *
 *   BASE64URL( time, 6 bytes of ms | 16 random bytes | first 16 bytes of HMAC-SHA-256(key, label | time | random | principal) )
 *
 * Whoever has the key – every worker and gateway – can check one. It is one person's, and good for five minutes; that it is
 * used once is the store's part.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { decodeBase64url } from '../authn/base64url.ts';

const TIME_BYTES = 6;
const RANDOM_BYTES = 16;
const TAG_BYTES = 16;
const BYTES = TIME_BYTES + RANDOM_BYTES + TAG_BYTES;
/** Characters of one. */
const LENGTH = Math.ceil((BYTES * 4) / 3);
const LABEL = 'postern device challenge';

export const CHALLENGE_LIFE = 5 * 60_000;
/** Another gateway's clock may be ahead. */
const CLOCK_TOLERANCE = 10_000;

export interface Challenges {
  /** @param principal `Principal.id` */
  fresh(principal: string, now: number): string;
  /**
   * Until when it has to be remembered as used (ms); undefined for one that this gateway did not make, did not make for this
   * principal, or that is over.
   */
  goodUntil(challenge: string, principal: string, now: number): number | undefined;
}

/** @param key 32 random bytes */
export function createChallenges(key: Uint8Array): Challenges {
  function tag(head: Uint8Array, principal: string): Buffer {
    return createHmac('sha256', key).update(LABEL).update(head).update(principal).digest().subarray(0, TAG_BYTES);
  }
  return {
    fresh(principal, now) {
      const head = Buffer.alloc(TIME_BYTES + RANDOM_BYTES);
      head.writeUIntBE(now, 0, TIME_BYTES);
      randomBytes(RANDOM_BYTES).copy(head, TIME_BYTES);
      return Buffer.concat([head, tag(head, principal)]).toString('base64url');
    },
    goodUntil(challenge, principal, now) {
      const bytes = challenge.length === LENGTH ? decodeBase64url(challenge) : undefined;
      if (bytes?.length !== BYTES) return undefined;
      const head = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES);
      if (!timingSafeEqual(bytes.subarray(head.length), tag(head, principal))) return undefined;
      const at = bytes.readUIntBE(0, TIME_BYTES);
      const until = at + CHALLENGE_LIFE;
      return now < until && at <= now + CLOCK_TOLERANCE ? until : undefined;
    },
  };
}
