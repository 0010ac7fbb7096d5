/**
 * Documents by id, for `_doc`, `_source` and `_mget`. In strict mode a look-up is a search for ids *and* the document
 * filter, so that the store itself knows no difference between a document that is hidden and one that is not there
 * (B150): nothing is got first and checked afterwards. What a search sees is what was refreshed; the price is that a
 * document just written may be missed for a second.
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Dialect, StoreContext, UpstreamRequest } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';
import { showsTypes } from '../dialect/index.ts';
import { authorize } from '../encode.ts';
import type { ProjectedSearch } from '../response/index.ts';
import { namespaceOf } from '../response/namespace.ts';
import { type CompiledSearch, compileSearch, type SearchScope } from '../search/index.ts';
import { scopeOf, WHOLE } from './search.ts';

export interface Found {
  readonly hit: JsonObject;
  readonly document: string;
}

/** A search for some ids of one index. */
export interface Lookup {
  readonly grant: Grant;
  readonly compiled: CompiledSearch;
  readonly scope: SearchScope;
}

/** @param ids the client's, each once; at most a page of them */
export function compileLookup(
  grant: Grant,
  ids: readonly string[],
  context: StoreContext,
  within: 'search' | 'msearch' = 'search',
): Lookup {
  const scope = scopeOf([grant], context, within);
  // The compiler puts the ids into their namespace, and the projection takes them out of it.
  const compiled = compileSearch(
    { query: { ids: { values: ids } }, size: ids.length, track_total_hits: false },
    new Map(),
    scope,
  );
  return { grant, compiled, scope };
}

export function lookupRequest({ grant, compiled }: Lookup): UpstreamRequest {
  return authorize({
    method: 'POST',
    segments: [grant.index, '_search'],
    // A shard that does not answer is no proof that a document is not there.
    query: [...compiled.query, ...WHOLE],
    body: compiled.body,
  });
}

/** The hits of a look-up by the client's id. An id that two shards hold (custom routing) shows the first. */
export function foundIn({ json, documents }: ProjectedSearch): Map<string, Found> {
  const hits = isJsonObject(json.hits) && Array.isArray(json.hits.hits) ? json.hits.hits : [];
  const found = new Map<string, Found>();
  hits.forEach((hit: Json, i: number) => {
    if (!isJsonObject(hit) || typeof hit._id !== 'string') throw new Refusal('upstream_answer', 'hit: without an id');
    if (!found.has(hit._id)) found.set(hit._id, { hit, document: documents[i] ?? '' });
  });
  return found;
}

/** Compat without filter and field rules: the real API, which sees what was written a moment ago. */
export function isRealtime({ mode, filter, fields, dataStream }: Grant): boolean {
  return mode === 'compat' && filter === null && fields === null && !dataStream;
}

export function realtimeRequest(grant: Grant, id: string, context: StoreContext): UpstreamRequest {
  return authorize({
    method: 'GET',
    segments: [grant.index, '_doc', storedId(grant, id, context)],
  });
}

/** Reads the answer of the real API; undefined for a miss. @throws Refusal `post_check` for another index's document */
export function realtimeFound(answer: Json, grant: Grant, id: string, context: StoreContext): Found | undefined {
  if (!isJsonObject(answer)) throw new Refusal('upstream_answer', 'get: not an object');
  if (answer.found !== true) return undefined;
  const stored = storedId(grant, id, context);
  if (answer._index !== grant.index || answer._id !== stored) throw new Refusal('post_check', 'get: another document');
  const hit: Record<string, Json> = Object.create(null);
  for (const key of ['_version', '_seq_no', '_primary_term', '_source']) {
    const value = answer[key];
    if (value !== undefined) hit[key] = value;
  }
  return { hit, document: `${grant.index}/${stored}` };
}

function storedId(grant: Grant, id: string, { principal }: StoreContext): string {
  return `${namespaceOf(grant, principal.claims)}${id}`;
}

/** What `_doc` and an item of `_mget` say. A miss names what was asked for, and nothing else (B150). */
export function documentJson(grant: Grant, id: string, found: Found | undefined, dialect: Dialect): JsonObject {
  const json: Record<string, Json> = Object.create(null);
  json._index = grant.index;
  if (showsTypes(dialect)) json._type = '_doc';
  json._id = id;
  if (found === undefined) {
    json.found = false;
    return json;
  }
  for (const key of ['_version', '_seq_no', '_primary_term']) {
    const value = found.hit[key];
    if (value !== undefined) json[key] = value;
  }
  json.found = true;
  if (found.hit._source !== undefined) json._source = found.hit._source;
  return json;
}
