/**
 * Large answers, hit by hit: finds the byte range of each element of `hits.hits`, and the skeleton around them with an
 * empty list in their place. What is found is parsed as strictly as a whole answer; a key that is spelled with escapes is
 * simply not found here, and stays in the skeleton.
 */
import { Refusal } from '../../../contract/refusal.ts';
import { parseAnswer } from '../../../json/answer.ts';
import type { Json } from '../../../json/value.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export interface ScannedAnswer {
  readonly skeleton: Uint8Array;
  /** Each is parsed when it is reached; null where the answer has no such list (the skeleton is the answer then). */
  readonly hits: Iterable<Json> | undefined;
}

/** @throws Refusal `upstream_answer` */
export function scanHits(bytes: Uint8Array): ScannedAnswer {
  const outer = memberOf(bytes, skipSpace(bytes, 0));
  const inner = outer === undefined ? undefined : memberOf(bytes, outer);
  if (inner === undefined || bytes[inner] !== OPEN_BRACKET) return { skeleton: bytes, hits: undefined };
  const end = skipValue(bytes, inner);
  const skeleton = new Uint8Array(inner + 2 + bytes.length - end);
  skeleton.set(bytes.subarray(0, inner));
  skeleton[inner] = OPEN_BRACKET;
  skeleton[inner + 1] = CLOSE_BRACKET;
  skeleton.set(bytes.subarray(end), inner + 2);
  return { skeleton, hits: elements(bytes, inner, end) };
}

function* elements(bytes: Uint8Array, start: number, end: number): Generator<Json> {
  let at = skipSpace(bytes, start + 1);
  if (at === end - 1) return;
  for (;;) {
    const stop = skipValue(bytes, at);
    yield parseAnswer(bytes.subarray(at, stop));
    at = skipSpace(bytes, stop);
    if (at === end - 1) return;
    if (bytes[at] !== COMMA) throw broken();
    at = skipSpace(bytes, at + 1);
  }
}

/** Where the value of the member `hits` begins in the object at `at`. */
function memberOf(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== OPEN_BRACE) return undefined;
  let next = skipSpace(bytes, at + 1);
  while (bytes[next] === QUOTE) {
    const keyEnd = skipString(bytes, next);
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== COLON) throw broken();
    const value = skipSpace(bytes, colon + 1);
    if (isHits(bytes, next, keyEnd)) return value;
    next = skipSpace(bytes, skipValue(bytes, value));
    if (bytes[next] !== COMMA) return undefined;
    next = skipSpace(bytes, next + 1);
  }
  return undefined;
}

function isHits(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 6 &&
    bytes[start + 1] === 0x68 &&
    bytes[start + 2] === 0x69 &&
    bytes[start + 3] === 0x74 &&
    bytes[start + 4] === 0x73
  );
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

/** @param start at the opening quote @returns behind the closing one */
function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const end = bytes.indexOf(QUOTE, at);
    if (end === -1) throw broken();
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    at = end + 1;
  }
}

/** Counts brackets outside of strings; whether they match is the parser's to say. */
function skipValue(bytes: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return at;
    at += 1;
  }
  throw broken();
}

function broken(): Refusal {
  return new Refusal('upstream_answer', 'large answer: not the expected structure');
}
