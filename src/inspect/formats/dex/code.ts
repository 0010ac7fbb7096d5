/**
 * Walks the code of one DEX: who uses each string, which texts its methods put together, which constants reach the calls
 * that matter.
 */
import type { CodePlace, FoundCall } from '../../source.ts';
import { createPathElements, readAnnotations } from './annotations.ts';
import { type Classes, packagesOf, readClasses } from './classes.ts';
import { createFollower } from './follow.ts';
import { findKnown } from './known-methods.ts';
import { createPrograms } from './program.ts';
import {
  addUse,
  type Marks,
  METHOD_TAKES_TEXT,
  METHOD_WATCHED,
  STRING_JOINS,
  STRING_WANTED,
  scanCode,
} from './scan.ts';
import { secretFields } from './secret-fields.ts';
import {
  classNameOf,
  findType,
  memberName,
  memberShape,
  openTables,
  stringAt,
  stringBytes,
  type Tables,
} from './tables.ts';
import { findUnchecked } from './trust.ts';

/** Receives what the code says. Offsets count from the start of the file. */
export interface CodeSink {
  packages(names: ReadonlyMap<string, number>): void;
  /** A text that code puts together. */
  joined(text: string, offset: number, place: CodePlace): void;
  call(call: Omit<FoundCall, 'entry'>): void;
  /** The path of a request, in an annotation of its method. */
  path(text: string, offset: number, place: CodePlace): void;
}

export interface CodeWalk {
  /** Code that uses the string; none: no code does. */
  placesOf(string: number): CodePlace[];
  /** Some of it could not be walked. */
  damaged: boolean;
}

/** Most request paths and calls of one file. */
const MOST = 10_000;

/**
 * @param bytes aligned to 4 bytes
 * @param header where this DEX begins
 * @param strings per string id: STRING_WANTED, STRING_JOINS
 */
export function walkCode(bytes: Buffer, header: number, strings: Uint8Array, sink: CodeSink): CodeWalk {
  const tables = openTables(bytes, header);
  const classes = readClasses(tables);
  const { methods } = classes;
  sink.packages(packagesOf(tables, classes));
  const known = findKnown(tables);
  const marks: Marks = {
    strings,
    methods: known.marks,
    fields: new Uint8Array(tables.fields.count),
  };
  markTextTakers(tables, classes, marks.methods);
  for (const field of known.fields) marks.fields[field] = METHOD_WATCHED;
  for (const [field, value] of classes.fieldInitial) {
    if (typeof value === 'object' && 'string' in value && ((strings[value.string] ?? 0) & STRING_JOINS) !== 0) {
      marks.fields[field] = STRING_JOINS;
    }
  }
  const uses = scanCode(tables, classes, marks);

  // Places that are no method with code: fields' initial values, annotations
  const others: { type: number; method: string }[] = [];
  const places = new Map<number, CodePlace>();
  const classNames = new Map<number, string>();

  function useElsewhere(string: number, type: number, method: string): void {
    if (((strings[string] ?? 0) & STRING_WANTED) === 0) return;
    others.push({ type, method });
    addUse(uses, string, methods.id.length + others.length - 1);
  }

  function className(type: number): string {
    let name = classNames.get(type);
    if (name === undefined) {
      name = classNameOf(tables, type);
      classNames.set(type, name);
    }
    return name;
  }

  function methodName(id: number): string {
    return stringAt(tables, memberName(tables, tables.methods, id));
  }

  /** @param index of a method, or beyond them of a place in `others` */
  function place(index: number): CodePlace {
    const known = places.get(index);
    if (known !== undefined) return known;
    const other = others[index - methods.id.length];
    const made: CodePlace = {
      class: className(other?.type ?? methods.type[index] ?? 0),
      method: other?.method ?? methodName(methods.id[index] ?? 0),
    };
    places.set(index, made);
    return made;
  }

  for (const [field, value] of classes.fieldInitial) {
    if (typeof value === 'object' && 'string' in value) {
      useElsewhere(value.string, tables.u16[(tables.fields.at >> 1) + field * 4] ?? 0, '<clinit>');
    }
  }
  const isPath = createPathElements(tables);
  let left = MOST;
  readAnnotations(tables, (one) => {
    const method = one.method === undefined ? '' : methodName(one.method);
    useElsewhere(one.string, one.type, method);
    if (one.method === undefined || !isPath(one) || left-- <= 0) return;
    const path = stringAt(tables, one.string);
    const offset = stringBytes(tables, one.string)?.start ?? 0;
    if (path !== '') sink.path(path, offset, { class: className(one.type), method });
  });

  const programs = createPrograms(tables, classes, known, uses);
  const follower = createFollower({ tables, classes, programs, uses, place, sink });
  for (const index of uses.close) follower.follow(index);
  follower.finish();
  for (const { api, method } of findUnchecked(tables, classes, programs)) {
    sink.call({ api, args: [], offset: methods.code[method] ?? 0, ...place(method) });
  }
  secretFields(tables, classes, uses, programs, (field, args) => {
    sink.call({ api: 'field.secret', args, class: className(field), method: '<init>' });
  });

  return {
    placesOf(string) {
      const found: CodePlace[] = [];
      for (let use = uses.last[string] ?? 0; use > 0; use = uses.before[use - 1] ?? 0) {
        found.push(place(uses.method[use - 1] ?? 0));
      }
      return found.reverse();
    },
    damaged: uses.damaged || classes.damaged,
  };
}

/** What a constant is handed on as. */
const TEXTS = ['Ljava/lang/String;', 'Ljava/lang/CharSequence;', '[B', '[C'];

function markTextTakers(tables: Tables, { methods }: Classes, marks: Uint8Array): void {
  const [a = -1, b = -1, c = -1, d = -1] = TEXTS.map((name) => findType(tables, name));
  const takes = new Uint8Array(tables.protos.count);
  for (let proto = 0; proto < takes.length; proto++) {
    const list = tables.u32[(tables.protos.at >> 2) + proto * 3 + 2] ?? 0;
    if (list === 0 || list % 4 !== 0 || list + 4 > tables.bytes.length) continue;
    const first = (list >> 1) + 2;
    const end = Math.min(first + Math.min(tables.u32[list >> 2] ?? 0, 255), tables.u16.length);
    for (let at = first; at < end; at++) {
      const type = tables.u16[at];
      if (type === a || type === b || type === c || type === d) takes[proto] = METHOD_TAKES_TEXT;
    }
  }
  for (let index = 0; index < methods.id.length; index++) {
    const id = methods.id[index] as number;
    marks[id] = (marks[id] ?? 0) | (takes[memberShape(tables, tables.methods, id)] ?? 0);
  }
}
