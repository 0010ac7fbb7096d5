/**
 * resources.arsc: string pool, packages, types and their values (AOSP libs/androidfw ResourceTypes.h).
 *
 * RES_TABLE 0x0002: headerSize u16, size u32, packageCount u32; then chunks: global string pool 0x0001 · packages.
 * RES_TABLE_PACKAGE 0x0200: id u32 @8 · name u16[128] @12 · typeStrings u32 @268 · lastPublicType · keyStrings u32 @276;
 *   then chunks: pools of type and key names, type specs 0x0202, types 0x0201.
 * RES_TABLE_TYPE 0x0201: id u8 @8 · flags u8 @9 (1 sparse, 2 16-bit offsets) · entryCount u32 @12 · entriesStart u32 @16
 *   · config @20 (size u32, then all zero for the default configuration) · offsets at headerSize.
 * Entry: size u16 · flags u16 (1 complex, 8 compact) · key u32 · Res_value.
 *   Complex: parent u32 · count u32 · count × { name u32, Res_value }. Compact: key u16 · flags u16 (type in the high
 *   byte) · data u32.
 */
import type { Limits } from '../containers/budget.ts';
import { isReference, plainValue, type ResValue, TYPE_STRING } from './res-value.ts';
import { failed, partial, type ReadResult, read } from './result.ts';
import { CHUNK_STRING_POOL, EMPTY_POOL, readStringPool, type StringPool } from './string-pool.ts';

const CHUNK_TABLE = 0x0002;
const CHUNK_PACKAGE = 0x0200;
const CHUNK_TYPE = 0x0201;
const SPARSE = 0x01;
const OFFSET16 = 0x02;
const NO_ENTRY = 0xffffffff;
/** References lead to references; aapt2 itself gives up at 20. */
const MAX_HOPS = 20;
/** Configurations looked through to resolve references, in all. A real table has a hundred per type at most. */
const MAX_LOOKUPS = 5_000_000;
/** A value that many resources share is handed on this often. */
const MAX_REPEATS = 16;

interface TypeChunk {
  at: number;
  end: number;
  headerSize: number;
  flags: number;
  entryCount: number;
  entriesStart: number;
  isDefault: boolean;
}

interface Package {
  id: number;
  types: StringPool;
  keys: StringPool;
  /** Type id -> its chunks, one per configuration, the default one first. */
  chunks: Map<number, TypeChunk[]>;
}

export interface ResourceString {
  text: string;
  /** `string/google_api_key`; absent for a string that no resource refers to. */
  name?: string;
  offset?: number;
}

export interface ResourceTable {
  readonly result: ReadResult;
  /** The value that a resource id stands for, references followed, the default configuration preferred. */
  resolve(id: number): string | number | boolean | undefined;
  /** `string/app_name` of a resource id. */
  nameOf(id: number): string | undefined;
  /** Hands every string value to `emit`: of the default configuration all, of the others those that can matter. */
  strings(emit: (found: ResourceString) => void): void;
}

/** Never throws: what cannot be read is left out and `result` says so. */
export function readResourceTable(bytes: Buffer, limits: Limits): ResourceTable {
  const packages: Package[] = [];
  let pool = EMPTY_POOL;
  let result: ReadResult;
  try {
    if (bytes.readUInt16LE(0) !== CHUNK_TABLE) {
      return tableOf(bytes, EMPTY_POOL, [], failed('ARSC_BAD_MAGIC', 'not a resource table'));
    }
    for (const chunk of chunksOf(bytes, bytes.readUInt16LE(2), bytes.length)) {
      if (chunk.type === CHUNK_STRING_POOL && pool === EMPTY_POOL) {
        pool = readStringPool(bytes, chunk.at, limits.stringLength);
      } else if (chunk.type === CHUNK_PACKAGE && packages.length < 256) {
        packages.push(readPackageChunk(bytes, chunk.at, chunk.end, limits));
      }
    }
    result = read(`${pool.count} strings of ${packages.length} packages`);
  } catch (error) {
    result = partial('ARSC_BAD_OFFSET', `damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
  return tableOf(bytes, pool, packages, result);
}

interface Chunk {
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

function readPackageChunk(bytes: Buffer, at: number, end: number, limits: Limits): Package {
  const result: Package = { id: bytes.readUInt32LE(at + 8), types: EMPTY_POOL, keys: EMPTY_POOL, chunks: new Map() };
  const typeStrings = at + bytes.readUInt32LE(at + 268);
  const keyStrings = at + bytes.readUInt32LE(at + 276);
  for (const chunk of chunksOf(bytes, at + bytes.readUInt16LE(at + 2), end)) {
    if (chunk.type === CHUNK_STRING_POOL) {
      const pool = readStringPool(bytes, chunk.at, limits.stringLength);
      if (chunk.at === typeStrings) result.types = pool;
      else if (chunk.at === keyStrings) result.keys = pool;
    } else if (chunk.type === CHUNK_TYPE && chunk.end - chunk.at >= 24) {
      const type = readTypeChunk(bytes, chunk);
      const id = bytes[chunk.at + 8] ?? 0;
      const list = result.chunks.get(id) ?? [];
      if (type.isDefault) list.unshift(type);
      else list.push(type);
      result.chunks.set(id, list);
    }
  }
  return result;
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
function entryOffset(bytes: Buffer, type: TypeChunk, slot: number): number | undefined {
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
function slotOf(bytes: Buffer, type: TypeChunk, index: number): number | undefined {
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
const ANY_OTHER_FORM = 0x09;
const NO_VALUES: readonly ResValue[] = [];

interface Entry {
  key: number;
  values: ResValue[];
}

function readEntry(bytes: Buffer, type: TypeChunk, at: number, most: number): Entry {
  const flags = bytes.readUInt16LE(at + 2);
  if ((flags & 0x08) !== 0) {
    return { key: bytes.readUInt16LE(at), values: [{ type: flags >> 8, data: bytes.readUInt32LE(at + 4) }] };
  }
  const key = bytes.readUInt32LE(at + 4);
  const body = at + bytes.readUInt16LE(at);
  if ((flags & 0x01) === 0) return { key, values: [readValue(bytes, body)] };
  const room = Math.max(0, Math.floor((type.end - body) / 12));
  const count = Math.min(bytes.readUInt32LE(at + 12), room, most);
  const values: ResValue[] = [];
  for (let i = 0; i < count; i++) values.push(readValue(bytes, body + i * 12 + 4));
  return { key, values };
}

/** The pool index that the one value of a plain entry holds, when it is a string. */
function singleString(bytes: Buffer, at: number): number | undefined {
  const body = at + bytes.readUInt16LE(at);
  const data = bytes.readUInt32LE(body + 4);
  return bytes[body + 3] === TYPE_STRING ? data : undefined;
}

function readValue(bytes: Buffer, at: number): ResValue {
  return { type: bytes[at + 3] ?? 0, data: bytes.readUInt32LE(at + 4) };
}

function tableOf(bytes: Buffer, pool: StringPool, packages: Package[], result: ReadResult): ResourceTable {
  let lookups = 0;

  function find(id: number): { pack: Package; entry: Entry } | undefined {
    for (const pack of packages) {
      if (++lookups > MAX_LOOKUPS) return undefined;
      // shared libraries are built with package id 0 and get one at run time
      if (pack.id !== id >>> 24 && pack.id !== 0) continue;
      for (const type of pack.chunks.get((id >>> 16) & 0xff) ?? []) {
        if (++lookups > MAX_LOOKUPS) return undefined;
        const slot = slotOf(bytes, type, id & 0xffff);
        const at = slot === undefined ? undefined : entryOffset(bytes, type, slot);
        if (at !== undefined) return { pack, entry: readEntry(bytes, type, at, 1) };
      }
    }
    return undefined;
  }

  function safely<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  return {
    get result() {
      return pool.isForged() ? partial('ARSC_OVERLAP', 'its strings overlap: the pool is forged') : result;
    },
    resolve(id) {
      let value: ResValue = { type: 1, data: id };
      for (let hop = 0; hop < MAX_HOPS && isReference(value); hop++) {
        const next: number = value.data;
        const found = safely(() => find(next))?.entry.values[0];
        if (found === undefined) return undefined;
        value = found;
      }
      if (isReference(value)) return undefined;
      return value.type === TYPE_STRING ? pool.get(value.data) : plainValue(value);
    },
    nameOf: (id) =>
      safely(() => {
        const found = find(id);
        return found && `${found.pack.types.get(((id >>> 16) & 0xff) - 1)}/${found.pack.keys.get(found.entry.key)}`;
      }),
    strings(emit) {
      emitStrings(bytes, pool, packages, emit);
    },
  };
}

function emitStrings(
  bytes: Buffer,
  pool: StringPool,
  packages: Package[],
  emit: (found: ResourceString) => void,
): void {
  const seen = new Uint8Array(pool.count);
  // a value takes eight bytes at least; a forged table lets a million entries share them
  let left = bytes.length / 4;

  function takeString(
    pack: Package,
    type: TypeChunk,
    typeName: string,
    isText: boolean,
    key: number,
    index: number,
  ): void {
    if (index >= pool.count) return;
    const times = seen[index] ?? 0;
    if (times < MAX_REPEATS) seen[index] = times + 1;
    if (times === MAX_REPEATS || (!type.isDefault && times > 0)) return;
    if ((!type.isDefault || !isText) && !pool.matters(index)) return;
    const text = pool.get(index);
    if (text === undefined || text === '' || isFilePath(typeName, text)) return;
    const name = pack.keys.get(key) ?? `0x${key.toString(16)}`;
    emit(withOffset({ text, name: `${typeName}/${name}` }, pool.offsetOf(index)));
  }

  for (const pack of packages) {
    for (const [typeId, chunks] of pack.chunks) {
      const typeName = pack.types.get(typeId - 1) ?? `type${typeId}`;
      const isText = typeName === 'string' || typeName === 'array' || typeName === 'plurals';
      for (const type of chunks) {
        let key = 0;
        for (let slot = 0; slot < type.entryCount; slot++) {
          let single: number | undefined;
          let entry: Entry | undefined;
          try {
            const at = entryOffset(bytes, type, slot);
            if (at === undefined) continue;
            // most resources are one value, most values no string: nothing is made for those
            if ((bytes.readUInt16LE(at + 2) & ANY_OTHER_FORM) === 0) single = singleString(bytes, at);
            else entry = readEntry(bytes, type, at, left);
            if (single !== undefined) key = bytes.readUInt32LE(at + 4);
          } catch {
            continue; // an entry outside the file; the table's result says that it is damaged where chunks are
          }
          left -= entry === undefined ? 1 : entry.values.length;
          if (left <= 0) return;
          if (single !== undefined) takeString(pack, type, typeName, isText, key, single);
          for (const value of entry?.values ?? NO_VALUES) {
            if (value.type === TYPE_STRING) takeString(pack, type, typeName, isText, entry?.key ?? 0, value.data);
          }
        }
      }
    }
  }
  for (let index = 0; index < pool.count; index++) {
    if (seen[index] !== 0 || !pool.matters(index)) continue;
    const text = pool.get(index);
    if (text !== undefined && !isFilePath('', text)) emit(withOffset({ text }, pool.offsetOf(index)));
  }
}

/** Resource types whose values are paths of entries, under whatever folder name a shrinker gave them. */
const FILE_TYPES = new Set(
  'anim animator color drawable font interpolator layout menu mipmap navigation raw transition xml'.split(' '),
);

function isFilePath(typeName: string, text: string): boolean {
  return text.startsWith('res/') || (FILE_TYPES.has(typeName) && !text.includes('://'));
}

function withOffset(found: ResourceString, offset: number | undefined): ResourceString {
  return offset === undefined ? found : { ...found, offset };
}
