import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHALLENGE_LIFE, createChallenges } from './challenge.ts';

const NOW = Date.UTC(2026, 10, 22);
const WHO = 'token:shop:ada';
const challenges = createChallenges(Buffer.alloc(32, 1));

describe('a challenge', () => {
  it('is good for its principal, at every gateway with the key, until it is over', () => {
    const challenge = challenges.fresh(WHO, NOW);
    const elsewhere = createChallenges(Buffer.alloc(32, 1));
    expect(elsewhere.goodUntil(challenge, WHO, NOW)).toBe(NOW + CHALLENGE_LIFE);
    expect(elsewhere.goodUntil(challenge, WHO, NOW + CHALLENGE_LIFE - 1)).toBe(NOW + CHALLENGE_LIFE);
    expect(elsewhere.goodUntil(challenge, WHO, NOW + CHALLENGE_LIFE)).toBeUndefined();
    expect(elsewhere.goodUntil(challenge, WHO, NOW - 10_001)).toBeUndefined();
  });

  it('is good for nobody else, and under no other key', () => {
    const challenge = challenges.fresh(WHO, NOW);
    for (const who of ['token:shop:adam', 'token:shop:', 'token:other:ada', ''])
      expect(challenges.goodUntil(challenge, who, NOW)).toBeUndefined();
    expect(createChallenges(Buffer.alloc(32, 2)).goodUntil(challenge, WHO, NOW)).toBeUndefined();
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => challenges.fresh(WHO, NOW))).size).toBe(100);
  });

  it('with anything changed, or written in another way, is none', () => {
    const challenge = challenges.fresh(WHO, NOW);
    const bytes = Buffer.from(challenge, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(challenges.goodUntil(changed.toString('base64url'), WHO, NOW)).toBeUndefined();
      }),
    );
    for (const text of [
      '',
      challenge.slice(1),
      `${challenge}=`,
      `${challenge.slice(0, -1)}!`,
      ` ${challenge.slice(1)}`,
    ])
      expect(challenges.goodUntil(text, WHO, NOW)).toBeUndefined();
    // The last character has bits that say nothing: one text is the challenge, the others are not.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const good = [...alphabet].filter(
      (last) => challenges.goodUntil(challenge.slice(0, -1) + last, WHO, NOW) !== undefined,
    );
    expect(good).toEqual([challenge.at(-1)]);
  });
});
