/** `sort` and `search_after`. A key is a listed field in exact order, the relevance where it may be known, or `_doc`. */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { openSort } from '../response/sort-seal.ts';
import { EXACT, entryOf, fieldOf, formatOf, listOf, refuse, scalarOf, wordOf } from './options.ts';
import type { SearchScope } from './scope.ts';

export interface CompiledSort {
  readonly keys: readonly JsonObject[];
  /** Of each key, whether its values are numbers of the store's own that leave the gateway sealed. */
  readonly sealed: readonly boolean[];
  /** A key that decided between equals was left out: nothing can be asked for behind a hit. */
  readonly leftOut: boolean;
}

const MAX_KEYS = 16;
const ORDERS: ReadonlySet<string> = new Set(['asc', 'desc']);
const MODES: ReadonlySet<string> = new Set(['min', 'max', 'sum', 'avg', 'median']);
const INTERNAL: ReadonlySet<string> = new Set(['_doc', '_shard_doc']);

/** @throws Refusal `forbidden`, `unsupported_option` */
export function compileSort(json: Json, scope: SearchScope): CompiledSort {
  const listed = Array.isArray(json) ? listOf(json, 'sort', MAX_KEYS) : [json];
  const keys: JsonObject[] = [];
  const sealed: boolean[] = [];
  let leftOut = false;
  for (const item of listed) {
    // An object with several keys sorts by each in turn; JSON says nothing about their order, so it is one key here.
    const [name, options] = typeof item === 'string' ? [item, 'asc-or-desc'] : entryOf(item, 'sort');
    const key = sortKey(name, typeof item === 'string' ? undefined : options, scope);
    const kept = name === '_doc' ? orderOfStore(key, scope) : key;
    leftOut ||= kept === undefined;
    if (kept === undefined) continue;
    keys.push(kept);
    sealed.push(scope.strict && INTERNAL.has(name));
  }
  return { keys, sealed, leftOut };
}

/**
 * By `_doc` the stores weave the shards together by the numbers of their documents, and those count hidden documents
 * too: the order of the visible ones would tell how many lie between them. Without it they go shard by shard, which
 * tells nothing, and which a point in time of Elasticsearch can say itself.
 */
function orderOfStore(key: JsonObject, scope: SearchScope): JsonObject | undefined {
  if (!scope.strict || scope.bound === null) return key;
  if (scope.within !== 'pit' || scope.dialect.startsWith('opensearch')) return undefined;
  return jsonObject([['_shard_doc', key._doc ?? null]]);
}

/** `age:asc,name.keyword`, as the query parameter says it. */
export function sortOfParameter(text: string): Json {
  return text.split(',').map((item) => {
    const colon = item.lastIndexOf(':');
    return colon === -1 ? item : jsonObject([[item.slice(0, colon), item.slice(colon + 1)]]);
  });
}

function sortKey(name: string, options: Json | undefined, scope: SearchScope): JsonObject {
  if (name === '_score') {
    if (scope.strict && scope.scoring === 'constant') throw refuse('sort', 'relevance is not available');
    return jsonObject([[name, jsonObject([['order', orderOf(options, 'desc')]])]]);
  }
  if (INTERNAL.has(name)) {
    if (name === '_shard_doc' && scope.within !== 'pit') throw refuse('sort', 'only in a point in time');
    return jsonObject([[name, jsonObject([['order', orderOf(options, 'asc')]])]]);
  }
  const [field, type] = fieldOf(name, scope.fields, EXACT, 'sort');
  if (options === undefined || typeof options === 'string') {
    return jsonObject([[field, jsonObject([['order', orderOf(options, 'asc')]])]]);
  }
  if (!isJsonObject(options)) throw refuse('sort', 'neither an order nor an object');
  const read: [string, Json][] = [];
  for (const [key, value] of Object.entries(options)) {
    if (key === 'order') read.push([key, wordOf(value, 'sort.order', ORDERS)]);
    else if (key === 'mode') read.push([key, wordOf(value, 'sort.mode', MODES)]);
    else if (key === 'missing') read.push([key, scalarOf(value, 'sort.missing')]);
    else if (key === 'format' && (type === 'date' || type === undefined) && !scope.dialect.startsWith('opensearch'))
      read.push([key, formatOf(value, 'sort.format')]);
    else throw refuse('sort', 'unknown key');
  }
  return jsonObject([[field, jsonObject(read)]]);
}

function orderOf(options: Json | undefined, usual: string): string {
  if (options === undefined) return usual;
  if (isJsonObject(options)) {
    for (const key in options) if (key !== 'order') throw refuse('sort', 'unknown key');
    return options.order === undefined ? usual : wordOf(options.order, 'sort.order', ORDERS);
  }
  return wordOf(options, 'sort', ORDERS);
}

/**
 * One scalar for each sort key, and in a point in time one more for the store's own tie-breaker.
 *
 * @throws Refusal `unsupported_option`, `malformed_body`, `absent`
 */
export function compileSearchAfter(json: Json, sort: CompiledSort | undefined, scope: SearchScope): Json[] {
  const values = listOf(json, 'search_after', MAX_KEYS + 1);
  const keys = sort?.keys.length ?? 0;
  if (sort?.leftOut === true) throw refuse('search_after', 'behind `_doc`, where documents are filtered');
  if (keys === 0 && scope.within !== 'pit') throw refuse('search_after', 'without a sort');
  const extra = values.length - keys;
  if (extra !== 0 && !(scope.within === 'pit' && extra === 1)) throw refuse('search_after', 'not as long as the sort');
  return values.map((value, at) => {
    const scalar = scalarOf(value, 'search_after');
    if (!(sort?.sealed[at] ?? scope.strict)) return scalar;
    if (typeof scalar !== 'string') throw new Refusal('malformed_body', 'search_after: not a sealed value');
    return openSort(scalar, scope.grants, scope.context);
  });
}
