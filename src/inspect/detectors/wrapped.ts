/** URLs that are wrapped: in base64 (`aHR0cHM6Ly…`) or percent-encoded inside another URL (`?u=https%3A%2F%2F…`). */
import { isScheme } from './schemes.ts';

/**
 * Base64 of each scheme's first bytes, as far as the following characters do not change it: `http`, `ws:/`, `wss:`,
 * `ftp:`, `mongodb`, `redis`, `postgres`, `mysql`, `mqtt`, `amqp`, `smtp`.
 */
const PREFIXES = [
  'aHR0c',
  'd3M6Ly',
  'd3NzOi',
  'ZnRwOi',
  'bW9uZ29kYj',
  'bW9uZ29kYi',
  'cmVkaXM',
  'cG9zdGdyZX',
  'bXlzcWw',
  'bXF0d',
  'YW1xc',
  'c210c',
];
const FIRST = new Set(PREFIXES.map((prefix) => prefix.charCodeAt(0)));
const BODY = /^[A-Za-z0-9+/_-]{16,4096}={0,2}$/;

/** @returns the URL that a string literal wraps, undefined when it wraps none */
export function unwrapBase64(text: string): string | undefined {
  if (text.length < 16 || text.length > 4098 || !FIRST.has(text.charCodeAt(0))) return undefined;
  if (!PREFIXES.some((prefix) => text.startsWith(prefix)) || !BODY.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  const separator = decoded.indexOf('://');
  if (separator < 2 || !isScheme(decoded.slice(0, separator).toLowerCase())) return undefined;
  return /^[\x21-\x7e]{8,3072}$/.test(decoded) ? decoded : undefined;
}

/** URLs that stand percent-encoded in another URL. */
export function encodedUrls(url: string): string[] {
  const found: string[] = [];
  for (let at = url.search(/%3A%2F%2F/i); at >= 0 && found.length < 3; ) {
    let start = at;
    while (start > 0 && /[a-z+]/i.test(url[start - 1] ?? '')) start--;
    const scheme = url.slice(start, at).toLowerCase();
    const end = /[&#;]/.exec(url.slice(at))?.index;
    const text = end === undefined ? url.slice(start) : url.slice(start, at + end);
    const decoded = decode(text);
    if (isScheme(scheme) && decoded !== undefined) found.push(decoded);
    const next = url.slice(at + 9).search(/%3A%2F%2F/i);
    at = next < 0 ? -1 : at + 9 + next;
  }
  return found;
}

function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return /^[\x21-\x7e]{8,2048}$/.test(decoded) ? decoded : undefined;
  } catch {
    return undefined; // broken percent-encoding: not a URL that code would use
  }
}
