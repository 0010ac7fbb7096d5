/**
 * JavaScript, JSON, CSS and what looks like them. Not a parser: it knows string literals, comments and regular
 * expressions well enough to stay in step, and takes literals with the key or variable they are given to. Outside
 * literals only `scheme://…` is taken, so that a lost quote costs precision, not addresses.
 */
import { canMatter } from '../candidate.ts';
import { createJoins } from './joins.ts';
import { COMMENT, classesOf, decode, type EmitPiece, emitRuns, isRunEnd, MAX_PIECE, type TextPiece } from './piece.ts';
import { MAX_CARRY, type Place, type ReadWindow } from './windows.ts';

const NEWLINE = 0x0a;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const TEMPLATE = 0x60;
const SLASH = 0x2f;
const STAR = 0x2a;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** A literal that is longer is read as running text. */
const LONG_LITERAL = 1 << 15;
const MAX_REGEX = 1000;
const MAX_SCHEME = 20;
/** How far before a literal its name is looked for, in bytes. */
const LOOK_BEHIND = 80;
/** Longest literal that is taken for the key of the next one, in bytes. */
const MAX_KEY = 80;

type Mode = { kind: 'code' } | { kind: 'line' } | { kind: 'block' } | { kind: 'long'; quote: number };

export function code(emit: EmitPiece): ReadWindow {
  let mode: Mode = { kind: 'code' };
  /** Last literal, for `"key": "value"`; and the last byte of code that is not a space. */
  let lastLiteral = '';
  let previous = 0;
  /** No regular expression ends before this offset: looked for once, not again at each slash. */
  let noRegexBefore = 0;
  /** The end of the window before, for the name of a literal that opens this one. */
  let tail = '';
  const joins = createJoins();

  return function readWindow(bytes: Buffer, place: Place, final: boolean): number {
    const done = readCode(bytes, place, final);
    if (final) joins.end(emit);
    return done;
  };

  function readCode(bytes: Buffer, place: Place, final: boolean): number {
    const size = bytes.length;
    let i = 0;
    while (i < size) {
      if (mode.kind !== 'code') {
        const end = endOfMode(bytes, i);
        if (end < 0 && !final && size - i <= MAX_CARRY) return leave(bytes, i);
        // without an end in sight, stop at the last seam so that no run is cut
        const stop = end < 0 ? (final ? size : lastSeam(bytes, i)) : end;
        const name = mode.kind === 'long' ? undefined : COMMENT;
        const options = name === undefined ? { addressesOnly: false } : { addressesOnly: true, name };
        place.line += emitRuns(bytes, i, stop, place, options, emit);
        i = stop;
        if (end < 0) return leave(bytes, i);
        i += mode.kind === 'block' ? 2 : mode.kind === 'long' ? 1 : 0;
        mode = { kind: 'code' };
        continue;
      }
      const byte = bytes[i] ?? 0;
      if (byte === NEWLINE) {
        place.line++;
        i++;
      } else if (byte === DOUBLE || byte === SINGLE || byte === TEMPLATE) {
        const end = literalEnd(bytes, i + 1, byte);
        // what follows the literal has to be in sight, too
        if ((end < 0 || end + 1 >= size) && !final && size - i <= LONG_LITERAL) return leave(bytes, i);
        if (end < 0 && size - i > LONG_LITERAL) {
          mode = { kind: 'long', quote: byte };
          i++;
          continue;
        }
        const stop = end < 0 ? size : end;
        takeLiteral(bytes, i, stop, place, byte);
        i = bytes[stop] === byte ? stop + 1 : stop;
        previous = byte;
      } else if (byte === SLASH) {
        if (i + 1 >= size && !final) return leave(bytes, i);
        const next = bytes[i + 1];
        if (next === SLASH) {
          mode = { kind: 'line' };
          i += 2;
        } else if (next === STAR) {
          mode = { kind: 'block' };
          i += 2;
        } else {
          if (!final && size - i <= MAX_REGEX) return leave(bytes, i);
          i = skipSlash(bytes, i, place.base);
          previous = SLASH;
        }
      } else if (byte === COLON && bytes[i + 1] === SLASH && bytes[i + 2] === SLASH) {
        let end = i + 3;
        while (end < size && end - i < MAX_PIECE && !isRunEnd(bytes[end] ?? 0)) end++;
        if (end === size && !final && size - i < MAX_PIECE) return leave(bytes, i);
        let start = i;
        while (start > 0 && i - start < MAX_SCHEME && isSchemeByte(bytes[start - 1] ?? 0)) start--;
        if (end > i + 3)
          emit({ text: bytes.toString('utf8', start, end), offset: place.base + start, line: place.line });
        i = end;
        previous = SLASH;
      } else {
        if (byte > 0x20) previous = byte;
        i++;
      }
    }
    // a scheme on the seam is seen again together with what follows it
    if (!final) for (let n = 0; n < MAX_SCHEME && i > 0 && isSchemeByte(bytes[i - 1] ?? 0); n++) i--;
    return leave(bytes, i);
  }

  function leave(bytes: Buffer, at: number): number {
    tail = (tail + bytes.toString('latin1', Math.max(0, at - LOOK_BEHIND), at)).slice(-LOOK_BEHIND);
    return at;
  }

  function skipSlash(bytes: Buffer, i: number, base: number): number {
    if (base + i < noRegexBefore || !startsRegex(previous)) return i + 1;
    const { end, closed } = regexEnd(bytes, i);
    if (closed) return end;
    noRegexBefore = base + end;
    return i + 1;
  }

  function endOfMode(bytes: Buffer, from: number): number {
    if (mode.kind === 'line') return bytes.indexOf(NEWLINE, from);
    if (mode.kind === 'block') return bytes.indexOf('*/', from, 'latin1');
    return mode.kind === 'long' ? literalEnd(bytes, from, mode.quote, true) : from;
  }

  function takeLiteral(bytes: Buffer, quoteAt: number, end: number, place: Place, quote: number): void {
    const start = quoteAt + 1;
    const classes = classesOf(bytes, start, end);
    const length = end - start;
    const matters = canMatter(bytes, start, end, classes);
    const text = length <= (matters ? MAX_PIECE : MAX_KEY) ? decode(bytes, start, end, classes) : '';
    if (matters && (text === '' || (quote === TEMPLATE && text.includes('\n')))) {
      emitRuns(bytes, start, end, place, { addressesOnly: false }, emit);
    } else if (matters) {
      const piece: TextPiece = { text: unescapeLiteral(text), offset: place.base + start, line: place.line };
      const before =
        (quoteAt < LOOK_BEHIND ? tail : '') + bytes.toString('latin1', Math.max(0, quoteAt - LOOK_BEHIND), quoteAt);
      const name = nameIn(before.slice(-LOOK_BEHIND), lastLiteral);
      if (name !== undefined) piece.name = name;
      emit(piece);
      joins.given(name, piece.text);
      joins.used(piece, before.slice(-LOOK_BEHIND), bytes[end + 1], quote === TEMPLATE);
    }
    // templates span lines, and so does a literal whose line ends in a backslash
    for (let i = start; i < end; i++) if (bytes[i] === NEWLINE) place.line++;
    lastLiteral = length <= MAX_KEY ? text : '';
  }
}

/** End of the literal that starts at `from`: its closing quote, or the line's end for quotes that cannot span lines. */
function literalEnd(bytes: Buffer, from: number, quote: number, anyLength = false): number {
  const stop = anyLength ? bytes.length : Math.min(bytes.length, from + LONG_LITERAL);
  for (let i = from; i < stop; i++) {
    const byte = bytes[i];
    if (byte === BACKSLASH) i++;
    else if (byte === quote || (byte === NEWLINE && quote !== TEMPLATE)) return i;
  }
  return -1;
}

/** Where text without an end in sight may be cut: after the last character that ends a run. */
function lastSeam(bytes: Buffer, from: number): number {
  for (let i = bytes.length - 1; i > from && bytes.length - i < MAX_PIECE; i--) {
    if (isRunEnd(bytes[i] ?? 0) && bytes[i] !== BACKSLASH) return i;
  }
  return Math.max(from + 1, bytes.length - 2);
}

/** A slash opens a regular expression where a value may stand: after an operator or an opening bracket. */
function startsRegex(previous: number): boolean {
  return previous === 0 || '(,=:[!&|?{};+*%^~<>'.includes(String.fromCharCode(previous));
}

function regexEnd(bytes: Buffer, from: number): { end: number; closed: boolean } {
  let inClass = false;
  let i = from + 1;
  for (; i < bytes.length && i - from < MAX_REGEX; i++) {
    const byte = bytes[i];
    if (byte === BACKSLASH) i++;
    else if (byte === NEWLINE) break;
    else if (byte === 0x5b) inClass = true;
    else if (byte === 0x5d) inClass = false;
    else if (byte === SLASH && !inClass) return { end: i + 1, closed: true };
  }
  return { end: i, closed: false }; // a division after all
}

function isSchemeByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

/** The key of `key: "…"`, `key = "…"` and `"key": "…"`. */
function nameIn(before: string, lastLiteral: string): string | undefined {
  const match = /(?:([\w$-]{1,64})|["'`])\s{0,8}(?::|=)\s{0,8}$/.exec(before);
  if (match === null) return undefined;
  return match[1] ?? (lastLiteral === '' ? undefined : lastLiteral);
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', '0': '\0' };

/** JavaScript and JSON escapes: `https:\/\/example.org`, `\u0026`. */
export function unescapeLiteral(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g,
    (
      all,
      braced: string | undefined,
      unicode: string | undefined,
      hex: string | undefined,
      char: string | undefined,
    ) => {
      const digits = braced ?? unicode ?? hex;
      if (digits === undefined) return char === undefined ? all : (ESCAPES[char] ?? char);
      const point = Number.parseInt(digits, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
    },
  );
}
