import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { printJson } from '../../../json/print.ts';
import { fieldsOf, type grantFor, json, scopeFor, TRUSTED } from '../response/testing/scenario.ts';
import { openScope } from '../search/scope.ts';
import { compileAggregations } from './index.ts';
import { ELASTICSEARCH_AGGREGATIONS, OPENSEARCH_AGGREGATIONS } from './published.ts';
import { AGGREGATION_TYPES } from './types.ts';

const FIELDS = fieldsOf({
  name: 'text',
  city: 'keyword',
  age: 'integer',
  price: 'double',
  active: 'boolean',
  joined: 'date',
  email: ['keyword', { kind: 'email' }],
  ip: ['ip', { kind: 'network' }],
  reviews: 'nested',
  'reviews.stars': 'integer',
  attrs: 'object',
});

function compiled(aggs: string, change: Parameters<typeof grantFor>[0] = {}) {
  return compileAggregations(json(aggs), openScope(scopeFor({ fields: FIELDS, ...change })));
}

function printed(aggs: string, change: Parameters<typeof grantFor>[0] = {}) {
  return JSON.parse(printJson(compiled(aggs, change).json));
}

function refused(aggs: string, change: Parameters<typeof grantFor>[0] = {}): string {
  try {
    compiled(aggs, change);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'compiled';
}

const one = (type: string, options: string) => `{"a":{"${type}":${options}}}`;

/** A request that the strict grammar takes, for each type that it has. */
const EXAMPLES: Readonly<Record<string, string>> = {
  terms:
    '{"field":"city","size":5,"order":[{"_count":"desc"},{"_key":"asc"}],"include":["Lyon"],"exclude":["Oslo"],"missing":"?"}',
  range: '{"field":"age","keyed":true,"ranges":[{"key":"young","to":18},{"from":18,"to":65.5},{"from":65}]}',
  date_range:
    '{"field":"joined","format":"yyyy-MM","time_zone":"Europe/Berlin","ranges":[{"from":"now-1M/M"},{"to":1700000000000}]}',
  histogram: '{"field":"price","interval":0.5,"min_doc_count":0,"extended_bounds":{"min":0,"max":10},"offset":1}',
  date_histogram:
    '{"field":"joined","calendar_interval":"month","time_zone":"+02:00","offset":"+6h","min_doc_count":1}',
  filter: '{"term":{"city":"Lyon"}}',
  filters: '{"filters":{"lyon":{"term":{"city":"Lyon"}}},"other_bucket":true,"other_bucket_key":"rest"}',
  missing: '{"field":"city"}',
  avg: '{"field":"age","missing":1}',
  sum: '{"field":"price"}',
  min: '{"field":"joined","format":"yyyy"}',
  max: '{"field":"age"}',
  stats: '{"field":"age"}',
  extended_stats: '{"field":"age","sigma":3}',
  value_count: '{"field":"city"}',
  cardinality: '{"field":"city","precision_threshold":100}',
  percentiles: '{"field":"age","percents":[50,99.9],"keyed":false}',
  composite:
    '{"size":5,"sources":[{"c":{"terms":{"field":"city","order":"asc","missing_bucket":true}}},{"d":{"date_histogram":{"field":"joined","fixed_interval":"1d"}}},{"h":{"histogram":{"field":"age","interval":5}}}],"after":{"c":"Lyon","d":1,"h":5}}',
  nested: '{"path":"reviews"}',
};

describe('the table of aggregation types', () => {
  it('classifies every published type, and nothing else', () => {
    const published = new Set<string>([...ELASTICSEARCH_AGGREGATIONS, ...OPENSEARCH_AGGREGATIONS]);
    expect(published.size).toBeGreaterThanOrEqual(82);
    expect(new Set(Object.keys(AGGREGATION_TYPES))).toEqual(published);
    for (const { reason } of Object.values(AGGREGATION_TYPES)) expect(reason.length).toBeGreaterThan(8);
  });

  it.each(Object.entries(AGGREGATION_TYPES))('says of %s what the grammar does', (type, { strict, compat }) => {
    const example = EXAMPLES[type] ?? '{"field":"city"}';
    expect(refused(one(type, example)) === 'compiled').toBe(strict === 'allow');
    expect(refused(one(type, example), TRUSTED) === 'compiled').toBe(compat === 'allow');
  });

  it('allows trusted services no less than others', () => {
    for (const { strict, compat } of Object.values(AGGREGATION_TYPES))
      expect([strict, compat]).not.toEqual(['allow', 'deny']);
  });
});

describe('what aggregations send', () => {
  it.each(Object.entries(EXAMPLES))('prints %s the same when it is compiled again', (type, options) => {
    const once = printed(one(type, options));
    expect(printed(JSON.stringify(once))).toEqual(once);
  });

  it('says how few documents a bucket may have, because none would list hidden values (B110)', () => {
    expect(printed('{"a":{"terms":{"field":"city"}}}').a.terms).toEqual({ field: 'city', size: 10, min_doc_count: 1 });
    expect(refused('{"a":{"terms":{"field":"city","min_doc_count":0}}}')).toBe('unsupported_option');
    expect(
      refused('{"f":{"filter":{"term":{"city":"x"}},"aggs":{"a":{"terms":{"field":"city","min_doc_count":0}}}}}'),
    ).toBe('unsupported_option');
  });

  it('sorts by metrics right inside only', () => {
    const sorted = (path: string) =>
      refused(
        `{"a":{"terms":{"field":"city","order":{"${path}":"desc"}},"aggs":{"m":{"stats":{"field":"age"}},"t":{"terms":{"field":"city"}}}}}`,
      );
    expect(sorted('m.avg')).toBe('compiled');
    for (const path of ['x', 't', 't>m', 't._count', 'm.a.b', '_term']) expect(sorted(path)).toBe('unsupported_option');
  });
});

describe('what aggregations refuse', () => {
  it.each([
    ['B108', '{"g":{"global":{},"aggs":{"c":{"terms":{"field":"city"}}}}}'],
    ['B109', '{"a":{"significant_terms":{"field":"city"}}}'],
    ['B109', '{"a":{"terms":{"field":"city","background_filter":{"match_all":{}}}}}'],
    [
      'B111',
      '{"f":{"filter":{"match_all":{}},"aggs":{"n":{"nested":{"path":"reviews"},"aggs":{"s":{"terms":{"field":"ssn"}}}}}}}',
    ],
    ['B111', '{"n":{"nested":{"path":"reviews"},"aggs":{"s":{"terms":{"field":"reviews.secret"}}}}}'],
    ['B112', '{"a":{"terms":{"script":"doc.ssn"}}}'],
    ['B112', '{"a":{"terms":{"field":"city","script":"_value"}}}'],
    ['B112', '{"a":{"avg":{"field":"age","script":{"source":"_value"}}}}'],
    ['B112', '{"a":{"scripted_metric":{}}}'],
    ['B112', '{"a":{"bucket_script":{}}}'],
    ['B113', '{"a":{"top_hits":{"_source":["ssn"]}}}'],
    ['B113', '{"a":{"top_metrics":{"metrics":{"field":"ssn"}}}}'],
    ['B116', '{"a":{"children":{"type":"x"}}}'],
    ['B116', '{"a":{"parent":{"type":"x"}}}'],
    ['B116', '{"a":{"reverse_nested":{}}}'],
    ['B117', '{"a":{"cardinality":{"field":"ssn"}}}'],
    ['B117', '{"a":{"value_count":{"field":"ssn"}}}'],
    ['B117', '{"a":{"missing":{"field":"ssn"}}}'],
    ['B118', '{"a":{"terms":{"field":"email"}}}'],
    ['B118', '{"a":{"composite":{"sources":[{"e":{"terms":{"field":"email"}}}]}}}'],
    ['B118', '{"a":{"ip_range":{"field":"ip","ranges":[{"mask":"10.0.0.0/25"}]}}}'],
    ['', '{"a":{"filter":{"term":{"ssn":"1"}}}}'],
    ['', '{"a":{"filters":{"filters":[{"prefix":{"phone":"9"}}]}}}'],
    ['', '{"a":{"terms":{"field":"city","include":"L.*"}}}'],
    ['', '{"a":{"terms":{"field":"city","include":{"partition":0,"num_partitions":2}}}}'],
    ['', '{"a":{"terms":{"field":"name"}}}'],
    ['', '{"a":{"terms":{"field":"attrs"}}}'],
    ['', '{"a":{"terms":{"field":"_id"}}}'],
    ['', '{"a":{"terms":{"field":"city"},"avg":{"field":"age"}}}'],
    ['', '{"a":{"avg":{"field":"age"},"aggs":{"b":{"avg":{"field":"age"}}}}}'],
    ['', '{"a":{"terms":{"field":"city"},"meta":{"x":1}}}'],
    ['', '{"a":{}}'],
    ['', '{"a b":{"avg":{"field":"age"}}}'],
    ['', '{"a>b":{"avg":{"field":"age"}}}'],
    ['', '{"doc_count":{"avg":{"field":"age"}}}'],
    ['', '{"a":{"terms":{"field":"city"},"aggs":{},"aggregations":{}}}'],
    ['', '{"a":{"nested":{"path":"attrs"}}}'],
    ['', '{"a":{"histogram":{"field":"age","interval":0}}}'],
    ['', '{"a":{"histogram":{"field":"age"}}}'],
    ['', '{"a":{"date_histogram":{"field":"joined","calendar_interval":"1d","fixed_interval":"1d"}}}'],
    ['', '{"a":{"date_histogram":{"field":"joined","interval":"1d"}}}'],
    ['', '{"a":{"date_histogram":{"field":"joined","fixed_interval":"1d","time_zone":"\\u0000"}}}'],
    ['', '{"a":{"toString":{"field":"age"}}}'],
    ['', '[]'],
  ])('%s %s', (_case, aggs) => {
    expect(['unsupported_option', 'unsupported_query', 'forbidden']).toContain(refused(aggs));
  });

  it('bounds the buckets of a branch, the depth, and the number of aggregations', () => {
    const nest = (levels: number): string =>
      levels === 0 ? '{}' : `{"a":{"terms":{"field":"city","size":10},"aggs":${nest(levels - 1)}}}`;
    expect(refused(nest(4))).toBe('compiled');
    expect(refused(nest(5))).toBe('too_costly');
    expect(refused('{"a":{"terms":{"field":"city","size":10001}}}')).toBe('too_costly');
    expect(refused('{"a":{"histogram":{"field":"age","interval":1,"extended_bounds":{"min":0,"max":1000000}}}}')).toBe(
      'too_costly',
    );
    const dates = (max: string) =>
      refused(
        `{"a":{"date_histogram":{"field":"joined","fixed_interval":"1h","extended_bounds":{"min":"2026-01-01","max":"${max}"}}}}`,
      );
    expect(dates('2026-02-01')).toBe('compiled');
    expect(dates('2036-02-01')).toBe('too_costly');
    expect(dates('now')).toBe('compiled');
    const filters = (levels: number): string =>
      levels === 0 ? '{}' : `{"a":{"filter":{"match_all":{}},"aggs":${filters(levels - 1)}}}`;
    expect(refused(filters(9))).toBe('too_costly');
    const many = Array.from({ length: 101 }, (_, n) => `"a${n}":{"avg":{"field":"age"}}`).join();
    expect(refused(`{${many}}`)).toBe('too_costly');
  });
});

describe('empty buckets', () => {
  // OpenSearch makes them before it counts them: found by filling the heap of one (2.19.1) with two documents.
  const openSearch = { ...scopeFor(), dialect: 'opensearch-2' as const };
  const of = (type: string, options: string, scope = openSearch) => {
    try {
      const { json: one } = compileAggregations(json(`{"a":{"${type}":${options}}}`), openScope(scope));
      return JSON.parse(printJson(one)).a[type].min_doc_count;
    } catch (error) {
      return error instanceof Refusal ? error.code : error;
    }
  };

  it.each([
    ['date_histogram', '{"field":"joined","fixed_interval":"1ms"}', 1],
    ['histogram', '{"field":"age","interval":0.000001}', 1],
    ['histogram', '{"field":"age","interval":1e-300,"min_doc_count":2}', 2],
    ['date_histogram', '{"field":"joined","fixed_interval":"1ms","min_doc_count":0}', 'unsupported_option'],
    ['histogram', '{"field":"age","interval":0.000001,"min_doc_count":0}', 'unsupported_option'],
    ['histogram', '{"field":"age","interval":1,"extended_bounds":{"min":0,"max":9}}', 'unsupported_option'],
    ['date_histogram', '{"field":"joined","fixed_interval":"1ms","hard_bounds":{"min":"now-1y","max":"now"}}', 1],
    ['histogram', '{"field":"age","interval":1,"min_doc_count":0,"hard_bounds":{"min":0,"max":99}}', 0],
    ['histogram', '{"field":"age","interval":0.001,"min_doc_count":0,"hard_bounds":{"min":0,"max":99}}', 'too_costly'],
    [
      'date_histogram',
      '{"field":"joined","fixed_interval":"1ms","min_doc_count":0,"hard_bounds":{"min":"2020-01-01","max":"2026-01-01"}}',
      'too_costly',
    ],
  ])('are made by OpenSearch within known bounds only: %s %s', (type, options, expected) => {
    expect(of(type, options)).toBe(expected);
  });

  it('are left to Elasticsearch, which counts them as it makes them', () => {
    expect(of('histogram', '{"field":"age","interval":0.1}', scopeFor() as never)).toBeUndefined();
    expect(of('histogram', '{"field":"age","interval":0.1,"min_doc_count":0}', scopeFor() as never)).toBe(0);
  });
});

describe('trusted services', () => {
  it.each([
    '{"a":{"terms":{"field":"x","order":{"_count":"asc"},"min_doc_count":0},"aggs":{"h":{"top_hits":{"size":1,"_source":["a"]}}}}}',
    '{"a":{"global":{},"aggs":{"b":{"significant_terms":{"field":"x","background_filter":{"match_all":{}}}}},"meta":{"k":1}}}',
  ])('may ask for %s', (aggs) => {
    expect(printed(aggs, TRUSTED)).toEqual(JSON.parse(aggs));
  });

  it.each([
    '{"a":{"terms":{"script":"1"}}}',
    '{"a":{"terms":{"field":"x","script":{"source":"1"}}}}',
    '{"a":{"avg":{"field":"x"},"aggs":{"b":{"bucket_script":{"buckets_path":{},"script":"1"}}}}}',
    '{"a":{"top_hits":{"script_fields":{"x":{"script":"1"}}}}}',
    '{"a":{"top_hits":{"sort":[{"_script":{"type":"number","script":"1"}}]}}}',
    '{"a":{"significant_terms":{"field":"x","script_heuristic":{"script":"1"}}}}',
    '{"a":{"filter":{"script":{"script":"1"}}}}',
    '{"a":{"filters":{"filters":[{"terms":{"x":{"index":"orders","id":"1","path":"c"}}}]}}}',
    '{"a":{"scripted_metric":{"init_script":"1"}}}',
  ])('may not have a script or another index: %s', (aggs) => {
    expect(refused(aggs, TRUSTED)).not.toBe('compiled');
  });
});
