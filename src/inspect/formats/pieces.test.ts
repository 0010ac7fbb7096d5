import { describe, expect, it } from 'vitest';
import { pieces } from './pieces.ts';

function cut(length: number, longest: number): [number, number][] {
  const all: [number, number][] = [];
  pieces(10, 10 + length, longest, (from, to) => {
    all.push([from, to]);
    if (all.length > 100_000) throw new Error('endless');
  });
  return all;
}

describe('a long string', () => {
  it('is whole where it fits, also when it is empty', () => {
    expect(cut(100, 100)).toEqual([[10, 110]]);
    expect(cut(0, 100)).toEqual([[10, 10]]);
  });

  it('is cut into pieces that overlap by the longest address', () => {
    expect(cut(100_000, 65_536)).toEqual([
      [10, 65_546],
      [61_450, 100_010],
    ]);
  });

  it.each([0, 1, 2, 3, 7, 4095, 4096, 4097, 8192])('comes to its end with a limit of %i', (longest) => {
    const all = cut(20_000, longest);
    expect(all.at(-1)?.[1]).toBe(20_010);
    for (const [index, [from]] of all.entries()) {
      // no gap, no character of two bytes cut in two
      expect(from).toBeLessThanOrEqual(all[index - 1]?.[1] ?? from);
      expect(from % 2).toBe(0);
    }
  });
});
