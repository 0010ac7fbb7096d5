/**
 * The chunks of resources.arsc: packages, types, entries (AOSP libs/androidfw ResourceTypes.h, LoadedArsc.cpp).
 *
 * RES_TABLE_PACKAGE 0x0200: id u32 @8 · name u16[128] @12 · typeStrings u32 @268 · lastPublicType · keyStrings u32 @276 ·
 *   typeIdOffset u32 @284 (where the header is 288 bytes); then chunks: pools of type and key names, type specs 0x0202,
 *   types 0x0201, libraries 0x0203 (count u32 @8; packageId u32 · name u16[128]), staged ids 0x0206 (count u32 @8;
 *   staged id u32 · final id u32).
 * RES_TABLE_TYPE 0x0201: id u8 @8 · flags u8 @9 (1 sparse, 2 16-bit offsets) · entryCount u32 @12 · entriesStart u32 @16
 *   · config @20 (size u32, then all zero for the default configuration) · offsets at headerSize.
 * Offsets: u32 each, 0xffffffff for none · 16-bit: u16 each, in words, 0xffff for none · sparse: { index u16, offset u16
 *   in words }, sorted by index.
 * Entry: size u16 · flags u16 (1 complex, 8 compact) · key u32 · Res_value.
 *   Complex: parent u32 · count u32 · count × { name u32, Res_value }. Compact: key u16 · flags u16 (type in the high
 *   byte) · data u32.
 */
import type { Limits } from '../containers/budget.ts';
import { type ResValue, TYPE_STRING } from './res-value.ts';
import { CHUNK_STRING_POOL, EMPTY_POOL, readStringPool, type StringPool } from './string-pool.ts';

const CHUNK_TYPE = 0x0201;
const CHUNK_LIBRARY = 0x0203;
const CHUNK_STAGED_ALIAS = 0x0206;
const SPARSE = 0x01;
const OFFSET16 = 0x02;
const NO_ENTRY = 0xffffffff;
const NAME_UNITS = 128;
const LIBRARY_ENTRY = 4 + NAME_UNITS * 2;

export interface TypeChunk {
  at: number;
  end: number;
  headerSize: number;
  flags: number;
  entryCount: number;
  entriesStart: number;
  isDefault: boolean;
}

export interface Package {
  id: number;
  name: string;
  types: StringPool;
  keys: StringPool;
  /** Ids of types begin after this one: types of a feature module built on a base. */
  typeIdOffset: number;
  /** Type id, counted from the offset -> its chunks, one per configuration, the default one first. */
  chunks: Map<number, TypeChunk[]>;
  /** Package id in this table -> name of the shared library that it stands for. */
  libraries: Map<number, string>;
  /** Resource ids that were given out before the platform release -> the ids they have now. */
  staged: Map<number, number>;
}

export interface Chunk {
  type: number;
  at: number;
  end: number;
}

/** Chunks one after another: type u16 · headerSize u16 · size u32. Stops at the first that does not fit. */
export function* chunksOf(bytes: Buffer, from: number, to: number): Generator<Chunk> {
  for (let at = from; at + 8 <= to; ) {
    const size = bytes.readUInt32LE(at + 4);
    if (size < 8) throw new RangeError(`chunk of ${size} bytes at ${at}`);
    yield { type: bytes.readUInt16LE(at), at, end: Math.min(to, at + size) };
    if (at + size > to) throw new RangeError(`chunk at ${at} reaches beyond its end`);
    at += size;
  }
}

/** @throws RangeError where it is damaged; `take` has the package by then, with what was read of it */
export function readPackageChunk(
  bytes: Buffer,
  { at, end }: Chunk,
  limits: Limits,
  take: (found: Package) => void,
): void {
  const headerSize = bytes.readUInt16LE(at + 2);
  const found: Package = {
    id: bytes.readUInt32LE(at + 8),
    name: nameAt(bytes, at + 12),
    types: EMPTY_POOL,
    keys: EMPTY_POOL,
    typeIdOffset: headerSize >= 288 ? bytes.readUInt32LE(at + 284) & 0xff : 0,
    chunks: new Map(),
    libraries: new Map(),
    staged: new Map(),
  };
  take(found);
  const typeStrings = at + bytes.readUInt32LE(at + 268);
  const keyStrings = at + bytes.readUInt32LE(at + 276);
  for (const chunk of chunksOf(bytes, at + headerSize, end)) {
    if (chunk.type === CHUNK_STRING_POOL) {
      const pool = readStringPool(bytes, chunk.at, limits.stringLength);
      if (chunk.at === typeStrings) found.types = pool;
      else if (chunk.at === keyStrings) found.keys = pool;
    } else if (chunk.type === CHUNK_TYPE && chunk.end - chunk.at >= 24) {
      const type = readTypeChunk(bytes, chunk);
      const id = bytes[chunk.at + 8] ?? 0;
      const list = found.chunks.get(id) ?? [];
      if (type.isDefault) list.unshift(type);
      else list.push(type);
      found.chunks.set(id, list);
    } else if (chunk.type === CHUNK_LIBRARY) readLibraries(bytes, chunk, found.libraries);
    else if (chunk.type === CHUNK_STAGED_ALIAS) readStaged(bytes, chunk, found.staged);
  }
}

function nameAt(bytes: Buffer, at: number): string {
  const text = bytes.toString('utf16le', at, Math.min(bytes.length, at + NAME_UNITS * 2));
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function readLibraries(bytes: Buffer, { at, end }: Chunk, into: Map<number, string>): void {
  const first = at + bytes.readUInt16LE(at + 2);
  const count = Math.min(bytes.readUInt32LE(at + 8), 256, Math.floor((end - first) / LIBRARY_ENTRY));
  for (let i = 0; i < count; i++) {
    const entry = first + i * LIBRARY_ENTRY;
    into.set(bytes.readUInt32LE(entry), nameAt(bytes, entry + 4));
  }
}

function readStaged(bytes: Buffer, { at, end }: Chunk, into: Map<number, number>): void {
  const first = at + bytes.readUInt16LE(at + 2);
  const count = Math.min(bytes.readUInt32LE(at + 8), Math.floor((end - first) / 8));
  for (let i = 0; i < count; i++) into.set(bytes.readUInt32LE(first + i * 8), bytes.readUInt32LE(first + i * 8 + 4));
}

function readTypeChunk(bytes: Buffer, { at, end }: Chunk): TypeChunk {
  const headerSize = bytes.readUInt16LE(at + 2);
  const flags = bytes[at + 9] ?? 0;
  const width = (flags & OFFSET16) !== 0 && (flags & SPARSE) === 0 ? 2 : 4;
  const room = Math.max(0, Math.floor((end - at - headerSize) / width));
  const config = bytes.subarray(at + 24, Math.min(end, at + 20 + bytes.readUInt32LE(at + 20)));
  return {
    at,
    end,
    headerSize,
    flags,
    entryCount: Math.min(bytes.readUInt32LE(at + 12), room),
    entriesStart: bytes.readUInt32LE(at + 16),
    isDefault: config.every((byte) => byte === 0),
  };
}

/** Offset of an entry in its chunk by its position in the offset table; undefined when there is none. */
export function entryOffset(bytes: Buffer, type: TypeChunk, slot: number): number | undefined {
  const table = type.at + type.headerSize;
  if ((type.flags & SPARSE) !== 0) return place(bytes.readUInt16LE(table + slot * 4 + 2) * 4);
  if ((type.flags & OFFSET16) !== 0) {
    const offset = bytes.readUInt16LE(table + slot * 2);
    return offset === 0xffff ? undefined : place(offset * 4);
  }
  const offset = bytes.readUInt32LE(table + slot * 4);
  return offset === NO_ENTRY ? undefined : place(offset);

  function place(offset: number): number | undefined {
    const at = type.at + type.entriesStart + offset;
    return at + 8 <= type.end ? at : undefined;
  }
}

/** Resource entry index -> slot in the offset table: the same unless the table is sparse (sorted pairs). */
export function slotOf(bytes: Buffer, type: TypeChunk, index: number): number | undefined {
  if ((type.flags & SPARSE) === 0) return index < type.entryCount ? index : undefined;
  const table = type.at + type.headerSize;
  let low = 0;
  let high = type.entryCount - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = bytes.readUInt16LE(table + middle * 4);
    if (found === index) return middle;
    if (found < index) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** Entry flags: complex, compact. */
export const COMPLEX = 0x01;
export const COMPACT = 0x08;

export interface Entry {
  key: number;
  values: ResValue[];
  /** Several values: a style, an array. */
  isComplex: boolean;
}

/** @param most values wanted of a complex entry */
export function readEntry(bytes: Buffer, type: TypeChunk, at: number, most: number): Entry {
  const flags = bytes.readUInt16LE(at + 2);
  if ((flags & COMPACT) !== 0) {
    const value = { type: flags >> 8, data: bytes.readUInt32LE(at + 4) };
    return { key: bytes.readUInt16LE(at), values: [value], isComplex: false };
  }
  const key = bytes.readUInt32LE(at + 4);
  const body = at + bytes.readUInt16LE(at);
  if ((flags & COMPLEX) === 0) return { key, values: [readValue(bytes, body)], isComplex: false };
  const room = Math.max(0, Math.floor((type.end - body) / 12));
  const count = Math.min(bytes.readUInt32LE(at + 12), room, most);
  const values: ResValue[] = [];
  for (let i = 0; i < count; i++) values.push(readValue(bytes, body + i * 12 + 4));
  return { key, values, isComplex: true };
}

/** The one value of a plain entry, when it is a string: its index in the pool. */
export function singleString(bytes: Buffer, at: number): number | undefined {
  const body = at + bytes.readUInt16LE(at);
  const data = bytes.readUInt32LE(body + 4);
  return bytes[body + 3] === TYPE_STRING ? data : undefined;
}

function readValue(bytes: Buffer, at: number): ResValue {
  return { type: bytes[at + 3] ?? 0, data: bytes.readUInt32LE(at + 4) };
}
