/** Where an ELF file keeps constants: its read-only data, and initialised variables (`char url[] = "…"`). */
import { dynamicStrings, type Elf, PF, PT, SHF, SHT } from './elf.ts';

export interface Range {
  start: number;
  end: number;
}

const DATA = /^\.(?:l?rodata|data|sdata|rdata|ldata)(?:\.(?!rel)|[0-9]|$)/;
const PROGBITS = 1;
/** Where the RFC 7932 dictionary begins, and how long it is: a run of words, dozens of which look like URLs. */
const BROTLI = 'timedownlifeleftbackcodedatashowonlysitecityopenjust';
const BROTLI_SIZE = 122_784;

/** In order, without overlap, and without parts that hold words of nobody. */
export function dataRanges(bytes: Buffer, elf: Elf): Range[] {
  const named = elf.sections.filter(
    ({ name, type, flags }) =>
      type === PROGBITS && (flags & SHF.ALLOC) !== 0 && (flags & SHF.EXEC) === 0 && DATA.test(name),
  );
  const whole = named.length > 0 ? named.map(rangeOf) : segmentRanges(bytes, elf);
  const clamped = whole
    .map(({ start, end }) => ({ start, end: Math.min(end, bytes.length) }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  const apart: Range[] = [];
  for (const range of clamped) {
    const start = Math.max(range.start, apart.at(-1)?.end ?? 0);
    if (start < range.end) apart.push({ start, end: range.end });
  }
  return apart.flatMap((range) => withoutBrotli(bytes, range));
}

function rangeOf({ offset, size }: { offset: number; size: number }): Range {
  return { start: offset, end: offset + size };
}

/**
 * Without section headers: the segments that are loaded and not run. Old linkers put constants into the segment of the
 * code, so that one is taken where no other is read-only.
 */
function segmentRanges(bytes: Buffer, elf: Elf): Range[] {
  const loaded = elf.segments.filter(({ type }) => type === PT.LOAD);
  const readOnly = loaded.filter(({ flags }) => (flags & (PF.EXEC | PF.WRITE)) === 0);
  const ranges = (readOnly.length > 0 ? loaded.filter(({ flags }) => (flags & PF.EXEC) === 0) : loaded).map(rangeOf);
  const names = dynamicStrings(bytes, elf);
  return names === undefined ? ranges : ranges.flatMap((range) => without(range, names));
}

function without(range: Range, gap: Range): Range[] {
  if (gap.start >= range.end || gap.end <= range.start) return [range];
  return [
    { start: range.start, end: Math.max(range.start, gap.start) },
    { start: Math.min(range.end, gap.end), end: range.end },
  ].filter(({ start, end }) => start < end);
}

function withoutBrotli(bytes: Buffer, range: Range): Range[] {
  const at = bytes.subarray(range.start, range.end).indexOf(BROTLI);
  if (at < 0) return [range];
  const gap = { start: range.start + at, end: range.start + at + BROTLI_SIZE };
  return without(range, gap).flatMap((rest) => (rest.start >= gap.end ? withoutBrotli(bytes, rest) : [rest]));
}

/** Sections by name. */
export function sectionRange(bytes: Buffer, elf: Elf, name: RegExp): Range | undefined {
  const section = elf.sections.find((one) => one.type !== SHT.NOBITS && name.test(one.name));
  if (section === undefined || section.offset >= bytes.length) return undefined;
  return { start: section.offset, end: Math.min(section.offset + section.size, bytes.length) };
}
