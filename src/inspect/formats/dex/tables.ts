/**
 * The tables of one DEX file (dex-format, source.android.com), as views on its bytes.
 *
 * Header: string_ids @0x38 · type_ids @0x40 · proto_ids @0x48 · field_ids @0x50 · method_ids @0x58 · class_defs @0x60,
 * each size u32 and offset u32; map_off @0x34.
 * type_id: descriptor u32 · proto_id: shorty u32, return type u32, parameters u32 · field_id: class u16, type u16,
 * name u32 · method_id: class u16, proto u16, name u32 · class_def: class, access, superclass, interfaces, source file,
 * annotations, class data, static values, each u32.
 */
import { decodeMutf8 } from '../mutf8.ts';

export interface Section {
  /** Byte offset; a multiple of 4. */
  at: number;
  count: number;
}

export interface Tables {
  bytes: Buffer;
  u16: Uint16Array;
  u32: Uint32Array;
  strings: Section;
  types: Section;
  protos: Section;
  fields: Section;
  methods: Section;
  classes: Section;
  map: number;
}

export const NO_INDEX = 0xffffffff;

/**
 * @param bytes aligned to 4 bytes in memory
 * @param header where this DEX begins; its offsets count from the start of `bytes` all the same (a container)
 */
export function openTables(bytes: Buffer, header: number): Tables {
  const section = (field: number, size: number): Section => {
    const at = bytes.readUInt32LE(header + field + 4);
    const fits = at % 4 === 0 && at < bytes.length ? Math.floor((bytes.length - at) / size) : 0;
    return { at, count: Math.min(bytes.readUInt32LE(header + field), fits) };
  };
  return {
    bytes,
    u16: new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1),
    u32: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2),
    strings: section(0x38, 4),
    types: section(0x40, 4),
    protos: section(0x48, 12),
    fields: section(0x50, 8),
    methods: section(0x58, 8),
    classes: section(0x60, 32),
    map: bytes.readUInt32LE(header + 0x34),
  };
}

/** Longest string that is made of the pool for the sake of the code around it. */
const LONGEST = 4096;

/** Start and end of the string's bytes; undefined when it lies outside. */
export function stringBytes(tables: Tables, id: number): { start: number; end: number } | undefined {
  if (id >= tables.strings.count) return undefined;
  let start = tables.u32[(tables.strings.at >> 2) + id] ?? 0;
  const { bytes } = tables;
  for (let digits = 0; digits < 4 && (bytes[start] ?? 0) >= 0x80; digits++) start++;
  start++;
  if (start >= bytes.length) return undefined;
  const most = Math.min(bytes.length, start + LONGEST);
  let end = start;
  while (end < most && bytes[end] !== 0) end++;
  return { start, end };
}

export function stringAt(tables: Tables, id: number): string {
  const found = stringBytes(tables, id);
  return found === undefined ? '' : decodeMutf8(tables.bytes, found.start, found.end);
}

/** String id of a type's descriptor. */
export function descriptorId(tables: Tables, type: number): number {
  return type < tables.types.count ? (tables.u32[(tables.types.at >> 2) + type] ?? NO_INDEX) : NO_INDEX;
}

export function descriptorOf(tables: Tables, type: number): string {
  return stringAt(tables, descriptorId(tables, type));
}

/** As people write it: `com.bluemarket.shop.Api`. */
export function classNameOf(tables: Tables, type: number): string {
  const descriptor = descriptorOf(tables, type);
  return descriptor.startsWith('L') ? descriptor.slice(1, -1).replaceAll('/', '.') : descriptor;
}

export function memberClass(tables: Tables, section: Section, index: number): number {
  return index < section.count ? (tables.u16[(section.at >> 1) + index * 4] ?? NO_INDEX) : NO_INDEX;
}

/** Type of a field, prototype of a method. */
export function memberShape(tables: Tables, section: Section, index: number): number {
  return index < section.count ? (tables.u16[(section.at >> 1) + index * 4 + 1] ?? NO_INDEX) : NO_INDEX;
}

export function memberName(tables: Tables, section: Section, index: number): number {
  return index < section.count ? (tables.u32[(section.at >> 2) + index * 2 + 1] ?? NO_INDEX) : NO_INDEX;
}

export function returnType(tables: Tables, method: number): number {
  const proto = memberShape(tables, tables.methods, method);
  return proto < tables.protos.count ? (tables.u32[(tables.protos.at >> 2) + proto * 3 + 1] ?? NO_INDEX) : NO_INDEX;
}

/** Types of the parameters of a method, at most 255. */
export function parameterTypes(tables: Tables, method: number): number[] {
  const proto = memberShape(tables, tables.methods, method);
  if (proto >= tables.protos.count) return [];
  return typeList(tables, tables.u32[(tables.protos.at >> 2) + proto * 3 + 2] ?? 0);
}

/** type_list: size u32, type_idx u16[size]; at 0 there is none. */
export function typeList(tables: Tables, offset: number): number[] {
  if (offset === 0 || offset % 4 !== 0 || offset + 4 > tables.bytes.length) return [];
  const size = Math.min(tables.u32[offset >> 2] ?? 0, 255);
  const first = (offset >> 1) + 2;
  return Array.from(tables.u16.subarray(first, first + size));
}

/** String id of a text, found by halving: the pool is sorted by UTF-16 units, which for ASCII is the order of bytes. */
export function findString(tables: Tables, text: string): number {
  return halve(tables.strings.count, (id) => {
    const found = stringBytes(tables, id);
    if (found === undefined) return 1;
    const length = found.end - found.start;
    for (let index = 0; index < text.length; index++) {
      const byte = index < length ? (tables.bytes[found.start + index] ?? 0) : -1;
      const wanted = text.charCodeAt(index);
      if (byte !== wanted) return byte - wanted;
    }
    return length - text.length;
  });
}

/** Type id of a descriptor; type_ids are sorted by their string ids. */
export function findType(tables: Tables, descriptor: string): number {
  const id = findString(tables, descriptor);
  return id < 0 ? -1 : halve(tables.types.count, (type) => descriptorId(tables, type) - id);
}

/** Members of one class: `[first, end)`; field_ids and method_ids are sorted by class. */
export function membersOf(tables: Tables, section: Section, type: number): [first: number, end: number] {
  let first = 0;
  let high = section.count;
  while (first < high) {
    const middle = (first + high) >>> 1;
    if (memberClass(tables, section, middle) < type) first = middle + 1;
    else high = middle;
  }
  let end = first;
  while (end < section.count && memberClass(tables, section, end) === type) end++;
  return [first, end];
}

function halve(count: number, compareAt: (index: number) => number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareAt(middle);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
