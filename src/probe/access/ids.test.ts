import { describe, expect, it } from 'vitest';
import { asId, idsOf } from './ids.ts';
import { randomId } from './requests.ts';

const ids = (body: unknown, idField?: string, headers: Record<string, string> = {}) =>
  idsOf(body, headers, idField, 'orderId');

describe('ids of a list', () => {
  it.each([
    ['a bare list', [{ id: 1 }, { id: 2 }], ['1', '2']],
    ['an envelope', { data: { orders: [{ id: 'a' }] } }, ['a']],
    ['HAL', { _embedded: { orders: [{ orderId: 'a', id: 'b' }] } }, ['a']],
    ['Relay', { data: { edges: [{ cursor: 'z', node: { id: 'a' } }] } }, ['a']],
    ['ids alone', ['a', 'b', 'a'], ['a', 'b']],
    ['Mongo', [{ _id: '5f0c6d1e8a534b0f9c352f6c' }], ['5f0c6d1e8a534b0f9c352f6c']],
    ['an empty list', { data: [] }, []],
  ])('%s', (_name, body, expected) => {
    expect(ids(body)?.ids).toEqual(expected);
  });

  it('are of the field that is named, also within', () => {
    expect(ids([{ id: 1, order: { number: 'n-1' } }], 'order.number')?.ids).toEqual(['n-1']);
  });

  it('say when the list goes on', () => {
    expect(ids({ data: [{ id: 1 }], meta: { total: 40 } })?.goesOn).toBe(true);
    expect(ids({ data: [{ id: 1 }], nextCursor: 'x' })?.goesOn).toBe(true);
    expect(ids({ data: [{ id: 1 }], nextCursor: null, total: 1, hasMore: false })?.goesOn).toBe(false);
    expect(ids([{ id: 1 }], undefined, { link: '</orders?page=2>; rel="next"' })?.goesOn).toBe(true);
  });

  it('are none in what is no list, or has none', () => {
    for (const body of [null, 'x', 5, {}, { a: { b: 1 } }, [{ x: 1 }], [null]]) expect(ids(body)).toBeUndefined();
    let deep: unknown = [{ id: 1 }];
    for (let depth = 0; depth < 50; depth++) deep = { deep };
    expect(ids(deep)).toBeUndefined();
  });

  it('are one segment of a path, or are no ids', () => {
    for (const bad of ['.', '..', '', 'a b', 'a\nb', 'é', 'x'.repeat(129), -1, 1.5, 2 ** 60, null, {}, true])
      expect(asId(bad)).toBeUndefined();
    for (const good of ['a/b', '..a', '%2e%2e', 0, 17]) expect(asId(good)).toBe(String(good));
  });

  it('have random ones of the same form', () => {
    expect(randomId('7')).toMatch(/^9\d{14}$/);
    expect(randomId('5f0c6d1e-8a53-4b0f-9c35-2f6c1d7b9a10')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(randomId('5f0c6d1e8a534b0f9c352f6c')).toMatch(/^[0-9a-f]{24}$/);
    expect(randomId('order-17')).toMatch(/^x[0-9a-f]{24}$/);
  });
});
