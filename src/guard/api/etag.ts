/** Entity tags (RFC 9110, 8.8.3) and the two conditions on them (13.1.1, 13.1.2). A tag says nothing of the store's version. */
import { Refusal } from '../contract/refusal.ts';
import type { Resource, StoredDocument } from '../contract/resource.ts';

export function etagOf(
  token: (field: string, value: string) => string,
  { name }: Resource,
  { id, version }: StoredDocument,
): string {
  return `"${token('\0etag', `${name}\0${id}\0${version}`)}"`;
}

/** Any version, or one of these. */
export type TagCondition = '*' | ReadonlySet<string>;

const MAX_HEADER = 1024;
/** `etagc`: visible ASCII without the quote; bytes above ASCII are not made here. */
const TAG = /^(W\/)?"([\x21\x23-\x7e]*)"$/;

/**
 * @param strong If-Match: tags that begin with `W/` never match; If-None-Match compares without it
 * @returns undefined without the header
 * @throws Refusal `malformed_request`
 */
export function readTags(header: string | undefined, strong: boolean): TagCondition | undefined {
  if (header === undefined) return undefined;
  if (header.length > MAX_HEADER) throw malformed();
  if (header.trim() === '*') return '*';
  const tags = new Set<string>();
  // Tags of this gateway hold no comma; a foreign one that does is no tag that matches.
  for (const element of header.split(',')) {
    const match = TAG.exec(element.trim());
    if (match === null) throw malformed();
    if (match[1] === undefined || !strong) tags.add(`"${match[2]}"`);
  }
  return tags;
}

export function matchesTag(condition: TagCondition, etag: string): boolean {
  return condition === '*' || condition.has(etag);
}

function malformed(): Refusal {
  return new Refusal('malformed_request', 'headers: not a list of entity tags');
}
