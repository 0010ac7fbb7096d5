/** Whether a value may stand in a field, by what the policy says of it. Values are never echoed. */
import type { WriteField } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, JsonNumber } from '../../../json/index.ts';
import { hasLoneSurrogate } from '../../../json/surrogate.ts';

/** Values of one field in one document. */
const MAX_VALUES = 1024;
/** A pattern is the policy's, but the text that it runs over is the client's. */
const MAX_PATTERN_TEXT = 4096;
const MAX_SHORT_TEXT = 64;

const WHOLE_NUMBERS: ReadonlyMap<string, readonly [bigint, bigint]> = new Map([
  ['byte', [-(2n ** 7n), 2n ** 7n - 1n]],
  ['short', [-(2n ** 15n), 2n ** 15n - 1n]],
  ['integer', [-(2n ** 31n), 2n ** 31n - 1n]],
  ['long', [-(2n ** 63n), 2n ** 63n - 1n]],
] as const);

/** A value, or a list of values, of a field that holds no objects. Null is no value. @throws Refusal `malformed_body` */
export function checkFieldValue(field: WriteField, value: Json): void {
  if (value === null) return;
  if (!Array.isArray(value)) {
    checkOne(field, value);
    return;
  }
  if (value.length > MAX_VALUES) throw wrong('too many values');
  for (const member of value) if (member !== null) checkOne(field, member);
}

function checkOne(field: WriteField, value: Json): void {
  checkType(field, value);
  const { oneOf, maxLength, pattern, minimum, maximum } = field;
  if (typeof value === 'string') {
    if (maxLength !== undefined && value.length > maxLength) throw wrong('too long');
    if (pattern !== undefined && (value.length > MAX_PATTERN_TEXT || !pattern.test(value)))
      throw wrong('not of the pattern');
  }
  const plain = value instanceof JsonNumber ? Number(value.raw) : value;
  if (typeof plain === 'number') {
    if (minimum !== undefined && plain < minimum) throw wrong('too small');
    if (maximum !== undefined && plain > maximum) throw wrong('too large');
  }
  if (oneOf !== undefined && !oneOf.some((allowed) => allowed === plain)) throw wrong('none of the values');
}

function checkType({ type }: WriteField, value: Json): void {
  switch (type) {
    case 'keyword':
    case 'text':
      if (typeof value !== 'string' || hasLoneSurrogate(value)) throw wrong('not a text');
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong('not a boolean');
      return;
    case 'date':
      if (!isDate(value)) throw wrong('not a date');
      return;
    case 'ip':
      if (typeof value !== 'string' || !/^[0-9a-fA-F:.]{2,45}$/.test(value)) throw wrong('not an address');
      return;
    case 'geo_point':
      if (!isPoint(value)) throw wrong('not a point');
      return;
    case 'object':
    case 'nested':
      throw wrong('not an object');
    default:
      checkNumber(type, value);
  }
}

function checkNumber(type: string, value: Json): void {
  const range = WHOLE_NUMBERS.get(type);
  if (range === undefined) {
    if (!isNumber(value)) throw wrong('not a number');
    return;
  }
  const digits = value instanceof JsonNumber ? value.raw : typeof value === 'number' ? String(value) : '';
  if (!/^-?\d{1,19}$/.test(digits)) throw wrong('not a whole number');
  const whole = BigInt(digits);
  if (whole < range[0] || whole > range[1]) throw wrong('out of range');
}

function isNumber(value: Json | undefined): boolean {
  return Number.isFinite(value instanceof JsonNumber ? Number(value.raw) : value);
}

/** A text in the characters that dates are written in, or milliseconds. Which format is the store's mapping's affair. */
function isDate(value: Json): boolean {
  if (typeof value === 'string') return value.length <= MAX_SHORT_TEXT && /^[0-9A-Za-z:+. /-]+$/.test(value);
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function isPoint(value: Json): boolean {
  if (!isJsonObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 2 && isNumber(value.lat) && isNumber(value.lon);
}

function wrong(what: string): Refusal {
  return new Refusal('malformed_body', `document: a field's value is ${what}`);
}
