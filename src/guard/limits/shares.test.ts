import { describe, expect, it } from 'vitest';
import { shareOfRole, smallShareOfRole } from './shares.ts';

const role = { rate: { perSecond: 50, burst: 101 }, concurrent: 10, documents: { count: 2000, windowMs: 3_600_000 } };

describe('the share of a worker', () => {
  it('is never more than its part', () => {
    expect(shareOfRole(role, 3)).toEqual({
      rate: { perSecond: 50 / 3, burst: 33 },
      concurrent: 3,
      documents: { count: 666, windowMs: 3_600_000 },
    });
  });

  it('is all of it for one', () => {
    expect(shareOfRole(role, 1)).toEqual(role);
  });

  it('cannot be less than one: the operator is told', () => {
    expect(() => shareOfRole(role, 11)).toThrow('concurrent: 10');
  });

  it('of no limit is no limit', () => {
    const none = { rate: null, concurrent: null, documents: null };
    expect(shareOfRole(none, 4)).toEqual(none);
  });

  it('of a limit that is small on purpose is one where it cannot be divided', () => {
    const small = { rate: { perSecond: 1, burst: 1 }, concurrent: 2, documents: { count: 10, windowMs: 1000 } };
    expect(smallShareOfRole(small, 4)).toEqual({
      rate: { perSecond: 0.25, burst: 1 },
      concurrent: 1,
      documents: { count: 2, windowMs: 1000 },
    });
    expect(smallShareOfRole(small, 1)).toEqual(small);
  });
});
