/**
 * Dates of the API: RFC 3339 date-times, `2026-03-01T12:30:00.5+01:00`. What is stored and compared is the same instant in
 * UTC, `2026-03-01T11:30:00.500Z`, with as many digits of the second as were sent, three at least.
 */
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;
const MINUTE = 60_000;

/** @returns undefined for anything that is no date-time; leap seconds are none, as no store keeps them */
export function readDateTime(text: string): string | undefined {
  const match = text.length > 35 ? null : DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  const [oh, om] = [Number(offsetHours), Number(offsetMinutes)];
  if (h > 23 || m > 59 || s > 59 || oh > 23 || om > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const shift = (oh * 60 + om) * MINUTE * (sign === '-' ? -1 : 1);
  date.setTime(date.getTime() + ((h * 60 + m) * 60 + s) * 1000 - shift);
  const shifted = date.getUTCFullYear();
  if (shifted < 1 || shifted > 9999) return undefined;
  return `${date.toISOString().slice(0, 19)}.${digitsOf(fraction)}Z`;
}

function digitsOf(fraction: string): string {
  let end = fraction.length;
  while (end > 3 && fraction.charCodeAt(end - 1) === 0x30) end -= 1;
  return fraction.slice(0, end).padEnd(3, '0');
}
