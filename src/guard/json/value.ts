/**
 * JSON as the gateway holds it: losslessly, and without a prototype to confuse.
 *
 * A number that JavaScript cannot hold exactly (or would print differently: `1.0`, `1e3`, 2^53 + 1) stays a `JsonNumber`
 * with its digits; every other number is a number. Objects have no prototype, so `__proto__` is a key like any other –
 * and one that no grammar lists.
 */
export class JsonNumber {
  /** The digits as they were written. */
  readonly raw: string;

  constructor(raw: string) {
    this.raw = raw;
  }

  /** `JSON.stringify` cannot print digits as they were: only `printJson` can, which sets the mark. */
  toJSON(): string {
    if (digitsMark.text === null) throw new TypeError('a number with digits is printed by printJson');
    digitsMark.used = true;
    return digitsMark.text + this.raw;
  }
}

/** What `printJson` puts before digits while it prints, so that it finds them again. */
export const digitsMark: { text: string | null; used: boolean } = { text: null, used: false };

export type JsonScalar = null | boolean | number | string | JsonNumber;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}
export type Json = JsonScalar | JsonArray | JsonObject;

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

export function isJsonScalar(value: Json): value is JsonScalar {
  return typeof value !== 'object' || value === null || value instanceof JsonNumber;
}

/** An object without a prototype, from entries. */
export function jsonObject(entries: Iterable<readonly [string, Json]>): JsonObject {
  const object: Record<string, Json> = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}
