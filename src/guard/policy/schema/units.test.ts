import { describe, expect, it } from 'vitest';
import { parseBudget, parseDay, parseDuration, parseRate, parseSize } from './units.ts';

describe('units', () => {
  it('read amounts as people write them', () => {
    expect(parseDuration('500ms')).toBe(500);
    expect(parseDuration('5m')).toBe(300_000);
    expect(parseSize('64MiB')).toBe(64 * 1024 * 1024);
    expect(parseRate('50/s')).toBe(50);
    expect(parseRate('600/m')).toBe(10);
    expect(parseBudget('2000/1h')).toEqual({ count: 2000, windowMs: 3_600_000 });
    expect(parseBudget('10/d')).toEqual({ count: 10, windowMs: 86_400_000 });
    expect(parseDay('2028-02-29')).toBe(Date.UTC(2028, 2, 1));
  });

  it.each(['', '0s', '5', '5 s', '-5s', '5S', '1e3s', '5s ', '05s', '9999999999s', '5mm', '1.5h', '٣s'])(
    'refuse %j as a duration',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each(['64MB', '64', '0B', '1TiB', '64mib', '1.5MiB'])('refuse %j as a size', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it('refuse rates, budgets and days that are none', () => {
    for (const text of ['50', '50/d', '50/1s', '0/s', '/s']) expect(parseRate(text)).toBeUndefined();
    for (const text of ['50', '50/0h', '50/', '0/1h', '5/1y']) expect(parseBudget(text)).toBeUndefined();
    for (const text of ['2026-02-30', '2026-13-01', '2027-02-29', '26-01-01', '2026-1-1', 'tomorrow']) {
      expect(parseDay(text)).toBeUndefined();
    }
  });
});
