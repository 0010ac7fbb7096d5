import { describe, expect, it } from 'vitest';
import { ADA, harness, principal } from './testing/harness.ts';
import { field, ORDERS, resource } from './testing/resources.ts';

const ID = '00000000-0000-4000-8000-000000000000';

describe('a path', () => {
  const { api } = harness();

  it.each(['/v1/orders', '/v1/orders?x=1', '/v1', '/v1/', '/v1?x', '/v1/anything'])('%s is the API’s', (target) => {
    expect(api.owns(target)).toBe(true);
  });

  it.each(['/', '', '/v2/orders', '/v1x/orders', '/%76%31/orders', '//v1/orders', '/orders', '/V1/orders', '/?v1/'])(
    '%s is not',
    (target) => {
      expect(api.owns(target)).toBe(false);
    },
  );

  it.each([
    ['GET', '/v1/unknown', 404],
    ['GET', '/v1', 404],
    ['GET', '/v1/openapi.json', 404],
    ['GET', `/v1/orders/${ID}/items`, 404],
    ['GET', '/v1/%6frders', 404],
    ['GET', '/v1/Orders', 404],
    ['PUT', '/v1/orders', 405],
    ['HEAD', '/v1/orders', 405],
    ['DELETE', '/v1/orders', 405],
    ['PATCH', '/v1/orders', 405],
    ['POST', `/v1/orders/${ID}`, 405],
    ['PUT', `/v1/orders/${ID}`, 405],
    ['POST', '/v1/orders/count', 405],
    ['OPTIONS', '/v1/orders', 405],
  ])('that nobody declared: %s %s is %i', async (method, target, status) => {
    const { ask, store } = harness();
    expect((await ask(target, { method })).status).toBe(status);
    expect(store.handed).toEqual([]);
  });

  it('says which methods it has', async () => {
    const { ask } = harness();
    expect((await ask('/v1/orders', { method: 'PUT' })).headers.allow).toBe('GET, POST');
    expect((await ask(`/v1/orders/${ID}`, { method: 'PUT' })).headers.allow).toBe('GET, PATCH, DELETE');
    expect((await ask('/v1/orders/count', { method: 'POST' })).headers.allow).toBe('GET');
  });

  it('is not there for a caller without a role, with an operation that no role may, or of another caller’s operation', async () => {
    const declared = resource({
      fields: [field('status')],
      roles: { mobile: ['list', 'get'], support: ['count'] },
    });
    const { ask, store } = harness({ resources: [declared] });
    const stranger = principal('ada', {}, ['other']);
    expect(await ask('/v1/orders', { as: stranger })).toEqual(await ask('/v1/unknown', { as: stranger }));
    expect((await ask('/v1/orders', { method: 'POST', body: {} })).headers.allow).toBe('GET');
    expect((await ask('/v1/orders/count', { as: ADA })).status).toBe(403);
    expect((await ask('/v1/orders', { as: principal('x', {}, ['support']) })).status).toBe(403);
    expect((await ask(`/v1/orders/${ID}`, { method: 'DELETE' })).status).toBe(405);
    expect(store.handed).toEqual([]);
    expect((await ask('/v1/orders/count', { as: principal('x', {}, ['mobile', 'support']) })).status).toBe(200);
  });

  it('takes no parameters and no body where none are declared', async () => {
    const { ask } = harness();
    expect((await ask(`/v1/orders/${ID}?fields=status`)).status).toBe(400);
    expect((await ask('/v1/orders?x', { method: 'POST', body: {} })).status).toBe(400);
    expect((await ask('/v1/orders', { body: {} })).status).toBe(400);
    expect((await ask(`/v1/orders/${ID}`, { method: 'DELETE', body: {} })).status).toBe(400);
  });

  it('plans what the journal and the device policy read', () => {
    const plan = api.plan(
      {
        method: 'GET',
        segments: ['v1', 'orders'],
        rawSegments: ['v1', 'orders'],
        query: new Map(),
        headers: new Map(),
        body: new Uint8Array(0),
        bodyType: null,
        compatibleWith: null,
      },
      { principal: ADA, now: 0 } as never,
    );
    expect(plan).toMatchObject({
      operation: 'resource.list',
      named: 'orders.list',
      upstream: 'shop',
      indices: ['orders'],
      rules: ['resources.orders'],
      role: 'mobile',
      own: true,
    });
  });

  it('whose store is not there is unavailable', async () => {
    const { ask } = harness({ stores: new Map() });
    expect((await ask('/v1/orders')).status).toBe(503);
    const vaultless = harness({ vault: null, resources: [ORDERS] });
    expect((await vaultless.ask('/v1/orders', { method: 'POST', body: { status: 'open' } })).status).toBe(503);
  });

  it('of a keyword id takes what a store can hold, and never the count', async () => {
    const declared = resource({ id: { column: null, type: 'keyword' }, fields: [field('status')] });
    const { ask } = harness(
      { resources: [declared] },
      { 'a b': { customer: 'ada', status: 'x' }, count: { customer: 'ada' } },
    );
    expect((await ask('/v1/orders/a%20b')).json).toEqual({ id: 'a b', status: 'x' });
    expect((await ask('/v1/orders/count')).json).toEqual({ count: 2 });
    expect((await ask('/v1/orders/a%2Fb')).status).toBe(404);
  });
});

describe('the description', () => {
  const describe = { openapi: (version: string) => `{"v":"${version}"}`, page: (version: string) => `<p>${version}` };

  it('is answered to anyone where it is published, and is not there otherwise', async () => {
    const { ask } = harness({ describe });
    const document = await ask('/v1/openapi.json');
    expect(document).toMatchObject({ status: 200, json: { v: 'v1' }, headers: { 'content-type': 'application/json' } });
    const page = await ask('/v1/');
    expect(page).toMatchObject({ status: 200, body: '<p>v1' });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect((await ask('/v1')).body).toBe('<p>v1');
    expect((await ask('/v1/openapi.json?x=1')).status).toBe(404);
    expect((await harness().ask('/v1/')).status).toBe(404);
  });
});
