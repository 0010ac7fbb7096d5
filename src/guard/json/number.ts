/**
 * Numbers of RFC 8259, section 6: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
 *
 * What a double prints as it was read becomes a number, everything else keeps its digits (`JsonNumber`).
 */
import { JsonNumber } from './value.ts';

/** Longest number of a client, in characters: no field of a store holds more digits, and big decimals cost the store dearly. */
export const MAX_NUMBER_LENGTH = 64;

/**
 * The value of digits whose grammar was checked.
 *
 * @param raw has a point, an exponent, a sign of zero or more than 15 digits
 * @returns undefined where the value lies outside what a double spans (`1e400`, `1e-400`): stores disagree about these
 */
export function numberOf(raw: string): number | JsonNumber | undefined {
  const short = shortDecimal(raw);
  if (short !== undefined) return short;
  const value = Number(raw);
  if (!Number.isFinite(value)) return undefined;
  // `-0` prints as `0`, and 0 from digits that are not all zero is an underflow.
  if (value === 0) return isZero(raw) ? new JsonNumber(raw) : undefined;
  return String(value) === raw ? value : new JsonNumber(raw);
}

/**
 * Decimals of at most 15 digits, which is nearly all of them, without printing them for comparison: a double gives such
 * digits back as they were, unless they end in 0 or the value is so small that it is printed with an exponent.
 */
function shortDecimal(raw: string): number | JsonNumber | undefined {
  if (raw.length > 16) return undefined;
  let point = -1;
  for (let at = 0; at < raw.length; at += 1) {
    const code = raw.charCodeAt(at);
    if (code === 0x65 || code === 0x45) return undefined;
    if (code === 0x2e) point = at;
  }
  if (point === -1) return undefined;
  if (raw.endsWith('0')) return new JsonNumber(raw);
  return raw.startsWith('00000', point + 1) ? undefined : Number(raw);
}

function isZero(raw: string): boolean {
  for (let at = 0; at < raw.length; at += 1) {
    const code = raw.charCodeAt(at);
    if (code === 0x65 || code === 0x45) return true;
    if (code >= 0x31 && code <= 0x39) return false;
  }
  return true;
}
