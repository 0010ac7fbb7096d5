/**
 * Follows constants through one method: a linear pass over its instructions that keeps what each register is known to
 * hold. What it does not understand makes a register unknown; it never guesses.
 */
import type { WatchedCall } from '../../data/android-calls.ts';
import { branchTargets, findResets, int32 } from './branches.ts';
import { createCalls, type Invoke } from './calls.ts';
import type { Known } from './known-methods.ts';
import {
  KIND,
  KIND_NOP,
  LENGTH,
  payloadLength,
  WRITES,
  WRITES_A_WIDE,
  WRITES_AA,
  WRITES_AA_WIDE,
  WRITES_NONE,
} from './opcodes.ts';
import { codeEnd, codeStart } from './scan.ts';
import { descriptorOf, parameterTypes, stringAt, type Tables } from './tables.ts';
import { type Builder, isMutable, type Mutable, meet, settled, type Text, type Value } from './value.ts';

/** What a method needs to know of the others. */
export interface Program {
  tables: Tables;
  known: Known;
  /** What a field always holds, as far as this DEX says. */
  fieldValue(field: number): Value;
  /** What a call of a method of this DEX gives. */
  callValue(op: number, method: number, args: readonly Value[]): Value;
  /** Instructions that may still be looked at. */
  left: number;
}

export interface Method {
  /** method_ids index. */
  id: number;
  /** Byte offset of its code_item. */
  code: number;
  isStatic: boolean;
}

export interface WatchedUse {
  call: WatchedCall;
  args: readonly Value[];
  /** Type descriptors of the arguments. */
  parameters: readonly string[];
  /** Code unit of the instruction. */
  at: number;
}

export interface Analysis {
  /** What it returns, where all its ways agree. */
  returned: Value;
  joins: readonly Text[];
  watched: readonly WatchedUse[];
  puts: ReadonlyMap<number, Value>;
  /** Calls of the methods that were asked about. */
  passed: readonly { method: number; args: readonly Value[] }[];
}

const ALLOW_ALL: WatchedCall = { api: 'tls.allowAll', class: '', method: '', needs: [] };
const NOTHING: Analysis = { returned: undefined, joins: [], watched: [], puts: new Map(), passed: [] };
const MOST_REGISTERS = 256;
/** Most states that wait for their join. */
const MOST_PENDING = 2_000;
const MOST_ARRAY = 256;

/** @param asked per method id: 1 when calls of it are wanted */
export function interpret(program: Program, method: Method, asked?: Uint8Array): Analysis {
  const { tables } = program;
  const { u16 } = tables;
  const start = codeStart(tables, method.code);
  const end = codeEnd(tables, start);
  if (end < 0) return NOTHING;
  const registers = u16[start - 8] ?? 0;
  const ins = u16[start - 7] ?? 0;
  program.left -= end - start;
  if (registers > MOST_REGISTERS || ins > registers || program.left < 0) return NOTHING;
  const resets = findResets(tables, start, end);
  if (resets === undefined) return NOTHING;

  const joins: Text[] = [];
  const watched: WatchedUse[] = [];
  const puts = new Map<number, Value>();
  const passed: { method: number; args: readonly Value[] }[] = [];
  const used = new Set<Value>();
  const pending = new Map<number, Value[]>();
  let pendingLeft = MOST_PENDING;
  let returned: { value: Value } | undefined;
  let state: Value[] | undefined = entryState(tables, method, registers, ins);
  let result: Value;
  let ids = 0;

  /** Puts a changed object into every register that holds it. */
  function change(object: Mutable, value: Value): void {
    for (let register = 0; state !== undefined && register < registers; register++) {
      const held = state[register];
      if (typeof held === 'object' && isMutable(held) && held.id === object.id) state[register] = value;
    }
  }

  const calls = createCalls({
    newId: () => ++ids,
    change,
    finished(text) {
      joins.push(text);
    },
    extends: (value) => used.add(value),
  });

  function invoke(op: number, at: number): void {
    if (state === undefined) return;
    const word = u16[at] ?? 0;
    const id = u16[at + 1] ?? 0;
    const isRange = op >= 0x74;
    const count = isRange ? word >> 8 : word >> 12;
    const first = u16[at + 2] ?? 0;
    const slots: Value[] = [];
    for (let index = 0; index < count; index++) {
      const register = isRange ? first + index : index === 4 ? (word >> 8) & 15 : (first >> (index * 4)) & 15;
      slots.push(state[register]);
    }
    const isStatic = op === 0x71 || op === 0x77;
    const known = program.known.methods.get(id);
    if (known === undefined && (asked === undefined || asked[id] !== 1) && slots.every((slot) => slot === undefined)) {
      result = program.callValue(op, id, slots);
      return;
    }
    const types = known?.parameters ?? parameterTypes(tables, id).map((type) => descriptorOf(tables, type));
    const args = argumentsOf(slots, types, isStatic);
    if (asked?.[id] === 1) passed.push({ method: id, args: args.map(frozen) });
    if (known?.watched !== undefined) {
      watched.push({ call: known.watched, args: (isStatic ? args : args.slice(1)).map(frozen), parameters: types, at });
    }
    if (known !== undefined) {
      const call: Invoke = { action: known.action, parameters: types, args, isStatic, at };
      result = calls.known(call);
    } else {
      result = program.callValue(op, id, args.map(frozen));
      calls.handOver(args);
    }
  }

  /** Steps over or does the instruction; false when the next one is not reached from it. */
  function step(op: number, at: number, now: Value[]): boolean {
    const word = u16[at] ?? 0;
    const aa = word >> 8;
    const a = aa & 15;
    const b = word >> 12;
    const before = result;
    result = undefined;
    switch (op) {
      case 0x01:
      case 0x07:
        now[a] = now[b];
        return true;
      case 0x02:
      case 0x08:
        now[aa] = now[u16[at + 1] ?? 0];
        return true;
      case 0x03:
      case 0x09:
        now[u16[at + 1] ?? 0] = now[u16[at + 2] ?? 0];
        return true;
      case 0x04:
        write(now, a, now[b], true);
        return true;
      case 0x05:
        write(now, aa, now[u16[at + 1] ?? 0], true);
        return true;
      case 0x06:
        write(now, u16[at + 1] ?? 0, now[u16[at + 2] ?? 0], true);
        return true;
      case 0x0a:
      case 0x0c:
        now[aa] = before;
        return true;
      case 0x0b:
        write(now, aa, before, true);
        return true;
      case 0x0e:
      case 0x27:
        return false;
      case 0x0f:
      case 0x10:
      case 0x11: {
        const value = frozen(now[aa]);
        returned = { value: returned === undefined ? value : meet(returned.value, value) };
        return false;
      }
      case 0x12:
        now[a] = ((word << 16) >> 28) | 0;
        return true;
      case 0x13:
        now[aa] = ((u16[at + 1] ?? 0) << 16) >> 16;
        return true;
      case 0x14:
        now[aa] = int32(u16, at + 1);
        return true;
      case 0x16:
        write(now, aa, ((u16[at + 1] ?? 0) << 16) >> 16, true);
        return true;
      case 0x17:
        write(now, aa, int32(u16, at + 1), true);
        return true;
      case 0x1a:
        now[aa] = stringAt(tables, u16[at + 1] ?? 0);
        return true;
      case 0x1b:
        now[aa] = stringAt(tables, int32(u16, at + 1) >>> 0);
        return true;
      case 0x1d: // monitor-enter, -exit, check-cast: nothing changes
      case 0x1e:
      case 0x1f:
        return true;
      case 0x22:
        now[aa] = newObject(u16[at + 1] ?? 0);
        return true;
      case 0x23:
        now[a] = newArray(u16[at + 1] ?? 0, now[b]);
        return true;
      case 0x24:
      case 0x25:
        result = filledArray(op, at, now);
        return true;
      case 0x26:
        fillArray(now[aa], at + int32(u16, at + 1));
        return true;
      case 0x28:
      case 0x29:
      case 0x2a:
        return false;
      default:
    }
    if (op >= 0x4b && op <= 0x51) {
      putElement(op, now[aa], now[(u16[at + 1] ?? 0) & 0xff], now[(u16[at + 1] ?? 0) >> 8]);
    } else if (op >= 0x52 && op <= 0x58) {
      write(now, a, fieldOf(op - 0x52, at), op === 0x53);
    } else if (op >= 0x59 && op <= 0x5f) {
      put(at, now[a]);
    } else if (op >= 0x60 && op <= 0x66) {
      if (program.known.fields.has(u16[at + 1] ?? 0)) watched.push({ call: ALLOW_ALL, args: [], parameters: [], at });
      write(now, aa, fieldOf(op - 0x60, at), op === 0x61);
    } else if (op >= 0x67 && op <= 0x6d) {
      put(at, now[aa]);
    } else if (op >= 0x6e && op <= 0x78) {
      invoke(op, at);
    } else if (op >= 0xfa && op <= 0xfd) {
      // invoke-polymorphic and invoke-custom may do anything to their arguments
      for (const value of now) if (typeof value === 'object' && isMutable(value)) change(value, undefined);
    } else clobber(now, op, aa, a);
    return true;
  }

  function newObject(type: number): Value {
    const { builders, uriBuilders, blanks } = program.known;
    if (builders.has(type)) return { kind: 'builder', id: ++ids, last: undefined } satisfies Builder;
    if (uriBuilders.has(type)) {
      return { kind: 'uri', id: ++ids, scheme: undefined, authority: [], path: [], query: [] };
    }
    return blanks.has(type) ? { kind: 'blank', id: ++ids } : undefined;
  }

  function newArray(type: number, size: Value): Value {
    if (typeof size !== 'number' || size < 0 || size > MOST_ARRAY) return undefined;
    const descriptor = descriptorOf(tables, type);
    if (descriptor === '[B' || descriptor === '[C') return { kind: 'bytes', id: ++ids, hex: '00'.repeat(size) };
    if (!descriptor.startsWith('[L')) return undefined;
    return { kind: 'items', id: ++ids, items: new Array<Value>(size).fill(undefined) };
  }

  function filledArray(op: number, at: number, now: readonly Value[]): Value {
    const word = u16[at] ?? 0;
    if (!descriptorOf(tables, u16[at + 1] ?? 0).startsWith('[L')) return undefined;
    const first = u16[at + 2] ?? 0;
    const count = op === 0x24 ? word >> 12 : word >> 8;
    const items: Value[] = [];
    for (let index = 0; index < count; index++) {
      const register = op === 0x25 ? first + index : index === 4 ? (word >> 8) & 15 : (first >> (index * 4)) & 15;
      items.push(kept(now[register]));
    }
    return { kind: 'items', id: ++ids, items };
  }

  function fillArray(array: Value, payload: number): void {
    if (typeof array !== 'object' || !isMutable(array)) return;
    const width = u16[payload + 1] ?? 0;
    const length = width * int32(u16, payload + 2);
    const from = (payload + 4) * 2;
    const fits = u16[payload] === 0x0300 && length > 0 && length <= 4096 && payload * 2 + 8 + length <= end * 2;
    if (!fits || array.kind !== 'bytes') change(array, undefined);
    else if (width === 1) change(array, { ...array, hex: tables.bytes.toString('hex', from, from + length) });
    else change(array, width === 2 ? tables.bytes.toString('utf16le', from, from + length) : undefined);
  }

  function putElement(op: number, value: Value, array: Value, index: Value): void {
    const item = kept(value);
    if (typeof array !== 'object' || !isMutable(array)) return;
    if (
      array.kind !== 'items' ||
      op !== 0x4d ||
      typeof index !== 'number' ||
      index < 0 ||
      index >= array.items.length
    ) {
      change(array, undefined);
    } else change(array, { ...array, items: array.items.with(index, item) });
  }

  /** What stays known of a value that others can reach from now on. */
  function kept(value: Value): Value {
    if (typeof value !== 'object' || !isMutable(value)) return value;
    change(value, undefined);
    return undefined;
  }

  function put(at: number, value: Value): void {
    const field = u16[at + 1] ?? 0;
    puts.set(field, settled(frozen(value)));
    if (typeof value === 'object' && value.kind !== 'bytes') kept(value);
  }

  /** @param kind 0 for int, 1 wide, 2 object, 3 boolean, 4 byte, 5 char, 6 short */
  function fieldOf(kind: number, at: number): Value {
    return kind <= 3 ? withId(program.fieldValue(u16[at + 1] ?? 0)) : undefined;
  }

  /** An array that comes from elsewhere is an object of its own here. */
  function withId(value: Value): Value {
    return typeof value === 'object' && value.kind === 'bytes' ? { ...value, id: ++ids } : value;
  }

  for (let at = start; at < end; ) {
    const op = (u16[at] ?? 0) & 0xff;
    if (KIND[op] === KIND_NOP) {
      const length = payloadLength(u16, at);
      if (length > 1) state = undefined;
      if (length > 1) {
        at += length;
        continue;
      }
    }
    const waiting = pending.get(at);
    if (resets.has(at)) state = new Array<Value>(registers).fill(undefined);
    else if (waiting !== undefined) state = state === undefined ? waiting : meetStates(state, waiting);
    if (state !== undefined) {
      const goesOn = step(op, at, state);
      for (const target of branchTargets(u16, at, end) ?? []) {
        if (target <= at || resets.has(target)) continue;
        const others = pending.get(target);
        if (others === undefined && --pendingLeft < 0) return NOTHING;
        pending.set(target, others === undefined ? state.slice() : meetStates(others, state));
      }
      if (!goesOn) state = undefined;
    }
    at += LENGTH[op] ?? 1;
  }
  return {
    returned: returned?.value,
    joins: joins.filter((join) => !used.has(join)),
    watched,
    puts,
    passed,
  };
}

function meetStates(a: readonly Value[], b: readonly Value[]): Value[] {
  return a.map((value, register) => meet(value, b[register]));
}

/** A parameter is known as such; a wide one takes two registers. */
function entryState(tables: Tables, method: Method, registers: number, ins: number): Value[] {
  const state = new Array<Value>(registers).fill(undefined);
  let register = registers - ins;
  let index = 0;
  if (!method.isStatic) {
    register++;
    index++;
  }
  for (const type of parameterTypes(tables, method.id)) {
    if (register >= registers) break;
    const descriptor = descriptorOf(tables, type);
    state[register] = { kind: 'param', index: index++ };
    register += descriptor === 'J' || descriptor === 'D' ? 2 : 1;
  }
  return state;
}

/** Registers of a call as its arguments: a wide one takes two. */
function argumentsOf(slots: readonly Value[], types: readonly string[], isStatic: boolean): Value[] {
  const args: Value[] = isStatic ? [] : [slots[0]];
  let slot = args.length;
  for (const type of types) {
    args.push(slots[slot]);
    slot += type === 'J' || type === 'D' ? 2 : 1;
  }
  return args;
}

/** The value as it is now, for keeping. */
function frozen(value: Value): Value {
  if (typeof value !== 'object' || value.kind === 'param' || value.kind === 'text' || value.kind === 'bytes')
    return value;
  return undefined;
}

function write(state: Value[], register: number, value: Value, wide: boolean): void {
  state[register] = value;
  if (wide) state[register + 1] = undefined;
}

function clobber(state: Value[], op: number, aa: number, a: number): void {
  const writes = WRITES[op] ?? WRITES_NONE;
  if (writes === WRITES_NONE) return;
  const register = writes === WRITES_AA || writes === WRITES_AA_WIDE ? aa : a;
  write(state, register, undefined, writes === WRITES_A_WIDE || writes === WRITES_AA_WIDE);
}
