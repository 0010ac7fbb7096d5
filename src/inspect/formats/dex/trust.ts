/**
 * Certificate checks that check nothing: an X509TrustManager whose checkServerTrusted does nothing, a HostnameVerifier
 * whose verify is true whatever it is asked.
 */
import { EXTENDED_TRUST_MANAGER, HOSTNAME_VERIFIER, TRUST_MANAGER } from '../../data/android-calls.ts';
import type { Classes } from './classes.ts';
import { LENGTH } from './opcodes.ts';
import type { Programs } from './program.ts';
import { codeEnd, codeStart } from './scan.ts';
import { descriptorOf, findType, memberClass, memberName, stringAt, type Tables, typeList } from './tables.ts';

export interface Unchecked {
  api: 'tls.trustAll' | 'tls.allowAll';
  /** Index of the method. */
  method: number;
}

export function findUnchecked(tables: Tables, classes: Classes, programs: Programs): Unchecked[] {
  const managers = [TRUST_MANAGER, EXTENDED_TRUST_MANAGER]
    .map((name) => findType(tables, name))
    .filter((type) => type >= 0);
  const verifier = findType(tables, HOSTNAME_VERIFIER);
  if (managers.length === 0 && verifier < 0) return [];
  const trusting = new Set<number>();
  const verifying = new Set<number>();
  for (let at = 0; at < tables.classes.count; at++) {
    const def = (tables.classes.at >> 2) + at * 8;
    const type = tables.u32[def] ?? 0;
    const parents = [tables.u32[def + 2] ?? 0, ...typeList(tables, tables.u32[def + 3] ?? 0)];
    if (parents.some((parent) => managers.includes(parent))) trusting.add(type);
    if (parents.includes(verifier)) verifying.add(type);
  }
  if (trusting.size === 0 && verifying.size === 0) return [];
  const found: Unchecked[] = [];
  const { methods } = classes;
  for (let index = 0; index < methods.id.length; index++) {
    const type = methods.type[index] ?? 0;
    if (!trusting.has(type) && !verifying.has(type)) continue;
    const name = stringAt(tables, memberName(tables, tables.methods, methods.id[index] ?? 0));
    if (trusting.has(type) && name === 'checkServerTrusted' && doesNothing(tables, methods.code[index] ?? 0)) {
      found.push({ api: 'tls.trustAll', method: index });
    } else if (
      verifying.has(type) &&
      name === 'verify' &&
      returnsTrue(tables, methods.code[index] ?? 0, index, programs)
    ) {
      found.push({ api: 'tls.allowAll', method: index });
    }
  }
  return found;
}

/** Only constants and Kotlin's checks of its parameters stand before `return-void`. */
function doesNothing(tables: Tables, offset: number): boolean {
  return lastOp(tables, offset) === 0x0e;
}

function returnsTrue(tables: Tables, offset: number, index: number, programs: Programs): boolean {
  const last = lastOp(tables, offset, programs);
  return last === TRUE || (last === 0x0f && programs.analyse(index).returned === 1);
}

/** In place of an opcode: what it returns comes from a method that returns true. */
const TRUE = 0x100;

/** The opcode of its return when nothing happens before it; otherwise -1. */
function lastOp(tables: Tables, offset: number, programs?: Programs): number {
  const start = codeStart(tables, offset);
  const end = codeEnd(tables, start);
  for (let at = start; at < end && end - start < 64; ) {
    const op = (tables.u16[at] ?? 0) & 0xff;
    if (op >= 0x0e && op <= 0x11) return op;
    const isConstant = op <= 0x0d || (op >= 0x12 && op <= 0x1b);
    if (op >= 0x6e && op <= 0x78) {
      const method = tables.u16[at + 1] ?? 0;
      // a lambda is a method of its own, called by the class that is made for it
      const index = op === 0x71 ? (programs?.indexOf[method] ?? 0) - 1 : -1;
      if (programs !== undefined && index >= 0 && programs.analyse(index).returned === 1) return TRUE;
      if (!isHarmless(tables, method)) return -1;
    } else if (!isConstant) return -1;
    at += LENGTH[op] || 1;
  }
  return -1;
}

function isHarmless(tables: Tables, method: number): boolean {
  return descriptorOf(tables, memberClass(tables, tables.methods, method)) === 'Lkotlin/jvm/internal/Intrinsics;';
}
