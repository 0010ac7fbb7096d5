import { BYTE_CLASS, canMatter, isAscii } from '../candidate.ts';

/** A piece of a text that a detector may want: a literal, a value, or a run that looks like an address. */
export interface TextPiece {
  text: string;
  /** Byte offset of its first byte. */
  offset: number;
  /** 1-based. */
  line: number;
  /** Key or attribute that holds it; `comment` for what stands in a comment. */
  name?: string;
  /** Put together out of a base and the path that stands at the place. */
  joined?: true;
}

export type EmitPiece = (piece: TextPiece) => void;

export const COMMENT = 'comment';

/** Longest piece handed on, in bytes. What is longer is cut into the runs that stand in it. */
export const MAX_PIECE = 4096;
/** Longest run taken from running text; what is longer is encoded data. */
const MAX_RUN = 1024;

/** Characters that end a run in running text: space, quotes, brackets, backslash, comma, semicolon. */
const RUN_END: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (let byte = 0; byte <= 0x20; byte++) table[byte] = 1;
  for (const char of '"\'`<>(){}[]\\,;|^') table[char.charCodeAt(0)] = 1;
  return table;
})();

export function isRunEnd(byte: number): boolean {
  return RUN_END[byte] === 1;
}

export function classesOf(bytes: Uint8Array, start: number, end: number): number {
  let classes = 0;
  for (let i = start; i < end; i++) classes |= BYTE_CLASS[bytes[i] ?? 0] ?? 0;
  return classes;
}

export function decode(bytes: Buffer, start: number, end: number, classes: number): string {
  return bytes.toString(isAscii(classes) ? 'latin1' : 'utf8', start, end);
}

/**
 * Runs of running text that can matter. In comments and prose every sentence has a full stop, so there only what looks
 * like an address (`://`, `@`, a well-known ending) is taken; elsewhere paths and what is long enough for a key, too.
 *
 * @returns the number of lines passed
 */
export function emitRuns(
  bytes: Buffer,
  start: number,
  end: number,
  at: { base: number; line: number },
  options: { addressesOnly: boolean; name?: string },
  emit: EmitPiece,
): number {
  let line = at.line;
  for (let i = start; i < end; ) {
    let byte = bytes[i] ?? 0;
    if (isRunEnd(byte)) {
      if (byte === 0x0a) line++;
      i++;
      continue;
    }
    const from = i;
    let classes = 0;
    for (; i < end && !isRunEnd(byte); byte = bytes[++i] ?? 0) classes |= BYTE_CLASS[byte] ?? 0;
    if (i - from > MAX_RUN || !canMatter(bytes, from, i, classes)) continue;
    const run = decode(bytes, from, i, classes).replace(/[.:]+$/, '');
    const lead = /^[^:/]*=(?=[a-z][a-z0-9+.-]{1,20}:\/\/)/i.exec(run)?.[0].length ?? 0; // href=https://…
    const text = run.slice(lead);
    if (!looksLikeAddress(text) && (options.addressesOnly || (text.length < 16 && !text.startsWith('/')))) continue;
    const piece: TextPiece = { text, offset: at.base + from + lead, line };
    if (options.name !== undefined) piece.name = options.name;
    emit(piece);
  }
  return line - at.line;
}

function looksLikeAddress(text: string): boolean {
  return text.includes('://') || text.indexOf('@') > 0 || /\.(?:com|net|org|io|app|dev)\b/i.test(text);
}
