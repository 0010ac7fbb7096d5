/**
 * ResStringPool, the string table of resources.arsc and binary XML (AOSP libs/androidfw ResourceTypes.h).
 *
 * Chunk: type u16 0x0001 · headerSize u16 · size u32 · stringCount u32 @8 · styleCount u32 @12 · flags u32 @16
 * (0x100 = UTF-8) · stringsStart u32 @20 · stylesStart u32 @24 · offsets u32[stringCount] at headerSize.
 * UTF-8 string: length in UTF-16 units (1–2 bytes) · length in bytes (1–2 bytes, high bit = two) · bytes · NUL.
 * UTF-16 string: length in units (1–2 words, high bit = two) · units · NUL.
 */
import { BYTE_CLASS, canMatter, textCanMatter } from './candidate.ts';

export const CHUNK_STRING_POOL = 0x0001;
const FLAG_UTF8 = 0x100;

export interface StringPool {
  readonly count: number;
  /** The string at `index`; undefined when there is none or it lies outside the pool. */
  get(index: number): string | undefined;
  /** Byte offset of the string's first character in the entry. */
  offsetOf(index: number): number | undefined;
  /** Whether the string could matter to a detector, without making a string of it where possible. */
  matters(index: number): boolean;
  /** True once its strings turned out to overlap so much that reading on would not end. */
  isForged(): boolean;
}

export const EMPTY_POOL: StringPool = {
  count: 0,
  get: () => undefined,
  offsetOf: () => undefined,
  matters: () => false,
  isForged: () => false,
};

/**
 * @param at offset of the chunk in `bytes`
 * @param maxLength longest string kept, in UTF-16 units
 * @throws RangeError when the header is cut off
 */
export function readStringPool(bytes: Buffer, at: number, maxLength: number): StringPool {
  const headerSize = bytes.readUInt16LE(at + 2);
  const end = Math.min(bytes.length, at + bytes.readUInt32LE(at + 4));
  const declared = bytes.readUInt32LE(at + 8);
  const utf8 = (bytes.readUInt32LE(at + 16) & FLAG_UTF8) !== 0;
  const stringsStart = at + bytes.readUInt32LE(at + 20);
  const offsets = at + headerSize;
  const count = Math.max(0, Math.min(declared, Math.floor((end - offsets) / 4)));

  function locate(index: number): { start: number; end: number } | undefined {
    if (index < 0 || index >= count) return undefined;
    let start = stringsStart + bytes.readUInt32LE(offsets + index * 4);
    if (start + 2 > end) return undefined;
    if (utf8) {
      start += ((bytes[start] ?? 0) & 0x80) === 0 ? 1 : 2;
      const first = bytes[start] ?? 0;
      const length = (first & 0x80) === 0 ? first : ((first & 0x7f) << 8) | (bytes[start + 1] ?? 0);
      start += (first & 0x80) === 0 ? 1 : 2;
      return { start, end: Math.min(end, start + Math.min(length, maxLength * 3)) };
    }
    const first = bytes.readUInt16LE(start);
    if ((first & 0x8000) !== 0 && start + 4 > end) return undefined;
    const length = (first & 0x8000) === 0 ? first : ((first & 0x7fff) << 16) | bytes.readUInt16LE(start + 2);
    start += (first & 0x8000) === 0 ? 2 : 4;
    return { start, end: Math.min(end, start + Math.min(length, maxLength) * 2) };
  }

  // Strings of a valid pool lie side by side. A forged one has a million that share the same sixty thousand bytes; so
  // each is decoded once, and all together may take no more than a few times the pool.
  const cache = new Map<number, string>();
  let left = (end - at) * 4;

  function get(index: number): string | undefined {
    const known = cache.get(index);
    if (known !== undefined) return known;
    const place = locate(index);
    if (place === undefined || place.end < place.start) return undefined;
    left -= place.end - place.start;
    if (left < 0) return undefined;
    const text = bytes.toString(utf8 ? 'utf8' : 'utf16le', place.start, place.end);
    cache.set(index, text);
    return text;
  }

  return {
    count,
    get,
    isForged: () => left < 0,
    offsetOf: (index) => locate(index)?.start,
    matters(index) {
      if (!utf8) return textCanMatter(get(index) ?? '');
      const place = locate(index);
      if (place === undefined) return false;
      left -= (place.end - place.start) / 2;
      if (left < 0) return false;
      let classes = 0;
      for (let i = place.start; i < place.end; i++) classes |= BYTE_CLASS[bytes[i] ?? 0] ?? 0;
      return canMatter(bytes, place.start, place.end, classes);
    },
  };
}
