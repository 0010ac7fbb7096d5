/**
 * Reads encoded_value, encoded_array and encoded_annotation (dex-format, "encoded_value encoding"): a byte of value_arg << 5
 * | value_type, then value_arg + 1 bytes. Used by static values, annotations and call sites.
 */

/** A string constant of the pool. */
export interface StringIndex {
  string: number;
}

/** What matters of a value; undefined: null, or of a type that says nothing here. */
export type EncodedValue = StringIndex | number | readonly EncodedValue[] | undefined;

const DEEPEST = 8;

export interface Cursor {
  bytes: Uint8Array;
  at: number;
  /** Values that may still be read: shared by a file, so that items which point at each other come to an end. */
  left: number;
}

export function uleb128(cursor: Cursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] ?? 0;
  if (byte < 0x80) return byte;
  let value = byte & 0x7f;
  for (let shift = 7; shift < 35; shift += 7) {
    byte = bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return value;
}

/** @returns the values; fewer than declared when the file ends or the budget does */
export function readArray(cursor: Cursor, deep = 0): EncodedValue[] {
  const size = uleb128(cursor);
  const values: EncodedValue[] = [];
  for (let index = 0; index < size && cursor.left > 0 && cursor.at < cursor.bytes.length; index++) {
    values.push(readValue(cursor, deep + 1));
  }
  return values;
}

/** @param name called with the name of each element (a string id) before `value` */
export function readAnnotation(cursor: Cursor, element: (name: number, value: EncodedValue) => void, deep = 0): void {
  uleb128(cursor); // type
  const size = uleb128(cursor);
  for (let index = 0; index < size && cursor.left > 0 && cursor.at < cursor.bytes.length; index++) {
    const name = uleb128(cursor);
    element(name, readValue(cursor, deep + 1));
  }
}

export function readValue(cursor: Cursor, deep = 0): EncodedValue {
  cursor.left--;
  const head = cursor.bytes[cursor.at++] ?? 0x1e;
  const length = (head >> 5) + 1;
  switch (head & 0x1f) {
    case 0x00: // byte
    case 0x02: // short
    case 0x04: // int
    case 0x06: // long
      return signed(cursor, length);
    case 0x03: // char
      return unsigned(cursor, length);
    case 0x17:
      return { string: unsigned(cursor, length) };
    case 0x1c:
      if (deep > DEEPEST) cursor.left = 0;
      return readArray(cursor, deep);
    case 0x1d: {
      if (deep > DEEPEST) cursor.left = 0;
      const inner: EncodedValue[] = [];
      readAnnotation(cursor, (_name, value) => inner.push(value), deep);
      return inner;
    }
    case 0x1e: // null
      return undefined;
    case 0x1f: // boolean, in value_arg
      return length - 1;
    default: // float, double, method, type, field, enum …
      cursor.at += length;
      return undefined;
  }
}

function unsigned(cursor: Cursor, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index++) value += (cursor.bytes[cursor.at++] ?? 0) * 2 ** (8 * index);
  return value;
}

function signed(cursor: Cursor, length: number): number {
  const value = unsigned(cursor, length);
  const top = 2 ** (8 * length);
  return value >= top / 2 ? value - top : value;
}
