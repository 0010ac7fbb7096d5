/**
 * Dates as the stores read them by default (`strict_date_optional_time||epoch_millis`):
 * YYYY[-MM[-DD[Thh[:mm[:ss[.fraction]]][Z|±hh[[:]mm]]]]], UTC where no offset is given, or milliseconds since the epoch.
 * Date arithmetic (`now-1d`, `||/d`) is none: the gateway must be able to compute what the store computes.
 */
const ISO =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?)?$/;
const EPOCH = /^-?\d{1,16}$/;

/** The first and the last millisecond that a date means: `2026-01-01` is a whole day. They differ where parts are missing. */
export interface DateSpan {
  readonly from: number;
  readonly to: number;
}

/** @returns undefined for anything that is not one of the two forms */
export function readDate(text: string): DateSpan | undefined {
  const match = ISO.exec(text);
  if (match !== null) return isoSpan(match);
  if (!EPOCH.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? { from: value, to: value } : undefined;
}

function isoSpan(match: RegExpExecArray): DateSpan | undefined {
  const [, year = '', month, day, hour, minute, second, fraction, offset] = match;
  const shift = offsetOf(offset);
  const time = timeOf(hour, minute, second);
  if (shift === undefined || time === undefined) return undefined;
  const start = dayStart(Number(year), month === undefined ? 1 : Number(month), day === undefined ? 1 : Number(day));
  if (start === undefined) return undefined;
  const part = fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000;
  const from = start + time - shift + part;
  // The stores fill missing parts of the time up to the end of the day, but a missing month or day with the first one.
  const rest = hour === undefined ? 86_399_999 : minute === undefined ? 3_599_999 : second === undefined ? 59_999 : 0;
  return { from, to: rest === 0 && fraction === undefined ? from + 999 : from + rest };
}

function timeOf(hour = '0', minute = '0', second = '0'): number | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  return h > 23 || m > 59 || s > 59 ? undefined : ((h * 60 + m) * 60 + s) * 1000;
}

function dayStart(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** Milliseconds east of UTC. */
function offsetOf(offset: string | undefined): number | undefined {
  if (offset === undefined || offset === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  if (minutes > 18 * 60 || Number(digits.slice(2)) > 59) return undefined;
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Milliseconds as the store is told them: in full, so that nothing is left to fill in. */
export function printDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
