import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDateTime } from './date-time.ts';

describe('a date-time', () => {
  it.each([
    ['2026-03-01T12:30:00Z', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01T12:30:00.5+01:00', '2026-03-01T11:30:00.500Z'],
    ['2026-03-01T00:30:00-00:30', '2026-03-01T01:00:00.000Z'],
    ['2024-02-29T23:59:59.123456789Z', '2024-02-29T23:59:59.123456789Z'],
    ['2024-02-29T23:59:59.120000Z', '2024-02-29T23:59:59.120Z'],
    ['2024-12-31T23:59:59.999999-01:00', '2025-01-01T00:59:59.999999Z'],
  ])('%s is %s', (text, utc) => {
    expect(readDateTime(text)).toBe(utc);
    expect(readDateTime(utc)).toBe(utc);
  });

  it.each([
    '2026-03-01',
    '2026-03-01T12:30Z',
    '2026-03-01T12:30:00',
    '2026-03-01 12:30:00Z',
    '2026-03-01t12:30:00z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    'now-1d',
    '2026-01-01||/d',
    '1767225600000',
    '',
  ])('%s is none', (text) => {
    expect(readDateTime(text)).toBeUndefined();
  });

  it('is the instant that the engine reads', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true }),
        fc.integer({ min: -1439, max: 1439 }),
        (date, offset) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const [sign, minutes] = offset < 0 ? ['-', -offset] : ['+', offset];
          const pad = (number: number) => String(number).padStart(2, '0');
          const text = `${local}${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
          expect(readDateTime(text)).toBe(date.toISOString());
        },
      ),
    );
  });
});
