/** E. Options of the search body. */
import { expect } from 'vitest';
import type { Outcome } from '../harness/fixture.ts';
import { type Attempt, type BypassCase, bodies, each } from './case.ts';

/** The aggregation where it could hide: at the top, in a bucket, and at the third level. */
function aggregations(...all: readonly unknown[]): Attempt[] {
  return all.flatMap((one) =>
    bodies(
      'refused',
      { size: 0, aggs: { a: one } },
      { size: 0, aggregations: { a: one } },
      { aggs: { c: { terms: { field: 'city' }, aggs: { a: one } } } },
      { aggs: { f: { filter: { match_all: {} }, aggs: { c: { terms: { field: 'city' }, aggs: { a: one } } } } } },
    ),
  );
}

/** The same metric or bucket over fields that are denied, unlisted, masked or the store's own. */
function overHidden(make: (field: string) => unknown): Attempt[] {
  return ['ssn', 'salary', 'notes.private', 'phone.keyword', 'email', 'ip', 'tel', 'nosuch'].flatMap((field) =>
    bodies('refused-403', { size: 0, aggs: { a: make(field) } }),
  );
}

const sent = ({ upstream }: Outcome): Record<string, unknown> => JSON.parse(upstream[0]?.body ?? '{}');

export const SECTION_E: readonly BypassCase[] = [
  {
    id: 'B107',
    title: 'suggesters read a dictionary that no filter covers',
    precedent: 'CVE-2021-22135',
    attempts: bodies(
      'refused',
      { suggest: { s: { text: 'x', term: { field: 'city' } } } },
      { suggest: { s: { text: 'CANARY', term: { field: 'ssn', suggest_mode: 'always' } } } },
      { suggest: { s: { prefix: 'x', completion: { field: 'city', size: 100 } } } },
      { suggest: { s: { text: 'x', phrase: { field: 'name' } } } },
      { suggest: { text: 'x', s: { term: { field: 'name' } } } },
      { query: { match_all: {} }, suggest: {} },
    ),
  },
  {
    id: 'B108',
    title: 'an aggregation that ignores the query',
    precedent: 'DocumentLevelSecurityTests',
    attempts: aggregations({ global: {} }, { global: {}, aggs: { c: { terms: { field: 'city' } } } }),
  },
  {
    id: 'B109',
    title: 'significant terms count the whole index',
    precedent: 'Elastic: significant terms aggregation',
    attempts: aggregations(
      { significant_terms: { field: 'city' } },
      { significant_terms: { field: 'city', background_filter: { match_all: {} } } },
      { significant_text: { field: 'name' } },
      { rare_terms: { field: 'city' } },
    ),
  },
  {
    id: 'B111',
    title: 'a denied field at the third level',
    precedent: 'ReadonlyREST inspects the first level only',
    attempts: [
      ...aggregations(
        { filter: { match_all: {} }, aggs: { n: { nested: { path: 'reviews' }, aggs: { s: terms('ssn') } } } },
        { nested: { path: 'reviews' }, aggs: { s: terms('reviews.secret') } },
      ),
      ...bodies('refused-403', {
        aggs: { c: { ...terms('city'), aggs: { d: { ...terms('age'), aggs: { s: terms('ssn') } } } } },
      }),
    ],
  },
  {
    id: 'B112',
    title: 'aggregations with a script',
    precedent: 'kibana#96292',
    attempts: aggregations(
      { terms: { script: 'params._source.ssn' } },
      { terms: { field: 'city', script: { source: "params._source['ssn']" } } },
      { avg: { field: 'age', script: { source: '_value' } } },
      { avg: { value_script: '_value' } },
      { scripted_metric: { init_script: '', map_script: '', combine_script: '', reduce_script: '' } },
      { bucket_script: { buckets_path: {}, script: '1' } },
      { bucket_selector: { buckets_path: { c: '_count' }, script: 'params.c > 1' } },
      { bucket_sort: {} },
      { moving_fn: { buckets_path: 'c', window: 1, script: '1' } },
      { weighted_avg: { value: { script: '1' }, weight: { field: 'age' } } },
      { top_metrics: { metrics: { field: 'age' }, sort: { _script: { type: 'number', script: '1' } } } },
      { inference: { model_id: 'm', buckets_path: {} } },
    ),
  },
  {
    id: 'B113',
    title: 'documents inside aggregations',
    precedent: 'ReadonlyREST filters hits.hits only',
    attempts: aggregations(
      { top_hits: {} },
      { top_hits: { _source: ['ssn'], script_fields: { x: { script: '1' } } } },
      { top_hits: { docvalue_fields: ['ssn'], size: 3 } },
      { top_metrics: { metrics: { field: 'ssn' }, sort: { age: 'asc' } } },
      { top_metrics: { metrics: { field: 'age' }, sort: { ssn: 'asc' } } },
    ),
  },
  {
    id: 'B116',
    title: 'aggregations over joined documents',
    precedent: 'own',
    attempts: aggregations(
      { children: { type: 'answer' } },
      { parent: { type: 'answer' } },
      { reverse_nested: {} },
      { nested: { path: 'reviews' } },
    ),
  },
  {
    id: 'B117',
    title: 'counting the values of a denied field',
    precedent: 'own',
    attempts: [
      ...['cardinality', 'value_count', 'missing', 'terms', 'min', 'max', 'stats', 'percentiles', 'avg', 'sum'].flatMap(
        (type) => overHidden((field) => ({ [type]: { field } })),
      ),
      ...overHidden((field) => ({ range: { field, ranges: [{ to: 5 }] } })),
      ...overHidden((field) => ({ histogram: { field, interval: 5 } })),
      ...overHidden((field) => ({ date_histogram: { field, calendar_interval: '1d' } })),
      ...overHidden((field) => ({ composite: { sources: [{ a: { terms: { field } } }] } })),
      ...overHidden((field) => ({ filter: { exists: { field } } })),
      ...overHidden((field) => ({ filters: { filters: [{ exists: { field } }] } })),
    ],
  },
  {
    id: 'B118',
    title: 'values of a masked field as keys',
    precedent: 'CVE-2019-13419',
    attempts: [
      ...aggregations(terms('email'), terms('ip'), { ip_range: { field: 'ip', ranges: [{ mask: '192.0.2.0/24' }] } }),
      ...aggregations(
        { multi_terms: { terms: [{ field: 'email' }, { field: 'city' }] } },
        { ip_prefix: { field: 'ip', prefix_length: 24 } },
      ),
      ...bodies('refused', { aggs: { c: { ...terms('city'), aggs: { m: { max: { field: 'email' } } } } } }),
    ],
  },
  {
    id: 'B119',
    title: 'inner hits',
    precedent: 'elastic#30624',
    attempts: bodies(
      'refused',
      { query: { nested: { path: 'reviews', query: { match_all: {} }, inner_hits: { _source: true } } } },
      { query: { nested: { path: 'reviews', query: { match_all: {} }, inner_hits: { docvalue_fields: ['ssn'] } } } },
      { collapse: { field: 'city', inner_hits: { name: 'x', size: 5 } } },
      { collapse: { field: 'city', inner_hits: { name: 'x', _source: ['ssn'], sort: [{ ssn: 'asc' }] } } },
      { collapse: { field: 'city', inner_hits: [{ name: 'x', script_fields: { s: { script: '1' } } }] } },
      { inner_hits: { x: { path: { reviews: {} } } } },
    ),
  },
  {
    id: 'B120',
    title: 'fields that the request defines',
    precedent: 'kibana#78330',
    attempts: bodies(
      'refused',
      { runtime_mappings: { x: { type: 'keyword', script: 'emit(params._source.ssn)' } }, fields: ['x'] },
      { runtime_mappings: { city: { type: 'keyword', script: { source: 'emit(params._source.ssn)' } } } },
      {
        runtime_mappings: {
          x: {
            type: 'lookup',
            target_index: 'orders',
            input_field: 'city',
            target_field: 'tenant',
            fetch_fields: ['customer'],
          },
        },
      },
      { runtime_mappings: {} },
      { derived: { x: { type: 'keyword', script: { source: "emit(params._source['ssn'])" } } } },
    ),
  },
  {
    id: 'B122',
    title: 'script fields',
    precedent: 'ReadonlyREST fls-engine',
    attempts: bodies(
      'refused',
      { script_fields: { x: { script: 'params._source.ssn' } } },
      { script_fields: { x: { script: { source: "doc['ssn'].value", lang: 'expression' } } } },
      { script_fields: {} },
    ),
  },
  {
    id: 'B123',
    title: 'fields, docvalue_fields and stored_fields',
    precedent: 'own',
    attempts: [
      ...['fields', 'docvalue_fields'].flatMap((option) => [
        ...bodies(
          'refused',
          ...['*', 'ph*', '_source', '_ignored', '_id', '_none_', 'city*', '_all'].map((name) => ({
            [option]: [name],
          })),
          { [option]: [{ field: 'ci*' }] },
          { [option]: [{ field: 'city', include_unmapped: true }] },
        ),
        ...bodies(
          'refused-403',
          ...['ssn', 'phone', 'notes.private', 'email', 'nosuch'].map((name) => ({ [option]: [name] })),
          { [option]: [{ field: 'ssn' }] },
          { [option]: ['city', 'ssn'] },
        ),
      ]),
      ...bodies(
        'refused',
        { stored_fields: ['_source'] },
        { stored_fields: ['phone'] },
        { stored_fields: '*' },
        { stored_fields: [] },
      ),
      ...bodies(
        'filtered',
        { fields: ['city'], docvalue_fields: ['age'], _source: false },
        { stored_fields: '_none_' },
      ),
    ],
  },
  {
    id: 'B124',
    title: 'forms of _source',
    precedent: 'own',
    attempts: [
      ...bodies(
        'rewritten',
        {},
        { _source: true },
        { _source: '*' },
        { _source: ['*'] },
        { _source: ['ssn'] },
        { _source: 'ssn' },
        { _source: ['notes', 'notes.private', 'notes.*'] },
        { _source: { includes: ['s*'] } },
        { _source: { include: ['ssn', 'name'] } },
        { _source: { exclude: [] } },
        { _source: { excludes: ['tenant', 'name'] } },
        { _source: { exclude_vectors: false } },
        { _source: [] },
        { _source: false },
      ).map((one): Attempt => ({ ...one, check: onlyListed })),
      ...bodies('refused', { _source: 1 }, { _source: null }, { _source: { fields: ['ssn'] } }, { _source: [['ssn']] }),
    ],
  },
  {
    id: 'B125',
    title: 'sort values',
    precedent: 'own',
    attempts: [
      ...bodies(
        'refused-403',
        ...['ssn', 'phone.keyword', 'salary', 'email', 'ip', 'notes.private', 'nosuch'].flatMap((field) => [
          { sort: field },
          { sort: [field] },
          { sort: [{ [field]: 'asc' }] },
          { sort: ['age', { [field]: { order: 'desc', missing: '_first' } }] },
        ]),
      ),
      ...bodies(
        'refused',
        { sort: [{ _script: { type: 'string', script: 'params._source.ssn', order: 'asc' } }] },
        { sort: ['_id'] },
        { sort: ['_index'] },
        { sort: [{ age: { nested: { path: 'reviews', filter: { term: { 'reviews.secret': 'x' } } } } }] },
        { sort: [{ 'reviews.stars': { nested: { path: 'reviews' } } }] },
        { sort: [{ age: { order: 'asc', unmapped_type: 'long' } }] },
        { sort: [{ _geo_distance: { loc: '0,0' } }] },
      ),
      {
        expect: 'filtered',
        sent: { target: '/profiles/_search', body: { sort: [{ age: 'desc' }], size: 2 } },
        check: ({ json }) => expect(sortsOf(json)).toEqual([[32], [31]]),
      },
      {
        // The number of a document in its shard tells how many lie before it, and so does an order by it.
        expect: 'filtered',
        sent: { target: '/profiles/_search', body: { sort: ['_doc'], size: 2 } },
        check: ({ json, upstream }) => {
          expect(sortsOf(json)).toEqual([[], []]);
          expect(upstream[0]?.body).not.toContain('sort');
        },
      },
    ],
  },
  {
    id: 'B126',
    title: 'search_after as an oracle',
    precedent: 'own',
    attempts: [
      ...bodies(
        'refused-403',
        { sort: [{ ssn: 'asc' }], search_after: ['CANARY'] },
        { sort: ['age', 'ssn'], search_after: [30, 'C'] },
        { sort: [{ salary: 'asc' }], search_after: [987_654_320], size: 0 },
      ),
      ...bodies(
        'refused',
        { search_after: ['CANARY'] },
        { sort: ['age'], search_after: [30, 'CANARY'] },
        { sort: ['age'], search_after: [{ field: 'ssn' }] },
        { sort: ['_doc'], search_after: [3] },
        { sort: ['_shard_doc'], search_after: [3] },
      ),
      {
        expect: 'filtered',
        sent: { target: '/profiles/_search', body: { sort: ['age'], search_after: [30] } },
        check: ({ json }) => expect(sortsOf(json)).toEqual([[31], [32]]),
      },
    ],
  },
  {
    id: 'B127',
    title: 'highlights',
    precedent: 'own',
    attempts: [
      ...bodies(
        'refused-403',
        ...['ssn', 'phone', 'all_text', 'email', 'nosuch'].flatMap((field) => [
          { highlight: { fields: { [field]: {} } } },
          { highlight: { fields: [{ name: {} }, { [field]: {} }] } },
        ]),
      ),
      ...bodies(
        'refused',
        { highlight: { fields: { '*': {} } } },
        { highlight: { fields: { 'na*': {} } } },
        { highlight: { fields: { name: {} }, require_field_match: false } },
        { highlight: { fields: { name: { require_field_match: false } } } },
        { highlight: { fields: { name: {} }, highlight_query: { match: { phone: '9' } } } },
        { highlight: { fields: { name: { highlight_query: { query_string: { query: 'ssn:*' } } } } } },
        { highlight: { fields: { name: { matched_fields: ['name', 'phone'] } } } },
        { highlight: { fields: { name: { type: 'fvh', options: { script: '1' } } } } },
      ),
    ],
  },
  {
    id: 'B128',
    title: 'collapse',
    precedent: 'own',
    attempts: [
      ...bodies(
        'refused-403',
        { collapse: { field: 'ssn' } },
        { collapse: { field: 'email' } },
        { collapse: { field: 'nosuch' } },
      ),
      ...bodies(
        'refused',
        { collapse: 'city' },
        { collapse: { field: 'city', collapse: { field: 'ssn' } } },
        { collapse: {} },
      ),
    ],
  },
  {
    id: 'B130',
    title: 'profile and explain',
    precedent: 'CVE-2021-22135',
    attempts: bodies(
      'refused',
      { profile: true },
      { explain: true },
      { query: { match_all: {} }, profile: true, size: 0 },
    ),
  },
  {
    id: 'B131',
    title: 'scores as a side channel',
    precedent: 'Elastic: statistics are index-wide',
    attempts: [
      ...bodies(
        'rewritten',
        { query: { match: { name: 'Person' } } },
        { query: { bool: { should: [{ match: { name: 'Person' } }, { term: { city: 'Lyon' } }] } } },
        { query: { dis_max: { queries: [{ match: { name: 'Example' } }], tie_breaker: 0.5 } } },
      ).map(
        (one): Attempt => ({
          ...one,
          check: (outcome) => {
            expect(Object.keys(sent(outcome).query as object)).toEqual(['constant_score']);
            for (const { _score: score } of hitsOf(outcome.json)) expect(score).toBe(1);
          },
        }),
      ),
      ...bodies(
        'refused',
        { min_score: 0.5 },
        { sort: ['_score'] },
        { track_scores: true },
        { rescore: { query: { rescore_query: { match: { name: 'x' } } } } },
      ),
    ],
  },
  {
    id: 'B132',
    title: 'boosts that name another index',
    precedent: 'own',
    attempts: bodies('refused-400', { indices_boost: [{ orders: 2 }] }, { indices_boost: { 'canaryidx-1': 2 } }),
  },
  {
    id: 'B133',
    title: 'pipelines and extensions in the body',
    precedent: 'OpenSearch RenameFieldResponseProcessorTest',
    attempts: bodies(
      'refused-400',
      { search_pipeline: { response_processors: [{ rename_field: { field: 'ssn', target_field: 'city' } }] } },
      { search_pipeline: 'x' },
      { ext: { generative_qa_parameters: {} } },
      { stats: ['group'] },
      { slice: { id: 0, max: 2 } },
      { terminate_after: 1 },
      { verbose_pipeline: true },
      { include_named_queries_score: true },
    ),
  },
  {
    id: 'B135',
    title: 'an unknown key',
    precedent: 'own',
    attempts: bodies(
      'refused-400',
      { querry: {} },
      { '': {} },
      { query: { match_all: {} }, 'query ': {} },
      { toString: 1 },
      { hasOwnProperty: {} },
    ),
  },
  {
    id: 'B137',
    title: 'many searches in one',
    precedent: 'own',
    attempts: [
      ...each(
        'refused',
        lines(1000, { size: 100 }),
        lines(51, { size: 0 }),
        lines(11, { size: 100 }),
        lines(10, { from: 100, size: 100 }, 2),
      ),
      ...each('filtered', lines(10, { size: 100 }), lines(50, { size: 1 })),
    ],
  },
  {
    id: 'B230',
    title: 'a masked value in every place',
    precedent: 'CVE-2019-13419, CVE-2025-12148',
    attempts: [
      ...each(
        'filtered',
        { target: '/profiles/_search', body: { size: 12 } },
        { target: '/profiles/_search', body: { _source: ['email', 'ip'], size: 3 } },
        { target: '/profiles/_search?scroll=1m', body: { size: 3 } },
        { target: '/profiles/_doc/v1' },
        { target: '/profiles/_source/v1' },
        { target: '/profiles/_mget', body: { ids: ['v1', 'v2'] } },
        { target: '/_msearch', ndjson: true, body: [{ index: 'profiles' }, { size: 3 }] },
        { target: '/profiles/_search?filter_path=hits.hits._source.email,hits.hits._source.ip' },
      ).map(
        (one): Attempt => ({
          ...one,
          check: ({ answer }) => {
            const values = [...String(answer.body).matchAll(/"(email|ip)":"([^"]*)"/g)];
            expect(values.length).toBeGreaterThan(0);
            for (const [, name, value] of values)
              expect(value).toBe(name === 'ip' ? '192.0.2.0/24' : 'C***@example.org');
          },
        }),
      ),
      ...['email', 'ip'].flatMap((field) =>
        bodies(
          'refused-403',
          { fields: [field] },
          { docvalue_fields: [field] },
          { sort: [field] },
          { collapse: { field } },
          { highlight: { fields: { [field]: {} } } },
          { query: { exists: { field } } },
          { aggs: { a: { terms: { field } } } },
          { aggs: { a: { cardinality: { field } } } },
          { aggs: { a: { filter: { exists: { field } } } } },
        ),
      ),
    ],
  },
];

function terms(field: string): { terms: { field: string } } {
  return { terms: { field } };
}

function lines(count: number, body: object, more = 0) {
  const one = [{ index: 'profiles' }, body];
  return { target: '/_msearch', ndjson: true, body: Array.from({ length: count + more }, () => one).flat() };
}

/** The store was asked for listed fields by name, and the answer holds no others. */
function onlyListed(outcome: Outcome): void {
  const { _source: source } = sent(outcome);
  const listed = ['name', 'city', 'age', 'tenant', 'email', 'ip'];
  if (source !== false) {
    const { includes } = source as { includes: string[] };
    expect(includes.length).toBeGreaterThan(0);
    expect(listed).toEqual(expect.arrayContaining(includes));
  }
  expect(hitsOf(outcome.json)).not.toEqual([]);
  for (const { _source: shown } of hitsOf(outcome.json)) {
    expect(listed).toEqual(expect.arrayContaining(Object.keys(shown ?? {})));
  }
}

interface Hit {
  _score: unknown;
  _source?: object;
  sort?: unknown[];
}

function hitsOf(json: unknown): Hit[] {
  return (json as { hits: { hits: Hit[] } }).hits.hits;
}

function sortsOf(json: unknown): unknown[][] {
  return hitsOf(json).map(({ sort }) => sort ?? []);
}
