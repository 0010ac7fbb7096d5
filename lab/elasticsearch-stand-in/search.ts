/** `_search` and `_count`: body and URI parameters -> matches -> the answer's shape. */
import { aggregate, type Match } from './aggregations.ts';
import { illegalArgument, parsingError } from './errors.ts';
import { type StoredDocument, type StoredIndex, wildcard } from './index-set.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { type Comparable, comparable, valuesAt } from './mapping.ts';
import { compileQuery } from './query.ts';

/** `index.max_result_window`. */
const WINDOW = 10_000;

const BODY_KEYS = new Set([
  'query',
  'from',
  'size',
  'sort',
  '_source',
  'aggs',
  'aggregations',
  'search_after',
  'track_total_hits',
  'terminate_after',
  'timeout',
  'version',
  'seq_no_primary_term',
  'min_score',
  'stored_fields',
]);

/** Folds the URI parameters that have a twin in the body into it; the URI wins, as in Elasticsearch. */
export function searchBody(body: Json | undefined, parameters: URLSearchParams): JsonObject {
  if (body !== undefined && !isObject(body)) throw parsingError('Expected [START_OBJECT] but found something else');
  const request: JsonObject = { ...body };
  for (const key of Object.keys(request)) {
    if (!BODY_KEYS.has(key)) throw parsingError(`Unknown key for a value in [${key}].`);
  }
  const query = parameters.get('q');
  if (query !== null) request.query = { query_string: { query } };
  for (const key of ['from', 'size', 'terminate_after']) {
    const value = parameters.get(key);
    if (value !== null) request[key] = Number(value);
  }
  const sort = parameters.get('sort');
  if (sort !== null) request.sort = sort.split(',').map((part) => sortOf(part));
  const source = parameters.get('_source');
  if (source !== null)
    request._source = source === 'true' || source === 'false' ? source === 'true' : source.split(',');
  const includes = parameters.get('_source_includes');
  const excludes = parameters.get('_source_excludes');
  if (includes !== null || excludes !== null) {
    request._source = { includes: includes?.split(',') ?? [], excludes: excludes?.split(',') ?? [] };
  }
  const total = parameters.get('track_total_hits');
  if (total !== null) request.track_total_hits = total === 'true' ? true : total === 'false' ? false : Number(total);
  return request;
}

function sortOf(part: string): Json {
  const [field, order] = part.split(':');
  return { [field ?? part]: { order: order ?? 'asc' } };
}

export interface SearchOptions {
  now: number;
  /** `rest_total_hits_as_int`: clients of version 6 want the total as a number. */
  totalAsInteger: boolean;
}

export function search(indices: readonly StoredIndex[], request: JsonObject, options: SearchOptions): JsonObject {
  const from = whole(request.from, 0, 'from');
  const size = whole(request.size, 10, 'size');
  if (from + size > WINDOW) {
    throw illegalArgument(
      `Result window is too large, from + size must be less than or equal to: [${WINDOW}] but was [${from + size}].`,
    );
  }
  const found = matchesOf(indices, request.query, options.now);
  const limit = whole(request.terminate_after, 0, 'terminate_after');
  const ended = limit > 0 && found.length > limit;
  const matches = ended ? found.slice(0, limit) : found;
  const order = sorting(request.sort, options.now);
  const sorted = order ? [...matches].sort(order.compare) : matches;
  const first = order && Array.isArray(request.search_after) ? after(sorted, order, request.search_after) : from;
  const pick = sourceFilter(request._source);
  const aggs = request.aggs ?? request.aggregations;
  return {
    took: 1,
    timed_out: false,
    ...(limit > 0 ? { terminated_early: ended } : {}),
    _shards: { total: indices.length, successful: indices.length, skipped: 0, failed: 0 },
    hits: {
      ...totalOf(matches.length, request.track_total_hits, options.totalAsInteger),
      max_score: order || sorted.length === 0 || size === 0 ? null : 1,
      hits: sorted
        .slice(first, first + size)
        .map((match) => hit(match, pick, order, request.seq_no_primary_term === true)),
    },
    ...(aggs === undefined ? {} : { aggregations: aggregate(aggs, matches, options.now) }),
  };
}

export function count(indices: readonly StoredIndex[], query: Json | undefined, now: number): JsonObject {
  return {
    count: matchesOf(indices, query, now).length,
    _shards: { total: indices.length, successful: indices.length, skipped: 0, failed: 0 },
  };
}

interface IndexedMatch extends Match {
  index: string;
  /** Nothing is ever changed here, so a document's place is its sequence number. */
  seqNo: number;
}

function matchesOf(indices: readonly StoredIndex[], query: Json | undefined, now: number): IndexedMatch[] {
  return indices.flatMap((index) => {
    const matches = compileQuery(query, index.mapping, now);
    return index.documents
      .map((document, seqNo) => ({ document, seqNo, mapping: index.mapping, index: index.name }))
      .filter(({ document }) => matches(document));
  });
}

function totalOf(total: number, tracked: Json | undefined, asInteger: boolean): JsonObject {
  if (tracked === false) return {};
  if (asInteger) return { total };
  const upTo = typeof tracked === 'number' ? tracked : tracked === true ? Number.POSITIVE_INFINITY : WINDOW;
  return { total: total > upTo ? { value: upTo, relation: 'gte' } : { value: total, relation: 'eq' } };
}

function hit(match: IndexedMatch, pick: SourcePick, order: Sorting | undefined, numbered: boolean): JsonObject {
  const source = pick(match.document);
  return {
    _index: match.index,
    _type: '_doc',
    _id: match.document.id,
    ...(numbered ? { _seq_no: match.seqNo, _primary_term: 1 } : {}),
    _score: order ? null : 1,
    ...(source === undefined ? {} : { _source: source }),
    ...(order ? { sort: order.keysOf(match) } : {}),
  };
}

type SourcePick = (document: StoredDocument) => JsonObject | undefined;

export function sourceFilter(wanted: Json | undefined): SourcePick {
  if (wanted === undefined || wanted === true) return (document) => document.source;
  if (wanted === false) return () => undefined;
  const includes = isObject(wanted) ? texts(wanted.includes ?? wanted.include) : texts(wanted);
  const excludes = isObject(wanted) ? texts(wanted.excludes ?? wanted.exclude) : [];
  const included = includes.map((pattern) => wildcard(pattern, false));
  const excluded = excludes.map((pattern) => wildcard(pattern, false));
  // A pattern that names an object takes in what lies below it.
  const names = (matchers: typeof included, path: string) =>
    path.split('.').some((_, depth, steps) => matchers.some((matches) => matches(steps.slice(0, depth + 1).join('.'))));
  const keep = (path: string) => (included.length === 0 || names(included, path)) && !names(excluded, path);
  return (document) => pruned(document.source, '', keep) ?? {};
}

function pruned(source: JsonObject, prefix: string, keep: (path: string) => boolean): JsonObject | undefined {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(source)) {
    const path = `${prefix}${key}`;
    if (isObject(value)) {
      const inner = pruned(value, `${path}.`, keep);
      if (inner) kept[key] = inner;
    } else if (Array.isArray(value) && value.some(isObject)) {
      const inner = value.flatMap((item) => (isObject(item) ? (pruned(item, `${path}.`, keep) ?? []) : []));
      if (inner.length > 0) kept[key] = inner;
    } else if (keep(path)) {
      kept[key] = value;
    }
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

interface Sorting {
  compare(left: IndexedMatch, right: IndexedMatch): number;
  keysOf(match: IndexedMatch): Json[];
  compareKeys(left: readonly Json[], right: readonly Json[]): number;
}

function sorting(sort: Json | undefined, now: number): Sorting | undefined {
  if (sort === undefined) return undefined;
  const keys = (Array.isArray(sort) ? sort : [sort]).map(sortKey);
  // Sorting by relevance alone is no sorting here: every score is 1.
  if (keys.every((key) => key.field === '_score')) return undefined;
  const keysOf = (match: IndexedMatch) => keys.map((key) => sortValue(match, key.field, now) ?? null);
  const compareKeys = (left: readonly Json[], right: readonly Json[]) => {
    for (const [position, key] of keys.entries()) {
      const a = left[position] ?? null;
      const b = right[position] ?? null;
      // Missing values come last in either order.
      const difference = a === b ? 0 : a === null ? 1 : b === null ? -1 : (a < b ? -1 : 1) * (key.descending ? -1 : 1);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return { keysOf, compareKeys, compare: (left, right) => compareKeys(keysOf(left), keysOf(right)) };
}

function sortKey(part: Json): { field: string; descending: boolean } {
  if (typeof part === 'string') return { field: part, descending: part === '_score' };
  if (!isObject(part)) throw parsingError('malformed sort format');
  const [entry] = Object.entries(part);
  if (!entry) throw parsingError('malformed sort format');
  const [field, how] = entry;
  const order = isObject(how) ? (how.order ?? 'asc') : how;
  if (order !== 'asc' && order !== 'desc') throw illegalArgument(`No enum constant for sort order [${String(order)}]`);
  return { field, descending: order === 'desc' };
}

function sortValue(match: IndexedMatch, field: string, now: number): Comparable | undefined {
  if (field === '_score') return 1;
  if (field === '_doc' || field === '_id') return match.document.id;
  if (field === '_seq_no') return match.seqNo;
  const type = match.mapping.get(field);
  if (type === undefined) throw illegalArgument(`No mapping found for [${field}] in order to sort on`);
  if (type === 'text' || type === 'geo_point') {
    throw illegalArgument(`Text fields are not optimised for sorting: [${field}]. Please use a keyword field instead.`);
  }
  const value = valuesAt(match.document.source, field)[0];
  return value === undefined ? undefined : comparable(value, type, now);
}

function after(sorted: readonly IndexedMatch[], order: Sorting, keys: readonly Json[]): number {
  const position = sorted.findIndex((match) => order.compareKeys(order.keysOf(match), keys) > 0);
  return position < 0 ? sorted.length : position;
}

function texts(value: Json | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

function whole(value: Json | undefined, fallback: number, name: string): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw illegalArgument(`[${name}] parameter cannot be negative`);
  return number;
}
