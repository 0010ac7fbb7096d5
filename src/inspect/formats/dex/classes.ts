/**
 * Classes and what they define. class_data_item: uleb128 counts of static fields, instance fields, direct methods,
 * virtual methods; encoded_field: field_idx_diff, access_flags; encoded_method: method_idx_diff, access_flags, code_off.
 */
import { type EncodedValue, readArray } from './encoded-value.ts';
import { memberClass, type Tables } from './tables.ts';

/** The methods that have code, in the order of the classes; columns of one table. */
export interface Methods {
  /** method_ids index. */
  id: Uint32Array;
  /** Type id of the class. */
  type: Uint32Array;
  /** Byte offset of the code_item. */
  code: Uint32Array;
  access: Uint32Array;
}

export interface Classes {
  methods: Methods;
  /** One per field_ids entry: 1 when its class defines it here. */
  fieldDefined: Uint8Array;
  /** What static fields are initialised with, by field_ids index; only what is not null. */
  fieldInitial: Map<number, EncodedValue>;
  /** One per type: 1 + index of its class_def. */
  defined: Uint32Array;
  damaged: boolean;
}

/** Where `next` reads: module-level, so that the hottest loop of all touches no object. */
let bytes: Uint8Array = new Uint8Array(0);
let at = 0;
/** The methods found so far. */
let table: Methods = columns(0);
let size = 0;

function columns(count: number): Methods {
  const column = () => new Uint32Array(count);
  return { id: column(), type: column(), code: column(), access: column() };
}

function resized(methods: Methods, count: number): Methods {
  const made = columns(count);
  for (const key of ['id', 'type', 'code', 'access'] as const) made[key].set(methods[key].subarray(0, count));
  return made;
}

/** One uleb128; nearly all take a byte or two. */
function next(): number {
  const first = bytes[at++] ?? 0;
  if (first < 0x80) return first;
  const second = bytes[at++] ?? 0;
  let value = (first & 0x7f) | ((second & 0x7f) << 7);
  if (second < 0x80) return value;
  for (let shift = 14; shift < 35; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return value;
}

export function readClasses(tables: Tables): Classes {
  const found: Classes = {
    methods: columns(0),
    fieldDefined: new Uint8Array(tables.fields.count),
    fieldInitial: new Map(),
    defined: new Uint32Array(tables.types.count),
    damaged: false,
  };
  bytes = tables.bytes;
  // Each method is defined once, except in a forged file.
  table = columns(tables.methods.count);
  size = 0;
  // Each member takes two bytes at least; classes that share their data (a forged file) use the budget up.
  let left = bytes.length;
  for (let index = 0; index < tables.classes.count && left > 0; index++) {
    const def = (tables.classes.at >> 2) + index * 8;
    const type = tables.u32[def] ?? 0;
    if (type < found.defined.length) found.defined[type] = index + 1;
    const data = tables.u32[def + 6] ?? 0;
    if (data === 0) continue;
    if (data >= bytes.length) found.damaged = true;
    else left -= readClass(tables, found, type, data, tables.u32[def + 7] ?? 0, left);
  }
  if (left <= 0) found.damaged = true;
  found.methods = resized(table, size);
  bytes = new Uint8Array(0);
  table = columns(0);
  return found;
}

/** @returns how many members and values it read, at most `left` and a few */
function readClass(tables: Tables, found: Classes, type: number, data: number, values: number, left: number): number {
  const initial = values > 0 && values < bytes.length ? readArray({ bytes, at: values, left: 70_000 }) : [];
  at = data;
  const statics = next();
  const fields = statics + next();
  const direct = next();
  const all = direct + next();
  const most = left - initial.length;
  let field = 0;
  let members = 0;
  for (; members < fields && members < most; members++) {
    if (members === statics) field = 0;
    field += next();
    next();
    if (field >= tables.fields.count || at >= bytes.length) break;
    if (memberClass(tables, tables.fields, field) === type) found.fieldDefined[field] = 1;
    const value = members < statics ? initial[members] : undefined;
    if (value !== undefined) found.fieldInitial.set(field, value);
  }
  let method = 0;
  let count = 0;
  for (; count < all && members + count < most; count++) {
    if (count === direct) method = 0;
    method += next();
    const access = next();
    const code = next();
    if (method >= tables.methods.count || at > bytes.length) {
      found.damaged = true;
      break;
    }
    if (code === 0) continue;
    if (size === table.id.length) table = resized(table, size * 2 + 16);
    table.id[size] = method;
    table.type[size] = type;
    table.code[size] = code;
    table.access[size++] = access;
  }
  return members + count + initial.length + 1;
}

/** Name of a package -> how many classes of this file are in it. Types are sorted by descriptor, so packages come in runs. */
export function packagesOf(tables: Tables, classes: Classes): Map<string, number> {
  const packages = new Map<string, number>();
  // without the type of a Buffer, whose methods cost more than these short names
  const file: Uint8Array = tables.bytes;
  const { u32 } = tables;
  let from = 0;
  let length = -1;
  let count = 0;
  const flush = () => {
    if (count === 0) return;
    const name = tables.bytes.toString('utf8', from, from + length).replaceAll('/', '.');
    packages.set(name, (packages.get(name) ?? 0) + count);
  };
  for (let type = 0; type < classes.defined.length; type++) {
    if (classes.defined[type] === 0) continue;
    let start = u32[(tables.strings.at >> 2) + (u32[(tables.types.at >> 2) + type] ?? 0)] ?? 0;
    while ((file[start] ?? 0) >= 0x80) start++;
    start += 2; // the length's last byte and the L
    let slash = start;
    let end = start;
    for (let byte = file[end]; byte !== undefined && byte !== 0; byte = file[++end]) if (byte === 0x2f) slash = end;
    if (end >= file.length) break;
    if (slash - start === length && same(file, from, start, length)) {
      count++;
      continue;
    }
    flush();
    from = start;
    length = slash - start;
    count = 1;
  }
  flush();
  return packages;
}

function same(file: Uint8Array, a: number, b: number, length: number): boolean {
  for (let index = length - 1; index >= 0; index--) if (file[a + index] !== file[b + index]) return false;
  return true;
}
