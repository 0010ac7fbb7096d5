/**
 * Strings of C and C++: text that ends with a NUL. What stands before it may be any data, so a string begins behind the
 * last byte that no text holds.
 */
import { BYTE_CLASS, canMatter, isAscii } from '../candidate.ts';
import type { Range } from './data-ranges.ts';

/** 1: no text holds it. Tab, line feed and carriage return are text. */
const CONTROL: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f ? 1 : 0,
);

/** @returns how many strings could matter */
export function readCStrings(
  bytes: Buffer,
  { start, end }: Range,
  limit: number,
  emit: (text: string, offset: number) => void,
): number {
  let count = 0;
  let from = start;
  let classes = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (CONTROL[byte] === 0) {
      classes |= BYTE_CLASS[byte] as number;
      continue;
    }
    if (byte === 0 && at - from >= 3 && canMatter(bytes, from, at, classes)) {
      const first = isAscii(classes) ? from : utf8Start(bytes, from, at);
      if (at - first >= 3) {
        emit(bytes.toString('utf8', first, at), first);
        if (++count >= limit) return count;
      }
    }
    from = at + 1;
    classes = 0;
  }
  return count;
}

/** Where the valid UTF-8 begins that goes on to the end. */
function utf8Start(bytes: Uint8Array, start: number, end: number): number {
  let first = start;
  for (let at = start; at < end; ) {
    const byte = bytes[at] as number;
    const length =
      byte < 0x80
        ? 1
        : byte >= 0xc2 && byte < 0xe0
          ? 2
          : byte >= 0xe0 && byte < 0xf0
            ? 3
            : byte >= 0xf0 && byte < 0xf5
              ? 4
              : 0;
    let valid = length > 0 && at + length <= end;
    for (let next = 1; valid && next < length; next++) valid = ((bytes[at + next] as number) & 0xc0) === 0x80;
    if (valid) at += length;
    else first = ++at;
  }
  return first;
}
