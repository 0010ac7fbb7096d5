import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json/value.ts';
import { ADA, BOB, harness } from './testing/harness.ts';
import { field, ORDERS, resource, schema } from './testing/resources.ts';

const ID = '00000000-0000-4000-8000-000000000000';

function errorsOf(json: unknown) {
  return (json as { errors?: { pointer?: string; detail: string }[] }).errors?.map(({ pointer }) => pointer);
}

describe('a creation', () => {
  it.each([
    ['an undeclared member', { admin: true }, '/admin'],
    ['the owner', { customer: 'bob' }, '/customer'],
    ['the id', { id: ID }, '/id'],
    ['the store’s id', { _id: ID }, '/_id'],
    ['a pseudonym', { customer_ref: 'x' }, '/customer_ref'],
    ['a beacon', { recipientName_beacon: '0' }, '/recipientName_beacon'],
    ['what only the store writes', { number: 1 }, '/number'],
    ['a column’s name', { order_no: 1 }, '/order_no'],
    ['the filter’s column', { deleted: true }, '/deleted'],
    ['a member of an object', { address: { city: 'x', admin: true } }, '/address/admin'],
    ['a dotted path', { 'address.city': 'x' }, ''],
    ['an operator', { status: { $ne: 'x' } }, '/status'],
  ])('that sends %s is refused, and tells where (B224)', async (_case, more, pointer) => {
    const { ask, store } = harness();
    const { status, json } = await ask('/v1/orders', { method: 'POST', body: { status: 'open', ...more } });
    expect(status).toBe(422);
    expect(errorsOf(json)).toEqual([pointer]);
    expect(store.handed).toEqual([]);
  });

  it.each([
    ['no body', undefined, 400],
    ['a list', [], 400],
    ['a text', '"x"', 400],
    ['no JSON', '{', 400],
    ['a key twice', '{"status":"open","status":"paid"}', 400],
    ['a prototype', '{"__proto__":{"status":"open"}}', 400],
    ['too much', { status: 'open', title: 'x'.repeat(70_000) }, 413],
  ])('with %s is refused', async (_case, body, status) => {
    const { ask, store } = harness();
    expect((await ask('/v1/orders', { method: 'POST', ...(body !== undefined && { body }) })).status).toBe(status);
    expect(store.handed).toEqual([]);
  });

  it('needs JSON by its name', async () => {
    const { ask } = harness();
    const body = { status: 'open' };
    expect((await ask('/v1/orders', { method: 'POST', body, type: 'application/merge-patch+json' })).status).toBe(415);
  });

  it('gets owner and filter from the gateway', async () => {
    const { make, store } = harness();
    const { id } = await make({ status: 'open' }, BOB);
    expect(store.documents.get(id)?.columns).toMatchObject({ customer: 'bob', deleted: false });
  });

  it('never takes an owner from a client, though a declaration lists it as writable', async () => {
    const declared = resource({
      fields: [
        field('customer', { write: ['create', 'update'], required: true }),
        field('status', { write: ['create'] }),
      ],
    });
    const { ask, store } = harness({ resources: [declared] });
    expect((await ask('/v1/orders', { method: 'POST', body: { customer: 'bob' } })).status).toBe(422);
    const made = await ask('/v1/orders', { method: 'POST', body: { status: 'x' } });
    expect(made.json).toMatchObject({ customer: 'ada', status: 'x' });
    const headers = { 'if-match': '*' };
    const moved = await ask(made.headers.location!, { method: 'PATCH', headers, body: { customer: 'bob' } });
    expect(moved.status).toBe(422);
    expect([...store.documents.values()].map(({ columns }) => columns.customer)).toEqual(['ada']);
  });

  it('outside the declared filter is refused, and leaves nothing behind', async () => {
    const declared = resource({
      filter: { kind: 'term', field: 'region', type: 'keyword', value: { literal: 'eu' } },
      fields: [field('region', { write: ['create', 'update'] })],
    });
    const { ask, store } = harness({ resources: [declared] });
    expect((await ask('/v1/orders', { method: 'POST', body: { region: 'us' } })).status).toBe(403);
    expect(store.documents.size).toBe(0);
    const made = await ask('/v1/orders', { method: 'POST', body: {} });
    expect(made.json).toMatchObject({ region: 'eu' });
    const headers = { 'if-match': '*' };
    const moved = await ask(made.headers.location!, { method: 'PATCH', headers, body: { region: 'us' } });
    expect(moved.status).toBe(403);
  });

  it('may be answered without a body', async () => {
    const { ask } = harness();
    const headers = { prefer: 'respond-async, return=minimal' };
    const made = await ask('/v1/orders', { method: 'POST', body: { status: 'open' }, headers });
    expect(made).toMatchObject({ status: 201, body: '', headers: { 'preference-applied': 'return=minimal' } });
    expect(made.headers.etag).toBeDefined();
    expect((await ask(made.headers.location!)).status).toBe(200);
  });
});

describe('a creation with a key', () => {
  const post = (body: unknown, key = 'k-1', as = ADA) => ({
    method: 'POST',
    body,
    as,
    headers: { 'idempotency-key': `"${key}"` },
  });

  it('creates once, and answers alike', async () => {
    const { ask, store } = harness();
    const first = await ask('/v1/orders', post({ status: 'open', total: 1, phone: '+49 30 5550142' }));
    const again = await ask('/v1/orders', post({ total: 1, phone: '+49 30 5550142', status: 'open' }));
    expect(first.status).toBe(201);
    // What was written by now is shown again, and not for nothing.
    expect(again).toEqual({
      ...first,
      documents: [`orders/${String(again.headers.location).slice('/v1/orders/'.length)}`],
    });
    expect(store.documents.size).toBe(1);
  });

  it('is refused with another body', async () => {
    const { ask, store } = harness();
    await ask('/v1/orders', post({ status: 'open' }));
    const other = await ask('/v1/orders', post({ status: 'paid' }));
    expect(other).toMatchObject({ status: 422, json: { type: 'urn:postern:problem:idempotency' } });
    expect(store.documents.size).toBe(1);
  });

  it('is another creation for another caller', async () => {
    const { ask, store } = harness();
    await ask('/v1/orders', post({ status: 'open' }));
    expect((await ask('/v1/orders', post({ status: 'paid' }, 'k-1', BOB))).status).toBe(201);
    expect(store.documents.size).toBe(2);
  });

  it('is refused while it runs', async () => {
    const h = harness({
      idempotency: { begin: async () => 'running', done: async () => {}, abandon: async () => {} },
    });
    expect((await h.ask('/v1/orders', post({ status: 'open' }))).status).toBe(409);
    expect(h.store.handed).toEqual([]);
  });

  it('runs once of many at once', async () => {
    const { ask, store } = harness();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/v1/orders', post({ status: 'open' }))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    expect(store.documents.size).toBe(1);
  });

  it('that nobody remembers meets its own document (a crash between the store and the memory)', async () => {
    const forgetful = { begin: async () => 'new' as const, done: async () => {}, abandon: async () => {} };
    const { ask, store } = harness({ idempotency: forgetful });
    const body = { status: 'open', total: 1.5, tags: ['a'], phone: '+49 30 5550142', note: 'x' };
    const first = await ask('/v1/orders', post(body));
    expect(await ask('/v1/orders', post(body))).toEqual(first);
    expect((await ask('/v1/orders', post({ ...body, note: 'y' }))).status).toBe(422);
    expect(store.documents.size).toBe(1);
  });

  it('is free again when its creation failed', async () => {
    const { ask, store } = harness();
    const create = store.create;
    store.create = async () => Promise.reject(new Error('down'));
    await expect(ask('/v1/orders', post({ status: 'open' }))).rejects.toThrow('down');
    store.create = create;
    expect((await ask('/v1/orders', post({ status: 'open' }))).status).toBe(201);
  });

  it('does not make again what was deleted since', async () => {
    const { ask, store } = harness();
    const made = await ask('/v1/orders', post({ status: 'open' }));
    await ask(made.headers.location!, { method: 'DELETE' });
    expect((await ask('/v1/orders', post({ status: 'open' }))).status).toBe(404);
    expect(store.documents.size).toBe(0);
  });

  it('whose id is taken by what the caller does not see is a conflict', async () => {
    const { ask, store } = harness();
    const made = await ask('/v1/orders', post({ status: 'open' }));
    const id = (made.json as { id: string }).id;
    store.documents.set(id, { version: 1, columns: { customer: 'bob', deleted: false } });
    const again = harness();
    again.store.documents.set(id, { version: 1, columns: { customer: 'bob', deleted: false } });
    expect((await again.ask('/v1/orders', post({ status: 'open' }))).status).toBe(409);
  });
});

describe('an update', () => {
  const patch = (body: unknown, etag = '*') => ({ method: 'PATCH', body, headers: { 'if-match': etag } });

  it('needs to say which version it is of', async () => {
    const { ask, make } = harness();
    const { path } = await make({ status: 'open' });
    const { status, json } = await ask(path, { method: 'PATCH', body: { status: 'paid' } });
    expect(status).toBe(428);
    expect(json).toMatchObject({ type: 'urn:postern:problem:precondition_required' });
  });

  it('of a version that is gone is refused, also when it goes meanwhile', async () => {
    const { ask, make, store } = harness();
    const { path, etag } = await make({ status: 'open' });
    expect((await ask(path, patch({ status: 'paid' }, etag))).status).toBe(200);
    expect((await ask(path, patch({ status: 'sent' }, etag))).status).toBe(412);
    expect((await ask(path, patch({ status: 'sent' }, `W/${etag}`))).status).toBe(412);
    store.update = async () => 'changed';
    const { headers } = await ask(path);
    expect((await ask(path, patch({ status: 'sent' }, headers.etag))).status).toBe(412);
    expect((await ask(path, patch({ status: 'sent' }))).status).toBe(409);
  });

  it('changes the members that it names, clears with null, and merges objects (RFC 7396)', async () => {
    const { ask, make, store } = harness();
    const { path, id } = await make({ status: 'open', total: 5, address: { city: 'Bonn', zip: '53111' } });
    const { json } = await ask(path, patch({ total: null, address: { city: 'Köln' } }));
    expect(json).toMatchObject({ status: 'open', total: null, address: { city: 'Köln', zip: '53111' } });
    expect((await ask(path, patch({ address: { zip: null } }))).json).toMatchObject({ address: { city: 'Köln' } });
    expect((await ask(path, patch({ address: null }))).json).toMatchObject({ address: null });
    expect(store.documents.get(id)?.columns.address).toBeNull();
  });

  it.each([
    ['clears what must be there', { status: null }, '/status'],
    ['clears a member that must be there', { address: { city: null } }, '/address/city'],
    ['merges into what does not fit', { address: { zip: 'x' } }, '/address/zip'],
    ['sends an undeclared member', { admin: true }, '/admin'],
    ['sends an undeclared member of an object', { address: { admin: true } }, '/address/admin'],
    ['sends what only a creation may', { placed: '2026-01-01T00:00:00Z' }, '/placed'],
    ['sends the owner', { customer: 'bob' }, '/customer'],
    ['replaces an object by a text', { address: 'x' }, '/address'],
  ])('that %s is refused', async (_case, body, pointer) => {
    const { ask, make, store } = harness();
    const { path, id } = await make({ status: 'open', address: { city: 'Bonn' } });
    const before = store.documents.get(id);
    const { status, json } = await ask(path, patch(body));
    expect(status).toBe(422);
    expect(errorsOf(json)).toEqual([pointer]);
    expect(store.documents.get(id)).toEqual(before);
  });

  it('needs a merge patch by its name', async () => {
    const { ask, make } = harness();
    const { path } = await make({ status: 'open' });
    const { status, headers } = await ask(path, { ...patch({ status: 'paid' }), type: 'application/json' });
    expect(status).toBe(415);
    expect(headers['accept-patch']).toBe('application/merge-patch+json');
  });

  it('of nothing writes nothing', async () => {
    const { ask, make, store } = harness();
    const { path, etag } = await make({ status: 'open' });
    const { status, headers } = await ask(path, patch({}, etag));
    expect([status, headers.etag]).toEqual([200, etag]);
    expect(store.handed.some((call) => call.startsWith('update'))).toBe(false);
  });

  it('may be answered without a body', async () => {
    const { ask, make } = harness();
    const { path, etag } = await make({ status: 'open' });
    const headers = { 'if-match': etag, prefer: 'return=minimal' };
    const changed = await ask(path, { method: 'PATCH', body: { status: 'paid' }, headers });
    expect(changed).toMatchObject({ status: 204, body: '', documents: [] });
    expect(changed.headers.etag).toBe((await ask(path)).headers.etag);
  });

  it('touches the members that it names and no others', async () => {
    const values = fc.record(
      {
        status: fc.constantFrom('open', 'paid', 'sent'),
        total: fc.option(fc.integer({ min: 0, max: 99 })),
        gift: fc.boolean(),
        title: fc.string({ unit: 'grapheme', minLength: 1 }),
        tags: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 3 }),
        phone: fc.stringMatching(/^\+49[1-9]\d{6}$/),
        note: fc.option(fc.string({ maxLength: 20 })),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(values, values, async (first, changes) => {
        const { ask, make } = harness();
        const { path } = await make({ status: 'open', ...first });
        const before = (await ask(path)).json as JsonObject;
        const { status, json } = await ask(path, patch(changes));
        expect(status).toBe(200);
        expect(json).toEqual({ ...before, ...changes });
        expect((await ask(path)).json).toEqual(json);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a deletion', () => {
  it('is of the version that it says, or of any', async () => {
    const { ask, make, store } = harness();
    const { path, etag } = await make({ status: 'open' });
    const patched = await ask(path, { method: 'PATCH', body: { status: 'paid' }, headers: { 'if-match': etag } });
    expect((await ask(path, { method: 'DELETE', headers: { 'if-match': etag } })).status).toBe(412);
    const gone = await ask(path, { method: 'DELETE', headers: { 'if-match': patched.headers.etag! } });
    expect(gone).toMatchObject({ status: 204, body: '' });
    expect(store.documents.size).toBe(0);
    expect((await ask(path, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('a reading', () => {
  it('of the version that the caller has is no answer again', async () => {
    const { ask, make } = harness();
    const { path, etag } = await make({ status: 'open' });
    const same = await ask(path, { headers: { 'if-none-match': `"x", W/${etag}` } });
    expect(same).toMatchObject({ status: 304, body: '', headers: { etag }, documents: [] });
    expect((await ask(path, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    expect((await ask(path, { headers: { 'if-none-match': '*' } })).status).toBe(304);
    expect((await ask(path, { headers: { 'if-none-match': '*' }, as: BOB })).status).toBe(404);
  });

  it('tells its features, without a value of it', async () => {
    const { ask } = harness();
    const missed = await ask(`/v1/orders/${ID}`);
    expect(missed.features).toEqual({ source: 'orders', continues: false, misses: 1, range: null });
    expect(missed.outcome).toBe('absent');
    const range = async (query: string) => (await ask(`/v1/orders?${query}`)).features?.range;
    const one = await range('total[gte]=1&total[lt]=2');
    expect(one).toMatch(/^[\w-]{16}$/);
    expect(await range('total[gte]=1&total[lt]=2')).toBe(one);
    expect(await range('total[gte]=2&total[lt]=3')).not.toBe(one);
    expect(await range('status=open')).toBeNull();
  });

  it('shows a document of the store by its declaration, whatever else it holds', async () => {
    const declared = resource({
      fields: [field('city'), field('place', { schema: { type: 'object', members: new Map([['zip', schema()]]) } })],
    });
    const stored = { customer: 'ada', city: { secret: 1 }, place: { zip: '1', secret: 2 }, hidden: 3 };
    const { ask } = harness({ resources: [declared] }, { [ID]: stored });
    expect((await ask(`/v1/orders/${ID}`)).json).toEqual({ id: ID, place: { zip: '1' } });
  });
});

it('declares what these tests rely on', () => {
  expect(ORDERS.fields.get('secret')?.read).toBe(false);
});
