import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './match-pattern.ts';

describe('matchesPattern', () => {
  it('says what a regular expression would say', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '-'), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const name = text.replaceAll('*', 'c');
        expect(matchesPattern(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('lets no part of a name count twice', () => {
    expect(matchesPattern('aba*ba', 'aba')).toBe(false);
    expect(matchesPattern('a*a', 'a')).toBe(false);
  });
});
