/** HTML and XML as text: attribute values, element text, comments; scripts are read as code. */

import { own } from '../../../core/own.ts';
import { canMatter } from '../candidate.ts';
import { code } from './code.ts';
import { COMMENT, classesOf, decode, type EmitPiece, emitRuns, isRunEnd, MAX_PIECE, type TextPiece } from './piece.ts';
import { MAX_CARRY, type Place, type ReadWindow } from './windows.ts';

const NEWLINE = 0x0a;
const OPEN = 0x3c;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function markup(emit: EmitPiece): ReadWindow {
  let mode: 'text' | 'comment' | 'script' = 'text';
  let element = '';
  let script = code(emit);

  return function readWindow(bytes, place, final) {
    let i = 0;
    while (i < bytes.length) {
      const isTag = mode === 'text' && bytes[i] === OPEN;
      const isComment = isTag && bytes.toString('latin1', i, i + 4) === '<!--';
      if (isTag && !final && bytes.length - i < 4) return i;
      if (isComment) {
        mode = 'comment';
        i += 4;
        continue;
      }
      const end = isTag ? tagEnd(bytes, i + 1) : endOfMode(bytes, i);
      if (end < 0 && !final && bytes.length - i <= MAX_CARRY) return i;
      const stop = end >= 0 ? end : final ? bytes.length : cut(bytes, i);
      if (isTag) takeTag(bytes, i, stop, place);
      else if (mode === 'comment') emitRuns(bytes, i, stop, place, { addressesOnly: true, name: COMMENT }, emit);
      else if (mode === 'script') takeScript(bytes, i, stop, place, end >= 0);
      else takeText(bytes, i, stop, place);
      if (mode !== 'script' || isTag) for (let at = i; at < stop; at++) if (bytes[at] === NEWLINE) place.line++;
      i = stop;
      if (end < 0) return i;
      if (isTag) {
        i++; // >
        if (/^(?:script|style)$/i.test(element) && bytes[stop - 1] !== 0x2f) mode = 'script';
      } else if (mode === 'comment') {
        i += 3; // -->
        mode = 'text';
      } else if (mode === 'script') mode = 'text';
    }
    return i;
  };

  function endOfMode(bytes: Buffer, from: number): number {
    if (mode === 'comment') return bytes.indexOf('-->', from, 'latin1');
    if (mode === 'text') return bytes.indexOf(OPEN, from);
    for (let at = bytes.indexOf('</', from, 'latin1'); at >= 0; at = bytes.indexOf('</', at + 2, 'latin1')) {
      if (/^<\/(?:script|style)/i.test(bytes.toString('latin1', at, at + 9))) return at;
    }
    return -1;
  }

  function takeScript(bytes: Buffer, from: number, to: number, place: Place, done: boolean): void {
    // `final` in parts, too: a literal on the seam of a script larger than a window is cut, its address is not lost
    const part: Place = { base: place.base + from, line: place.line };
    script(bytes.subarray(from, to), part, true);
    place.line = part.line;
    if (done) script = code(emit);
  }

  function takeTag(bytes: Buffer, from: number, to: number, place: Place): void {
    if (to - from > MAX_CARRY) {
      emitRuns(bytes, from, to, place, { addressesOnly: false }, emit);
      return;
    }
    const tag = bytes.toString('latin1', from, to);
    const name = /^<\/?([\w:.-]{1,80})/.exec(tag)?.[1];
    element = tag.startsWith('</') ? '' : (name ?? '');
    if (!canMatter(bytes, from, to, classesOf(bytes, from, to) & ~2 & 0xff) && !tag.includes('=')) return;
    let line = place.line;
    let counted = from;
    for (const match of tag.matchAll(/([\w:.-]{1,80})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g)) {
      const value = match[2] ?? match[3] ?? match[4] ?? '';
      const quoted = match[4] === undefined;
      const end = from + match.index + match[0].length - (quoted ? 1 : 0);
      const start = end - value.length;
      const key = match[1] ?? '';
      if (key.startsWith('xmlns')) continue;
      for (; counted < start; counted++) if (bytes[counted] === NEWLINE) line++;
      take(bytes, start, end, { base: place.base, line }, key.slice(key.indexOf(':') + 1));
    }
  }

  function takeText(bytes: Buffer, from: number, to: number, place: Place): void {
    let start = from;
    let end = to;
    let line = place.line;
    for (; start < end && (bytes[start] ?? 0) <= 0x20; start++) if (bytes[start] === NEWLINE) line++;
    while (end > start && (bytes[end - 1] ?? 0) <= 0x20) end--;
    if (start === end) return;
    let spaces = 0;
    for (let i = start; i < end && spaces === 0; i++) if ((bytes[i] ?? 0) <= 0x20) spaces++;
    if (spaces === 0) take(bytes, start, end, { base: place.base, line }, element);
    else emitRuns(bytes, start, end, { base: place.base, line }, { addressesOnly: true }, emit);
  }

  function take(bytes: Buffer, start: number, end: number, place: Place, name: string): void {
    const classes = classesOf(bytes, start, end);
    if (!canMatter(bytes, start, end, classes)) return;
    if (end - start > MAX_PIECE) {
      emitRuns(bytes, start, end, place, { addressesOnly: false }, emit);
      return;
    }
    const piece: TextPiece = {
      text: unescapeEntities(decode(bytes, start, end, classes)),
      offset: place.base + start,
      line: place.line,
    };
    if (name !== '') piece.name = name;
    emit(piece);
  }
}

/** The `>` that closes a tag, not one inside a quoted attribute value. */
function tagEnd(bytes: Buffer, from: number): number {
  let quote = 0;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === 0x3e) return i;
    else if ((byte === 0x22 || byte === 0x27) && bytes[i - 1] === 0x3d) quote = byte;
    else if (byte === OPEN) return i - 1;
  }
  return -1;
}

function cut(bytes: Buffer, from: number): number {
  for (let i = bytes.length - 1; i > from && bytes.length - i < MAX_PIECE; i--) {
    if (isRunEnd(bytes[i] ?? 0)) return i;
  }
  return Math.max(from + 1, bytes.length - MAX_PIECE);
}

function unescapeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g, (all, dec, hex, name) => {
    if (name !== undefined) return own(ENTITIES, name) ?? all;
    const point = dec === undefined ? Number.parseInt(hex, 16) : Number.parseInt(dec, 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  });
}
