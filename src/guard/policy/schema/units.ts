/** Amounts as people write them: `30s`, `64MiB`, `50/s`, `2000/1h`, `2026-12-31`. */
import { z } from 'zod';

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

const DURATION = /^([1-9]\d{0,8})(ms|s|m|h|d)$/;
const SIZE = /^([1-9]\d{0,8})(B|KiB|MiB|GiB)$/;
const RATE = /^([1-9]\d{0,8})\/(s|m|h)$/;
const BUDGET = /^([1-9]\d{0,8})\/(\d{0,8}(?:ms|s|m|h|d))$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** @returns milliseconds; undefined for text that is no duration */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  return isKey(MILLISECONDS, unit) ? Number(amount) * MILLISECONDS[unit] : undefined;
}

/** @returns bytes; undefined for text that is no size */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = SIZE.exec(text) ?? [];
  return isKey(BYTES, unit) ? Number(amount) * BYTES[unit] : undefined;
}

/** @returns events a second: `3000/m` is 50 */
export function parseRate(text: string): number | undefined {
  const [, amount, unit] = RATE.exec(text) ?? [];
  return isKey(MILLISECONDS, unit) ? (Number(amount) * 1000) / MILLISECONDS[unit] : undefined;
}

/** `2000/1h`, or `2000/h`. */
export function parseBudget(text: string): { count: number; windowMs: number } | undefined {
  const [, count, window = ''] = BUDGET.exec(text) ?? [];
  const windowMs = parseDuration(/^\d/.test(window) ? window : `1${window}`);
  return count === undefined || windowMs === undefined ? undefined : { count: Number(count), windowMs };
}

/** @returns ms since the epoch of the end of that day, UTC */
export function parseDay(text: string): number | undefined {
  if (!DAY.test(text)) return undefined;
  const start = Date.parse(`${text}T00:00:00.000Z`);
  // Date.parse rolls the 31st of short months over on some engines.
  if (Number.isNaN(start) || !new Date(start).toISOString().startsWith(text)) return undefined;
  return start + MILLISECONDS.d;
}

function isKey<T extends object>(table: T, key: string | undefined): key is keyof T & string {
  return key !== undefined && Object.hasOwn(table, key);
}

function parsed<T>(pattern: RegExp, parse: (text: string) => T | undefined, expected: string) {
  return z
    .string({ error: `expected ${expected}` })
    .regex(pattern, { error: `expected ${expected}`, abort: true })
    .transform((text, context): T => {
      const value = parse(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    });
}

export const duration = parsed(DURATION, parseDuration, 'a duration such as 500ms, 30s, 5m, 1h or 7d');
export const size = parsed(SIZE, parseSize, 'a size such as 512KiB, 64MiB or 1GiB');
export const rate = parsed(RATE, parseRate, 'a rate such as 50/s, 600/m or 5000/h');
export const budget = parsed(BUDGET, parseBudget, 'a number of documents in a time, such as 2000/1h');
export const day = parsed(DAY, parseDay, 'a day such as 2026-12-31');
export const occurrences = parsed(BUDGET, parseBudget, 'a number of events in a time, such as 50/10m');
