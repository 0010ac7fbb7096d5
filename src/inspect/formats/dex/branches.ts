/**
 * Where the ways through a method meet. Known registers survive a join of forward branches as far as all ways agree; at
 * the head of a loop and in a handler of exceptions nothing is known.
 *
 * try_item, after the instructions (padded to 4 bytes): start u32, units u16, handler_off u16 – from the start of
 * encoded_catch_handler_list: uleb128 size, then handlers of sleb128 size, (type uleb128, address uleb128)*, and the
 * catch-all's address uleb128 when the size is not positive.
 */
import { type Cursor, uleb128 } from './encoded-value.ts';
import { KIND, KIND_BAD, KIND_NOP, LENGTH, payloadLength } from './opcodes.ts';
import type { Tables } from './tables.ts';

/** Most targets of one switch that are followed. */
const MOST_TARGETS = 2_000;

/**
 * @returns the units at which nothing may be taken for known; undefined when the code is broken or its switches are too
 *   large to follow
 */
export function findResets(tables: Tables, start: number, end: number): Set<number> | undefined {
  const { u16 } = tables;
  const resets = new Set<number>();
  for (let at = start; at < end; ) {
    const op = (u16[at] ?? 0) & 0xff;
    if (KIND[op] === KIND_BAD) return undefined;
    if (KIND[op] === KIND_NOP) {
      at += payloadLength(u16, at);
      continue;
    }
    const targets = branchTargets(u16, at, end);
    if (targets === undefined) return undefined;
    for (const target of targets) if (target <= at) resets.add(target);
    at += LENGTH[op] ?? 1;
  }
  for (const address of handlers(tables, start, end)) resets.add(address);
  return resets;
}

const NOWHERE: readonly number[] = [];

/** Where the instruction at `at` may go besides the next one. */
export function branchTargets(code: Uint16Array, at: number, end: number): readonly number[] | undefined {
  const word = code[at] ?? 0;
  const op = word & 0xff;
  if (op < 0x28 || op > 0x3d) return NOWHERE;
  if (op === 0x28) return [at + ((word << 16) >> 24)];
  if (op === 0x29 || (op >= 0x32 && op <= 0x3d)) return [at + (((code[at + 1] ?? 0) << 16) >> 16)];
  if (op === 0x2a) return [at + int32(code, at + 1)];
  return op === 0x2b || op === 0x2c ? switchTargets(code, at, end) : NOWHERE;
}

function switchTargets(code: Uint16Array, at: number, end: number): readonly number[] | undefined {
  const payload = at + int32(code, at + 1);
  const packed = (code[at] ?? 0) % 0x100 === 0x2b;
  if (payload <= at || payload + 4 > end || code[payload] !== (packed ? 0x0100 : 0x0200)) return undefined;
  const size = code[payload + 1] ?? 0;
  if (size > MOST_TARGETS || payload + payloadLength(code, payload) > end) return undefined;
  const first = packed ? payload + 4 : payload + 2 + size * 2;
  return Array.from({ length: size }, (_, index) => at + int32(code, first + index * 2));
}

function handlers(tables: Tables, start: number, end: number): number[] {
  const { u16, bytes } = tables;
  const tries = u16[start - 5] ?? 0; // tries_size of the code_item
  if (tries === 0) return [];
  const list = (((end + 1) >> 1) * 2 + tries * 4) * 2;
  const cursor: Cursor = { bytes, at: list, left: 10_000 };
  const found: number[] = [];
  const size = uleb128(cursor);
  for (let index = 0; index < size && cursor.at < bytes.length && cursor.left > 0; index++) {
    const signed = sleb128(cursor);
    for (let one = Math.abs(signed); one > 0 && cursor.left-- > 0; one--) {
      uleb128(cursor);
      found.push(start + uleb128(cursor));
    }
    if (signed <= 0) found.push(start + uleb128(cursor));
    cursor.left--;
  }
  return found;
}

function sleb128(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return (byte & 0x40) !== 0 ? value - 2 ** (shift + 7) : value;
  }
  return value;
}

export function int32(code: Uint16Array, at: number): number {
  return (code[at] ?? 0) | ((code[at + 1] ?? 0) << 16);
}
