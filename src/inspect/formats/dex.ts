/**
 * A DEX file: its string pool – every constant, annotation value and name of the code – and, in dex/, what the code does
 * with it.
 *
 * Header (dex-format, source.android.com): magic "dex\n035\0" @0 · file_size u32 @0x20 · header_size u32 @0x24 ·
 * endian_tag u32 @0x28 · string_ids_size u32 @0x38 · string_ids_off u32 @0x3C · v041: container_size u32 @0x70,
 * header_offset u32 @0x74.
 * string_ids: u32 offsets of string_data_item = uleb128 length in UTF-16 units · MUTF-8 bytes · NUL.
 * Version 041 is a container: several headers in one file, each `file_size` after the one before; their offsets count
 * from the start of the container, so that they share one pool of string data.
 */
import { endianness } from 'node:os';
import type { Limits } from '../containers/budget.ts';
import type { CodePlace } from '../source.ts';
import { BYTE_CLASS, canMatter, isAscii } from './candidate.ts';
import { type CodeSink, type CodeWalk, walkCode } from './dex/code.ts';
import { STRING_JOINS, STRING_WANTED } from './dex/scan.ts';
import { decodeMutf8 } from './mutf8.ts';
import { pieces } from './pieces.ts';
import { failed, partial, type ReadResult, read } from './result.ts';

const HEADER = 0x70;
const HEADER_V41 = 0x78;
const LITTLE = endianness() === 'LE';

export function isDex(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 8 &&
    bytes[0] === 0x64 && // dex\n, then three digits and NUL
    bytes[1] === 0x65 &&
    bytes[2] === 0x78 &&
    bytes[3] === 0x0a &&
    bytes[7] === 0
  );
}

export type { CodeSink } from './dex/code.ts';

/** Receives a string that can matter; `code` says who uses it, where the code was walked – few strings are asked. */
export type EmitString = (text: string, offset: number, code?: () => readonly CodePlace[]) => void;

/**
 * @param emit receives each string that can matter (see candidate.ts) with the offset of its first byte
 * @param code receives what the code says; without it only the pool is read
 */
export function readDex(file: Buffer, limits: Limits, emit: EmitString, code?: CodeSink): ReadResult {
  // the tables of the code are read as typed arrays, which need this
  const bytes = code !== undefined && file.byteOffset % 4 !== 0 ? Buffer.from(new Uint8Array(file).buffer) : file;
  if (!isDex(bytes)) return failed('DEX_BAD_MAGIC', 'not a DEX file');
  if (bytes.length < HEADER) return failed('DEX_TRUNCATED', 'the DEX header is cut off');
  let strings = 0;
  let headers = 0;
  let problem: ReadResult | undefined;
  // String data of valid files does not overlap, and each string takes two bytes at least; so reading them never takes
  // more than the file has. The files of a container share data: what one has read is not read again.
  const scan: Scan = { left: bytes.length + 64, idsLeft: bytes.length / 4, seen: undefined };
  for (let header = 0; header + HEADER <= bytes.length && headers < 1000; ) {
    if (!isDex(bytes.subarray(header, header + 8))) {
      if (headers > 0) problem ??= partial('DEX_BAD_MAGIC', `no DEX header at ${header}`);
      break;
    }
    headers++;
    const pool = locatePool(bytes, header, limits);
    if (pool.problem) problem ??= pool.problem;
    const v41 = bytes.readUInt32LE(header + 0x24) >= HEADER_V41 && header + HEADER_V41 <= bytes.length;
    if (v41) scan.seen ??= new Uint8Array((bytes.length >> 3) + 1);
    const wanted = createWanted(pool.count);
    const stopped = readPool(bytes, pool, scan, wanted);
    if (stopped) problem ??= stopped;
    const walk =
      code === undefined || !LITTLE || pool.base !== 0 ? undefined : walkCode(bytes, header, wanted.marks, code);
    if (walk?.damaged) problem ??= partial('DEX_BAD_CODE', 'some of its code lies outside the file or is no code');
    emitAll(bytes, wanted, limits.stringLength * 3, walk, emit);
    strings += pool.count;
    const next = v41 ? bytes.readUInt32LE(header + 0x20) : 0;
    if (next < HEADER_V41) break;
    header += next;
  }
  return problem ?? read(headers > 1 ? `${strings} strings of ${headers} DEX files` : `${strings} strings`);
}

interface Scan {
  left: number;
  idsLeft: number;
  /** One bit per offset of string data that was read, for containers. */
  seen: Uint8Array | undefined;
}

interface Pool {
  /** Offset of string_ids. */
  offset: number;
  count: number;
  /** What the offsets of the string data count from. */
  base: number;
  problem?: ReadResult;
}

function locatePool(bytes: Buffer, header: number, limits: Limits): Pool {
  if (bytes.readUInt32LE(header + 0x28) === 0x78563412) {
    return { offset: 0, count: 0, base: 0, problem: partial('DEX_BIG_ENDIAN', 'big-endian DEX is not read') };
  }
  const count = bytes.readUInt32LE(header + 0x38);
  const offset = bytes.readUInt32LE(header + 0x3c);
  // A DEX that merely follows another (no container) counts from its own header.
  const absolute = header === 0 || firstStringFits(bytes, offset, 0);
  const base = absolute ? 0 : header;
  const fits = Math.max(0, Math.floor((bytes.length - base - offset) / 4));
  const allowed = Math.min(fits, limits.tableStrings);
  if (count <= allowed) return { offset: base + offset, count, base };
  const reason = `${count} strings are declared, ${allowed} can be there`;
  return { offset: base + offset, count: allowed, base, problem: partial('DEX_BAD_COUNT', reason) };
}

function firstStringFits(bytes: Buffer, idsOffset: number, base: number): boolean {
  if (base + idsOffset + 4 > bytes.length) return false;
  const data = base + bytes.readUInt32LE(base + idsOffset);
  return data > HEADER && data < bytes.length && bytes[data - 1] !== undefined;
}

/** The strings of one pool that can matter: columns of one table. */
interface Wanted {
  id: number[];
  start: number[];
  end: number[];
  classes: number[];
  /** Per string id, for the walk of the code. */
  marks: Uint8Array;
}

function createWanted(count: number): Wanted {
  return { id: [], start: [], end: [], classes: [], marks: new Uint8Array(count) };
}

function readPool(bytes: Buffer, pool: Pool, scan: Scan, wanted: Wanted): ReadResult | undefined {
  const ids = idTable(bytes, pool);
  let bad = 0;
  for (let index = 0; index < ids.length; index++) {
    const item = (ids[index] ?? 0) + pool.base;
    if (item >= bytes.length || item === 0) {
      bad++;
      continue;
    }
    if (--scan.idsLeft < 0) return forged();
    if (scan.seen !== undefined && !markSeen(scan.seen, item)) continue;
    const start = afterLength(bytes, item);
    const scanned = scanString(bytes, start);
    const end = start + Math.floor(scanned / CLASSES);
    scan.left -= end - start + 2;
    if (scan.left < 0) return forged();
    if (end >= bytes.length) bad++;
    const classes = scanned % CLASSES;
    if (!canMatter(bytes, start, end, classes)) continue;
    wanted.id.push(index);
    wanted.start.push(start);
    wanted.end.push(end);
    wanted.classes.push(classes);
    const joins = (classes & SLASH) !== 0 && isLink(bytes, start, end);
    wanted.marks[index] = joins ? STRING_WANTED | STRING_JOINS : STRING_WANTED;
  }
  return bad > 0 ? partial('DEX_BAD_OFFSET', `${bad} strings lie outside the file`) : undefined;
}

const SLASH = BYTE_CLASS[0x2f] ?? 0;

/** Whether a string with a slash may be a part of an address: no blank in it, or after a scheme. */
function isLink(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === 0x20 || byte === 0x3c || byte === 0x3e) return false;
    if (byte === 0x2f && bytes[at + 1] === 0x2f && bytes[at - 1] === 0x3a) return true;
  }
  return true;
}

function emitAll(bytes: Buffer, wanted: Wanted, longest: number, walk: CodeWalk | undefined, emit: EmitString): void {
  for (let index = 0; index < wanted.id.length; index++) {
    const id = wanted.id[index] ?? 0;
    const code = walk === undefined ? undefined : () => walk.placesOf(id);
    emitString(bytes, wanted, index, longest, code, emit);
  }
}

/** More than any OR of byte classes. */
const CLASSES = 256;

/**
 * Length and byte classes of the string at `start`, as length × CLASSES + classes. Nine tenths of the time go into this
 * loop; it is a function by itself, without branches that are rarely taken, so that it is compiled at once and for good.
 */
function scanString(bytes: Uint8Array, start: number): number {
  let end = start;
  let classes = 0;
  for (let byte = bytes[end]; byte !== undefined && byte !== 0; byte = bytes[++end]) classes |= BYTE_CLASS[byte] ?? 0;
  return (end - start) * CLASSES + classes;
}

/** Skips the uleb128 length: the NUL ends the string, the length may lie. */
function afterLength(bytes: Uint8Array, item: number): number {
  let at = item;
  while (at < item + 4 && (bytes[at] ?? 0) >= 0x80) at++;
  return at + 1;
}

/** @returns false when it was marked before */
function markSeen(seen: Uint8Array, item: number): boolean {
  const bit = 1 << (item & 7);
  const known = seen[item >> 3] ?? 0;
  seen[item >> 3] = known | bit;
  return (known & bit) === 0;
}

function emitString(
  bytes: Buffer,
  wanted: Wanted,
  index: number,
  longest: number,
  code: (() => readonly CodePlace[]) | undefined,
  emit: EmitString,
): void {
  const end = wanted.end[index] ?? 0;
  const ascii = isAscii(wanted.classes[index] ?? 0);
  pieces(wanted.start[index] ?? 0, end, longest, (from, to) => {
    emit(ascii ? bytes.toString('latin1', from, to) : decodeMutf8(bytes, from, to), from, code);
  });
}

function forged(): ReadResult {
  return partial('DEX_OVERLAP', 'its strings overlap: the string table is forged');
}

/** The offsets as a typed array over the same memory where alignment allows. */
function idTable(bytes: Buffer, pool: Pool): Uint32Array {
  const start = bytes.byteOffset + pool.offset;
  if (LITTLE && start % 4 === 0 && pool.count > 0) return new Uint32Array(bytes.buffer, start, pool.count);
  const table = new Uint32Array(pool.count);
  for (let index = 0; index < pool.count; index++) table[index] = bytes.readUInt32LE(pool.offset + index * 4);
  return table;
}
