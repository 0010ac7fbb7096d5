import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { createMemoryReplayStore } from './replay.ts';

describe('the memory of used proofs', () => {
  it('knows a proof until its time is over, by its key', () => {
    let now = 1_000_000;
    const store = createMemoryReplayStore({ now: () => now });
    expect(store.seen('key', 'a', now + 70_000)).toBe(false);
    expect(store.seen('key', 'a', now + 70_000)).toBe(true);
    expect(store.seen('key', 'a', now + 10_000)).toBe(true);
    expect(store.seen('other', 'a', now + 70_000)).toBe(false);
    expect(store.seen('key', 'b', now + 70_000)).toBe(false);
    now += 69_999;
    expect(store.seen('key', 'a', now + 70_000)).toBe(true);
  });

  it('forgets what is over, so that it takes no more room than the proofs of two minutes', () => {
    let now = 0;
    const store = createMemoryReplayStore({ now: () => now });
    for (let at = 0; at < 100_000; at += 1) {
      now += 10;
      expect(store.seen('key', String(at), now + 70_000)).toBe(false);
    }
    expect(store.size).toBeLessThanOrEqual(10_100);
  });

  it('is full when it is full: nothing that lives is forgotten, and nothing new let in', () => {
    let now = 0;
    const store = createMemoryReplayStore({ now: () => now, maxProofs: 4, maxPerKey: 2 });
    expect(store.seen('a', '1', 60_000)).toBe(false);
    expect(store.seen('a', '2', 60_000)).toBe(false);
    expect(() => store.seen('a', '3', 60_000)).toThrow(Refusal);
    expect(store.seen('a', '1', 60_000)).toBe(true);
    expect(store.seen('b', '1', 90_000)).toBe(false);
    expect(store.seen('c', '1', 90_000)).toBe(false);
    expect(() => store.seen('d', '1', 90_000)).toThrow(Refusal);
    now = 60_000;
    expect(store.seen('a', '3', 120_000)).toBe(false);
    expect(store.size).toBe(3);
  });
});
