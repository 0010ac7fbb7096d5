import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../contract/grant.ts';
import { passSearch } from './pass.ts';
import type { Projection } from './projection.ts';

const projection = (more: object = {}) =>
  ({
    grants: [{ index: 'orders', dataStream: false } as Grant],
    strict: false,
    prefix: '',
    aggregations: null,
    parts: { size: 3, totalAsInt: false },
    ...more,
  }) as unknown as Projection;

function pass(body: string | Uint8Array, with_: Projection = projection()) {
  const bytes = Buffer.from(body);
  return passSearch({ status: 200, headers: { 'content-type': 'application/json' }, body: bytes }, with_);
}

const hit = (id: string, index = 'orders', source = '{"a":1}') =>
  `{"_index":"${index}","_id":"${id}","_source":${source}}`;
const answer = (hits: string, rest = '') =>
  `{"took":1,"timed_out":false,"_shards":{"total":1},"hits":{"total":{"value":1,"relation":"eq"},"hits":[${hits}]}${rest}}`;

describe('an answer that passes as it is', () => {
  it('has its documents named, whatever stands in them', () => {
    const odd = '{"hits":{"hits":[{"_index":"secret","_id":"x"}]},"_index":"secret","t":"\\"}]\\\\","n":1e400}';
    const found = pass(answer(`${hit('1')},${hit('é', 'orders', odd)} , ${hit('3')}`));
    expect(found?.documents).toEqual(['orders/1', 'orders/é', 'orders/3']);
    expect(pass(answer(''))?.documents).toEqual([]);
  });

  it('is the bytes of the store', () => {
    const body = answer(hit('1'));
    expect(Buffer.from(pass(body)!.bytes).toString()).toBe(body);
  });

  it('names the same documents as a parser does, for any JSON in them', () => {
    const source = fc.json({ maxDepth: 4 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z0-9]{1,8}$/), source), { maxLength: 3 }),
        fc.boolean(),
        (hits, wide) => {
          const body = answer(hits.map(([id, json]) => hit(id, 'orders', json)).join(','));
          const text = wide ? JSON.stringify(JSON.parse(body), null, 2) : body;
          expect(pass(text)?.documents).toEqual(hits.map(([id]) => `orders/${id}`));
        },
      ),
    );
  });
});

describe('an answer that does not', () => {
  it('is refused for a hit of an index that is not granted, and for more hits than were asked for (B183)', () => {
    expect(() => pass(answer(hit('1', 'secret')))).toThrow(expect.objectContaining({ code: 'post_check' }));
    expect(() => pass(answer(`${hit('1')},${hit('2', 'secret')}`))).toThrow(
      expect.objectContaining({ code: 'post_check' }),
    );
    const four = ['1', '2', '3', '4'].map((id) => hit(id)).join(',');
    expect(() => pass(answer(four))).toThrow(expect.objectContaining({ code: 'post_check' }));
  });

  it.each([
    ['a store id', answer(hit('1'), ',"_scroll_id":"abc"')],
    ['aggregations', answer(hit('1'), ',"aggregations":{}')],
    ['an unknown member', answer(hit('1'), ',"secret":1')],
    ['a member in escapes', answer(hit('1'), ',"_scroll\\u005fid":"abc"')],
    ['hits twice', answer(hit('1'), ',"hits":{"hits":[]}')],
    ['a hit with two indices', answer('{"_index":"orders","_index":"secret","_id":"1"}')],
    ['a hit with an index in escapes', answer('{"_index":"orders","_\\u0069ndex":"secret","_id":"1"}')],
    ['an index in escapes', answer('{"_index":"\\u006frders","_id":"1"}')],
    ['a hit without an id', answer('{"_index":"orders"}')],
    ['shards that failed', answer(hit('1')).replace('"total":1', '"failures":[]')],
    ['an end too early', answer(hit('1')).slice(0, -1)],
    ['more behind its end', `${answer(hit('1'))}{}`],
    ['no hits', '{"took":1,"_shards":{}}'],
    ['a list', '[]'],
    ['nothing', ''],
  ])('is left to the parser: %s', (_name, body) => {
    expect(pass(body)).toBeUndefined();
  });

  it('is left to the projection where something would be changed in it', () => {
    const body = answer(hit('1'));
    expect(pass(body, projection({ strict: true }))).toBeUndefined();
    expect(pass(body, projection({ prefix: 'a:' }))).toBeUndefined();
    expect(pass(body, projection({ parts: { size: 3, totalAsInt: true } }))).toBeUndefined();
    expect(pass(Buffer.from([...Buffer.from(body), 0xff]))).toBeUndefined();
  });
});
