/**
 * What a client reads about a write: rebuilt from a list of what is known, never passed on.
 *
 * `_version`, `_seq_no` and `_primary_term` count the writes of a whole shard, hidden documents' among them. Strict roles
 * read constants in their place, because typed clients (Java, of both products) refuse an answer without them; they lead
 * nowhere, as strict roles may not send conditions.
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { Dialect } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../../../json/index.ts';
import { showsTypes } from '../dialect/index.ts';
import type { PreparedItem } from './item.ts';
import { withoutPrefix } from './namespace.ts';

const RESULTS: ReadonlySet<Json> = new Set(['created', 'updated', 'deleted', 'noop', 'not_found']);

/** @throws Refusal `upstream_answer`; `post_check` for an answer about another document */
export function writeAnswer(json: Json | undefined, item: PreparedItem, dialect: Dialect): JsonObject {
  if (!isJsonObject(json) || typeof json._id !== 'string' || !RESULTS.has(json.result ?? null))
    throw new Refusal('upstream_answer', 'write: not of the expected shape');
  if (item.storeId !== null && json._id !== item.storeId) throw new Refusal('post_check', 'write: another document');
  const id = item.id ?? withoutPrefix(item.scope.prefix, json._id);
  if (id === undefined) throw new Refusal('post_check', 'write: an id of another namespace');
  const own = item.scope.strict;
  const entries: [string, Json][] = [
    ...namesOf(item, id, dialect),
    ['_version', own ? 1 : counted(json._version)],
    ['result', json.result!],
  ];
  if (json.forced_refresh === true) entries.push(['forced_refresh', true]);
  entries.push(
    ['_shards', shardsOf(json._shards)],
    ['_seq_no', own ? 0 : counted(json._seq_no)],
    ['_primary_term', own ? 1 : counted(json._primary_term)],
  );
  return jsonObject(entries);
}

/** A delete of what is not there, or is hidden: the same to the byte, whatever the store did (B176). */
export function missingAnswer(item: PreparedItem, dialect: Dialect): JsonObject {
  return jsonObject([
    ...namesOf(item, item.id!, dialect),
    ['_version', 1],
    ['result', 'not_found'],
    ['_shards', shardsOf(undefined)],
    ['_seq_no', 0],
    ['_primary_term', 1],
  ]);
}

function namesOf(item: PreparedItem, id: string, dialect: Dialect): [string, Json][] {
  const names: [string, Json][] = [['_index', item.scope.grant.index]];
  if (showsTypes(dialect)) names.push(['_type', '_doc']);
  names.push(['_id', id]);
  return names;
}

function shardsOf(shards: Json | undefined): JsonObject {
  const read = (name: string): Json => (isJsonObject(shards) ? counted(shards[name]) : 0);
  return jsonObject([
    ['total', read('total')],
    ['successful', read('successful')],
    ['failed', read('failed')],
  ]);
}

function counted(value: Json | undefined): Json {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
