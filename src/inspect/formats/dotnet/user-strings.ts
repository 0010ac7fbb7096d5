/**
 * The `#US` heap: the literals of the code (ECMA-335 §II.24.2.4). An item is a compressed length, UTF-16LE text and one
 * byte that says whether some character is more than plain ASCII. Padding at the end reads as items of length 0.
 */
import { BYTE_CLASS } from '../candidate.ts';
import { compressed } from './metadata.ts';
import type { Range } from './pe.ts';

const classOf = (char: string) => BYTE_CLASS[char.charCodeAt(0)] ?? 0;
const ADDRESS = classOf('.') | classOf('/');
const NON_ASCII = BYTE_CLASS[0x80] ?? 0;
/** What makes a string of 16 characters or more worth a look, when it is no address: see candidate.ts. */
const KEY = classOf('0') | classOf('-') | NON_ASCII;

/**
 * @param named heap indices of strings whose user gave them a name; these are handed on whatever they look like
 * @param emit receives what may matter: its index in the heap, the range of its text in `bytes`
 * @returns the number of strings, and whether the heap was read to its end
 */
export function walkUserStrings(
  bytes: Buffer,
  heap: Range,
  named: (index: number) => boolean,
  emit: (index: number, start: number, end: number) => void,
): { strings: number; whole: boolean } {
  const stop = heap.offset + heap.length;
  let strings = 0;
  for (let at = heap.offset + 1; at < stop; ) {
    const length = compressed(bytes, at, stop);
    if (length === undefined) return { strings, whole: false };
    const start = at + length.size;
    const end = start + length.value;
    if (end > stop) return { strings, whole: false };
    if (length.value > 1) {
      strings++;
      // the odd last byte is no text
      const textEnd = start + (length.value & ~1);
      if (looksWorth(bytes, start, textEnd) || named(at - heap.offset)) emit(at - heap.offset, start, textEnd);
    }
    at = end;
  }
  return { strings, whole: true };
}

/** The cheap half of candidate.ts, on UTF-16 units and before a string is made. */
function looksWorth(bytes: Uint8Array, start: number, end: number): boolean {
  let classes = 0;
  for (let at = start; at < end; at += 2) {
    classes |= bytes[at + 1] === 0 ? (BYTE_CLASS[bytes[at] as number] as number) : NON_ASCII;
  }
  if ((classes & ADDRESS) !== 0) return end - start >= 6;
  return end - start >= 32 && (classes & KEY) !== 0;
}
