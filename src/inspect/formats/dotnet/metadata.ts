/**
 * The metadata of an assembly: its heaps and tables (ECMA-335 §II.24.2).
 *
 * Root: u32 0x424A5342 (`BSJB`) · u16 u16 · u32 0 · version length u32 · version · u16 flags · u16 streams · for each
 * stream: offset u32 (from the root), size u32, name NUL-terminated and padded to 4.
 * Heaps: `#Strings` NUL-terminated UTF-8 · `#US` and `#Blob`: items of a compressed length and that many bytes.
 * Compressed length (§II.23.2): 0xxxxxxx · 10xxxxxx x · 110xxxxx x x x, big-endian.
 */
import type { Range } from './pe.ts';
import { readTables, type Tables } from './tables.ts';

export interface Metadata {
  tables: Tables;
  /** The user strings. Obfuscators add heaps of the same name; all of them are kept. */
  userStrings: readonly Range[];
  /** Text of `#Strings` at an index. */
  string(index: number): string;
  /** Bytes of `#Blob` at an index; empty when they lie outside. */
  blob(index: number): Buffer;
  /** Offset in the file of the bytes that `blob` gives. */
  blobOffset(index: number): number;
}

const SIGNATURE = 0x424a5342;
const MAX_STREAMS = 32;
const LONGEST_NAME = 400;
const EMPTY = Buffer.alloc(0);

/** A compressed length as length × 8 + bytes that it takes; undefined when it is none. */
export function compressed(bytes: Uint8Array, at: number, end: number): { value: number; size: number } | undefined {
  const first = bytes[at] ?? 0xff;
  if (at >= end) return undefined;
  if (first < 0x80) return { value: first, size: 1 };
  if (first < 0xc0) return at + 2 > end ? undefined : { value: ((first & 0x3f) << 8) | (bytes[at + 1] ?? 0), size: 2 };
  if (first >= 0xe0 || at + 4 > end) return undefined;
  const value =
    ((first & 0x1f) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return { value, size: 4 };
}

/** @returns undefined when there is no metadata root or no stream of tables */
export function readMetadata(bytes: Buffer, root: Range): Metadata | undefined {
  const end = root.offset + root.length;
  if (root.length < 20 || bytes.readUInt32LE(root.offset) !== SIGNATURE) return undefined;
  let at = root.offset + 16 + ((bytes.readUInt32LE(root.offset + 12) + 3) & ~3);
  if (at + 4 > end || at < root.offset) return undefined;
  const count = Math.min(bytes.readUInt16LE(at + 2), MAX_STREAMS);
  at += 4;
  const streams = new Map<string, Range>();
  const userStrings: Range[] = [];
  for (let index = 0; index < count && at + 12 <= end; index++) {
    const offset = root.offset + bytes.readUInt32LE(at);
    const length = Math.min(bytes.readUInt32LE(at + 4), end - offset);
    const nul = bytes.indexOf(0, at + 8);
    if (nul < 0 || nul >= Math.min(end, at + 8 + 32)) break;
    const name = bytes.toString('latin1', at + 8, nul);
    at = at + 8 + ((nul - (at + 8) + 4) & ~3);
    if (offset < root.offset || length <= 0) continue;
    if (name === '#US') userStrings.push({ offset, length });
    // the runtime takes the first of a name
    if (!streams.has(name)) streams.set(name, { offset, length });
  }
  const rows = streams.get('#~') ?? streams.get('#-');
  const tables = rows && readTables(bytes.subarray(rows.offset, rows.offset + rows.length));
  if (tables === undefined) return undefined;
  const strings = streams.get('#Strings') ?? { offset: 0, length: 0 };
  const blobs = streams.get('#Blob') ?? { offset: 0, length: 0 };

  function blobAt(index: number): Range {
    const start = blobs.offset + index;
    const stop = blobs.offset + blobs.length;
    const length = compressed(bytes, start, stop);
    if (index === 0 || length === undefined) return { offset: start, length: 0 };
    const offset = start + length.size;
    return { offset, length: Math.min(length.value, stop - offset) };
  }
  return {
    tables,
    userStrings,
    string(index) {
      const start = strings.offset + index;
      const stop = Math.min(strings.offset + strings.length, start + LONGEST_NAME);
      if (start >= stop) return '';
      const nul = bytes.subarray(start, stop).indexOf(0);
      return bytes.toString('utf8', start, nul < 0 ? stop : start + nul);
    },
    blob(index) {
      const { offset, length } = blobAt(index);
      return length > 0 ? bytes.subarray(offset, offset + length) : EMPTY;
    },
    blobOffset: (index) => blobAt(index).offset,
  };
}
