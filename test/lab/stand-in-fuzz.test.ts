import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer, ElasticError, type StandInCluster } from '../../lab/elasticsearch-stand-in/index.ts';
import { createIndices } from '../../lab/seed/indices.ts';
import { createShop } from '../../lab/seed/shop.ts';

const shop = createShop();
const cluster: StandInCluster = {
  name: 'fuzz',
  uuid: 'synthetic',
  version: '7.17.28',
  // A few records are enough to walk every path.
  indices: createIndices({
    customers: shop.customers.slice(0, 20),
    orders: shop.orders.slice(0, 20),
    deliveries: shop.deliveries.slice(0, 5),
    logins: shop.logins.slice(0, 5),
  }),
  securityEnabled: false,
  now: () => Date.UTC(2025, 8, 27),
};

const NAMES = [
  'email',
  'full_name',
  'address',
  'created_at',
  'loyalty_points',
  'home_location',
  'newsletter',
  '__proto__',
];
const QUERIES = [
  'term',
  'terms',
  'match',
  'match_phrase',
  'prefix',
  'wildcard',
  'range',
  'ids',
  'exists',
  'query_string',
];
const AGGREGATIONS = ['terms', 'sum', 'stats', 'cardinality', 'histogram', 'date_histogram', 'constructor'];

const leaf = fc.oneof(
  fc.constantFrom('now-1d', 'now+9999999y', '*', '', 'asc', 'day', 'email:*', true, false, null, Number.MAX_VALUE),
  fc.integer({ min: -1, max: 20_000 }),
  fc.double(),
  fc.string({ maxLength: 12 }),
);
const inner = fc.constantFrom(
  'value',
  'query',
  'gte',
  'lt',
  'values',
  'field',
  'operator',
  'includes',
  'order',
  'interval',
);
const junk = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(fc.oneof(inner, fc.constantFrom(...NAMES)), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), {
    maxKeys: 3,
  }),
);

/** Mostly well-formed requests, so that the search itself is reached, with junk in any place. */
const { request } = fc.letrec((tie) => ({
  request: fc.record(
    {
      query: tie('query'),
      size: leaf,
      from: leaf,
      sort: fc.oneof(fc.constantFrom(...NAMES), junk),
      _source: fc.oneof(fc.constantFrom(...NAMES), junk),
      search_after: junk,
      aggs: tie('aggregations'),
    },
    { requiredKeys: [] },
  ),
  query: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'query' },
    junk,
    fc
      .tuple(fc.constantFrom(...QUERIES), fc.constantFrom(...NAMES), junk)
      .map(([kind, name, value]) => ({ [kind]: { [name]: value } })),
    fc.record({
      bool: fc.dictionary(fc.constantFrom('must', 'filter', 'should', 'must_not'), tie('query'), { maxKeys: 3 }),
    }),
  ),
  aggregations: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'aggregation' },
    junk,
    fc
      .tuple(fc.constantFrom(...AGGREGATIONS), fc.constantFrom(...NAMES), leaf, tie('aggregations'))
      .map(([kind, field, interval, aggs]) => ({
        a: { [kind]: { field, interval, calendar_interval: interval }, aggs },
      })),
  ),
}));

function ask(method: string, target: string, text: string): number {
  const url = new URL(target, 'http://stand-in.invalid');
  try {
    return answer({ method, path: url.pathname, parameters: url.searchParams, body: text, user: undefined }, cluster)
      .status;
  } catch (error) {
    if (error instanceof ElasticError) return error.status;
    throw error;
  }
}

test('every body of a search is answered or refused, and nothing else happens', () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(fc.constantFrom('/_search', '/customers/_search', '/_count', '/_mget'), request, (path, json) => {
      const status = ask('POST', path, JSON.stringify(json));
      seen.add(status);
      expect([200, 400]).toContain(status);
    }),
    { numRuns: 3_000 },
  );
  // Both ways were really taken.
  expect([...seen].sort()).toEqual([200, 400]);
});

test('every path and parameter is answered or refused, and nothing else happens', () => {
  const segment = fc.oneof(
    fc.constantFrom('_all', 'customers', '_search', '_cat', 'indices', '_doc', '%', '..', '*'),
    fc.string(),
  );
  const parameter = fc.constantFrom('q', 'h', 's', 'v', 'format', 'sort', 'size', 'filter_path', '_source', 'source');
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 4 }), parameter, fc.string(), (path, name, value) => {
      const target = `/${path.join('/').replace(/^\/+/, '')}?${name}=${encodeURIComponent(value)}`;
      fc.pre(URL.canParse(target, 'http://stand-in.invalid'));
      expect(ask('GET', target, '')).toBeLessThan(500);
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern full of stars costs no more than its length', () => {
  const started = performance.now();
  const query = { wildcard: { email: `${'*a'.repeat(200)}b` } };
  expect(ask('POST', '/_search', JSON.stringify({ query }))).toBe(200);
  expect(performance.now() - started).toBeLessThan(1_000);
});
