/** Documents as a search shows them, each checked against the scope again before anything of it is used. */
import { Refusal } from '../../../contract/refusal.ts';
import type { ResourceScope, StoredDocument } from '../../../contract/resource.ts';
import type { UpstreamAnswer } from '../../../contract/store.ts';
import { holds } from '../../../document/index.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject, jsonObject, parseAnswer } from '../../../json/index.ts';
import { projectColumns } from '../../resource/columns.ts';
import { isBackingIndex } from '../response/hit.ts';
import { pruned } from './change.ts';

export interface StoredHit {
  /** The concrete index: of a data stream, the one behind it. */
  readonly index: string;
  readonly id: string;
  readonly routing: string | null;
  /** `<seq_no>:<primary_term>` */
  readonly version: string;
  readonly source: JsonObject;
  readonly sort: readonly Json[];
}

/**
 * @param most hits that were asked for
 * @throws Refusal `upstream_answer`; `post_check` for a document that the scope excludes or that is of another index
 */
export function readHits(answer: UpstreamAnswer, scope: ResourceScope, most: number): readonly StoredHit[] {
  const json = parseAnswer(answer.body);
  const found = isJsonObject(json) ? json.hits : undefined;
  const list = isJsonObject(found) ? found.hits : undefined;
  if (!isJsonObject(json) || !Array.isArray(list)) throw new Refusal('upstream_answer', 'search: no hits');
  checkWhole(json);
  if (list.length > most) throw new Refusal('post_check', 'search: more hits than were asked for');
  return list.map((hit: Json) => readHit(hit, scope));
}

/** Half an answer would read like documents that are not there. */
export function checkWhole(json: JsonObject): void {
  const shards = json._shards;
  if (json.timed_out === true || (isJsonObject(shards) && shards.failed !== undefined && shards.failed !== 0)) {
    throw new Refusal('upstream_answer', 'search: a part of the answer is missing');
  }
}

/** Of a search, or of a document that was got by its id: both have these members. */
export function readHit(hit: Json, scope: ResourceScope): StoredHit {
  if (!isJsonObject(hit)) throw new Refusal('upstream_answer', 'hit: not an object');
  const { _index: index, _id: id, _routing: routing, sort } = hit;
  if (typeof index !== 'string' || typeof id !== 'string') throw new Refusal('upstream_answer', 'hit: no identity');
  const { source: name } = scope.resource;
  if (index !== name && !isBackingIndex(index, name)) throw new Refusal('post_check', 'hit: of another index');
  const source = isJsonObject(hit._source) ? hit._source : jsonObject([]);
  if (scope.bound !== null && !holds(scope.bound, source)) throw new Refusal('post_check', 'hit: outside the filter');
  return {
    index,
    id,
    routing: typeof routing === 'string' ? routing : null,
    version: versionOf(hit),
    source,
    sort: Array.isArray(sort) ? sort : [],
  };
}

/** @throws Refusal `upstream_answer` where the store does not say */
export function versionOf({ _seq_no: seqNo, _primary_term: term }: JsonObject): string {
  return `${counted(seqNo)}:${counted(term)}`;
}

function counted(value: Json | undefined): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (value instanceof JsonNumber && /^\d{1,19}$/.test(value.raw)) return value.raw;
  throw new Refusal('upstream_answer', 'hit: no version');
}

export function documentOf({ id, version, source }: StoredHit, { resource }: ResourceScope): StoredDocument {
  return { id, version, columns: pruned(projectColumns(resource, source)) };
}
