/**
 * The head of an ordinary HTTP/1.1 request (RFC 9112), read where it stands in one piece:
 *
 *   GET|POST|PUT|DELETE|HEAD SP target SP HTTP/1.1 CRLF *( name ":" [SP] value CRLF ) CRLF [body of Content-Length bytes]
 *
 * A value is printable ASCII without space at its ends. Nothing is judged here: whatever is not of this form, cut in pieces,
 * in doubt or malformed is null, and Node's parser reads it from its first byte. So this grammar may only be narrower.
 */
import { MAX_HEADER_BYTES } from './options.ts';

export interface PlainHead {
  readonly method: string;
  readonly target: string;
  /** Names and values in turn, as sent. */
  readonly headers: readonly string[];
  /** Where the body begins and ends. */
  readonly start: number;
  readonly end: number;
}

const SPACE = 0x20;
const COLON = 0x3a;
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD']);
const NAME = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  NAME[char.charCodeAt(0)] = 1;
}
const VERSION = ' HTTP/1.1';
/** By length first: most names are none of these, and need not be lower-cased. */
const LENGTHS = new Uint8Array(64);
/** They say something about framing or the connection: Node's to understand. */
const NOT_PLAIN = [
  'transfer-encoding',
  'transfer_encoding',
  'content_length',
  'connection',
  'proxy-connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'http2-settings',
];
for (const name of [...NOT_PLAIN, 'content-length', 'host']) LENGTHS[name.length] = 1;
const WATCHED: ReadonlySet<string> = new Set(NOT_PLAIN);

/** @param chunk begins with the first byte of a request @param maxBody a longer body is Node's to refuse */
export function readPlainHead(chunk: Buffer, maxBody: number): PlainHead | null {
  const stop = chunk.indexOf('\r\n\r\n', 0, 'latin1');
  if (stop < 0 || stop > MAX_HEADER_BYTES / 2) return null;
  // With the CRLF of the last line.
  const text = chunk.toString('latin1', 0, stop + 2);
  let line = text.indexOf('\r\n');
  const space = text.indexOf(' ');
  const method = text.slice(0, space);
  if (space < 0 || space > line || !METHODS.has(method)) return null;
  const targetEnd = line - VERSION.length;
  if (targetEnd <= space + 1 || !text.startsWith(VERSION, targetEnd)) return null;
  for (let at = space + 1; at < targetEnd; at++) {
    const byte = chunk[at]!;
    if (byte <= SPACE || byte >= 0x7f) return null;
  }
  const headers: string[] = [];
  let length = -1;
  let hosts = 0;
  for (let at = line + 2; at < text.length; at = line + 2) {
    line = text.indexOf('\r\n', at);
    let colon = at;
    while (NAME[chunk[colon]!] === 1) colon++;
    if (colon === at || chunk[colon] !== COLON) return null;
    let from = colon + 1;
    if (chunk[from] === SPACE) from++;
    if (from < line && (chunk[from] === SPACE || chunk[line - 1] === SPACE)) return null;
    for (let char = from; char < line; char++) {
      const byte = chunk[char]!;
      if (byte < SPACE || byte >= 0x7f) return null;
    }
    const name = text.slice(at, colon);
    const value = text.slice(from, line);
    if (name.length < 64 && LENGTHS[name.length] === 1) {
      const lower = name.toLowerCase();
      if (lower === 'host') hosts++;
      else if (lower === 'content-length') {
        if (length >= 0 || !isLength(value)) return null;
        length = Number(value);
      } else if (WATCHED.has(lower) && (lower !== 'connection' || value.toLowerCase() !== 'keep-alive')) return null;
    }
    headers.push(name, value);
  }
  if (hosts !== 1 || length > maxBody) return null;
  const start = stop + 4;
  const end = start + Math.max(0, length);
  if (end > chunk.length) return null;
  return { method, target: text.slice(space + 1, targetEnd), headers, start, end };
}

function isLength(value: string): boolean {
  if (value.length === 0 || value.length > 9) return false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
