/**
 * Content-Type and Accept, as closed lists (RFC 9110, 8.3 and 12.5.1):
 *
 *     application/json                              application/x-ndjson
 *     application/vnd.elasticsearch+json            application/vnd.elasticsearch+x-ndjson     ; compatible-with=8|9
 *
 * with `charset=utf-8` at most. Version 7 of the vendor types asks the store for typed routes: refused.
 */
import { Refusal } from '../contract/refusal.ts';

export interface MediaType {
  readonly kind: 'json' | 'ndjson' | 'merge-patch';
  readonly compatibleWith: '8' | '9' | null;
}

const LONGEST = 256;

const MERGE_PATCH: MediaType = { kind: 'merge-patch', compatibleWith: null };

/**
 * @param grammar of `resource` is `application/merge-patch+json` too (RFC 7396)
 * @throws Refusal `unsupported_media`
 */
export function readContentType(value: string, grammar: 'search' | 'resource' = 'search'): MediaType {
  if (grammar === 'resource' && isMergePatch(value)) return MERGE_PATCH;
  const type = parseMediaType(value);
  if (grammar === 'resource' && (type?.kind !== 'json' || value.toLowerCase().includes('vnd.'))) {
    throw new Refusal('unsupported_media', "content-type: a search store's");
  }
  if (type === undefined) throw new Refusal('unsupported_media', 'content-type: not on the list');
  return type;
}

/**
 * @returns the vendor version asked for, or null
 * @throws Refusal `not_acceptable` when no element of the list is JSON or a wildcard that covers it
 */
export function readAccept(value: string): '8' | '9' | null {
  if (value === '*/*' || value === 'application/json') return null;
  if (value.length > LONGEST) throw new Refusal('not_acceptable', 'accept: too long');
  for (const element of value.split(',')) {
    const quality = /;[ \t]*q=([0-9.]{1,5})[ \t]*$/.exec(element);
    if (quality !== null && Number(quality[1]) === 0) continue;
    const range = (quality === null ? element : element.slice(0, quality.index)).trim();
    if (range === '*/*' || range === 'application/*') return null;
    const type = parseMediaType(range);
    if (type !== undefined) return type.compatibleWith;
  }
  throw new Refusal('not_acceptable', 'accept: nothing in it is JSON');
}

/** What clients send, so that they cost one look-up. */
const KNOWN: ReadonlyMap<string, MediaType> = new Map(
  [
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=utf-8',
    'application/json; charset=UTF-8',
    'application/json;charset=UTF-8',
    'application/x-ndjson',
    'application/vnd.elasticsearch+json; compatible-with=8',
    'application/vnd.elasticsearch+json;compatible-with=8',
    'application/vnd.elasticsearch+x-ndjson; compatible-with=8',
    'application/vnd.elasticsearch+x-ndjson;compatible-with=8',
    'application/vnd.elasticsearch+json; compatible-with=9',
    'application/vnd.elasticsearch+json;compatible-with=9',
    'application/vnd.elasticsearch+x-ndjson; compatible-with=9',
    'application/vnd.elasticsearch+x-ndjson;compatible-with=9',
  ].map((text) => [text, parseUnknown(text)!]),
);

function isMergePatch(value: string): boolean {
  return value.length <= LONGEST && /^application\/merge-patch\+json(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i.test(value);
}

function parseMediaType(text: string): MediaType | undefined {
  return KNOWN.get(text) ?? parseUnknown(text);
}

function parseUnknown(text: string): MediaType | undefined {
  if (text.length > LONGEST) return undefined;
  const [essence = '', ...parameters] = text.toLowerCase().split(';');
  const type = essence.trim();
  const vendor = type.startsWith('application/vnd.elasticsearch+');
  const name = vendor ? type.slice('application/vnd.elasticsearch+'.length) : type.slice('application/'.length);
  if (!type.startsWith('application/') || (name !== 'json' && name !== 'x-ndjson')) return undefined;
  let compatibleWith: '8' | '9' | null = null;
  let charset = false;
  for (const parameter of parameters) {
    const said = parameter.trim();
    if (!charset && (said === 'charset=utf-8' || said === 'charset="utf-8"')) charset = true;
    else if (vendor && compatibleWith === null && (said === 'compatible-with=8' || said === 'compatible-with=9')) {
      compatibleWith = said === 'compatible-with=8' ? '8' : '9';
    } else return undefined;
  }
  return { kind: name === 'json' ? 'json' : 'ndjson', compatibleWith };
}
