import { describe, expect, it } from 'vitest';
import type { Json } from '../../../json/value.ts';
import { checkQuery } from './compile.ts';
import { ELASTICSEARCH_QUERIES, OPENSEARCH_QUERIES } from './published.ts';
import { COMPAT, contextOf, refusalOf } from './testing.ts';
import { QUERY_TYPES } from './types.ts';

const all = { match_all: {} };

/** One good query of each type that some mode allows. */
const GOOD: Readonly<Record<string, Json>> = {
  bool: { must: [all] },
  boosting: { positive: all, negative: all, negative_boost: 0.5 },
  combined_fields: { query: 'x', fields: ['name'] },
  constant_score: { filter: all },
  dis_max: { queries: [all] },
  distance_feature: { field: 'born', origin: 'now', pivot: '7d' },
  exists: { field: 'city' },
  function_score: { query: all, functions: [{ filter: all, weight: 2 }] },
  fuzzy: { city: 'x' },
  geo_bounding_box: { place: { top_left: [1, 2], bottom_right: { lat: 1, lon: 2 } } },
  geo_distance: { distance: '1km', place: '52.5,13.4' },
  geo_shape: {
    place: {
      shape: {
        type: 'polygon',
        coordinates: [
          [
            [1, 2],
            [3, 4],
            [5, 6],
            [1, 2],
          ],
        ],
      },
      relation: 'within',
    },
  },
  ids: { values: ['1'] },
  match: { name: 'x' },
  match_all: {},
  match_bool_prefix: { name: 'x' },
  match_none: {},
  match_phrase: { name: 'x' },
  match_phrase_prefix: { name: 'x' },
  multi_match: { query: 'x', fields: ['name^2', 'city'] },
  nested: { path: 'reviews', query: { term: { 'reviews.stars': 5 } } },
  prefix: { city: 'x' },
  query_string: { query: 'name:x' },
  range: { age: { gte: 1 } },
  rank_feature: { field: 'age', saturation: { pivot: 8 } },
  regexp: { city: 'x.*' },
  simple_query_string: { query: 'x', fields: ['name'] },
  term: { city: 'x' },
  terms: { city: ['x'] },
  terms_set: { city: { terms: ['x'], minimum_should_match_field: 'age' } },
  wildcard: { city: 'x*' },
};

/** What one of our own queries means under a name of theirs; a denied type must be refused whatever it holds. */
const ANYTHING: readonly Json[] = [
  {},
  { field: 'city' },
  { city: 'x' },
  { query: all },
  { filter: all },
  'x',
  [],
  null,
];

describe('every published query type', () => {
  it('is listed: 61 of Elasticsearch, 60 of OpenSearch', () => {
    expect(new Set(ELASTICSEARCH_QUERIES).size).toBe(61);
    expect(new Set(OPENSEARCH_QUERIES).size).toBe(60);
  });

  it.each([...new Set([...ELASTICSEARCH_QUERIES, ...OPENSEARCH_QUERIES])])(
    'is classified, with a reason: %s',
    (name) => {
      expect(Object.keys(QUERY_TYPES)).toContain(name);
      expect(QUERY_TYPES[name].reason.length).toBeGreaterThan(15);
    },
  );

  it('is the whole list, but for names that we add knowingly', () => {
    const published = new Set<string>([...ELASTICSEARCH_QUERIES, ...OPENSEARCH_QUERIES]);
    expect(Object.keys(QUERY_TYPES).filter((name) => !published.has(name))).toEqual(['kql', 'span_gap']);
  });

  it('is allowed in compat wherever it is in strict', () => {
    for (const { strict, compat } of Object.values(QUERY_TYPES))
      expect([strict, compat]).not.toEqual(['allow', 'deny']);
  });
});

describe('the grammar accepts exactly the types that are allowed', () => {
  it.each(Object.entries(QUERY_TYPES))('%s', (name, { strict, compat }) => {
    const good = GOOD[name];
    for (const [verdict, changes] of [
      [strict, {}],
      [compat, COMPAT],
      [compat, { ...COMPAT, filter: null, scoring: 'index-wide' } as const],
    ] as const) {
      if (verdict === 'allow') {
        expect(good).toBeDefined();
        expect(refusalOf(() => checkQuery({ [name]: good ?? null }, contextOf(changes)))).toBeUndefined();
      } else {
        for (const value of good === undefined ? ANYTHING : [good, ...ANYTHING]) {
          expect(refusalOf(() => checkQuery({ [name]: value }, contextOf(changes)))).toBe('forbidden');
          expect(refusalOf(() => checkQuery({ bool: { must_not: { [name]: value } } }, contextOf(changes)))).toBe(
            'forbidden',
          );
        }
      }
    }
  });

  it('has one good query for each', () => {
    const allowed = Object.entries(QUERY_TYPES).filter(([, { compat }]) => compat === 'allow');
    expect(Object.keys(GOOD).sort()).toEqual(allowed.map(([name]) => name).sort());
  });
});
