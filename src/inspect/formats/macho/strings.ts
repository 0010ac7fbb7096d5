/**
 * The strings of an image, read from the sections that hold their bytes, not through the objects that point to them: with
 * chained fixups (iOS 13.4 and later) a pointer of `__cfstring` is no address until the loader has rewritten it.
 *
 *   string tables  every section of type S_CSTRING_LITERALS (`__cstring`, `__oslogstring` …): UTF-8, each ends in NUL.
 *                  Swift puts its literals there as well; those of up to 15 bytes are part of the instructions instead.
 *   `__ustring`    what CFString keeps as UTF-16LE because it is no ASCII; each ends in a NUL unit
 *   constants      `__const`, `__data`: arrays of characters among other data; a string there is a run of text that
 *                  begins after a NUL or at the start of a word and ends in a NUL
 *
 * `__objc_methname` and `__objc_methtype` hold selectors and type encodings and `__swift5_*` names of types and fields:
 * no address fits into those, and their colons and dots would cost time.
 */
import { BYTE_CLASS, canMatter, isAscii, textCanMatter } from '../candidate.ts';
import { type Image, isEncrypted, part, type Range, type Section } from './image.ts';

const NAMES_OF_CODE = /^__(?:objc_|swift5_|swift4_)/;
const CONSTANTS = /^__(?:const|data|rodata|constg_swiftt|literals?)$/;
/** Longest text taken from a section that holds other data as well. */
const LONGEST_RUN = 4_096;
const SHORTEST_RUN = 6;

export interface StringBudget {
  /** Strings that may still be given. */
  left: number;
  /** Longest string kept whole. */
  longest: number;
}

export interface StringsRead {
  strings: number;
  /** Sections that the store encrypted. */
  encrypted: number;
  /** Sections that reach out of the file. */
  outside: number;
}

/** @param emit offset: from the image's start */
export function readStrings(
  image: Image,
  skip: (section: Buffer) => boolean,
  budget: StringBudget,
  emit: (text: string, offset: number) => void,
): StringsRead {
  const found: StringsRead = { strings: 0, encrypted: 0, outside: 0 };
  const read: Range[] = [];
  const give = (text: string, offset: number) => {
    if (budget.left <= 0) return;
    budget.left--;
    found.strings++;
    emit(text, offset);
  };
  for (const section of image.sections) {
    const scan = scannerOf(section);
    if (scan === undefined || section.size === 0) continue;
    if (isEncrypted(image, section)) {
      found.encrypted++;
      continue;
    }
    const bytes = part(image, section);
    if (bytes.length < section.size) found.outside++;
    const range: Range = { offset: section.offset, size: bytes.length };
    if (bytes.length === 0 || read.some((other) => overlap(range, other))) continue;
    read.push(range);
    if (!skip(bytes)) scan(bytes, budget.longest, (text, at) => give(text, section.offset + at));
  }
  return found;
}

type Scan = (bytes: Buffer, longest: number, give: (text: string, at: number) => void) => void;

function scannerOf({ name, segment, type }: Section): Scan | undefined {
  if (type === 1 || type === 12 || NAMES_OF_CODE.test(name)) return undefined; // zero-filled
  if (name === '__ustring') return scanUtf16;
  if (type === 2 || name === '__cstring') return scanTable;
  if (CONSTANTS.test(name) && (segment === '__TEXT' || segment.startsWith('__DATA') || segment === '')) return scanRuns;
  return undefined;
}

/** A hostile file may declare thousands of sections over the same bytes; a real one has none that overlap. */
function overlap(a: Range, b: Range): boolean {
  return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

const scanTable: Scan = (bytes, longest, give) => {
  let start = 0;
  let classes = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0) {
      classes |= BYTE_CLASS[byte] as number;
      continue;
    }
    if (at - start >= 3 && canMatter(bytes, start, at, classes))
      give(decode(bytes, start, at, classes, longest), start);
    start = at + 1;
    classes = 0;
  }
};

/** Printable ASCII, tab, line feed and carriage return. */
const TEXT: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (let byte = 0x20; byte < 0x7f; byte++) table[byte] = 1;
  for (const byte of [9, 10, 13]) table[byte] = 1;
  return table;
})();

const scanRuns: Scan = (bytes, longest, give) => {
  let start = 0;
  let classes = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (TEXT[byte] === 1) {
      classes |= BYTE_CLASS[byte] as number;
      continue;
    }
    const length = at - start;
    const whole = byte === 0 && (start === 0 || bytes[start - 1] === 0 || (start & 3) === 0);
    if (whole && length >= SHORTEST_RUN && length <= LONGEST_RUN && canMatter(bytes, start, at, classes)) {
      give(decode(bytes, start, at, classes, longest), start);
    }
    start = at + 1;
    classes = 0;
  }
};

const scanUtf16: Scan = (bytes, longest, give) => {
  const end = bytes.length & ~1;
  let start = 0;
  for (let at = 0; at <= end; at += 2) {
    if (at < end && (bytes[at] !== 0 || bytes[at + 1] !== 0)) continue;
    if (at - start >= 6) {
      const text = bytes.toString('utf16le', start, Math.min(at, start + longest * 2));
      if (textCanMatter(text)) give(text, start);
    }
    start = at + 2;
  }
};

function decode(bytes: Buffer, start: number, end: number, classes: number, longest: number): string {
  return bytes.toString(isAscii(classes) ? 'latin1' : 'utf8', start, Math.min(end, start + longest));
}
