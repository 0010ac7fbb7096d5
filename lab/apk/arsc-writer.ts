/** Writes resources.arsc (AOSP ResourceTypes.h): one package, default configuration, values that are strings. */
import { writeStringPool } from './string-pool-writer.ts';
import { chunk, words } from './xml-writer.ts';

const PACKAGE_ID = 0x7f;
/** ResTable_config: its size, then zeros for the default configuration. */
const CONFIG_SIZE = 64;
const TYPE_HEADER = 20 + CONFIG_SIZE;

export interface ResourceGroup {
  /** `string`, `xml`. */
  type: string;
  entries: readonly (readonly [name: string, value: string])[];
}

/** The id that `writeResources` gives to an entry of a group. */
export function resourceId(groups: readonly ResourceGroup[], type: string, name: string): number {
  const group = groups.findIndex((candidate) => candidate.type === type);
  const entry = groups[group]?.entries.findIndex(([candidate]) => candidate === name) ?? -1;
  if (entry < 0) throw new Error(`no resource ${type}/${name}`);
  return ((PACKAGE_ID << 24) | ((group + 1) << 16) | entry) >>> 0;
}

export function writeResources(packageName: string, groups: readonly ResourceGroup[]): Buffer {
  const values: string[] = [];
  const keys: string[] = [];
  const types: Buffer[] = [];
  for (const [index, group] of groups.entries()) {
    const id = index + 1;
    types.push(typeSpec(id, group.entries.length));
    types.push(typeChunk(id, group, values, keys));
  }
  const typeNames = writeStringPool(
    groups.map((group) => group.type),
    'utf16',
  );
  const keyNames = writeStringPool(keys, 'utf8');
  const header = 288;
  const name = Buffer.alloc(256);
  name.write(packageName.slice(0, 127), 'utf16le');
  const fields = words(header, groups.length, header + typeNames.length, keys.length, 0);
  const body = Buffer.concat([words(PACKAGE_ID), name, fields, typeNames, keyNames, ...types]);
  const pack = chunk(0x0200, header, body);
  const table = Buffer.concat([words(1), writeStringPool(values, 'utf8'), pack]);
  return chunk(0x0002, 12, table);
}

function typeSpec(id: number, count: number): Buffer {
  return chunk(0x0202, 16, words(id, count, ...new Array<number>(count).fill(0)));
}

function typeChunk(id: number, group: ResourceGroup, values: string[], keys: string[]): Buffer {
  const count = group.entries.length;
  const offsets: number[] = [];
  const entries: Buffer[] = [];
  for (const [name, value] of group.entries) {
    offsets.push(entries.length * 16);
    const entry = Buffer.alloc(16);
    entry.writeUInt16LE(8, 0); // size of the entry's head
    entry.writeUInt32LE(keys.push(name) - 1, 4);
    entry.writeUInt16LE(8, 8); // size of the value
    entry.writeUInt8(0x03, 11); // a string
    entry.writeUInt32LE(values.push(value) - 1, 12);
    entries.push(entry);
  }
  const config = Buffer.alloc(CONFIG_SIZE);
  config.writeUInt32LE(CONFIG_SIZE, 0);
  return chunk(
    0x0201,
    TYPE_HEADER,
    Buffer.concat([words(id, count, TYPE_HEADER + count * 4), config, words(...offsets), ...entries]),
  );
}
