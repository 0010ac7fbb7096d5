/**
 * The query of a request target: `name=value` `&` `name=value` …. Names are plain and written as they are; values are
 * percent-decoded once, with `+` as a space as Elasticsearch reads it. `;` separates in Elasticsearch and in nobody
 * else: it is no character of a query here, nor is `#`.
 */
import { Refusal } from '../contract/refusal.ts';
import { decodeOnce } from './percent.ts';

const MAX_PARAMETERS = 64;
const MAX_NAME = 64;
const NONE: ReadonlyMap<string, string> = new Map();

/**
 * @param query without the `?`, of characters of `QUERY_CHARACTERS` only; undefined: the target has no `?`
 * @throws Refusal `malformed_parameter`
 */
export function readQuery(query: string | undefined): ReadonlyMap<string, string> {
  return readPairs(query, plainName);
}

/**
 * The query of a resource, whose names are `field` or `field[operator]`: letters, digits, `_` and `-`, then lower-case letters
 * in brackets, which may be percent-encoded (`%5B`, `%5D`) and are one name with those that are not.
 *
 * @throws Refusal `malformed_parameter`
 */
export function readTypedQuery(query: string | undefined): ReadonlyMap<string, string> {
  return readPairs(query, typedName);
}

function readPairs(query: string | undefined, nameOf: (raw: string) => string): ReadonlyMap<string, string> {
  if (query === undefined) return NONE;
  const parameters = new Map<string, string>();
  let start = 0;
  while (start <= query.length) {
    let end = query.indexOf('&', start);
    if (end === -1) end = query.length;
    let equals = query.indexOf('=', start);
    // A bare name (`?pretty`) is an empty value to every reader.
    if (equals === -1 || equals > end) equals = end;
    const name = nameOf(query.slice(start, equals));
    if (parameters.has(name)) throw new Refusal('malformed_parameter', 'query: a parameter is repeated');
    if (parameters.size === MAX_PARAMETERS) throw new Refusal('malformed_parameter', 'query: too many parameters');
    parameters.set(name, equals === end ? '' : readValue(query.slice(equals + 1, end)));
    start = end + 1;
  }
  return parameters;
}

/** `[a-z0-9_.]`, not encoded: an encoded or an unusual name is one that somebody reads differently. */
function plainName(name: string): string {
  if (name.length === 0 || name.length > MAX_NAME) {
    throw new Refusal('malformed_parameter', 'query: a parameter without a name, or with a long one');
  }
  for (let at = 0; at < name.length; at++) {
    const char = name.charCodeAt(at);
    const plain = (char >= 0x61 && char <= 0x7a) || (char >= 0x30 && char <= 0x39) || char === 0x5f || char === 0x2e;
    if (!plain) throw new Refusal('malformed_parameter', "query: a parameter's name is not plain");
  }
  return name;
}

const TYPED_NAME = /^([A-Za-z0-9_-]{1,64})(?:(?:\[|%5[Bb])([a-z]{1,8})(?:\]|%5[Dd]))?$/;

function typedName(raw: string): string {
  const match = raw.length > 2 * MAX_NAME ? null : TYPED_NAME.exec(raw);
  if (match === null) throw new Refusal('malformed_parameter', "query: a parameter's name is not plain");
  const [, field = '', operator] = match;
  return operator === undefined ? field : `${field}[${operator}]`;
}

function readValue(raw: string): string {
  const spaced = raw.indexOf('+') === -1 ? raw : raw.replaceAll('+', ' ');
  return decodeOnce(spaced, 'malformed_parameter', 'query');
}
