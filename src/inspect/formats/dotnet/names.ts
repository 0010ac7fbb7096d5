/** Names of the types, methods and fields of an assembly, as people write them. */
import type { CodePlace } from '../../source.ts';
import type { Metadata } from './metadata.ts';
import { decodeCoded, TABLE, type Table } from './tables.ts';

const MAX_NESTING = 8;
/** Characters of a name in full; forged ones are as long as they like. */
const LONGEST = 400;

export interface Names {
  /** `BlueMarket.Shop.Api`, nested types joined by `.`; of a row of TypeDef. */
  type(row: number): string;
  /** Where a method of this row stands. Classes that the compiler made stand for the method that they are made of. */
  method(row: number): CodePlace;
  /** Name of the field or property that a token sets: of a field, or of a method `set_Name`. */
  target(token: number): string | undefined;
  /** Full name of the class whose constructor an index of the kind customAttributeType names. */
  attribute(index: number): { name: string; signature: Buffer };
  /** Row of TypeDef that owns a field. */
  ownerOfField(row: number): number;
}

export function createNames({ tables, string, blob }: Metadata): Names {
  const typeDefs = tables.get(TABLE.TypeDef);
  const typeRefs = tables.get(TABLE.TypeRef);
  const methods = tables.get(TABLE.MethodDef);
  const fields = tables.get(TABLE.Field);
  const members = tables.get(TABLE.MemberRef);
  const enclosing = new Map<number, number>();
  const nested = tables.get(TABLE.NestedClass);
  for (let row = 1; row <= nested.rows; row++) enclosing.set(nested.cell(row, 0), nested.cell(row, 1));

  /** The outer types, then the type itself. */
  function chain(row: number): number[] {
    const rows: number[] = [];
    for (let at: number | undefined = row; at !== undefined && rows.length < MAX_NESTING; at = enclosing.get(at)) {
      rows.unshift(at);
    }
    return rows;
  }
  const name = (row: number) => plain(string(typeDefs.cell(row, 1)));
  function joined(rows: readonly number[]): string {
    const namespace = string(typeDefs.cell(rows[0] ?? 0, 2));
    return [...(namespace === '' ? [] : [namespace]), ...rows.map(name)].join('.').slice(0, LONGEST);
  }

  const typeNames = new Map<number, string>();
  function typeName(rows: readonly number[]): string {
    const last = rows.at(-1) ?? 0;
    let known = typeNames.get(last);
    if (known === undefined) {
      known = joined(rows);
      typeNames.set(last, known);
    }
    return known;
  }

  const places = new Map<number, CodePlace>();
  function method(row: number): CodePlace {
    let known = places.get(row);
    if (known === undefined) {
      known = placeOf(row);
      places.set(row, known);
    }
    return known;
  }

  function placeOf(row: number): CodePlace {
    let label = string(methods.cell(row, 3));
    const rows = chain(ownerOf(typeDefs, 5, row));
    // `<LoginAsync>d__5.MoveNext` is LoginAsync; `<>c.<Start>b__0` is Start
    while (rows.length > 1 && name(rows.at(-1) ?? 0).startsWith('<')) {
      const made = madeOf(name(rows.pop() ?? 0));
      if (made !== undefined) label = made;
    }
    return { class: typeName(rows), method: madeOf(label) ?? label };
  }

  return {
    type: (row) => joined(chain(row)),
    method,
    ownerOfField: (row) => ownerOf(typeDefs, 4, row),
    target(token) {
      const row = token & 0xffffff;
      switch (token >>> 24) {
        case TABLE.Field:
          return fieldName(string(fields.cell(row, 1)));
        case TABLE.MethodDef:
          return setterName(string(methods.cell(row, 3)));
        case TABLE.MemberRef: {
          const signature = blob(members.cell(row, 2));
          const label = string(members.cell(row, 1));
          return signature[0] === 0x06 ? fieldName(label) : setterName(label);
        }
      }
      return undefined;
    },
    attribute(index) {
      const { table, row } = decodeCoded('customAttributeType', index);
      if (table === TABLE.MethodDef) {
        const type = joined(chain(ownerOf(typeDefs, 5, row)));
        return { name: type, signature: blob(methods.cell(row, 4)) };
      }
      const parent = decodeCoded('memberRefParent', members.cell(row, 0));
      const signature = blob(members.cell(row, 2));
      if (parent.table === TABLE.TypeDef) return { name: joined(chain(parent.row)), signature };
      if (parent.table !== TABLE.TypeRef) return { name: '', signature };
      const namespace = string(typeRefs.cell(parent.row, 2));
      const label = string(typeRefs.cell(parent.row, 1));
      return { name: namespace === '' ? label : `${namespace}.${label}`, signature };
    },
  };
}

/** The type whose list of methods or fields holds the row: the last whose list does not begin after it. */
function ownerOf(types: Table, column: number, row: number): number {
  let low = 1;
  let high = types.rows;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (types.cell(middle, column) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Without the number of type parameters: List`1. */
function plain(name: string): string {
  const tick = name.indexOf('`');
  return tick > 0 ? name.slice(0, tick) : name;
}

/** What stands between the brackets of a name that the compiler made. */
function madeOf(name: string): string | undefined {
  return /^<([^<>]{1,200})>[a-z]/.exec(name)?.[1];
}

function fieldName(name: string): string {
  return madeOf(name) ?? name;
}

function setterName(name: string): string | undefined {
  return name.startsWith('set_') ? name.slice(4) : undefined;
}
