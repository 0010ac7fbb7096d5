/**
 * One pass over all code of a DEX: who uses which string, which methods are worth a closer look, and how often each field
 * is written. Nothing is decoded that no table is asked about.
 *
 * code_item: registers u16 · ins u16 · outs u16 · tries u16 · debug_info u32 · insns_size u32 (units) · insns u16[].
 */
import { CODE_PLACES } from '../../source.ts';
import type { Classes } from './classes.ts';
import {
  KIND,
  KIND_BAD,
  KIND_GET_STATIC,
  KIND_INVOKE,
  KIND_NOP,
  KIND_PUT,
  KIND_STRING,
  KIND_STRING_JUMBO,
  LENGTH,
  payloadLength,
} from './opcodes.ts';
import type { Tables } from './tables.ts';

/** Flags of a string: it is handed on; a method that uses it is looked at closely. */
export const STRING_WANTED = 1;
export const STRING_JOINS = 2;

/** A call of it is looked at closely; it puts texts together. */
export const METHOD_WATCHED = 4;
export const METHOD_JOINS = 8;
/** Its code is here and it takes a text: who calls it is remembered. */
export const METHOD_TAKES_TEXT = 16;
/** What makes a method worth a closer look: a watched call, or a part of an address where texts are put together. */
const JOINING = METHOD_JOINS | STRING_JOINS;
const isClose = (flags: number) => (flags & METHOD_WATCHED) !== 0 || (flags & JOINING) === JOINING;

export interface Marks {
  /** Per string id. */
  strings: Uint8Array;
  /** Per method id: METHOD_WATCHED when a call of it makes its caller worth a closer look, METHOD_JOINS. */
  methods: Uint8Array;
  /** Per field id, static: METHOD_WATCHED, or STRING_JOINS when it holds a part of an address. */
  fields: Uint8Array;
}

export interface Uses {
  /** Per string id: 1 + its last use in `next`. */
  last: Int32Array;
  /** Per string id: how many places are kept. */
  counts: Uint8Array;
  /** Chain of uses: the one before, the method (index in Methods). */
  before: number[];
  method: number[];
  /** Per field id: writes in all code, at most 255, and one method that does. */
  writes: Uint8Array;
  writer: Uint32Array;
  /** Calls of methods that take a text: which one (method_ids index), and who calls it (index in Methods). */
  called: number[];
  caller: number[];
  /** Methods worth a closer look, in order. */
  close: number[];
  damaged: boolean;
}

export function scanCode(tables: Tables, classes: Classes, marks: Marks): Uses {
  const { u16 } = tables;
  const { methods } = classes;
  const uses: Uses = {
    last: new Int32Array(marks.strings.length),
    counts: new Uint8Array(marks.strings.length),
    before: [],
    method: [],
    writes: new Uint8Array(tables.fields.count),
    writer: new Uint32Array(tables.fields.count),
    called: [],
    caller: [],
    close: [],
    damaged: false,
  };
  // Methods may share their code (R8 does that), but not all of them.
  let left = u16.length * 4;
  for (let index = 0; index < methods.id.length; index++) {
    const from = codeStart(tables, methods.code[index] ?? 0);
    const end = codeEnd(tables, from);
    left -= end - from + 1;
    if (end < 0 || left < 0) {
      uses.damaged = true;
      if (left < 0) break;
      continue;
    }
    const state = scanMethod(u16, from, end, index, marks, uses);
    if (state < 0) uses.damaged = true;
    else if (isClose(state)) uses.close.push(index);
  }
  return uses;
}

/** First unit of the instructions of the code_item at `offset`; 0 when it cannot be one. */
export function codeStart(tables: Tables, offset: number): number {
  return offset % 4 === 0 && offset + 16 <= tables.bytes.length ? (offset >> 1) + 8 : 0;
}

/** The unit after the last one; -1 when it lies outside. */
export function codeEnd(tables: Tables, start: number): number {
  if (start === 0) return -1;
  const end = start + (tables.u32[(start >> 1) - 1] ?? 0);
  return end <= tables.u16.length ? end : -1;
}

/** Most calls that are remembered: a large app has a tenth of them. */
const MOST_CALLS = 2_000_000;
/** In place of flags. */
const BROKEN = -1;

/** @returns the flags of what it uses */
function scanMethod(code: Uint16Array, from: number, end: number, index: number, marks: Marks, uses: Uses): number {
  const { strings, methods, fields } = marks;
  let flags = 0;
  let at = from;
  while (at < end) {
    const op = (code[at] as number) & 0xff;
    const kind = KIND[op] as number;
    if (kind !== 0) {
      if (kind === KIND_INVOKE) {
        const mark = methods[code[at + 1] as number] as number;
        if (mark !== 0) {
          flags |= mark;
          if (mark >= METHOD_TAKES_TEXT && uses.called.length < MOST_CALLS) {
            uses.called.push(code[at + 1] as number);
            uses.caller.push(index);
          }
        }
      } else if (kind <= KIND_STRING_JUMBO) {
        const id = (code[at + 1] as number) + (kind === KIND_STRING ? 0 : (code[at + 2] as number) * 0x10000);
        const mark = strings[id];
        if (mark !== undefined && mark !== 0) {
          addUse(uses, id, index);
          flags |= mark & STRING_JOINS;
        }
      } else if (kind === KIND_PUT) {
        const field = code[at + 1] as number;
        const before = uses.writes[field];
        if (before !== undefined && before < 255) {
          uses.writes[field] = before + 1;
          uses.writer[field] = index;
        }
      } else if (kind === KIND_GET_STATIC) {
        flags |= fields[code[at + 1] as number] ?? 0;
      } else if (kind === KIND_NOP) {
        at += payloadLength(code, at);
        continue;
      } else if (kind === KIND_BAD) return BROKEN;
    }
    at += LENGTH[op] as number;
  }
  return at === end ? flags : BROKEN;
}

/** Remembers the first places of a string; the same method once. */
export function addUse(uses: Uses, id: number, method: number): void {
  const count = uses.counts[id] as number;
  if (count >= CODE_PLACES) return;
  const last = uses.last[id] as number;
  if (last > 0 && uses.method[last - 1] === method) return;
  uses.counts[id] = count + 1;
  uses.before.push(last);
  uses.method.push(method);
  uses.last[id] = uses.method.length;
}

/** Methods that call one of `wanted` (per method id), in order, each once. */
export function findCallers(uses: Uses, wanted: Uint8Array): number[] {
  const callers: number[] = [];
  for (let call = 0; call < uses.called.length; call++) {
    const caller = uses.caller[call] ?? 0;
    if (wanted[uses.called[call] ?? 0] === 1 && callers.at(-1) !== caller) callers.push(caller);
  }
  return callers;
}
