/** The string literals of the code: a table, and data without separators. */
import type { Limits } from '../../containers/budget.ts';
import { BYTE_CLASS, canMatter, isAscii } from '../candidate.ts';
import { pieces } from '../pieces.ts';
import type { Header } from './header.ts';

export interface LiteralTable {
  count: number;
  /** Offset in the file, and length in bytes. */
  start(index: number): number;
  end(index: number): number;
}

/** Entries looked at to tell which of the two forms a table has. */
const SAMPLE = 4096;

/** @returns undefined when neither form of entry fits */
export function literalTable(bytes: Buffer, header: Header): LiteralTable | undefined {
  const tables = [withLengths(bytes, header), withoutLengths(bytes, header)];
  if (header.version >= 35) tables.reverse();
  return tables.find((table) => table !== undefined && fits(table, header));
}

function withLengths(bytes: Buffer, { literals, literalData }: Header): LiteralTable | undefined {
  const count = literals.size / 8;
  if (!Number.isInteger(count) || (literals.count ?? count) !== count) return undefined;
  return {
    count,
    start: (index) => literalData.offset + bytes.readUInt32LE(literals.offset + index * 8 + 4),
    end: (index) =>
      literalData.offset +
      bytes.readUInt32LE(literals.offset + index * 8 + 4) +
      bytes.readUInt32LE(literals.offset + index * 8),
  };
}

function withoutLengths(bytes: Buffer, { literals, literalData }: Header): LiteralTable | undefined {
  const count = literals.size / 4;
  if (!Number.isInteger(count) || (literals.count ?? count) !== count) return undefined;
  const at = (index: number): number =>
    literalData.offset + (index < count ? bytes.readUInt32LE(literals.offset + index * 4) : literalData.size);
  return { count, start: at, end: (index) => at(index + 1) };
}

/** Whether the first entries lie inside the data and follow one another, as compilers write them. */
function fits({ count, start, end }: LiteralTable, { literalData }: Header): boolean {
  const limit = literalData.offset + literalData.size;
  const sample = Math.min(count, SAMPLE);
  let outside = 0;
  let apart = 0;
  for (let index = 0; index < sample; index++) {
    if (end(index) > limit || end(index) < start(index)) outside++;
    // data may be aligned to 4
    const gap = index + 1 < sample ? start(index + 1) - end(index) : 0;
    if (gap < 0 || gap > 8) apart++;
  }
  return outside * 16 <= sample && apart * 4 <= sample;
}

export interface LiteralTrouble {
  outside: number;
  /** Literals that are not text: encrypted by a protector. */
  scrambled: number;
  forged: boolean;
}

export function readLiterals(
  bytes: Buffer,
  table: LiteralTable,
  { literalData }: Header,
  limits: Limits,
  emit: (text: string, offset: number) => void,
): LiteralTrouble {
  const limit = Math.min(bytes.length, literalData.offset + literalData.size);
  const trouble: LiteralTrouble = { outside: 0, scrambled: 0, forged: false };
  const count = Math.min(table.count, limits.tableStrings);
  let left = literalData.size * 2 + 4096;
  for (let index = 0; index < count; index++) {
    const start = table.start(index);
    const end = table.end(index);
    if (end < start || end > limit) {
      trouble.outside++;
      continue;
    }
    left -= end - start;
    if (left < 0) return { ...trouble, forged: true };
    let classes = 0;
    for (let at = start; at < end; at++) classes |= BYTE_CLASS[bytes[at] ?? 0] ?? 0;
    if (!isAscii(classes) || hasControl(bytes, start, end)) {
      if (isScrambled(bytes, start, end)) trouble.scrambled++;
    }
    if (canMatter(bytes, start, end, classes)) emitText(bytes, start, end, classes, limits.stringLength, emit);
  }
  return trouble;
}

function emitText(
  bytes: Buffer,
  start: number,
  end: number,
  classes: number,
  longest: number,
  emit: (text: string, offset: number) => void,
): void {
  pieces(start, end, longest, (from, to) => {
    emit(bytes.toString(isAscii(classes) ? 'latin1' : 'utf8', from, to), from);
  });
}

function hasControl(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end && at < start + 64; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return true;
  }
  return false;
}

/** Text has no control characters and is valid UTF-8. Lone surrogates, which C# allows, are not; so a few do not count. */
function isScrambled(bytes: Buffer, start: number, end: number): boolean {
  return (
    hasControl(bytes, start, end) ||
    bytes
      .toString('utf8', start, Math.min(end, start + 64))
      .slice(0, -2)
      .includes('\ufffd')
  );
}
