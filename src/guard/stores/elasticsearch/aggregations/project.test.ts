import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { printJson } from '../../../json/print.ts';
import { json, scopeFor } from '../response/testing/scenario.ts';
import { openScope } from '../search/scope.ts';
import { compileAggregations, projectAggregations } from './index.ts';

function project(asked: string, answer: unknown, typedKeys = false, buckets = 100) {
  const { tree } = compileAggregations(json(asked), openScope(scopeFor()));
  if (tree === null) throw new Error('a strict rule has a tree');
  return JSON.parse(printJson(projectAggregations(json(JSON.stringify(answer)), tree, typedKeys, buckets)));
}

const BY_CITY = '{"c":{"terms":{"field":"city"},"aggs":{"a":{"avg":{"field":"age"}}}}}';

describe('answers of aggregations', () => {
  it('shows what was asked for, by the shape of its kind', () => {
    const answer = {
      c: {
        doc_count_error_upper_bound: 0,
        sum_other_doc_count: 1,
        buckets: [{ key: 'Lyon', doc_count: 2, a: { value: 30.5 } }],
      },
    };
    expect(project(BY_CITY, answer)).toEqual(answer);
  });

  it('drops what was not asked for and what the kind does not have', () => {
    const answer = {
      x: { value: 1 },
      c: {
        buckets: [{ key: 'Lyon', doc_count: 2, bg_count: 9, a: { value: 1, hits: { hits: [1] } }, b: { value: 2 } }],
        meta: 1,
      },
    };
    expect(project(BY_CITY, answer)).toEqual({ c: { buckets: [{ key: 'Lyon', doc_count: 2, a: { value: 1 } }] } });
  });

  it('reads keyed buckets, composite keys, percentiles and bounds', () => {
    const asked = `{"r":{"range":{"field":"age","keyed":true,"ranges":[{"to":5}]}},
      "k":{"composite":{"sources":[{"c":{"terms":{"field":"city"}}}]}},
      "p":{"percentiles":{"field":"age"}},"q":{"percentiles":{"field":"age","keyed":false}},"e":{"extended_stats":{"field":"age"}}}`;
    const answer = {
      r: { buckets: { '*-5.0': { to: 5, doc_count: 1 } } },
      k: { after_key: { c: 'Lyon' }, buckets: [{ key: { c: 'Lyon' }, doc_count: 1 }] },
      p: { values: { '50.0': 3, '99.0': null } },
      q: { values: [{ key: 50, value: 3 }] },
      e: { count: 1, min: 1, max: 1, avg: 1, sum: 1, std_deviation_bounds: { upper: 1, lower: null } },
    };
    expect(project(asked, answer)).toEqual(answer);
  });

  it('names aggregations by their types when asked to (B055)', () => {
    const answer = { c: { buckets: [{ key: 'Lyon', doc_count: 1, a: { value: 1 } }] } };
    expect(project(BY_CITY, answer, true)).toEqual({
      'sterms#c': { buckets: [{ key: 'Lyon', doc_count: 1, 'avg#a': { value: 1 } }] },
    });
  });

  it('counts the buckets of the whole answer', () => {
    const answer = { c: { buckets: Array.from({ length: 11 }, (_, n) => ({ key: `${n}`, doc_count: 1 })) } };
    expect(() => project(BY_CITY, answer, false, 10)).toThrow(Refusal);
  });
});
