import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from './version.ts';

describe('versions', () => {
  it.each([
    ['5.2.0', '5.2.0', 0],
    ['5.2', '5.2.0', 0],
    ['5.2.0', '5.10.0', -1],
    ['5.10.0', '5.9.9', 1],
    ['05.2', '5.2', 0],
    ['50200', '50199', 1],
    ['9007199254740993', '9007199254740992', 1],
  ])('%s against %s is %d', (a, b, order) => {
    expect(Math.sign(compareVersions(a, b) ?? Number.NaN)).toBe(order);
  });

  it.each([
    ['50200', '5.2.0'],
    ['5.2.0', '50200'],
    ['5.2.0-beta', '5.2.0'],
    ['', '5.2.0'],
    ['5..2', '5.2'],
    ['-1', '1'],
    ['5.2.0.0.0.0.1', '5.2.0'],
    ['1e3', '1000'],
    ['٥.٢', '5.2'],
    [`${'1'.repeat(20)}`, '1'],
  ])('%j against %j is nothing that could be known', (a, b) => {
    expect(compareVersions(a, b)).toBeUndefined();
  });

  it('are ordered: compared the other way round, and over a third', () => {
    const part = fc.nat(30).map(String);
    const version = fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(isVersion(a)).toBe(true);
        const [ab, ba, bc, ac] = [
          compareVersions(a, b),
          compareVersions(b, a),
          compareVersions(b, c),
          compareVersions(a, c),
        ];
        if (ab === undefined || ba === undefined || bc === undefined || ac === undefined) throw new Error('undefined');
        expect(Math.sign(ab) + Math.sign(ba)).toBe(0);
        if (ab <= 0 && bc <= 0) expect(ac).toBeLessThanOrEqual(0);
      }),
    );
  });
});
