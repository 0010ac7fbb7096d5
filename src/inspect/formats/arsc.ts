/**
 * resources.arsc: string pool, packages, types and their values (AOSP libs/androidfw ResourceTypes.h). The layout of what
 * is in a package: arsc-chunks.ts.
 *
 * RES_TABLE 0x0002: headerSize u16, size u32, packageCount u32; then chunks: global string pool 0x0001 · packages 0x0200.
 */
import type { Limits } from '../containers/budget.ts';
import {
  COMPACT,
  COMPLEX,
  chunksOf,
  type Entry,
  entryOffset,
  type Package,
  readEntry,
  readPackageChunk,
  singleString,
  slotOf,
  type TypeChunk,
} from './arsc-chunks.ts';
import { isReference, plainValue, TYPE_STRING } from './res-value.ts';
import { type FoundResource, mergeResources, type ResourceString, type ResourceTable } from './resources.ts';
import { failed, partial, type ReadResult, read } from './result.ts';
import { CHUNK_STRING_POOL, EMPTY_POOL, readStringPool, type StringPool } from './string-pool.ts';

export type { ResourceString, ResourceTable } from './resources.ts';

const CHUNK_TABLE = 0x0002;
const CHUNK_PACKAGE = 0x0200;
/** Configurations looked through to resolve references, in all. A real table has a hundred per type at most. */
const MAX_LOOKUPS = 5_000_000;
/** A value that many resources share is handed on this often. */
const MAX_REPEATS = 16;

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
        readPackageChunk(bytes, chunk, limits, (found) => packages.push(found));
      }
    }
    result = read(`${pool.count} strings of ${packages.length} packages`);
  } catch (error) {
    result = partial('ARSC_BAD_OFFSET', `damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
  return tableOf(bytes, pool, packages, result);
}

function tableOf(bytes: Buffer, pool: StringPool, packages: Package[], result: ReadResult): ResourceTable {
  let lookups = 0;

  function find(id: number, packageName?: string): FoundResource | undefined {
    for (const pack of packages) {
      if (++lookups > MAX_LOOKUPS) return undefined;
      if (packageName === undefined ? !mayHold(pack.id, id >>> 24) : pack.name !== packageName) continue;
      const final = pack.staged.get(id) ?? id;
      const typeId = ((final >>> 16) & 0xff) - pack.typeIdOffset;
      for (const type of pack.chunks.get(typeId) ?? []) {
        if (++lookups > MAX_LOOKUPS) return undefined;
        const slot = slotOf(bytes, type, final & 0xffff);
        const at = slot === undefined ? undefined : entryOffset(bytes, type, slot);
        if (at === undefined) continue;
        return found(pack, typeId, type, readEntry(bytes, type, at, 1));
      }
    }
    return undefined;
  }

  function found(pack: Package, typeId: number, { isDefault }: TypeChunk, entry: Entry): FoundResource {
    const name = `${pack.types.get(typeId - 1)}/${pack.keys.get(entry.key)}`;
    const value = entry.isComplex ? undefined : entry.values[0];
    if (value === undefined) return { name, isDefault };
    // what a library refers to with package id 0 is in the library
    if (isReference(value) && value.data !== 0) return { name, isDefault, reference: value.data };
    const plain = value.type === TYPE_STRING ? pool.get(value.data) : plainValue(value);
    return plain === undefined ? { name, isDefault } : { name, isDefault, value: plain };
  }

  function safely(id: number, packageName?: string): FoundResource | undefined {
    try {
      return find(id, packageName);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  function libraryOf(packageId: number): string | undefined {
    for (const { libraries } of packages) {
      const name = libraries.get(packageId);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  const own = mergeResources([{ find: safely, libraryOf }]);
  return {
    get result() {
      return pool.isForged() ? partial('ARSC_OVERLAP', 'its strings overlap: the pool is forged') : result;
    },
    packages: packages.map(({ id, name }) => ({ id, name })),
    libraryOf,
    find: safely,
    ...own,
    strings(emit) {
      emitStrings(bytes, pool, packages, own.resolve, emit);
    },
  };
}

const FRAMEWORK = 0x01;
const APP = 0x7f;

/** Shared libraries are built with package id 0 and get one at run time: none that the app or the framework has. */
function mayHold(packageId: number, wanted: number): boolean {
  return packageId === wanted || (packageId === 0 && wanted !== APP && wanted !== FRAMEWORK);
}

function emitStrings(
  bytes: Buffer,
  pool: StringPool,
  packages: Package[],
  resolve: (id: number) => unknown,
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

  /** A string that stands for another one: the name says what the other is for. */
  function takeAlias(pack: Package, typeName: string, key: number, id: number): void {
    const text = resolve(id);
    if (typeof text !== 'string' || isFilePath(typeName, text)) return;
    emit({ text, name: `${typeName}/${pack.keys.get(key) ?? `0x${key.toString(16)}`}` });
  }

  for (const pack of packages) {
    for (const [typeId, chunks] of pack.chunks) {
      const typeName = pack.types.get(typeId - 1) ?? `type${typeId + pack.typeIdOffset}`;
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
            const isPlain = (bytes.readUInt16LE(at + 2) & (COMPLEX | COMPACT)) === 0;
            if (isPlain) single = singleString(bytes, at);
            if (!isPlain || (isText && single === undefined)) entry = readEntry(bytes, type, at, left);
            if (single !== undefined) key = bytes.readUInt32LE(at + 4);
          } catch {
            continue; // an entry outside the file; the table's result says that it is damaged where chunks are
          }
          left -= entry === undefined ? 1 : entry.values.length;
          if (left <= 0) return;
          if (single !== undefined) takeString(pack, type, typeName, isText, key, single);
          for (const value of entry?.values ?? []) {
            if (value.type === TYPE_STRING) takeString(pack, type, typeName, isText, entry?.key ?? 0, value.data);
            else if (isText && isReference(value)) takeAlias(pack, typeName, entry?.key ?? 0, value.data);
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
