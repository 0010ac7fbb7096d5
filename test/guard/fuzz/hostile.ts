/** Known ways around an access control, planted into valid requests wherever they fit. */
import type { Draft } from './draft.ts';
import { FORBIDDEN_FIELDS } from './names.ts';
import { at, isObject, onePlace, put, queryPlaces } from './places.ts';
import type { Random } from './random.ts';
import { aggregations, query } from './searches.ts';

type Body = Record<string, unknown>;

const SCRIPT = { source: 'params._source.ssn', lang: 'painless' };

const QUERIES: readonly unknown[] = [
  { query_string: { query: 'ssn:*' } },
  { query_string: { query: '_exists_:ssn', fields: ['*'] } },
  { simple_query_string: { query: 'CANARY*', fields: ['*'] } },
  { multi_match: { query: 'CANARY', fields: ['ph*^3', '*'] } },
  { multi_match: { query: 'CANARY' } },
  { combined_fields: { query: 'x', fields: ['phone'] } },
  { terms: { name: { index: 'orders', id: '1', path: 'customer' } } },
  { terms: { tenant: { index: 'profiles', id: 'h2', path: 'tenant' } } },
  { terms: { city: ['x'], age: [1] } },
  { more_like_this: { fields: ['name'], like: [{ _index: 'orders', _id: '1' }], min_term_freq: 1 } },
  { percolate: { field: 'q', index: 'orders', id: '1' } },
  { geo_shape: { loc: { indexed_shape: { index: 'orders', id: '1' } } } },
  { has_child: { type: 'x', query: { match_all: {} } } },
  { has_parent: { parent_type: 'x', query: { match_all: {} }, inner_hits: {} } },
  { parent_id: { type: 'x', id: '1' } },
  { nested: { path: 'reviews', query: { term: { 'reviews.secret': 'x' } }, inner_hits: {} } },
  { nested: { path: 'reviews', query: { match_all: {} } } },
  { wrapper: { query: 'eyJtYXRjaF9hbGwiOnt9fQ==' } },
  { pinned: { ids: ['h2'], organic: { match_all: {} } } },
  { rule: { organic: { match_all: {} }, ruleset_ids: ['x'] } },
  { semantic: { field: 'name', query: 'x' } },
  { hybrid: { queries: [{ match_all: {} }] } },
  { neural: { vec: { query_text: 'x', k: 10 } } },
  { knn: { field: 'vec', query_vector: [1, 2], k: 10 } },
  { template: { source: '{"match_all":{}}' } },
  { script: { script: SCRIPT } },
  { script_score: { query: { match_all: {} }, script: SCRIPT } },
  { function_score: { query: { match_all: {} }, script_score: { script: SCRIPT } } },
  { function_score: { query: { match_all: {} }, field_value_factor: { field: 'salary' } } },
  { boosting: { positive: { match_all: {} }, negative: { term: { ssn: 'x' } }, negative_boost: 0.1 } },
  { bool: { must: [{ match_all: {} }], match_all: {} } },
  { bool: {}, match_all: {} },
  { match_all: {}, term: { tenant: 't2' } },
  { query: { match_all: {} } },
  { term: { _index: 'orders' } },
  { term: { _id: 'h2' } },
  { exists: { field: 'ssn' } },
  { exists: { field: '*' } },
  { prefix: { phone: '9' } },
  { prefix: { name: 'CANARY' } },
  { wildcard: { name: '*' } },
  { regexp: { city: '.*.*.*x' } },
  { fuzzy: { name: { value: 'person', max_expansions: 10_000 } } },
  { match: { name: { query: 'canary', fuzziness: 'AUTO' } } },
  { match: { name: { query: 'x', analyzer: 'standard' } } },
  { match: { all_text: 'CANARY' } },
  { match: { tel: '9' } },
  { match_bool_prefix: { name: 'CANARY' } },
  { match_phrase_prefix: { name: 'CANARY' } },
  { intervals: { phone: { match: { query: 'x' } } } },
  { span_term: { phone: 'x' } },
  { span_multi: { match: { prefix: { phone: { value: '9' } } } } },
  { rank_feature: { field: 'salary' } },
  { distance_feature: { field: 'joined', origin: 'now', pivot: '1d' } },
  { range: { salary: { gte: 987654321 } } },
  { range: { age: { gte: 'now-1d', format: 'yyyy', relation: 'WITHIN' } } },
  { range: { ip: { gte: '0.0.0.0' } } },
  { term: { email: 'CANARY-FLD-mail-1-1@example.org' } },
  { term: { age: Number.MAX_SAFE_INTEGER } },
  { term: { tenant: { value: 't2', _name: 'x' } } },
  { geo_distance: { distance: '1km', loc: { lat: 1, lon: 1 } } },
  { type: { value: '_doc' } },
  { ids: { values: ['h2', 'h3', 'h4', 'h6'] } },
  { ids: { values: ['h2'], type: '_doc' } },
  { bool: { must_not: [{ term: { tenant: 't1' } }] } },
  { bool: { should: [{ term: { tenant: 't2' } }, { match_all: {} }], minimum_should_match: 0 } },
  { terms_set: { city: { terms: ['x'], minimum_should_match_field: 'salary' } } },
  { weighted_tokens: { x: { tokens: {} } } },
  { sparse_vector: { field: 'vec', query: 'x' } },
  { text_expansion: { vec: { model_text: 'x' } } },
  { agentic: { query_text: 'everything' } },
  { match_all: { _name: 'x' } },
  { matchall: {} },
];

const AGGREGATIONS: readonly unknown[] = [
  { global: {} },
  { global: {}, aggs: { c: { terms: { field: 'city' } } } },
  { terms: { field: 'city', min_doc_count: 0 } },
  { terms: { field: 'city', include: 'CANARY.*' } },
  { terms: { field: 'city', execution_hint: 'map', collect_mode: 'depth_first', shard_min_doc_count: 0 } },
  { terms: { field: 'ssn' } },
  { terms: { field: 'email' } },
  { terms: { script: SCRIPT } },
  { terms: { field: 'city', script: SCRIPT } },
  { terms: { field: 'city', value_type: 'string', missing: 'CANARY' } },
  { significant_terms: { field: 'city' } },
  { significant_text: { field: 'name', background_filter: { match_all: {} } } },
  { rare_terms: { field: 'city' } },
  { multi_terms: { terms: [{ field: 'city' }, { field: 'ssn' }] } },
  { top_hits: { _source: ['ssn'], size: 10 } },
  { top_hits: { script_fields: { x: { script: SCRIPT } } } },
  { top_metrics: { metrics: { field: 'salary' }, sort: { salary: 'desc' } } },
  { scripted_metric: { init_script: 'x', map_script: 'x', combine_script: 'x', reduce_script: 'x' } },
  { avg: { field: 'salary' } },
  { max: { field: 'age', script: SCRIPT } },
  { cardinality: { field: 'phone' } },
  { value_count: { field: 'ssn' } },
  { value_count: { field: '_id' } },
  { missing: { field: 'ssn' } },
  { children: { type: 'x' } },
  { parent: { type: 'x' } },
  { reverse_nested: {} },
  { nested: { path: 'reviews' }, aggs: { s: { terms: { field: 'reviews.secret' } } } },
  { sampler: { shard_size: 1 }, aggs: { t: { top_hits: {} } } },
  { diversified_sampler: { field: 'ssn' } },
  { adjacency_matrix: { filters: { a: { match_all: {} } } } },
  { filter: { exists: { field: 'ssn' } } },
  { filters: { filters: [{ prefix: { phone: '9' } }] } },
  { composite: { sources: [{ s: { terms: { field: 'ssn' } } }] } },
  { composite: { sources: [{ s: { terms: { script: SCRIPT } } }] } },
  { matrix_stats: { fields: ['salary'] } },
  { string_stats: { field: 'ssn' } },
  { boxplot: { field: 'salary' } },
  { rate: { field: 'salary' } },
  { geo_bounds: { field: 'loc' } },
  { bucket_script: { buckets_path: { x: '_count' }, script: 'params.x' } },
  { bucket_selector: { buckets_path: { x: '_count' }, script: 'true' } },
  { ip_prefix: { field: 'ip', prefix_length: 24 } },
  { random_sampler: { probability: 0.5 } },
  { categorize_text: { field: 'all_text' } },
  { terms: { field: 'city' }, top_hits: {} },
  { terms: { field: 'city' }, meta: { x: 'CANARY' } },
  { histogram: { field: 'age', interval: 0.0001, extended_bounds: { min: 0, max: 1e9 } } },
  { histogram: { field: 'salary', interval: 1000 } },
  { percentiles: { field: 'salary' } },
  { auto_date_histogram: { field: 'joined' } },
];

const OPTIONS: readonly (readonly [string, unknown])[] = [
  ['suggest', { s: { text: 'person', term: { field: 'city' } } }],
  ['suggest', { s: { prefix: 'CANARY', completion: { field: 'name' } } }],
  ['knn', { field: 'vec', query_vector: [1, 2], k: 100, num_candidates: 100 }],
  ['retriever', { standard: { query: { match_all: {} } } }],
  ['sub_searches', [{ query: { match_all: {} } }]],
  ['rank', { rrf: {} }],
  ['runtime_mappings', { x: { type: 'keyword', script: 'emit(params._source.ssn)' } }],
  ['runtime_mappings', { city: { type: 'keyword' } }],
  ['script_fields', { x: { script: SCRIPT } }],
  ['derived', { x: { type: 'keyword', script: 'emit(params._source.ssn)' } }],
  ['profile', true],
  ['explain', true],
  ['version', true],
  ['seq_no_primary_term', true],
  ['track_scores', true],
  ['min_score', 0.1],
  ['indices_boost', [{ orders: 2 }]],
  ['collapse', { field: 'ssn' }],
  ['collapse', { field: 'city', inner_hits: { name: 'x', _source: ['ssn'] } }],
  ['rescore', { window_size: 10, query: { rescore_query: { match_all: {} } } }],
  ['search_pipeline', { response_processors: [{ rename_field: { field: 'ssn', target_field: 'city' } }] }],
  ['ext', { x: 1 }],
  ['stats', ['x']],
  ['slice', { id: 0, max: 2 }],
  ['terminate_after', 1],
  ['fields', ['*']],
  ['fields', ['ph*', { field: 'ssn' }]],
  ['docvalue_fields', ['ssn']],
  ['docvalue_fields', [{ field: 'email' }]],
  ['stored_fields', ['phone', '_source']],
  ['stored_fields', '*'],
  ['_source', ['ssn', 'phone', 'notes.private']],
  ['_source', { includes: ['*'], excludes: [] }],
  ['_source', { exclude_vectors: false }],
  ['_source', '*'],
  ['sort', [{ ssn: 'asc' }]],
  ['sort', [{ _script: { type: 'string', script: SCRIPT, order: 'asc' } }]],
  ['sort', [{ 'reviews.stars': { nested: { path: 'reviews', filter: { term: { 'reviews.secret': 'x' } } } } }]],
  ['sort', '_score'],
  ['sort', [{ _geo_distance: { loc: [0, 0] } }]],
  ['sort', [{ age: { order: 'asc', unmapped_type: 'long', numeric_type: 'double' } }]],
  ['search_after', ['CANARY-DOC-1']],
  ['search_after', [30, 'CANARY']],
  ['highlight', { fields: { ssn: {} } }],
  ['highlight', { fields: { '*': {} }, require_field_match: false }],
  ['highlight', { fields: { name: { highlight_query: { match: { phone: 'x' } } } } }],
  ['highlight', { fields: { name: { matched_fields: ['name', 'phone'] } } }],
  ['highlight', { fields: { name: { type: 'experimental', options: {} } } }],
  ['post_filter', { term: { ssn: 'x' } }],
  ['query', { match_all: {} }],
  ['aggregations', { g: { global: {} } }],
  ['pit', { id: 'cGl0IHByb2ZpbGVzIDA=' }],
  ['index', 'orders'],
  ['from', 10_000],
  ['size', 10_000],
  ['track_total_hits', -1],
  ['__proto__', { size: 9999 }],
  ['params', { x: 1 }],
  ['source', '{"query":{"match_all":{}}}'],
  ['id', 'template-1'],
];

/** Methods, paths and bodies that must not exist. */
const ENDPOINTS: readonly (readonly [string, string, unknown?])[] = [
  ...(
    [
      '/_cat/indices',
      '/_cat/shards?v',
      '/_cluster/state',
      '/_nodes',
      '/_nodes/stats',
      '/_stats',
      '/_tasks',
      '/_mapping',
      '/profiles/_mapping',
      '/profiles/_settings',
      '/_alias',
      '/_aliases',
      '/_resolve/index/*',
      '/_data_stream',
      '/_snapshot',
      '/_license',
      '/_security/user',
      '/_plugins/_security/api/roles',
      '/_search_shards',
      '/profiles/_search_shards',
      '/profiles/_stats',
      '/profiles',
      '/_template',
      '/_index_template',
      '/_ingest/pipeline',
      '/_scripts/x',
      '/profiles/_termvectors/v1?fields=ssn',
      '/profiles/_explain/v1',
      '/_rank_eval',
      '/profiles/_disk_usage',
      '/profiles/_field_usage_stats',
      '/_async_search/x',
      '/profiles/_doc/v1/_termvectors',
      '/_sql?format=csv',
      '/_remote/info',
      '/_xpack',
      '/_ml/info',
      '/_watcher/stats',
      '/profiles/_new_api_in_10x',
      '/favicon.ico',
      '/_dashboards',
      '/profiles/_doc/_search',
      '/profiles/user/1',
      '/profiles/_recovery',
      '/_cluster/settings',
      '/_cat/aliases',
      '/_search/scroll/_all',
      '/profiles/_ugrade',
    ] as const
  ).map((path) => ['GET', path] as const),
  ['POST', '/profiles/_termvectors', { doc: { name: 'x' }, fields: ['ssn'] }],
  ['POST', '/_mtermvectors', { docs: [{ _index: 'profiles', _id: 'h2' }] }],
  ['POST', '/profiles/_validate/query?rewrite=true&explain=true', { query: { match_all: {} } }],
  ['POST', '/profiles/_terms_enum', { field: 'ssn', string: 'C' }],
  ['POST', '/profiles/_search/template', { source: '{"query":{"match_all":{}}}' }],
  ['POST', '/_render/template', { source: '{}' }],
  ['POST', '/_msearch/template', '{"index":"profiles"}\n{"source":"{}"}\n'],
  ['POST', '/profiles/_knn_search', { knn: { field: 'vec', query_vector: [1], k: 1, num_candidates: 1 } }],
  ['POST', '/_sql', { query: 'SELECT * FROM profiles' }],
  ['POST', '/_query', { query: 'FROM profiles' }],
  ['POST', '/profiles/_eql/search', { query: 'any where true' }],
  ['POST', '/_plugins/_ppl', { query: 'source=profiles' }],
  ['POST', '/_plugins/_sql', { query: 'select * from profiles' }],
  ['POST', '/profiles/_update_by_query', { query: { match_all: {} }, script: SCRIPT }],
  ['POST', '/profiles/_delete_by_query', { query: { match_all: {} } }],
  ['POST', '/_reindex', { source: { index: 'profiles' }, dest: { index: 'canaryidx-9' } }],
  ['POST', '/_aliases', { actions: [{ add: { index: 'orders', alias: 'profiles2' } }] }],
  ['PUT', '/profiles/_alias/x', {}],
  ['PUT', '/profiles', { mappings: {} }],
  ['PUT', '/profiles/_mapping', { properties: { x: { type: 'keyword' } } }],
  ['DELETE', '/profiles'],
  ['DELETE', '/_all'],
  ['POST', '/profiles/_clone/x', {}],
  ['POST', '/profiles/_refresh'],
  ['POST', '/profiles/_close'],
  ['POST', '/profiles/_async_search', { query: { match_all: {} } }],
  ['PUT', '/_scripts/x', { script: SCRIPT }],
  [
    'POST',
    '/_scripts/painless/execute',
    { script: SCRIPT, context: 'filter', context_setup: { index: 'orders', document: {} } },
  ],
  ['POST', '/profiles/_graph/explore', { query: { match_all: {} }, vertices: [{ field: 'ssn' }] }],
  ['DELETE', '/_search/scroll/_all'],
  ['DELETE', '/_search/scroll', { scroll_id: '_all' }],
  ['DELETE', '/_search/scroll', { scroll_id: ['_all'] }],
  ['POST', '/_search/scroll', { scroll_id: 'c2Nyb2xsIDAgcHJvZmlsZXM=' }],
  ['POST', '/_search/scroll', { scroll_id: ['c2Nyb2xsIDAgcHJvZmlsZXM='] }],
  ['GET', '/_search/scroll?scroll_id=c2Nyb2xsIDAgcHJvZmlsZXM%3D&scroll=1m'],
  ['GET', '/_search/scroll/c2Nyb2xsIDAgcHJvZmlsZXM='],
  ['DELETE', '/_pit', { id: 'cGl0IHByb2ZpbGVzIDA=' }],
  ['DELETE', '/_search/point_in_time/_all'],
  ['GET', '/_search/point_in_time/_all'],
  ['POST', '/_search', { pit: { id: 'cGl0IHByb2ZpbGVzIDA=' }, query: { match_all: {} } }],
  ['POST', '/orders/_pit?keep_alive=1m'],
  ['POST', '/profiles/_pit?keep_alive=1d'],
  ['POST', '/profiles/_pit'],
  ['POST', '/_bulk', '{"index":{"_index":"orders","_id":"1"}}\n{"name":"x"}\n'],
  ['POST', '/_bulk', '{"index":{"_index":"profiles","pipeline":"x"}}\n{"name":"x"}\n'],
  ['POST', '/_bulk', '{"update":{"_index":"profiles","_id":"h2"}}\n{"script":"x","upsert":{"name":"x"}}\n'],
  ['POST', '/_bulk', '{"delete":{"_index":"profiles","_id":"h2","if_seq_no":1,"if_primary_term":1}}\n'],
  ['POST', '/_bulk', '{"create":{"_index":"profiles","_id":"h2","routing":"t2"}}\n{"name":"x"}\n'],
  ['POST', '/profiles/_doc', { name: 'x', tenant: 't2' }],
  ['POST', '/profiles/_doc', { name: 'x', ssn: 'y' }],
  ['POST', '/profiles/_doc', { name: 'x', 'tenant.x': 't2' }],
  ['POST', '/profiles/_doc', { name: 'x', tenant: ['t1', 't2'] }],
  ['PUT', '/profiles/_doc/h2', { name: 'x' }],
  ['PUT', '/profiles/_doc/h2?if_seq_no=1&if_primary_term=1', { name: 'x' }],
  ['PUT', '/profiles/_doc/h2?version=9&version_type=external', { name: 'x' }],
  ['PUT', '/profiles/_create/h3', { name: 'x' }],
  ['PUT', '/profiles/_create/h2', { name: 'x' }],
  ['POST', '/profiles/_update/v1', { script: SCRIPT, _source: true }],
  ['POST', '/profiles/_update/v1', { doc: { tenant: 't2' } }],
  ['POST', '/profiles/_update/v1', { doc: { name: 'x' }, upsert: { name: 'y' } }],
  ['POST', '/profiles/_update/v1', { doc: { name: 'x' }, doc_as_upsert: true, _source: ['ssn'] }],
  ['POST', '/profiles/_update/h2', { doc: { name: 'x' } }],
  ['POST', '/profiles/_update/v1', { doc: { 'notes.private': 'x' } }],
  ['DELETE', '/profiles/_doc/h2'],
  ['DELETE', '/profiles/_doc/h3'],
  [
    'POST',
    '/_mget',
    {
      docs: [
        { _index: 'orders', _id: '1' },
        { _index: 'profiles', _id: 'v1', _source: ['ssn'], stored_fields: ['phone'] },
      ],
    },
  ],
  ['POST', '/profiles/_mget', { docs: [{ _id: 'h2' }, { _id: 'h3', routing: 't2' }] }],
  ['POST', '/_field_caps?fields=*', { index_filter: { term: { ssn: 'x' } } }],
  ['POST', '/profiles/_field_caps?fields=*', { runtime_mappings: { x: { type: 'keyword' } } }],
];

type Plant = (random: Random, draft: Draft) => boolean;

const plantQuery: Plant = (random, draft) => {
  const planted = structuredClone(random.pick(QUERIES));
  const places = queryPlaces(draft);
  const place = places.length === 0 ? undefined : random.pick(places);
  if (place === undefined) {
    if (!isObject(draft.body)) return false;
    draft.body.query = planted;
    return true;
  }
  const before = at(place);
  put(
    place,
    random.pick<unknown>([
      planted,
      { bool: { must: [before, planted] } },
      { bool: { should: [before, planted] } },
      { bool: { must_not: [planted] } },
      { bool: { filter: [{ bool: { must: [{ constant_score: { filter: planted } }] } }] } },
      { dis_max: { queries: [before, planted] } },
    ]),
  );
  return true;
};

const plantAggregation: Plant = (random, draft) => {
  const body = searchBody(random, draft);
  if (body === undefined) return false;
  const planted = structuredClone(random.pick(AGGREGATIONS));
  body.aggs = random.pick<unknown>([
    { a: planted },
    { ...aggregations(random, 1), z: planted },
    { a: { terms: { field: 'city' }, aggs: { z: planted } } },
    { a: { filter: { match_all: {} }, aggs: { b: { terms: { field: 'age' }, aggs: { z: planted } } } } },
    { a: { missing: { field: 'city' }, aggregations: { z: planted } } },
  ]);
  return true;
};

const plantOption: Plant = (random, draft) => {
  const [name, value] = random.pick(OPTIONS);
  const anywhere = random.chance(0.25) ? onePlace(random, draft, isObject) : undefined;
  const object = anywhere === undefined ? searchBody(random, draft) : at(anywhere);
  if (!isObject(object)) return false;
  Object.defineProperty(object, name, {
    value: structuredClone(value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return true;
};

/** A body of a search in the draft. */
function searchBody(random: Random, draft: Draft): Body | undefined {
  if (draft.lines !== undefined) {
    const bodies = draft.lines.filter((line, n): line is Body => n % 2 === 1 && isObject(line));
    return bodies.length === 0 ? undefined : random.pick(bodies);
  }
  return isObject(draft.body) ? draft.body : undefined;
}

const endpoint: Plant = (random, draft) => {
  const [method, target, body] = random.pick(ENDPOINTS);
  const [path = '', search = ''] = target.split('?');
  draft.method = method;
  draft.path = random.chance(0.1) ? path.replace('_', '%5F') : path;
  draft.params = [...new URLSearchParams(search)];
  delete draft.lines;
  delete draft.body;
  if (typeof body === 'string') Object.assign(draft, { raw: body, contentType: 'application/x-ndjson' });
  else if (body !== undefined) draft.body = structuredClone(body);
  return true;
};

/** Another index or field into every name that the draft holds. */
const everyName: Plant = (random, draft) => {
  const name = random.pick(FORBIDDEN_FIELDS);
  const place = onePlace(random, draft, (value) => typeof value === 'string');
  if (place === undefined) return false;
  put(
    place,
    random.pick<unknown>([name, [name], { field: name }, { script: { ...SCRIPT } }, { query: query(random, 2) }]),
  );
  return true;
};

const PLANTS: readonly (readonly [number, Plant])[] = [
  [8, plantQuery],
  [7, plantAggregation],
  [7, plantOption],
  [7, endpoint],
  [2, everyName],
];

/** Plants one known construct into the draft. */
export function plant(random: Random, draft: Draft): void {
  if (!random.weighted(PLANTS)(random, draft)) endpoint(random, draft);
}
