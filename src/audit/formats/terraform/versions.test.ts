import { expect, it } from 'vitest';
import { majorsOf } from './versions.ts';

it.each([
  ['~> 4.20', 4, 4],
  ['= 3.1.0', 3, 3],
  ['4.0.1', 4, 4],
  ['>= 3.0, < 5.0.0', 3, 4],
  ['< 4.5', 0, 4],
  ['>= 4.0', 4, Number.POSITIVE_INFINITY],
  ['~> 4', 4, Number.POSITIVE_INFINITY],
  ['>= 4.1, != 4.3.0', 4, Number.POSITIVE_INFINITY],
  ['<= 2.99', 0, 2],
])('reads the majors of %s', (constraint, from, to) => {
  expect(majorsOf(constraint)).toEqual({ from, to });
});

it('does not take other texts for constraints', () => {
  expect(['', 'latest', '~>', '>= x', '1.2.3.4.5'].map(majorsOf)).toEqual([null, null, null, null, null]);
  expect(majorsOf(','.repeat(100_000))).toBeNull();
});
