import type { Json } from '../../../json/value.ts';
import { durationOf } from '../parameters.ts';
import { refuse, textOf } from '../search/options.ts';

const DAY = 86_400_000;
/** Shortest length of each, milliseconds. */
const CALENDAR: ReadonlyMap<string, number> = new Map([
  ...['minute', '1m'].map((name) => [name, 60_000] as const),
  ...['hour', '1h'].map((name) => [name, 3_600_000] as const),
  ...['day', '1d'].map((name) => [name, DAY] as const),
  ...['week', '1w'].map((name) => [name, 7 * DAY] as const),
  ...['month', '1M'].map((name) => [name, 28 * DAY] as const),
  ...['quarter', '1q'].map((name) => [name, 90 * DAY] as const),
  ...['year', '1y', '1Y'].map((name) => [name, 365 * DAY] as const),
]);
const FIXED = /^[1-9]\d{0,7}(?:ms|s|m|h|d)$/;
const OFFSET = /^[+-]?\d{1,9}(?:ms|s|m|h|d)$/;
const ZONE = /^(?:[+-]\d{2}:?\d{2}|[A-Za-z][A-Za-z0-9_+-]{0,31}(?:\/[A-Za-z0-9_+-]{1,32}){0,2})$/;

export function intervalOf(kind: 'calendar_interval' | 'fixed_interval', json: Json, at: string): string {
  const text = textOf(json, at, 16);
  if (kind === 'calendar_interval' ? !CALENDAR.has(text) : !FIXED.test(text)) throw refuse(at, 'not an interval');
  return text;
}

/** Milliseconds of an interval that `intervalOf` took. */
export function lengthOf(interval: string): number {
  return CALENDAR.get(interval) ?? durationOf(interval) ?? 1;
}

export function offsetOf(json: Json, at: string): string {
  const text = textOf(json, at, 16);
  if (!OFFSET.test(text)) throw refuse(at, 'not an offset');
  return text;
}

/** `+02:00` or `Europe/Berlin`. */
export function zoneOf(json: Json, at: string): string {
  const text = textOf(json, at, 100);
  if (!ZONE.test(text)) throw refuse(at, 'not a time zone');
  return text;
}
