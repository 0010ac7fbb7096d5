/**
 * The guard checks every hit by itself: what `holds` computes must be what the store computes. Random documents and
 * filters, asked of real stores; and every query of the grammar, as it is printed, is one that the stores understand.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Filter, FilterValue } from '../../src/guard/contract/grant.ts';
import {
  isJsonObject,
  type Json,
  JsonNumber,
  type JsonObject,
  parseJson,
  printJson,
} from '../../src/guard/json/index.ts';
import { bindFilter, filterQuery, holds, valuesAt } from '../../src/guard/stores/elasticsearch/filter/index.ts';
import { compileQuery } from '../../src/guard/stores/elasticsearch/query/index.ts';
import { contextOf } from '../../src/guard/stores/elasticsearch/query/testing.ts';
import { type Distribution, requireSearch, type SearchNode, startSearch } from './harness/search.ts';

const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    k: { type: 'keyword' },
    n: { type: 'long' },
    d: { type: 'double' },
    b: { type: 'boolean' },
    t: { type: 'date' },
    m: { type: 'text', fields: { keyword: { type: 'keyword' } } },
    o: { properties: { k: { type: 'keyword' }, n: { type: 'integer' } } },
  },
};

const digits = (...raw: string[]): JsonNumber[] => raw.map((one) => new JsonNumber(one));
const POOLS: Readonly<Record<string, readonly Json[]>> = {
  k: ['a', 'A', 'a ', 'b', '', '5', 5, true, 'true', ...digits('1.0', '1e1'), '1.0', 'ü'],
  n: [1, 2, -3, '1', '2', 2 ** 53, ...digits('9007199254740993', '1.0')],
  d: [0.5, '0.5', 1, 2, -0.25, ...digits('1.0', '1e1')],
  b: [true, false, 'true', 'false', ''],
  t: [
    '2026-03-01',
    '2026-03-01T00:00:00Z',
    '2026-03-01T12:30',
    '2026-03-01T23:59:59.999Z',
    '2026-03-02T00:30:00+01:00',
    '2026-03',
    '2026',
    2026,
    Date.UTC(2026, 2, 1),
    String(Date.UTC(2026, 2, 1, 12, 30)),
    -1,
  ],
  m: ['a', 'A', 'a b', 'b'],
};

const one = (field: string): fc.Arbitrary<Json> => fc.constantFrom(...(POOLS[field] ?? []));
const several = (field: string): fc.Arbitrary<Json> =>
  fc.oneof(
    { weight: 4, arbitrary: one(field) },
    { weight: 1, arbitrary: fc.array(fc.oneof(one(field), fc.constant(null)), { maxLength: 3 }) },
  );
const document: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      k: several('k'),
      n: several('n'),
      d: several('d'),
      b: several('b'),
      t: several('t'),
      m: several('m'),
      o: fc.oneof(
        fc.record({ k: several('k') }),
        fc.array(fc.record({ k: one('k'), n: fc.constant(1) }), { maxLength: 2 }),
      ),
      'o.k': one('k'),
    },
    { requiredKeys: [] },
  )
  .map((record) => ({ ...record }) as JsonObject);

const literal = (...values: (string | number | boolean)[]): fc.Arbitrary<FilterValue> =>
  fc.constantFrom(...values).map((value) => ({ literal: value }));
const keywordField = fc.constantFrom('k', 'o.k', 'm.keyword');
const keywordValue = literal('a', 'A', 'a ', 'b', '5', 'true', '1.0', '1', 'ü');
const numberField = fc.constantFrom('n', 'd');
const numberValue = literal(1, 2, -3, 0.5, 2 ** 53, 10);
const dateValue = literal(
  '2026-03-01',
  '2026-03',
  '2026',
  '2026-03-01T12:30',
  '2026-03-01T23:30Z',
  0,
  Date.UTC(2026, 2, 1),
);
/** One bound, or one on each side: of two on one side the stores take the last. */
const bounds = (value: fc.Arbitrary<FilterValue>) =>
  fc
    .tuple(fc.constantFrom('gt', 'gte', null), value, fc.constantFrom('lt', 'lte', null), value)
    .filter(([low, , high]) => low !== null || high !== null)
    .map(([low, least, high, most]) => ({
      ...(low === null ? {} : { [low]: least }),
      ...(high === null ? {} : { [high]: most }),
    }));
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    kind: fc.constant('term' as const),
    field: keywordField,
    type: fc.constant('keyword' as const),
    value: keywordValue,
  }),
  fc.record({
    kind: fc.constant('terms' as const),
    field: keywordField,
    type: fc.constant('keyword' as const),
    values: fc.array(keywordValue, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('terms' as const),
    field: numberField,
    type: fc.constant('number' as const),
    values: fc.array(numberValue, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('range' as const),
    field: numberField,
    type: fc.constant('number' as const),
    bounds: bounds(numberValue),
  }),
  fc.record({
    kind: fc.constant('term' as const),
    field: fc.constant('b'),
    type: fc.constant('boolean' as const),
    value: literal(true, false),
  }),
  fc.record({
    kind: fc.constant('term' as const),
    field: fc.constant('t'),
    type: fc.constant('date' as const),
    value: dateValue,
  }),
  fc.record({
    kind: fc.constant('range' as const),
    field: fc.constant('t'),
    type: fc.constant('date' as const),
    bounds: bounds(dateValue),
  }),
  fc.record({
    kind: fc.constant('exists' as const),
    field: fc.constantFrom('k', 'n', 'd', 'b', 't', 'o.k', 'm.keyword'),
    type: fc.constant('keyword' as const),
  }),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
      filters: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

/** Of FIELDS (query/testing.ts). */
const PEOPLE = {
  name: { type: 'text', fields: { keyword: { type: 'keyword' } } },
  city: { type: 'keyword' },
  age: { type: 'long' },
  active: { type: 'boolean' },
  born: { type: 'date' },
  tenant: { type: 'keyword' },
  place: { type: 'geo_point' },
  reviews: { type: 'nested', properties: { stars: { type: 'integer' } } },
};
const QUERIES = [
  '{"match_all":{"boost":1.0}}',
  '{"match_none":{}}',
  '{"term":{"city":{"value":"x","boost":2,"case_insensitive":true}}}',
  '{"term":{"age":9007199254740993}}',
  '{"terms":{"city":["x","y"],"boost":2}}',
  '{"terms":{"age":[1.0,2]}}',
  '{"range":{"born":{"gte":"now-1d/d","lt":"2027-01-01","time_zone":"Europe/Berlin","boost":1}}}',
  '{"range":{"age":{"gt":1,"lte":"9"}}}',
  '{"match":{"name":{"query":"x y","operator":"OR","prefix_length":0,"max_expansions":50,"fuzzy_transpositions":true,"lenient":false,"zero_terms_query":"NONE","auto_generate_synonyms_phrase_query":true,"minimum_should_match":"2<75%"}}}',
  '{"match":{"active":"true"}}',
  '{"match_phrase":{"name":{"query":"x y","slop":2,"zero_terms_query":"all"}}}',
  '{"prefix":{"city":{"value":"x","case_insensitive":true}}}',
  '{"exists":{"field":"place"}}',
  '{"ids":{"values":["1"],"boost":1}}',
  '{"constant_score":{"filter":{"term":{"city":"x"}},"boost":1.2}}',
  '{"dis_max":{"queries":[{"match_all":{}}],"tie_breaker":0.3,"boost":1}}',
  '{"nested":{"path":"reviews","query":{"range":{"reviews.stars":{"gte":4}}},"score_mode":"none","ignore_unmapped":true}}',
  '{"bool":{"must":[],"filter":[{"match_all":{}}],"should":[{"match_all":{}}],"must_not":[{"match_none":{}}],"minimum_should_match":1,"adjust_pure_negative":true,"boost":1.0}}',
];

const SEED = 20_261_122;

function installed(): Distribution[] {
  const names: Distribution[] = ['elasticsearch-7', 'elasticsearch-8', 'opensearch-2', 'opensearch-3'];
  return names.filter((name) => requireSearch(name) !== undefined);
}

const DISTRIBUTIONS = installed();

it.skipIf(DISTRIBUTIONS.length === 0)('has a real store to ask', () => {
  expect(DISTRIBUTIONS.length).toBeGreaterThan(0);
});

describe.each(DISTRIBUTIONS)('the document filter on a real %s', (distribution) => {
  let node: SearchNode;
  const documents = fc.sample(document, { numRuns: 400, seed: SEED });
  const kept = new Set<number>();

  /** JSON as it is printed: digits and all. */
  async function ask(path: string, body: string, type = 'application/json'): Promise<JsonObject> {
    const answer = await fetch(`http://127.0.0.1:${node.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    const json = parseJson(new Uint8Array(await answer.arrayBuffer()));
    if (!answer.ok || !isJsonObject(json))
      throw new Error(`${answer.status} ${printJson(json).slice(0, 400)}\n${body.slice(0, 400)}`);
    return json;
  }

  beforeAll(async () => {
    // Elasticsearch 8 speaks TLS to users only unless it is told otherwise.
    const settings = distribution === 'elasticsearch-8' ? ['xpack.security.enabled: false'] : [];
    node = await startSearch(distribution, { settings });
    await node.ask('PUT', '/documents', { mappings: MAPPINGS, settings: { number_of_replicas: 0 } });
    const lines = documents.flatMap((source, at) => [printJson({ index: { _id: String(at) } }), printJson(source)]);
    const answer = await ask('/documents/_bulk?refresh=true', `${lines.join('\n')}\n`, 'application/x-ndjson');
    // A document that a version refuses is none that it could show (dates before 1970 in milliseconds, by Elasticsearch 7).
    valuesAt(answer, 'items.index.status').forEach((status, at) => {
      if (status === 201) kept.add(at);
    });
    expect(kept.size).toBeGreaterThan(350);
  });
  afterAll(() => node?.stop());

  it('selects the documents that the guard says it holds for', async () => {
    let selected = 0;
    const filters = [
      ...fc.sample(leaf, { numRuns: 200, seed: SEED }),
      ...fc.sample(filter, { numRuns: 200, seed: SEED }),
    ];
    for (const given of filters) {
      const bound = bindFilter(given, {});
      const query = filterQuery(bound);
      const answer = await ask('/documents/_search', printJson({ query, size: 1000, _source: false }));
      const ids = valuesAt(answer, 'hits.hits._id').map(String).sort();
      const ours = documents.flatMap((source, at) => (kept.has(at) && holds(bound, source) ? [String(at)] : [])).sort();
      // The first few say enough.
      const differ = [...ours.filter((id) => !ids.includes(id)), ...ids.filter((id) => !ours.includes(id))];
      const shown = differ.slice(0, 3).map((id) => `${ids.includes(id)} ${printJson(documents[Number(id)] ?? null)}`);
      expect(shown, printJson(query)).toEqual([]);
      selected += ids.length;
    }
    expect(selected).toBeGreaterThan(1000);
  });

  it('and every query of the strict grammar is one that the store understands', async () => {
    await node.ask('PUT', '/people', { mappings: { properties: PEOPLE } });
    for (const query of QUERIES) {
      for (const scoring of ['constant', 'index-wide'] as const) {
        const compiled = compileQuery(parseJson(Buffer.from(query)), contextOf({ scoring }));
        const answer = await ask('/people/_search', printJson({ query: compiled }));
        expect(valuesAt(answer, '_shards.failed'), query).toEqual([0]);
      }
    }
  });
});
