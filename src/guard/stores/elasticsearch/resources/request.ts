/** Every request of a resource to the store, from typed parts alone. */
import type { Condition, ListQuery, ResourceScope } from '../../../contract/resource.ts';
import type { UpstreamRequest } from '../../../contract/store.ts';
import { type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { columnsOf } from '../../resource/columns.ts';
import { authorize } from '../encode.ts';
import { filterPaths } from '../write/filter-fields.ts';
import { scopeQuery } from './condition.ts';
import type { StoredHit } from './hits.ts';
import { type Place, sortOf } from './position.ts';

/** A shard that does not answer is no proof that a document is not there; and what one caller sees is kept for no other. */
const WHOLE = [
  ['allow_partial_search_results', 'false'],
  ['request_cache', 'false'],
] as const;

/**
 * A write is answered when the next search sees it: `get` and `list` are searches, in which the store itself knows no
 * difference between a hidden document and a missing one, and a caller must find what it has just written.
 */
const VISIBLE = ['refresh', 'wait_for'] as const;

/** One more than the page, to know whether there is another. */
export function listRequest(scope: ResourceScope, query: ListQuery, place: Place | null): UpstreamRequest {
  const excluded = place === null ? [] : [idsQuery(place.shown)];
  const body: [string, Json][] = [
    ['query', scopeQuery(scope, query.conditions, [], excluded)],
    ['size', query.size + 1],
    ['sort', [...sortOf(query.order)]],
  ];
  if (place !== null) body.push(['search_after', [...place.before]]);
  return search(scope, body);
}

export function lookupRequest(scope: ResourceScope, id: string): UpstreamRequest {
  // With routing of an application's own, two shards may hold one id.
  return search(scope, [
    ['query', scopeQuery(scope, [], [idsQuery([id])])],
    ['size', 2],
  ]);
}

function search(scope: ResourceScope, parts: readonly [string, Json][]): UpstreamRequest {
  const body = jsonObject([
    ...parts,
    ['_source', sourceOf(scope)],
    ['seq_no_primary_term', true],
    ['track_total_hits', false],
  ]);
  return authorize({ method: 'POST', segments: [scope.resource.source, '_search'], query: WHOLE, body });
}

export function countRequest(scope: ResourceScope, conditions: readonly Condition[]): UpstreamRequest {
  return authorize({
    method: 'POST',
    segments: [scope.resource.source, '_count'],
    body: jsonObject([['query', scopeQuery(scope, conditions)]]),
  });
}

/** The version that is there now, of a document that the caller was seen to have. */
export function currentRequest(scope: ResourceScope, { index, id, routing }: StoredHit): UpstreamRequest {
  return authorize({
    method: 'GET',
    segments: [index, '_doc', id],
    query: [['_source_includes', sourceOf(scope).join(',')], ...routingOf(routing)],
  });
}

export function createRequest({ resource }: ResourceScope, id: string, document: JsonObject): UpstreamRequest {
  return authorize({
    method: 'PUT',
    segments: [resource.source, '_create', id],
    query: [VISIBLE],
    body: document,
  });
}

/** Changes these members and no other, on the version that was looked at. */
export function updateRequest(scope: ResourceScope, hit: StoredHit, change: JsonObject): UpstreamRequest {
  return authorize({
    method: 'POST',
    segments: [hit.index, '_update', hit.id],
    query: [...conditionOf(hit), ...routingOf(hit.routing), VISIBLE],
    body: jsonObject([
      ['doc', change],
      ['_source', sourceOf(scope)],
    ]),
  });
}

export function removeRequest(hit: StoredHit): UpstreamRequest {
  return authorize({
    method: 'DELETE',
    segments: [hit.index, '_doc', hit.id],
    query: [...conditionOf(hit), ...routingOf(hit.routing), VISIBLE],
  });
}

function conditionOf({ version }: StoredHit): [string, string][] {
  const [seqNo = '', term = ''] = version.split(':');
  return [
    ['if_seq_no', seqNo],
    ['if_primary_term', term],
  ];
}

function routingOf(routing: string | null): [string, string][] {
  return routing === null ? [] : [['routing', routing]];
}

function idsQuery(ids: readonly string[]): JsonObject {
  return jsonObject([['ids', jsonObject([['values', [...ids]]])]]);
}

/** A closed list: the columns, and what the check of every document compares. Never empty, which would mean everything. */
function sourceOf({ resource, bound }: ResourceScope): readonly string[] {
  const names = new Set([...columnsOf(resource).names, ...filterPaths(bound)]);
  return names.size === 0 ? ['_none_'] : [...names];
}
