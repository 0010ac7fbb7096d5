import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { printJson } from '../../../json/print.ts';
import { isJsonObject } from '../../../json/value.ts';
import { applyFilterPath, reply } from './index.ts';
import { json } from './testing/scenario.ts';

const ANSWER =
  '{"took":1,"_shards":{"total":2,"failed":0},"hits":{"total":{"value":1},"hits":[{"_id":"1","_source":{"name":"Ada","a":{"b":1}}},{"_id":"2"}]}}';

function filtered(expression: string) {
  const answer = json(ANSWER);
  if (!isJsonObject(answer)) throw new Error('an object');
  return JSON.parse(printJson(applyFilterPath(answer, expression)));
}

describe('filter_path (B043)', () => {
  it.each([
    ['took', { took: 1 }],
    ['hits.hits._source', { hits: { hits: [{ _source: { name: 'Ada', a: { b: 1 } } }] } }],
    ['hits.hits._id,took', { took: 1, hits: { hits: [{ _id: '1' }, { _id: '2' }] } }],
    ['*.total', { _shards: { total: 2 }, hits: { total: { value: 1 } } }],
    ['**.b', { hits: { hits: [{ _source: { a: { b: 1 } } }] } }],
    ['hits.**._id', { hits: { hits: [{ _id: '1' }, { _id: '2' }] } }],
    ['_sh*.f*d', { _shards: { failed: 0 } }],
    ['-hits', { took: 1, _shards: { total: 2, failed: 0 } }],
    ['-hits,-_shards.total', { took: 1, _shards: { failed: 0 } }],
    ['hits,-hits.hits', { hits: { total: { value: 1 } } }],
    ['hits.hits._source.phone', {}],
    ['x', {}],
  ])('keeps of an answer what %s says', (expression, kept) => {
    expect(filtered(expression)).toEqual(kept);
  });

  it('keeps everything where nothing is said', () => {
    expect(filtered('')).toEqual(JSON.parse(ANSWER));
    expect(filtered(',')).toEqual(JSON.parse(ANSWER));
  });

  it.each(['a..b', '.', 'x'.repeat(3000), Array(100).fill('a').join(','), Array(40).fill('a').join('.')])(
    'refuses what is no short path',
    (expression) => {
      expect(() => filtered(expression)).toThrow(Refusal);
    },
  );

  it('costs a look-up for each key of a large answer, whatever the paths are', () => {
    const buckets = Array.from({ length: 10_000 }, (_, key) => `{"key":${key},"doc_count":1}`).join(',');
    const answer = json(`{"aggregations":{"a":{"buckets":[${buckets}]}}}`);
    if (!isJsonObject(answer)) throw new Error('an object');
    // Of different ends, or they would be one path.
    const paths = (stars: number, count: number) =>
      Array.from({ length: count }, (_, n) => `${'**.'.repeat(stars)}z${n}`).join(',');
    const started = performance.now();
    expect(applyFilterPath(answer, paths(3, 64))).toEqual({});
    expect(applyFilterPath(answer, paths(28, 8))).toEqual({});
    expect(applyFilterPath(answer, `-${paths(7, 32).replaceAll(',', ',-')}`)).toEqual(answer);
    filtered(`${'*a'.repeat(200)}.${'*a'.repeat(200)}`);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(() => applyFilterPath(answer, paths(8, 30))).toThrow(Refusal);
  });

  it('reads stars in a row as one, and as nothing', () => {
    expect(filtered('**.**.b')).toEqual(filtered('**.b'));
    expect(filtered('**.hits.**.name')).toEqual({ hits: { hits: [{ _source: { name: 'Ada' } }] } });
    expect(filtered('took.**')).toEqual({ took: 1 });
    expect(filtered('-**._id')).toEqual({
      ...JSON.parse(ANSWER),
      hits: { total: { value: 1 }, hits: [{ _source: { name: 'Ada', a: { b: 1 } } }, {}] },
    });
  });

  it('is applied by the reply, to what may be seen', () => {
    const answer = json(ANSWER);
    if (!isJsonObject(answer)) throw new Error('an object');
    expect(reply(200, answer, { filterPath: 'took' }).body).toBe('{"took":1}');
  });
});

describe('replies', () => {
  it('name the product to clients of Elasticsearch only, and the media type that was asked for', () => {
    const empty = json('{}') as never;
    expect(reply(200, empty, { dialect: 'elasticsearch-8' }).headers).toEqual({
      'content-type': 'application/json',
      'x-elastic-product': 'Elasticsearch',
    });
    expect(reply(200, empty, { dialect: 'opensearch-2' }).headers).toEqual({ 'content-type': 'application/json' });
    expect(reply(200, empty, { compatibleWith: '8' }).headers['content-type']).toBe(
      'application/vnd.elasticsearch+json;compatible-with=8',
    );
  });
});
