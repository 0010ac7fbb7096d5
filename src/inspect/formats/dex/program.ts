/**
 * What methods of one DEX say about each other: constants in fields, what small methods return, and which constants
 * callers hand to the parameters of a method. Everything is looked at on demand, once, within one budget.
 */
import type { Classes } from './classes.ts';
import type { EncodedValue } from './encoded-value.ts';
import { type Analysis, interpret, type Method, type Program } from './interpret.ts';
import type { Known } from './known-methods.ts';
import type { Uses } from './scan.ts';
import { descriptorOf, memberClass, memberName, memberShape, returnType, stringAt, type Tables } from './tables.ts';
import { settled, substituted, type Value } from './value.ts';

export interface Programs {
  /** @param index of the method in `Classes.methods` */
  analyse(index: number): Analysis;
  /** The same with the calls of methods that are asked about; not remembered. */
  analyseCalls(index: number, asked: Uint8Array): Analysis;
  /** Index + 1 by method_ids index; 0 for methods without code here. */
  indexOf: Int32Array;
  fieldValue(field: number): Value;
}

const ACC_STATIC = 0x0008;
const ACC_PRIVATE = 0x0002;
const ACC_FINAL = 0x0010;
/** Deepest chain of methods that is followed for one value. */
const DEEPEST = 4;
/** Instructions that are followed at most: as many as a large app has in the methods that name an address. */
const BUDGET = 3_000_000;

/** Types of values that are followed through fields and results. */
const FOLLOWED = new Set(
  'Ljava/lang/String; Ljava/lang/CharSequence; [B [C Ljava/net/URL; Landroid/net/Uri; Lokhttp3/HttpUrl; Ljava/net/URI;'.split(
    ' ',
  ),
);
const NUMBERS = new Set(['I', 'J', 'Z', 'S', 'B']);

export function createPrograms(tables: Tables, classes: Classes, known: Known, uses: Uses): Programs {
  const { methods } = classes;
  const indexOf = new Int32Array(tables.methods.count);
  for (let index = 0; index < methods.id.length; index++) indexOf[methods.id[index] ?? 0] = index + 1;
  const followed = new Map<number, 'text' | 'number' | undefined>();
  const fields = new Map<number, Value>();
  const analyses = new Map<number, Analysis>();
  const running = new Set<number>();
  let extended: Uint8Array | undefined;
  let foreign: Set<number> | undefined;
  let depth = 0;

  const program: Program = { tables, known, fieldValue, callValue, left: BUDGET };

  function kindOf(type: number): 'text' | 'number' | undefined {
    if (followed.has(type)) return followed.get(type);
    const descriptor = descriptorOf(tables, type);
    const kind = FOLLOWED.has(descriptor) ? 'text' : NUMBERS.has(descriptor) ? 'number' : undefined;
    followed.set(type, kind);
    return kind;
  }

  function methodAt(index: number): Method {
    return {
      id: methods.id[index] ?? 0,
      code: methods.code[index] ?? 0,
      isStatic: ((methods.access[index] ?? 0) & ACC_STATIC) !== 0,
    };
  }

  function analyse(index: number): Analysis {
    let analysis = analyses.get(index);
    if (analysis === undefined) {
      running.add(index);
      depth++;
      analysis = interpret(program, methodAt(index));
      depth--;
      running.delete(index);
      // what was found out while another of its callers was at work may be less than there is
      if (running.size === 0 || depth < DEEPEST) analyses.set(index, analysis);
    }
    return analysis;
  }

  function fieldValue(field: number): Value {
    if (classes.fieldDefined[field] !== 1) return undefined;
    const remembered = fields.get(field);
    if (remembered !== undefined || fields.has(field)) return remembered;
    const kind = kindOf(memberShape(tables, tables.fields, field));
    if (kind === undefined) return undefined;
    const value = findFieldValue(field);
    if (value !== null) fields.set(field, value);
    return value ?? undefined;
  }

  /** @returns null when it cannot be told now: its writer is being looked at */
  function findFieldValue(field: number): Value | null {
    const writes = uses.writes[field] ?? 0;
    const initial = constantOf(tables, classes.fieldInitial.get(field));
    if (isWrittenElsewhere(field)) return undefined;
    if (writes === 0) return initial;
    if (writes > 1 || (initial !== undefined && initial !== 0)) return undefined;
    const writer = uses.writer[field] ?? 0;
    if (running.has(writer) || depth >= DEEPEST) return null;
    return settled(analyse(writer).puts.get(field));
  }

  /** Written through the name of another class (a subclass): which field that means is not resolved here. */
  function isWrittenElsewhere(field: number): boolean {
    if (foreign === undefined) {
      foreign = new Set();
      for (let id = 0; id < uses.writes.length; id++) {
        if ((uses.writes[id] ?? 0) > 0 && classes.fieldDefined[id] !== 1) foreign.add(nameAndType(id));
      }
    }
    return foreign.size > 0 && foreign.has(nameAndType(field));
  }

  function nameAndType(field: number): number {
    return memberName(tables, tables.fields, field) * 0x10000 + memberShape(tables, tables.fields, field);
  }

  function callValue(op: number, method: number, args: readonly Value[]): Value {
    const index = (indexOf[method] ?? 0) - 1;
    if (index < 0 || depth >= DEEPEST || kindOf(returnType(tables, method)) !== 'text') return undefined;
    if (!isOnlyTarget(op, index) || running.has(index)) return undefined;
    const { returned } = analyse(index);
    return returned === undefined ? undefined : substituted(returned, args);
  }

  /** Whether the call can only mean the method itself: no subclass in this file may have another. */
  function isOnlyTarget(op: number, index: number): boolean {
    const isVirtual = op === 0x6e || op === 0x74;
    if (!isVirtual) return op !== 0x72 && op !== 0x78; // nothing is known of an interface
    if (((methods.access[index] ?? 0) & (ACC_FINAL | ACC_PRIVATE)) !== 0) return true;
    if (extended === undefined) {
      extended = new Uint8Array(tables.types.count);
      for (let at = 0; at < tables.classes.count; at++) {
        const parent = tables.u32[(tables.classes.at >> 2) + at * 8 + 2] ?? 0;
        if (parent < extended.length) extended[parent] = 1;
      }
    }
    return extended[memberClass(tables, tables.methods, methods.id[index] ?? 0)] === 0;
  }

  return {
    analyse,
    analyseCalls: (index, asked) => {
      depth++;
      const analysis = interpret(program, methodAt(index), asked);
      depth--;
      return analysis;
    },
    indexOf,
    fieldValue,
  };
}

/** A static value as the registers would hold it. */
function constantOf(tables: Tables, value: EncodedValue): Value {
  if (typeof value === 'number') return value;
  return value !== undefined && 'string' in value ? stringAt(tables, value.string) : undefined;
}
