/**
 * Strict HTTP: a request is read in the one way that every reader would read it, or refused. What is lenient about
 * Elasticsearch, about Node or about proxies (see `docs/guard/http.md`) is not a second meaning here but an error.
 */
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import { isHost, readHeaders } from './headers.ts';
import { readAccept, readContentType } from './media-type.ts';
import { readPath } from './path.ts';
import { PATH_CHARACTERS, QUERY_CHARACTERS, TYPED_QUERY_CHARACTERS } from './percent.ts';
import { readQuery, readTypedQuery } from './query.ts';

const MAX_TARGET = 8192;
const SLASH = 0x2f;
const QUESTION = 0x3f;

/**
 * What a target's readers accept: `search` is the search API's; `resource` adds the methods, names of parameters and the
 * media type that declared resources have.
 */
export type Grammar = 'search' | 'resource';

/** @throws Refusal `malformed_request`, `malformed_path`, `malformed_parameter`, `malformed_body`, `method`, `not_acceptable`, `unsupported_media`, `too_large` */
export function readRequest(raw: RawRequest, grammar: Grammar = 'search'): ParsedRequest {
  const typed = grammar === 'resource';
  if (!isMethod(raw.method) && !(typed && isMethodOfResources(raw.method))) throw new Refusal('method');
  const question = endOfPath(raw.target, typed ? TYPED_QUERY_CHARACTERS : QUERY_CHARACTERS);
  const path = question === -1 ? raw.target : raw.target.slice(0, question);
  const { segments, rawSegments } = readPath(typed ? withoutRootSlash(path) : path);
  const text = question === -1 ? undefined : raw.target.slice(question + 1);
  const query = typed ? readTypedQuery(text) : readQuery(text);
  const headers = readHeaders(raw.headers);
  refuseOddHeaders(headers);

  const accept = headers.get('accept');
  const accepted = accept === undefined ? null : readAccept(accept);
  const contentType = headers.get('content-type');
  const type = contentType === undefined ? null : readContentType(contentType, grammar);
  const sent = type?.compatibleWith ?? null;
  if (accepted !== null && sent !== null && accepted !== sent) {
    throw new Refusal('not_acceptable', 'accept: another version than content-type');
  }
  const hasBody = raw.body.byteLength > 0;
  if (hasBody && (raw.method === 'HEAD' || raw.method === 'OPTIONS')) {
    throw new Refusal('malformed_body', 'HEAD or OPTIONS with a body');
  }
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

function isMethodOfResources(method: string): boolean {
  return method === 'PATCH' || method === 'OPTIONS';
}

/** `/v1/` is the root of a version, as `/` is of everything; below it, a slash at the end is an empty segment as ever. */
function withoutRootSlash(path: string): string {
  return path.length > 2 && path.indexOf('/', 1) === path.length - 1 ? path.slice(0, -1) : path;
}

/**
 * Checks every character of an origin-form target (RFC 9112, 3.2.1).
 * @returns where its `?` is, or -1
 */
function endOfPath(target: string, queryCharacters: Uint8Array): number {
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
    if (queryCharacters[target.charCodeAt(rest)] !== 1) {
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
