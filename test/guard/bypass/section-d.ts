/** D. Query DSL. */
import { expect } from 'vitest';
import { PosternError } from '../../../src/core/errors.ts';
import { parsePolicy } from '../../../src/guard/policy/index.ts';
import { FIXTURE_POLICY, type Outcome } from '../harness/fixture.ts';
import { type Attempt, type BypassCase, type BypassStory, bodies, each, queries, step } from './case.ts';

/** The same clause where it could hide: negated, as an option, deep down, in a filter, in an aggregation's filter. */
function everywhere(clause: unknown): Attempt[] {
  return [
    ...queries(
      'refused',
      clause,
      { bool: { must_not: [clause] } },
      { bool: { should: [{ match_all: {} }, clause] } },
      { bool: { filter: { bool: { must: { constant_score: { filter: clause } } } } } },
      { dis_max: { queries: [{ match_all: {} }, clause] } },
    ),
    ...bodies('refused', { size: 0, query: clause }, { post_filter: clause }, { aggs: { a: { filter: clause } } }),
    ...each('refused', { target: '/profiles/_count', body: { query: clause } }),
  ];
}

const query = (upstream: Outcome['upstream']): string => JSON.stringify(JSON.parse(upstream[0]?.body ?? '{}').query);

export const SECTION_D: readonly BypassCase[] = [
  {
    id: 'B075',
    title: 'counting by a denied field',
    precedent: 'CVE-2025-12147',
    attempts: [
      ...everywhere({ prefix: { phone: '9' } }),
      ...everywhere({ term: { ssn: 'x' } }),
      ...everywhere({ range: { salary: { gte: 1 } } }),
    ],
  },
  {
    id: 'B076',
    title: 'exists',
    precedent: 'OpenSearch FlsExistsFieldsTest',
    attempts: everywhere({ exists: { field: 'ssn' } }),
  },
  {
    id: 'B078',
    title: 'a member of a denied object',
    precedent: 'CVE-2025-12147',
    attempts: [
      ...everywhere({ match: { 'notes.private': 'x' } }),
      ...queries('refused', { exists: { field: 'notes' } }, { term: { notes: 'x' } }),
    ],
  },
  { id: 'B079', title: 'an alias in the mapping', precedent: 'own', attempts: everywhere({ match: { tel: '9' } }) },
  {
    id: 'B080',
    title: 'a copy of denied fields',
    precedent: 'own',
    attempts: everywhere({ match: { all_text: '9' } }),
  },
  {
    id: 'B082',
    title: 'searching a masked field',
    precedent: 'CVE-2025-12148, CVE-2019-13419',
    attempts: [
      ...everywhere({ term: { email: 'x' } }),
      ...queries(
        'refused',
        { range: { ip: { gte: '192.0.2.0' } } },
        { terms: { email: ['a', 'b'] } },
        { prefix: { email: 'C' } },
        { exists: { field: 'email' } },
        { term: { 'email.keyword': 'x' } },
      ),
    ],
  },
  {
    id: 'B083',
    title: 'query_string',
    precedent: 'ReadonlyREST fls-engine',
    attempts: queries(
      'refused-403',
      { query_string: { query: 'ssn:*' } },
      { query_string: { query: 'x', fields: ['*'] } },
      { query_string: { query: '_exists_:ssn' } },
      { query_string: { query: 'Lyon', fields: ['city'] } },
    ),
  },
  {
    id: 'B084',
    title: 'queries over many fields',
    precedent: 'Elastic: multi_match wildcard',
    attempts: queries(
      'refused-403',
      { simple_query_string: { query: 'x', fields: ['*'] } },
      { multi_match: { query: 'x', fields: ['ph*^3'] } },
      { multi_match: { query: 'x' } },
      { combined_fields: { query: 'x', fields: ['*'] } },
    ),
  },
  {
    id: 'B085',
    title: 'terms by look-up',
    precedent: 'OpenSearch DlsTermLookupQueryTest',
    attempts: everywhere({ terms: { name: { index: 'orders', id: '1', path: 'customer' } } }),
  },
  {
    id: 'B086',
    title: 'more_like_this with a document',
    precedent: 'own',
    attempts: queries(
      'refused-403',
      { more_like_this: { fields: ['name'], like: [{ _index: 'orders', _id: '1' }] } },
      { more_like_this: { fields: ['name'], like: [{ _index: 'profiles', doc: { name: 'x' } }] } },
      { more_like_this: { like: 'x' } },
    ),
  },
  {
    id: 'B087',
    title: 'percolate',
    precedent: 'Elastic: document level security',
    attempts: queries(
      'refused-403',
      { percolate: { field: 'q', index: 'orders', id: '1' } },
      { percolate: { field: 'q', document: {} } },
    ),
  },
  {
    id: 'B088',
    title: 'an indexed shape',
    precedent: 'Elastic: document level security',
    attempts: queries('refused-403', { geo_shape: { loc: { indexed_shape: { index: 'orders', id: '1' } } } }),
  },
  {
    id: 'B089',
    title: 'joins',
    precedent: 'OpenSearch refuses in filter-level DLS',
    attempts: queries(
      'refused-403',
      { has_child: { type: 'c', query: { match_all: {} } } },
      { has_parent: { parent_type: 'p', query: { match_all: {} } } },
      { parent_id: { type: 'c', id: '1' } },
    ),
  },
  {
    id: 'B090',
    title: 'nested documents',
    precedent: 'DlsNestedTest',
    attempts: queries(
      'refused',
      { nested: { path: 'reviews', query: { term: { 'reviews.secret': 'x' } } } },
      { nested: { path: 'reviews', query: { term: { 'reviews.secret': 'x' } }, inner_hits: {} } },
      { nested: { path: 'reviews', query: { match_all: {} }, inner_hits: {} } },
      { nested: { path: 'reviews', query: { term: { ssn: 'x' } } } },
    ),
  },
  {
    id: 'B092',
    title: 'wrapper',
    precedent: 'own',
    attempts: queries('refused-403', { wrapper: { query: Buffer.from('{"match_all":{}}').toString('base64') } }),
  },
  {
    id: 'B093',
    title: 'other kinds of query',
    precedent: 'own',
    attempts: queries(
      'refused',
      { pinned: { ids: ['h3'], organic: { match_all: {} } } },
      { rule: { organic: { match_all: {} }, match_criteria: {}, ruleset_ids: ['x'] } },
      { semantic: { field: 'name', query: 'x' } },
      { hybrid: { queries: [{ match_all: {} }] } },
      { neural: { name: { query_text: 'x', model_id: 'm', k: 5 } } },
      { template: { query: { match_all: {} } } },
      { sparse_vector: { field: 'name', query: 'x' } },
      { text_expansion: { name: { model_id: 'm', model_text: 'x' } } },
      { weighted_tokens: { name: {} } },
      { script: { script: 'true' } },
      { script_score: { query: { match_all: {} }, script: { source: '1' } } },
      { function_score: { query: { match_all: {} }, script_score: { script: '1' } } },
      { distance_feature: { field: 'age', origin: 1, pivot: 1 } },
      { rank_feature: { field: 'age' } },
      { span_term: { name: 'x' } },
      { intervals: { name: { match: { query: 'x' } } } },
      { geo_distance: { distance: '1km', loc: [0, 0] } },
      { terms_set: { name: { terms: ['x'], minimum_should_match_script: { source: '1' } } } },
    ),
  },
  {
    id: 'B094',
    title: 'the knn section, which ignores the query',
    precedent: 'own: it is OR-ed with the query',
    attempts: [
      ...bodies(
        'refused',
        { knn: { field: 'vec', query_vector: [1, 2], k: 100, num_candidates: 100 } },
        { knn: [{ field: 'vec', query_vector: [1], k: 1, num_candidates: 1 }] },
        { retriever: { standard: { query: { match_all: {} } } } },
        { retriever: { knn: { field: 'vec', query_vector: [1], k: 1, num_candidates: 1 } } },
        { sub_searches: [{ query: { match_all: {} } }], rank: { rrf: {} } },
        { rescore: { window_size: 10, query: { rescore_query: { match_all: {} } } } },
      ),
      ...queries('refused', { knn: { field: 'vec', query_vector: [1], k: 1 } }),
    ],
  },
  {
    id: 'B098',
    title: 'a sibling of the query',
    precedent: 'own',
    attempts: [
      ...queries('refused-400', { bool: {}, match_all: {} }, { query: { match_all: {} } }, {}, [], 'match_all', {
        match_all: {},
        match_none: {},
      }),
      ...queries('refused', { bool: { must: [{ term: { city: 'x' }, match_all: {} }] } }),
    ],
  },
  {
    id: 'B099',
    title: 'metadata fields',
    precedent: 'own',
    attempts: queries(
      'refused',
      { term: { _index: 'orders' } },
      { term: { _tier: 'x' } },
      { term: { _id: 'h3' } },
      { range: { _seq_no: { gte: 0 } } },
      { exists: { field: '_ignored' } },
      { exists: { field: '_field_names' } },
      { term: { _routing: 't2' } },
      { exists: { field: '_source' } },
    ),
  },
  {
    id: 'B100',
    title: 'a claim that reads like JSON',
    precedent: 'own',
    attempts: [
      {
        expect: 'filtered',
        sent: { target: '/profiles/_search', as: 'injection' },
        check: ({ json }) => expect(total(json)).toBe(0),
      },
    ],
  },
  {
    id: 'B102',
    title: 'white space and case in a claim',
    precedent: 'CVE-2023-23612',
    attempts: [
      {
        expect: 'filtered',
        sent: { target: '/profiles/_search', as: 'space' },
        check: ({ json, upstream }) => {
          expect(total(json)).toBe(0);
          expect(query(upstream)).toContain('"t1 "');
        },
      },
      {
        expect: 'filtered',
        sent: { target: '/profiles/_search', as: 'case' },
        check: ({ json }) => expect(total(json)).toBe(0),
      },
      ...['nul', 'empty', 'missing', 'null', 'number', 'object', 'array', 'boolean'].map(
        (as): Attempt => ({ expect: 'refused-403', sent: { target: '/profiles/_search', as } }),
      ),
    ],
  },
  {
    id: 'B104',
    title: 'costly queries',
    precedent: 'CVE-2025-9624',
    attempts: [
      ...queries(
        'refused',
        { wildcard: { city: '*x' } },
        { regexp: { city: '.*.*.*x' } },
        { fuzzy: { city: { value: 'x', max_expansions: 100_000 } } },
        { terms: { city: Array.from({ length: 100_000 }, (_, n) => `c${n}`) } },
        { bool: { should: Array.from({ length: 65_536 }, () => ({ term: { city: 'x' } })) } },
        { match: { name: { query: 'x', fuzziness: 2 } } },
      ),
    ],
  },
  {
    id: 'B105',
    title: 'helpers of range',
    precedent: 'Elastic: "now" in document filters',
    attempts: queries(
      'refused',
      { range: { age: { gte: 'now-1d', format: 'x', relation: 'WITHIN' } } },
      { range: { age: { gte: 1, relation: 'INTERSECTS' } } },
      { range: { age: { from: 1, to: 2, include_lower: true } } },
      { range: { age: { gte: { gte: 1 } } } },
      { range: { age: {}, city: {} } },
    ),
  },
  {
    id: 'B106',
    title: 'unknown kinds and keys',
    precedent: 'own',
    attempts: queries(
      'refused',
      { matchall: {} },
      { term: { city: { value: 'x', boost2: 1 } } },
      { match: { name: { query: 'x', zero_terms: 'all' } } },
      { bool: { musts: [] } },
      { match_all: { x: 1 } },
      { ids: { values: ['v1'], type: 'x' } },
    ),
  },
];

function total(json: unknown): number {
  return (json as { hits: { total: { value: number } } }).hits.total.value;
}

/** Policies that must not be taken. */
export const STORIES_D: readonly BypassStory[] = [
  {
    id: 'B103',
    title: 'a document filter on an analysed field',
    precedent: 'OpenSearch: document-level security',
    steps: [
      step('is an error of the policy, with its place', 'failed-closed', async () => {
        const policy = FIXTURE_POLICY.replace(
          "filter: { term: { tenant: '${claims.tenant}' } }",
          "filter: { term: { name: '${claims.tenant}' } }",
        );
        expect(policy).not.toBe(FIXTURE_POLICY);
        let error: unknown;
        try {
          parsePolicy('/fixture/guard.yaml', policy);
        } catch (thrown) {
          error = thrown;
        }
        expect(error).toBeInstanceOf(PosternError);
        expect(error).toMatchObject({
          code: 'E_POLICY_INVALID',
          at: { line: expect.any(Number), column: expect.any(Number) },
        });
      }),
    ],
  },
];
