import { describe, expect, it } from 'vitest';
import { createEta } from './eta.ts';

describe('createEta', () => {
  const said = (ms: number, done: number, total: number) => {
    let now = 1_000;
    const eta = createEta(() => now);
    now += ms;
    return eta(done, total);
  };

  it.each([
    [10_000, 20, 100, ', about 40 s left'],
    [10_000, 100, 1_300, ', about 2 min 0 s left'],
    [60_000, 300, 12_300, ', about 40 min 0 s left'],
    [600_000, 300, 12_300, ', about 6 h 40 min left'],
  ])('after %s ms with %s of %s says%s', (ms, done, total, words) => {
    expect(said(ms, done, total)).toBe(words);
  });

  it.each([
    ['too few are done', 2, 50],
    ['too small a share is done', 1_000, 100_000],
    ['all are done', 50, 50],
    ['more are done than were known of', 51, 50],
    ['it is a matter of moments', 49, 50],
  ])('says nothing while %s', (_why, done, total) => {
    expect(said(10_000, done, total)).toBe('');
  });
});
