/**
 * The four oracles that hold for every request, whatever it is: canary, two worlds, upstream grammar, idempotence. They know
 * nothing of how the gateway works; the grammar below is written a second time on purpose.
 */
import { gunzipSync } from 'node:zlib';
import type { Answer } from '../../../src/guard/contract/request.ts';
import { isBody, list } from './memory-query.ts';
import type { SeenRequest } from './memory-store.ts';
import { CANARIES } from './world.ts';

/** Every form in which a canary could leave: as it is, escaped, in base64 at each of three alignments, as hex. */
const NEEDLES: readonly string[] = CANARIES.flatMap((canary) => {
  const bytes = Buffer.from(canary);
  const shifted = [0, 1, 2].map((pad) => {
    const text = Buffer.concat([Buffer.alloc(pad), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The characters that mix with the padding's bits, or with what follows, are left out.
    return text.slice(pad === 0 ? 0 : pad + 1, -1);
  });
  return [
    canary,
    ...shifted,
    ...shifted.map((text) => text.replace(/\+/g, '-').replace(/\//g, '_')),
    bytes.toString('hex'),
  ];
});

/** O1: the first canary found in any byte of the answer. */
export function leaked(answer: Answer): string | undefined {
  const texts = [textOf(answer), ...Object.entries(answer.headers).flat()];
  for (const text of texts) {
    const unescaped = text.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    const found = NEEDLES.find((needle) => text.includes(needle) || unescaped.includes(needle));
    if (found !== undefined) return found;
  }
  return undefined;
}

export function textOf(answer: Answer): string {
  const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : Buffer.from(answer.body);
  const plain = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return plain.toString('utf8');
}

/** O2: what must be equal in both worlds. `took` and the request id are the gateway's to choose, and clocks go on between the two. */
export function comparable(answer: Answer): string {
  const { 'x-request-id': _id, date: _date, 'retry-after': _later, ...headers } = answer.headers;
  const body = textOf(answer)
    .replace(/"took":\d+/g, '"took":0')
    // A sealed id is new each time it is made; its length says no more than the ids inside.
    .replace(/"(_scroll_id|id|pit_id)":"[\w-]{60,}"/g, '"$1":"sealed"')
    .replace(/"[\w-]{100,}"/g, '"sealed"');
  return JSON.stringify([answer.status, headers, body]);
}

export interface Grammar {
  /** Concrete indices that may be named. */
  indices: readonly string[];
  /** Fields that may stand in a query, sort, aggregation or `_source`. */
  fields: ReadonlySet<string>;
  /** The conjunct that must be in every query. */
  filter: unknown;
  /** The principal may write: documents are looked up before they are changed. */
  writes?: boolean;
}

const QUERY_KINDS = new Set([
  ...['bool', 'term', 'terms', 'range', 'match', 'match_phrase', 'prefix', 'exists', 'ids', 'constant_score'],
  ...['dis_max', 'nested', 'match_all', 'match_none'],
]);
const AGGREGATIONS = new Set([
  ...[
    'terms',
    'range',
    'date_range',
    'histogram',
    'date_histogram',
    'avg',
    'sum',
    'min',
    'max',
    'stats',
    'extended_stats',
  ],
  ...['value_count', 'cardinality', 'percentiles', 'filter', 'filters', 'missing', 'composite', 'nested'],
]);
const BODY_KEYS = new Set([
  ...[
    'query',
    'from',
    'size',
    'sort',
    'search_after',
    'track_total_hits',
    'aggs',
    '_source',
    'fields',
    'docvalue_fields',
  ],
  ...[
    'highlight',
    'post_filter',
    'collapse',
    'timeout',
    'pit',
    'track_scores',
    'stored_fields',
    'seq_no_primary_term',
    'aggregations',
    'explain',
    'version',
    'min_score',
  ],
]);
const PARAMETERS = new Set([
  'request_cache',
  'scroll',
  'refresh',
  'if_seq_no',
  'if_primary_term',
  'keep_alive',
  'allow_partial_search_results',
  'allow_partial_pit_creation',
  'expand_wildcards',
  'op_type',
  'ignore_unavailable',
  'track_total_hits',
  'max_concurrent_searches',
]);

/** O3: what is wrong with a request that reached the store; undefined when it lies in the grammar and carries the filter. */
export function outsideGrammar(request: SeenRequest, grammar: Grammar): string | undefined {
  const url = new URL(request.path, 'http://store.invalid');
  for (const name of url.searchParams.keys()) if (!PARAMETERS.has(name)) return `parameter ${name}`;
  const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const [first = '', second = ''] = segments;
  const lines = (request.body ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
  if (first === '_search' && (second === 'scroll' || second === 'point_in_time')) return undefined;
  if (first === '_pit' && request.method === 'DELETE') return undefined;
  if (first === '_msearch') return outsideMulti(lines, grammar);
  if (first === '_bulk') return outsideBulk(lines, undefined, grammar);
  if (first === '_search' && isBody(lines[0]) && lines[0].pit !== undefined) return outsideBody(lines[0], grammar);
  for (const index of first.split(',')) if (!grammar.indices.includes(index)) return `index ${index}`;
  switch (second) {
    case '_search':
      return segments[2] === 'point_in_time' ? undefined : outsideBody(lines[0] ?? {}, grammar);
    case '_count':
      return outsideBody(lines[0] ?? {}, grammar);
    case '_msearch':
      return outsideMulti(lines, grammar);
    case '_pit':
      return undefined;
    case '_bulk':
      return outsideBulk(lines, first, grammar);
    case '_mget':
      // The gateway looks documents up by itself before it changes them, and shows nothing of them.
      return grammar.writes === true ? undefined : 'documents are read by their ids, past the filter';
    case '_doc':
    case '_create':
      if (request.method === 'DELETE') return conditional(url);
      if (request.method === 'GET' || request.method === 'HEAD') return 'a document is read by its id, past the filter';
      return outsideDocument(lines[0], grammar);
    case '_update':
      return conditional(url) ?? outsideDocument(isBody(lines[0]) ? lines[0].doc : undefined, grammar, true);
    default:
      return `path ${url.pathname}`;
  }
}

/** A change to a document that was looked up under the filter holds only for the version that was looked up. */
function conditional(url: URL): string | undefined {
  return url.searchParams.has('if_seq_no') && url.searchParams.has('if_primary_term')
    ? undefined
    : 'a change without a condition';
}

function outsideMulti(lines: readonly unknown[], grammar: Grammar): string | undefined {
  for (let n = 0; n + 1 < lines.length; n += 2) {
    const header = lines[n];
    if (!isBody(header)) return 'a header line that is no object';
    for (const key of Object.keys(header))
      if (
        ![
          'index',
          'request_cache',
          'ignore_unavailable',
          'allow_no_indices',
          'expand_wildcards',
          'allow_partial_search_results',
          'search_type',
        ].includes(key)
      )
        return `header ${key}`;
    const named = list(header.index);
    if (named.length === 0) return 'an item without an index';
    for (const index of named) if (!grammar.indices.includes(String(index))) return `index ${index}`;
    const wrong = outsideBody(lines[n + 1], grammar);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function outsideBulk(lines: readonly unknown[], index: string | undefined, grammar: Grammar): string | undefined {
  for (let n = 0; n < lines.length; n++) {
    const [verb = '', meta] = Object.entries(isBody(lines[n]) ? (lines[n] as object) : {})[0] ?? [];
    const named = isBody(meta) ? (meta._index ?? index) : index;
    if (!grammar.indices.includes(String(named))) return `index ${named}`;
    if (verb === 'delete') continue;
    const source = lines[++n];
    const wrong = outsideDocument(
      verb === 'update' && isBody(source) ? source.doc : source,
      grammar,
      verb === 'update',
    );
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function outsideDocument(source: unknown, grammar: Grammar, partial = false): string | undefined {
  if (!isBody(source)) return 'a document that is no object';
  for (const key of Object.keys(source)) if (!grammar.fields.has(key)) return `written field ${key}`;
  return source.tenant === 't1' || (partial && source.tenant === undefined)
    ? undefined
    : 'a document outside the filter';
}

function outsideBody(given: unknown, grammar: Grammar): string | undefined {
  if (!isBody(given)) return 'a body that is no object';
  for (const key of Object.keys(given)) if (!BODY_KEYS.has(key)) return `option ${key}`;
  if (!carries(given.query, grammar.filter)) return 'a query without the filter';
  const source = given._source;
  const named =
    source === false ? [] : isBody(source) ? list(source.includes) : source === undefined ? undefined : list(source);
  // Counting shows no source; everything else must say which fields it wants.
  if (named === undefined && given.size !== undefined && given.size !== 0) return '_source is not limited';
  for (const name of named ?? [])
    if (!grammar.fields.has(String(name)) && !MASKED.has(String(name))) return `_source ${name}`;
  for (const one of [...list(given.fields), ...list(given.docvalue_fields)]) {
    const name = isBody(one) ? one.field : one;
    if (!grammar.fields.has(String(name))) return `field ${name}`;
  }
  if (given.collapse !== undefined) {
    const { field, ...more } = isBody(given.collapse) ? given.collapse : {};
    if (!grammar.fields.has(String(field)) || Object.keys(more).length > 0) return 'collapse';
  }
  for (const one of list(given.stored_fields)) if (one !== '_none_') return `stored field ${one}`;
  if (isBody(given.highlight) && isBody(given.highlight.fields)) {
    for (const name of Object.keys(given.highlight.fields)) if (!grammar.fields.has(name)) return `highlight ${name}`;
  }
  for (const one of list(given.sort)) {
    for (const name of isBody(one) ? Object.keys(one) : [String(one)]) {
      if (!grammar.fields.has(name) && !['_score', '_doc', '_shard_doc'].includes(name)) return `sort ${name}`;
    }
  }
  return (
    outsideQuery(given.query, grammar, 0) ??
    outsideQuery(given.post_filter, grammar, 0) ??
    outsideAggregations(given.aggs, grammar, 0)
  );
}

/** Masked fields may be fetched (the gateway masks them), and used in nothing. */
const MASKED = new Set(['email', 'ip']);

/** The filter is a required conjunct on the only way to a document. */
function carries(query: unknown, filter: unknown): boolean {
  if (!isBody(query)) return false;
  if (isBody(query.constant_score)) return carries(query.constant_score.filter, filter);
  if (isBody(query.bool)) return list(query.bool.filter).some((one) => same(one, filter) || carries(one, filter));
  return same(query, filter);
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function outsideQuery(query: unknown, grammar: Grammar, depth: number): string | undefined {
  if (query === undefined) return undefined;
  if (depth > 40) return 'a query that is too deep';
  if (!isBody(query) || Object.keys(query).length !== 1) return 'a query that is not one clause';
  const [kind = '', given] = Object.entries(query)[0] ?? [];
  if (!QUERY_KINDS.has(kind)) return `query ${kind}`;
  const parts = isBody(given) ? given : {};
  const inner =
    kind === 'bool'
      ? [...list(parts.must), ...list(parts.filter), ...list(parts.should), ...list(parts.must_not)]
      : kind === 'constant_score'
        ? [parts.filter]
        : kind === 'dis_max'
          ? list(parts.queries)
          : kind === 'nested'
            ? [parts.query]
            : [];
  if (kind === 'nested' && parts.inner_hits !== undefined) return 'inner_hits';
  for (const one of inner) {
    const wrong = outsideQuery(one, grammar, depth + 1);
    if (wrong !== undefined) return wrong;
  }
  if (kind === 'exists' && !grammar.fields.has(String(parts.field))) return `exists ${parts.field}`;
  if (['term', 'terms', 'range', 'match', 'match_phrase', 'prefix'].includes(kind)) {
    for (const [name, value] of Object.entries(parts)) {
      if (name === 'boost' || name === '_name') continue;
      if (!grammar.fields.has(name)) return `${kind} ${name}`;
      if (kind === 'terms' && !Array.isArray(value)) return 'a terms lookup';
    }
  }
  return undefined;
}

function outsideAggregations(aggs: unknown, grammar: Grammar, depth: number): string | undefined {
  if (aggs === undefined) return undefined;
  if (!isBody(aggs) || depth > 40) return 'malformed aggregations';
  for (const definition of Object.values(aggs)) {
    if (!isBody(definition)) return 'a malformed aggregation';
    for (const [kind, given] of Object.entries(definition)) {
      if (kind === 'aggs') {
        const wrong = outsideAggregations(given, grammar, depth + 1);
        if (wrong !== undefined) return wrong;
        continue;
      }
      if (!AGGREGATIONS.has(kind)) return `aggregation ${kind}`;
      const body = isBody(given) ? given : {};
      if (body.script !== undefined) return 'a script';
      if (body.field !== undefined && !grammar.fields.has(String(body.field))) return `aggregation on ${body.field}`;
      if (kind === 'terms' && body.min_doc_count !== undefined && Number(body.min_doc_count) < 1)
        return 'min_doc_count 0';
      if (kind === 'filter') {
        const wrong = outsideQuery(given, grammar, 0);
        if (wrong !== undefined) return wrong;
      }
      for (const source of kind === 'composite' ? list(body.sources) : []) {
        for (const named of isBody(source) ? Object.values(source) : []) {
          for (const one of isBody(named) ? Object.values(named) : []) {
            if (!isBody(one) || !grammar.fields.has(String(one.field))) return 'a composite source';
          }
        }
      }
    }
  }
  return undefined;
}
