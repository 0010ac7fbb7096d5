import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusedWith } from '../http/testing/raw-request.ts';
import { newId, readIdempotencyKey } from './idempotency.ts';
import { createMemoryIdempotency } from './memory-idempotency.ts';
import { token } from './testing/harness.ts';
import { ORDERS } from './testing/resources.ts';

describe('an Idempotency-Key', () => {
  it.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"with space and \\"quotes\\" and \\\\"', 'with space and "quotes" and \\'],
    ['a'.repeat(255), 'a'.repeat(255)],
  ])('%s is read', (header, key) => {
    expect(readIdempotencyKey(header)).toBe(key);
  });

  it.each(['', '""', '"a', 'a"b', 'a b', 'a,b', '"é"', '"a\\b"', '"a"; x=1', 'a'.repeat(256), `"${'a'.repeat(256)}"`])(
    '%s is none',
    (header) => {
      expect(refusedWith(() => readIdempotencyKey(header))).toBe('malformed_request');
    },
  );

  it('gives one id to one principal, resource and key, and another to any other', () => {
    const id = newId(token, ORDERS, 'ada', 'k');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newId(token, ORDERS, 'ada', 'k')).toBe(id);
    const others = [
      newId(token, ORDERS, 'bob', 'k'),
      newId(token, ORDERS, 'ada', 'l'),
      newId(token, { ...ORDERS, name: 'parcels' }, 'ada', 'k'),
      newId(token, ORDERS, 'ada', undefined),
      newId(token, ORDERS, 'ada', undefined),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
  });
});

describe('keys in memory', () => {
  it('are new once, then running, then the same or another', async () => {
    const store = createMemoryIdempotency();
    const soon = Date.now() + 60_000;
    expect(await store.begin('k', 'f', soon)).toBe('new');
    expect(await store.begin('k', 'f', soon)).toBe('running');
    await store.done('k');
    expect(await store.begin('k', 'f', soon)).toBe('same');
    expect(await store.begin('k', 'g', soon)).toBe('different');
    await store.abandon('k');
    expect(await store.begin('k', 'f', soon)).toBe('same');
  });

  it('are free again when their creation was given up, never ended, or is a day old', async () => {
    let now = 0;
    const store = createMemoryIdempotency({ now: () => now, lease: 100 });
    expect(await store.begin('k', 'f', 1000)).toBe('new');
    await store.abandon('k');
    expect(await store.begin('k', 'g', 1000)).toBe('new');
    now = 101;
    expect(await store.begin('k', 'f', 1000)).toBe('new');
    await store.done('k');
    now = 1001;
    expect(await store.begin('k', 'g', 2000)).toBe('new');
  });

  it('are bounded', async () => {
    const store = createMemoryIdempotency({ max: 2 });
    const soon = Date.now() + 60_000;
    for (const key of ['a', 'b', 'c']) await store.begin(key, 'f', soon);
    expect(await store.begin('a', 'f', soon)).toBe('new');
  });

  it('are had by one of many at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 20 }), async (many) => {
        const store = createMemoryIdempotency();
        const begun = await Promise.all(Array.from({ length: many }, () => store.begin('k', 'f', Date.now() + 1000)));
        expect(begun.filter((standing) => standing === 'new')).toHaveLength(1);
      }),
    );
  });
});
