import { describe, expect, it } from 'vitest';
import { createBench, FIXTURE_POLICY, rawOf } from '../../../../../test/guard/harness/fixture.ts';
import { aggregatedDocuments, FEW } from './aggregated-documents.ts';

describe('what aggregations show of single documents', () => {
  it('is every document where few matched', () => {
    expect(aggregatedDocuments('a', { m: { value: 5 } }, 3)).toHaveLength(3);
    expect(aggregatedDocuments('a', { m: { value: null } }, 0)).toEqual([]);
  });

  it('is one where many matched, or nobody counted', () => {
    expect(aggregatedDocuments('a', { m: { value: 5 } }, FEW + 1)).toHaveLength(1);
    expect(aggregatedDocuments('a', { m: { value: 5 } }, undefined)).toHaveLength(1);
  });

  it('is the documents of small buckets, at any depth and once', () => {
    const small = { key: 'x', doc_count: 2, inner: { buckets: [{ key: 'y', doc_count: 1 }] } };
    const large = { key: 'z', doc_count: 500, inner: { buckets: [{ key: 'y', doc_count: 3 }] } };
    expect(aggregatedDocuments('a', { t: { buckets: [small, large] } }, 502)).toHaveLength(5);
    expect(aggregatedDocuments('a', { t: { buckets: { one: small, two: large } } }, 502)).toHaveLength(5);
  });

  it('costs nothing when the same answer comes again, and differs with the answer and the index', () => {
    const [first] = aggregatedDocuments('a', { m: { value: 5 } }, 1);
    expect(aggregatedDocuments('a', { m: { value: 5 } }, 1)).toEqual([first]);
    expect(aggregatedDocuments('a', { m: { value: 6 } }, 1)).not.toEqual([first]);
    expect(aggregatedDocuments('b', { m: { value: 5 } }, 1)).not.toEqual([first]);
  });

  it('stops a walk through documents that never shows a hit (B217)', async () => {
    const policy = FIXTURE_POLICY.replace(
      'match: { issuer: shop, claims: { role: { equals: mobile } } }\n',
      'match: { issuer: shop, claims: { role: { equals: mobile } } }\n    limits: { documents: 4/1h }\n',
    );
    const { guard } = createBench(1, { policy });
    const statuses: number[] = [];
    for (let n = 1; n <= 8; n++) {
      const body = { size: 0, query: { ids: { values: [`v${n}`] } }, aggs: { age: { max: { field: 'age' } } } };
      statuses.push((await guard.handle(rawOf({ target: '/profiles/_search', body }))).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429, 429]);
  });
});
