import { describe, expect, it } from 'vitest';
import { ADA, BOB, harness, principal } from './testing/harness.ts';

const ORDER = {
  status: 'open',
  total: 12.5,
  placed: '2026-03-01T10:00:00Z',
  phone: '+49 30 555-0142',
  note: 'ring twice',
};

describe('a resource', () => {
  it('is created, read, listed, counted, changed and deleted by its owner', async () => {
    const { ask } = harness();
    const made = await ask('/v1/orders', { method: 'POST', body: ORDER });
    expect(made.status).toBe(201);
    const { id, ...shown } = made.json as Record<string, unknown>;
    expect(shown).toEqual({
      status: 'open',
      total: 12.5,
      placed: '2026-03-01T10:00:00.000Z',
      address: null,
      phone: '+49 30 555-0142',
      note: 'ring twice',
      recipientId: null,
      recipientName: null,
    });
    const path = made.headers.location!;
    expect(path).toBe(`/v1/orders/${id}`);
    const got = await ask(path);
    expect(got.json).toEqual(made.json);
    expect(got.headers.etag).toBe(made.headers.etag);
    expect(got.documents).toEqual([`orders/${id}`]);
    expect((await ask('/v1/orders')).json).toEqual({ items: [made.json], next: null });
    expect((await ask('/v1/orders/count')).json).toEqual({ count: 1 });
    const headers = { 'if-match': got.headers.etag! };
    const changed = await ask(path, { method: 'PATCH', headers, body: { status: 'paid', note: null } });
    expect(changed.json).toEqual({ ...(made.json as object), status: 'paid', note: null });
    expect(changed.headers.etag).not.toBe(got.headers.etag);
    expect((await ask(path, { method: 'DELETE' })).status).toBe(204);
    expect((await ask(path)).status).toBe(404);
  });

  it("is, when it is another's, byte for byte what is not there", async () => {
    const { ask, make } = harness();
    const { path } = await make(ORDER, BOB);
    const headers = { 'if-match': '*' };
    for (const request of [
      {},
      { method: 'PATCH', headers, body: { status: 'paid' } },
      { method: 'DELETE' },
      { method: 'DELETE', headers },
    ]) {
      const others = await ask(path, { ...request, as: ADA });
      const absent = await ask('/v1/orders/00000000-0000-4000-8000-000000000000', { ...request, as: ADA });
      const impossible = await ask('/v1/orders/no-uuid', { ...request, as: ADA });
      expect(others.status).toBe(404);
      expect(others).toEqual(absent);
      expect(others).toEqual(impossible);
    }
    expect((await ask('/v1/orders', { as: ADA })).json).toEqual({ items: [], next: null });
    expect((await ask('/v1/orders/count', { as: ADA })).json).toEqual({ count: 0 });
    expect((await ask(path, { as: BOB })).status).toBe(200);
  });

  it.each([
    ['no claim', principal('', {}, ['mobile'])],
    ['a list', { ...ADA, claims: { sub: ['ada'] } }],
    ['a number', { ...ADA, claims: { sub: 5 } }],
    ['null', { ...ADA, claims: { sub: null } }],
    ['nothing', { ...ADA, claims: {} }],
  ])('is nobody’s whose owner claim is %s', async (_case, as) => {
    const { ask, store } = harness();
    for (const [target, method, body] of [
      ['/v1/orders', 'GET'],
      ['/v1/orders/count', 'GET'],
      ['/v1/orders', 'POST', ORDER],
      ['/v1/orders/00000000-0000-4000-8000-000000000000', 'GET'],
    ] as const) {
      expect((await ask(target, { method, as, ...(body && { body }) })).status).toBe(403);
    }
    expect(store.handed).toEqual([]);
  });
});
