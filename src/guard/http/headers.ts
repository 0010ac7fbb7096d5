/** The header section: names in lower case, and one value for every name that decides anything. */
import { Refusal } from '../contract/refusal.ts';

/** A second one is read by some as the last, by others as the first or as a list. */
const ONCE: ReadonlySet<string> = new Set([
  'authorization',
  'host',
  ':authority',
  'content-type',
  'content-length',
  'transfer-encoding',
  'content-encoding',
  'accept',
  'dpop',
  'expect',
  'if-match',
  'if-none-match',
  'idempotency-key',
  'origin',
]);

const MAX_HEADERS = 100;

/** @throws Refusal `malformed_request`, `headers_too_large` */
export function readHeaders(raw: readonly string[]): ReadonlyMap<string, string> {
  if (raw.length > 2 * MAX_HEADERS) throw new Refusal('headers_too_large', 'headers: too many');
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase();
    if (!headers.has(name)) headers.set(name, raw[at + 1]!);
    else if (ONCE.has(name)) throw new Refusal('malformed_request', 'headers: a name that may stand once is repeated');
    // Of any other name the first stands; nothing here reads them.
  }
  return headers;
}

/** `uri-host [ ":" port ]`: what a Host header may be made of (RFC 9110, 7.2). One host, so no comma and no user. */
export function isHost(value: string): boolean {
  if (value.length === 0 || value.length > 255) return false;
  for (let at = 0; at < value.length; at++) {
    const char = value.charCodeAt(at);
    const fine =
      (char >= 0x61 && char <= 0x7a) || // a-z
      (char >= 0x2d && char <= 0x3a && char !== 0x2f) || // - . 0-9 :
      (char >= 0x41 && char <= 0x5b) || // A-Z [
      char === 0x5d ||
      char === 0x5f;
    if (!fine) return false;
  }
  return true;
}
