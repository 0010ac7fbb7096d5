/**
 * Which methods use which literals: a walk through the code (ECMA-335 §II.25.4, §III). A body is a tiny header (one
 * byte: size << 2 | 2) or a fat one of 12 bytes (u16 flags, low bits 3; code size u32 @4), then instructions of one
 * opcode byte, or two after 0xFE, and an operand whose size the opcode tells. `ldstr` (0x72) has a token 0x70xxxxxx whose
 * low part is an index into `#US`.
 */
import { CODE_PLACES } from '../../source.ts';
import type { Metadata } from './metadata.ts';
import type { CliImage } from './pe.ts';
import { TABLE } from './tables.ts';

export interface Use {
  /** Rows of MethodDef; at most `CODE_PLACES` of them. */
  methods: number[];
  /** Token of the field or setter that receives it right away. */
  target?: number;
}

const LDSTR = 0x72;
const CALL = 0x28;
const CALLVIRT = 0x6f;
const STFLD = 0x7d;
const STSFLD = 0x80;
const SWITCH = 0x45;
const PREFIX = 0xfe;

function sizes(ranges: readonly (readonly [from: number, to: number, size: number])[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const [from, to, size] of ranges) table.fill(size, from, to + 1);
  return table;
}

/** Bytes of the operand, by opcode; 0 where none is listed. */
const OPERAND = sizes([
  [0x0e, 0x13, 1], // ldarg.s … stloc.s
  [0x1f, 0x1f, 1], // ldc.i4.s
  [0x20, 0x20, 4],
  [0x21, 0x21, 8], // ldc.i8
  [0x22, 0x22, 4],
  [0x23, 0x23, 8], // ldc.r8
  [0x27, 0x29, 4], // jmp, call, calli
  [0x2b, 0x37, 1], // short branches
  [0x38, 0x45, 4], // branches; switch: a number of targets, which are skipped by themselves
  [0x6f, 0x75, 4], // callvirt, cpobj, ldobj, ldstr, newobj, castclass, isinst
  [0x79, 0x79, 4],
  [0x7b, 0x81, 4], // fields, stobj
  [0x8c, 0x8d, 4],
  [0x8f, 0x8f, 4],
  [0xa3, 0xa5, 4],
  [0xc2, 0xc2, 4],
  [0xc6, 0xc6, 4],
  [0xd0, 0xd0, 4], // ldtoken
  [0xdd, 0xdd, 4], // leave
  [0xde, 0xde, 1],
]);

const PREFIXED_OPERAND = sizes([
  [0x06, 0x07, 4], // ldftn, ldvirtftn
  [0x09, 0x0e, 2], // ldarg … stloc
  [0x12, 0x12, 1],
  [0x15, 0x16, 4], // initobj, constrained.
  [0x19, 0x19, 1],
  [0x1c, 0x1c, 4], // sizeof
]);

/** @returns by index into `#US`, what the code does with the string; empty where the code was stripped */
export function findUses(bytes: Buffer, image: CliImage, { tables }: Metadata): Map<number, Use> {
  const uses = new Map<number, Use>();
  const methods = tables.get(TABLE.MethodDef);
  // bodies of valid files do not overlap, so all of them together take no more than the file has
  let left = bytes.length;
  for (let row = 1; row <= methods.rows && left > 0; row++) {
    const rva = methods.cell(row, 0);
    const at = rva === 0 ? undefined : image.offsetOf(rva);
    const body = at === undefined ? undefined : codeAt(bytes, at);
    if (body === undefined) continue;
    left -= body.end - body.start + 1;
    walk(bytes, body.start, body.end, row, uses);
  }
  return uses;
}

function codeAt(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  const first = bytes[at] ?? 0;
  if ((first & 3) === 2) return { start: at + 1, end: Math.min(bytes.length, at + 1 + (first >> 2)) };
  if ((first & 7) !== 3 || at + 12 > bytes.length) return undefined;
  const start = at + ((bytes[at + 1] ?? 0) >> 4) * 4;
  return { start, end: Math.min(bytes.length, start + bytes.readUInt32LE(at + 4)) };
}

function walk(bytes: Buffer, start: number, end: number, method: number, uses: Map<number, Use>): void {
  let pending: Use | undefined;
  for (let at = start; at < end; ) {
    const opcode = bytes[at++] as number;
    const size = opcode === PREFIX ? (PREFIXED_OPERAND[bytes[at++] ?? 0] as number) : (OPERAND[opcode] as number);
    if (at + size > end) return;
    if (opcode === LDSTR) {
      pending = use(bytes.readUInt32LE(at), method, uses);
    } else if (pending !== undefined) {
      const sets = opcode === STSFLD || opcode === STFLD || opcode === CALL || opcode === CALLVIRT;
      if (sets) pending.target ??= bytes.readUInt32LE(at);
      pending = undefined;
    }
    at += size;
    if (opcode === SWITCH) at += bytes.readUInt32LE(at - 4) * 4;
  }
}

function use(token: number, method: number, uses: Map<number, Use>): Use | undefined {
  if (token >>> 24 !== 0x70) return undefined;
  const index = token & 0xffffff;
  let found = uses.get(index);
  if (found === undefined) {
    found = { methods: [] };
    uses.set(index, found);
  }
  if (found.methods.length < CODE_PLACES && found.methods.at(-1) !== method) found.methods.push(method);
  return found;
}
