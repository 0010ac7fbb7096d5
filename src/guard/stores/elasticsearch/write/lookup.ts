/**
 * What is there before a write, with no more of each document than the decision needs.
 *
 * Where ids can be of documents that the principal does not see, this is a search for ids *and* the filter, so that the
 * store itself knows no difference between a document that is hidden and one that is not there. A search sees what was
 * refreshed: a document written a moment ago is missed, or met in an older version (which ends as a conflict), unless it
 * was written with `refresh`. Where the ids are the principal's own (no filter, or a namespace that says the same),
 * nothing can be learnt from them, and `_mget` reads in real time.
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../../../contract/store.ts';
import { isJsonObject, type Json, jsonObject, parseAnswer } from '../../../json/index.ts';
import { authorize } from '../encode.ts';
import { filterQuery } from '../filter/index.ts';
import { satisfies } from './document.ts';
import type { PreparedItem, Stored } from './item.ts';
import type { WriteScope } from './scope.ts';

/** @param items ≥ 1 of one scope, each with an id and something to look at */
export function lookupRequest(
  items: readonly PreparedItem[],
  { bound, createsById, grant }: WriteScope,
): UpstreamRequest {
  const source = sourceOf(items);
  if (createsById || bound === null) {
    const docs = items.map(({ storeId }) =>
      jsonObject([
        ['_id', storeId],
        ['_source', source],
      ]),
    );
    return authorize({ method: 'POST', segments: [grant.index, '_mget'], body: jsonObject([['docs', docs]]) });
  }
  const ids = jsonObject([['ids', jsonObject([['values', items.map(({ storeId }) => storeId)]])]]);
  return authorize({
    method: 'POST',
    segments: [grant.index, '_search'],
    // Half an answer would read like documents that are not there.
    query: [['allow_partial_search_results', 'false']],
    body: jsonObject([
      ['query', jsonObject([['bool', jsonObject([['filter', [ids, filterQuery(bound)]]])]])],
      ['size', items.length],
      ['_source', source],
      ['seq_no_primary_term', true],
      ['track_total_hits', false],
    ]),
  });
}

/** An empty list would mean everything. */
function sourceOf(items: readonly PreparedItem[]): Json {
  const paths = new Set(items.flatMap(({ look }) => look ?? []));
  return paths.size === 0 ? false : [...paths];
}

/**
 * What is there and visible, by its id in the store.
 *
 * @throws Refusal `upstream_answer` for an answer of another shape; `post_check` for documents that were not asked for
 */
export function readLookup(
  answer: UpstreamAnswer,
  items: readonly PreparedItem[],
  scope: WriteScope,
): ReadonlyMap<string, Stored> {
  const asked = new Set(items.map(({ storeId }) => storeId));
  const stored = new Map<string, Stored>();
  for (const hit of hitsOf(parseAnswer(answer.body), scope)) {
    if (!isJsonObject(hit) || typeof hit._id !== 'string') throw unreadable();
    if (hit._index !== scope.grant.index || !asked.has(hit._id))
      throw new Refusal('post_check', 'lookup: another document than asked for');
    if (hit.found === false) continue;
    if (isJsonObject(hit.error)) {
      if (hit.error.type === 'index_not_found_exception') continue;
      throw new Refusal('upstream_answer', 'lookup: the store could not read');
    }
    const { _seq_no: seqNo, _primary_term: primaryTerm } = hit;
    if (seqNo === undefined || primaryTerm === undefined) throw unreadable();
    const source = isJsonObject(hit._source) ? hit._source : jsonObject([]);
    if (!satisfies(source, scope)) {
      if (scope.createsById) continue;
      throw new Refusal('post_check', 'lookup: a document outside the filter');
    }
    stored.set(hit._id, { seqNo, primaryTerm, source });
  }
  return stored;
}

function hitsOf(json: Json, { createsById }: WriteScope): readonly Json[] {
  const parent: Json | undefined = createsById ? json : isJsonObject(json) ? json.hits : undefined;
  const list = isJsonObject(parent) ? parent[createsById ? 'docs' : 'hits'] : undefined;
  if (!Array.isArray(list)) throw unreadable();
  return list;
}

function unreadable(): Refusal {
  return new Refusal('upstream_answer', 'lookup: not of the expected shape');
}
