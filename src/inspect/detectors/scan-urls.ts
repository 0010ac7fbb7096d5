/**
 * Finds URLs in any text in linear time: each `://` is looked at once, backwards over a known scheme and forwards to the
 * first character that cannot belong to a URL in a program or a sentence. No regex runs over the text.
 */
import { isScheme, LONGEST_SCHEME } from './schemes.ts';

const LONGEST_URL = 4096;
/** URLs inside a URL (`https://proxy.example/?https://api.example/`) are followed this many times. */
const NESTED = 3;

export interface UrlMatch {
  raw: string;
  start: number;
  /** Exclusive; in the text, before `\/` is read as `/`. */
  end: number;
}

/** Characters that end a URL: white space, controls, quotes, angle brackets, back-tick, caret, bar. */
const ENDS: Uint8Array = (() => {
  const table = new Uint8Array(128);
  for (let code = 0; code <= 0x20; code++) table[code] = 1;
  for (const char of '"\'<>`^|\\\u007f') table[char.charCodeAt(0)] = 1;
  return table;
})();

export function scanUrls(text: string, emit: (match: UrlMatch) => void): void {
  scan(text, '://', 3, emit);
  if (text.includes(':\\/\\/')) scan(text, ':\\/\\/', 5, emit);
}

function scan(text: string, separator: string, length: number, emit: (match: UrlMatch) => void): void {
  const escaped = length === 5;
  let nested = 0;
  let outerEnd = 0;
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + length)) {
    if (at < outerEnd && nested >= NESTED) {
      at = outerEnd - length;
      continue;
    }
    const start = schemeStart(text, at);
    if (start < 0) continue;
    const end = urlEnd(text, start, at + length, escaped);
    if (at >= outerEnd) nested = 0;
    else nested++;
    outerEnd = Math.max(outerEnd, end);
    const raw = text.slice(start, end);
    emit({ raw: escaped ? raw.replaceAll('\\/', '/') : raw, start, end });
  }
}

/** Where the scheme before `://` begins, -1 when it is none that leads to a back end. */
function schemeStart(text: string, separator: number): number {
  let start = separator;
  while (start > 0 && separator - start < LONGEST_SCHEME && isSchemeChar(text.charCodeAt(start - 1))) start--;
  for (; start < separator; start++) {
    if (isScheme(text.slice(start, separator).toLowerCase()) && !isLetter(text.charCodeAt(start - 1))) return start;
  }
  return -1;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isSchemeChar(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e;
}

function urlEnd(text: string, start: number, from: number, escaped: boolean): number {
  const limit = Math.min(text.length, start + LONGEST_URL);
  let end = from;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (code === 0x7b) {
      const close = closingBrace(text, end, limit);
      if (close < 0) break;
      end = close + 1;
      continue;
    }
    if (escaped && code === 0x5c && text.charCodeAt(end + 1) === 0x2f) {
      end += 2;
      continue;
    }
    // Latin letters with accents occur in host names and paths; other scripts are the sentence around the URL.
    if (code < 128 ? ENDS[code] === 1 : code < 0xc0 || code > 0x24f) break;
    end++;
  }
  const whole = start === 0 && end === text.length;
  return whole ? end : trimmed(text, from, end);
}

/** `{id}`, `${host}` and `{{ city.name }}` belong to the URL, with the spaces inside them. */
function closingBrace(text: string, open: number, limit: number): number {
  const double = text.charCodeAt(open + 1) === 0x7b;
  const stop = Math.min(limit, open + 100);
  for (let index = open + 1; index < stop; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x0a || code === 0x22 || code === 0x3b) return -1; // a block of code or JSON, not a template
    if (code === 0x7d && (!double || text.charCodeAt(index + 1) === 0x7d)) return double ? index + 1 : index;
  }
  return -1;
}

/** Without the punctuation of the sentence, the Markdown or the code around it. */
function trimmed(text: string, from: number, end: number): number {
  let last = end;
  for (; last > from; last--) {
    const char = text[last - 1] ?? '';
    if ('.,;:!*'.includes(char)) continue;
    if (char === ')' && unbalanced(text, from, last, '(', ')')) continue;
    if (char === ']' && unbalanced(text, from, last, '[', ']')) continue;
    if (char === '}' && unbalanced(text, from, last, '{', '}')) continue;
    break;
  }
  // `(https://a.example)[https://b.example]` and minified code: a bracket that was never opened ends the URL
  return last;
}

function unbalanced(text: string, from: number, end: number, open: string, close: string): boolean {
  let depth = 0;
  for (let index = from; index < end; index++) {
    if (text[index] === open) depth++;
    else if (text[index] === close) depth--;
  }
  return depth < 0;
}
