/**
 * Strict HTTP: a request is read in the one way that every reader would read it, or refused. What is lenient about
 * Elasticsearch, about Node or about proxies (see `docs/guard/http.md`) is not a second meaning here but an error.
 */
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import { isHost, readHeaders } from './headers.ts';
import { readAccept, readContentType } from './media-type.ts';
import { readPath } from './path.ts';
import { PATH_CHARACTERS, QUERY_CHARACTERS } from './percent.ts';
import { readQuery } from './query.ts';

const MAX_TARGET = 8192;
const SLASH = 0x2f;
const QUESTION = 0x3f;

/** @throws Refusal `malformed_request`, `malformed_path`, `malformed_parameter`, `malformed_body`, `method`, `not_acceptable`, `unsupported_media`, `too_large` */
export function readRequest(raw: RawRequest): ParsedRequest {
  if (!isMethod(raw.method)) throw new Refusal('method');
  const question = endOfPath(raw.target);
  const { segments, rawSegments } = readPath(question === -1 ? raw.target : raw.target.slice(0, question));
  const query = readQuery(question === -1 ? undefined : raw.target.slice(question + 1));
  const headers = readHeaders(raw.headers);
  refuseOddHeaders(headers);

  const accept = headers.get('accept');
  const accepted = accept === undefined ? null : readAccept(accept);
  const contentType = headers.get('content-type');
  const type = contentType === undefined ? null : readContentType(contentType);
  const sent = type?.compatibleWith ?? null;
  if (accepted !== null && sent !== null && accepted !== sent) {
    throw new Refusal('not_acceptable', 'accept: another version than content-type');
  }
  const hasBody = raw.body.byteLength > 0;
  if (hasBody && raw.method === 'HEAD') throw new Refusal('malformed_body', 'HEAD with a body');
  if (hasBody && type === null) throw new Refusal('unsupported_media', 'a body without content-type');
  return {
    method: raw.method,
    segments,
    rawSegments,
    query,
    headers,
    body: raw.body,
    bodyType: hasBody && type !== null ? type.kind : null,
    compatibleWith: sent ?? accepted,
  };
}

/** Everything else (and every other spelling: methods are case-sensitive) does not exist. */
function isMethod(method: string): boolean {
  return method === 'GET' || method === 'POST' || method === 'PUT' || method === 'DELETE' || method === 'HEAD';
}

/**
 * Checks every character of an origin-form target (RFC 9112, 3.2.1).
 * @returns where its `?` is, or -1
 */
function endOfPath(target: string): number {
  if (target.charCodeAt(0) !== SLASH) throw new Refusal('malformed_path', 'target: not in origin form');
  if (target.length > MAX_TARGET) throw new Refusal('malformed_path', 'target: too long');
  let at = 1;
  for (; at < target.length; at++) {
    const char = target.charCodeAt(at);
    if (char === QUESTION) break;
    if (PATH_CHARACTERS[char] !== 1) throw new Refusal('malformed_path', 'path: a character that has to be encoded');
  }
  if (at === target.length) return -1;
  for (let rest = at + 1; rest < target.length; rest++) {
    if (QUERY_CHARACTERS[target.charCodeAt(rest)] !== 1) {
      throw new Refusal('malformed_parameter', 'query: a character that has to be encoded');
    }
  }
  return at;
}

function refuseOddHeaders(headers: ReadonlyMap<string, string>): void {
  const host = headers.get('host') ?? headers.get(':authority');
  if (host === undefined || !isHost(host)) throw new Refusal('malformed_request', 'headers: no host, or not one host');
  // The listener has inflated what it was told to inflate, and dropped the header.
  const encoding = headers.get('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Refusal('unsupported_media', 'headers: a content-encoding');
  }
  if (headers.has('upgrade')) throw new Refusal('malformed_request', 'headers: an upgrade');
  const expect = headers.get('expect');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw new Refusal('malformed_request', 'headers: an expectation');
  }
}
