/** Readers of single values in queries. Each takes what it lists and refuses the rest; none converts. */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject } from '../../../json/value.ts';
import type { QueryContext } from './context.ts';

export type Reader = (value: Json, at: string, context: QueryContext) => Json;
export type Readers = Readonly<Record<string, Reader>>;

/** Longest text of a query, in characters. */
const MAX_TEXT = 4096;

export function refuse(at: string, problem: string): Refusal {
  return new Refusal('unsupported_query', `${at}: ${problem}`);
}

/** Reads an object whose keys are all listed. */
export function readOptions(value: JsonObject, readers: Readers, at: string, context: QueryContext): JsonObject {
  const read: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (reader === undefined) throw refuse(at, 'unknown key');
    read[key] = reader(value[key] ?? null, `${at}.${key}`, context);
  }
  return read;
}

export function objectOf(value: Json | undefined, at: string): JsonObject {
  if (!isJsonObject(value)) throw refuse(at, 'not an object');
  return value;
}

export const flag: Reader = (value, at) => {
  if (typeof value !== 'boolean') throw refuse(at, 'not a boolean');
  return value;
};

export const text: Reader = (value, at) => {
  if (typeof value !== 'string' || value.length > MAX_TEXT) throw refuse(at, 'not a text of permitted length');
  return value;
};

export const scalar: Reader = (value, at, context) =>
  typeof value === 'string' ? text(value, at, context) : notNull(value, at, context);

const notNull: Reader = (value, at) => {
  if (typeof value === 'boolean' || typeof value === 'number' || value instanceof JsonNumber) return value;
  throw refuse(at, 'not a text, number or boolean');
};

export const number: Reader = (value, at) => {
  if (typeof value === 'number' || value instanceof JsonNumber) return value;
  throw refuse(at, 'not a number');
};

/** Stores refuse negative boosts; so do we, in words of ours. */
export const boost: Reader = (value, at, context) => {
  if (Number(value instanceof JsonNumber ? value.raw : number(value, at, context)) < 0) throw refuse(at, 'negative');
  return value;
};

export function integer(minimum: number, maximum: number): Reader {
  return (value, at) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw refuse(at, 'not an integer in the permitted range');
  };
}

export function oneOf(...words: readonly string[]): Reader {
  return (value, at) => {
    if (typeof value === 'string' && words.includes(value)) return value;
    throw refuse(at, 'not one of the permitted words');
  };
}

export function matching(pattern: RegExp, maximum: number): Reader {
  return (value, at) => {
    if (typeof value === 'string' && value.length <= maximum && pattern.test(value)) return value;
    throw refuse(at, 'not of the permitted form');
  };
}

export function listOf(reader: Reader, maximum: number): Reader {
  return (value, at, context) => {
    if (!Array.isArray(value) || value.length > maximum) throw refuse(at, 'not a list of permitted length');
    return value.map((item, index) => reader(item, `${at}[${index}]`, context));
  };
}

export function either(test: (value: Json) => boolean, first: Reader, second: Reader): Reader {
  return (value, at, context) => (test(value) ? first(value, at, context) : second(value, at, context));
}

const share = matching(/^(?:\d{1,4}<)?-?\d{1,4}%?(?: \d{1,4}<-?\d{1,4}%?){0,7}$/, 100);
/** `2`, `-1`, `"75%"`, `"2<75%"`, `"2<-25% 9<-3"`. */
export const minimumShouldMatch = either((value) => typeof value === 'number', integer(-4096, 4096), share);

export const timeZone = matching(/^(?:[+-]\d\d:\d\d|[A-Za-z][A-Za-z0-9_+/-]*)$/, 64);
export const operator = oneOf('and', 'or', 'AND', 'OR');
