import { describe, expect, it } from 'vitest';
import {
  compatGrantOf,
  contextOf,
  foundOf,
  grantOf,
  jsonOf,
  plan,
  refusalOf,
  requestOf,
  sentBody,
  storeOf,
} from '../testing/fixture.ts';

const ANN = { tenant: 't1', name: 'Ann' };
const found = (more: object = {}) => storeOf(() => ({ json: foundOf({ '1': ANN }, 'profiles', more) }));

describe('a search', () => {
  it('carries the filter, names its indices, and says what it decided', async () => {
    const store = found();
    const decided = plan(requestOf('POST', '/profiles/_search', { query: { match: { name: 'ann' } } }));
    expect(decided).toMatchObject({
      operation: 'search',
      upstream: 'shop',
      indices: ['profiles'],
      rules: ['roles.mobile.rules[0]'],
      role: 'mobile',
    });
    const reply = await decided.run(store);
    expect(reply.documents).toEqual(['profiles/1']);
    expect(store.sent[0]?.path).toBe('/profiles/_search?request_cache=false');
    expect(JSON.stringify(sentBody(store.sent[0]).query)).toContain('"t1"');
  });

  it('is answered whole or not at all when the client wants it so', async () => {
    const store = found();
    await plan(requestOf('GET', '/profiles/_search?allow_partial_search_results=false')).run(store);
    await plan(requestOf('GET', '/profiles/_search?allow_partial_search_results=true')).run(store);
    expect(store.sent.map(({ path }) => path)).toEqual([
      '/profiles/_search?request_cache=false&allow_partial_search_results=false',
      '/profiles/_search?request_cache=false',
    ]);
  });

  it.each(['/profiles/_search', '/profiles/_count', '/profiles/_doc/1'])(
    'is sent again as it was sent when the gateway is asked what it sent: %s',
    async (target) => {
      const store = storeOf(() => ({ json: { ...foundOf({ '1': ANN }), count: 1 } }));
      await plan(requestOf('GET', target)).run(store);
      const [first] = store.sent;
      await plan(requestOf('POST', first?.path ?? '', first?.body ?? '')).run(store);
      expect(store.sent[1]).toEqual(first);
    },
  );

  it('does not run without the claim that its filter needs', () => {
    const context = contextOf();
    const principal = { ...context.principal, claims: {} };
    expect(refusalOf(() => plan(requestOf('GET', '/profiles/_search'), { ...context, principal }))).toBe('forbidden');
  });

  it('shows the store’s error rebuilt', async () => {
    const store = storeOf(() => ({
      status: 400,
      json: { error: { type: 'parsing_exception', reason: 'CANARY' }, status: 400 },
    }));
    const reply = await plan(requestOf('GET', '/profiles/_search')).run(store);
    expect(reply.status).toBe(400);
    expect(reply.headers['x-elastic-product']).toBe('Elasticsearch');
    expect(reply.body).not.toContain('CANARY');
  });
});

describe('a scroll', () => {
  const open = () =>
    plan(requestOf('POST', '/profiles/_search?scroll=1m', { size: 1 })).run(found({ _scroll_id: 'STORE-ID' }));

  it('B045 leaves the gateway sealed, and goes on with the sealed id only', async () => {
    const reply = await open();
    const { _scroll_id: id } = jsonOf(reply);
    expect(typeof id).toBe('string');
    expect(reply.body).not.toContain('STORE-ID');
    const store = found({ _scroll_id: 'STORE-ID' });
    await plan(requestOf('POST', '/_search/scroll', { scroll_id: id, scroll: '1m' })).run(store);
    expect(sentBody(store.sent[0])).toEqual({ scroll_id: 'STORE-ID', scroll: '60000ms' });
    expect(refusalOf(() => plan(requestOf('POST', '/_search/scroll', { scroll_id: 'STORE-ID' })))).toBe(
      'malformed_body',
    );
  });

  it('is sent with a life of ours', async () => {
    const store = found({ _scroll_id: 'STORE-ID' });
    await plan(requestOf('GET', '/profiles/_search?scroll=90s')).run(store);
    expect(store.sent[0]?.path).toBe('/profiles/_search?request_cache=false&scroll=90000ms');
  });

  it('B145 needs the very rule that the search has', () => {
    const searching = grantOf({ operations: new Set(['search'] as const) });
    const scrolling = grantOf({ operations: new Set(['scroll'] as const), rule: 'roles.mobile.rules[1]' });
    const context = contextOf({ grants: [searching, scrolling] });
    expect(refusalOf(() => plan(requestOf('GET', '/profiles/_search?scroll=1m'), context))).toBe('forbidden');
  });

  it('leaves no id where none was asked for', async () => {
    expect(
      jsonOf(await plan(requestOf('GET', '/profiles/_search')).run(found({ _scroll_id: 'STORE-ID' }))),
    ).not.toHaveProperty('_scroll_id');
  });
});

describe('a search over a point in time', () => {
  const opened = async (context = contextOf()) => {
    const store = storeOf(() => ({ json: { id: 'STORE-PIT' } }));
    return jsonOf(await plan(requestOf('POST', '/profiles/_pit?keep_alive=1m'), context).run(store)).id;
  };

  it('B143 carries the filter again, and no index of its own', async () => {
    const id = await opened();
    const store = found({ pit_id: 'STORE-PIT-2' });
    const reply = await plan(requestOf('POST', '/_search', { pit: { id, keep_alive: '2m' }, size: 1 })).run(store);
    expect(store.sent[0]?.path).toBe('/_search?request_cache=false');
    const body = sentBody(store.sent[0]);
    expect(body.pit).toEqual({ id: 'STORE-PIT', keep_alive: '120000ms' });
    expect(JSON.stringify(body.query)).toContain('"t1"');
    const { pit_id: next } = jsonOf(reply);
    expect(reply.body).not.toContain('STORE-PIT');
    const again = found();
    await plan(requestOf('POST', '/_search', { pit: { id: next } })).run(again);
    expect(sentBody(again.sent[0]).pit).toEqual({ id: 'STORE-PIT-2' });
  });

  it('B138, B139, B147 is nobody else’s, and no id of the store’s', async () => {
    const id = await opened();
    const ask = (pit: unknown, context = contextOf(), target = '/_search') =>
      refusalOf(() => plan(requestOf('POST', target, { pit }), context));
    expect(ask({ id })).toBe('planned');
    expect(ask({ id }, contextOf({ principal: 'token:shop:mallory' }))).toBe('absent');
    expect(ask({ id: `${String(id).slice(0, -2)}AA` })).toBe('absent');
    expect(ask({ id }, contextOf({ now: Date.UTC(2026, 10, 23) }))).toBe('absent');
    expect(ask({ id: 'STORE-PIT' })).toBe('malformed_body');
    expect(ask({ id }, contextOf(), '/profiles/_search')).toBe('malformed_body');
    expect(ask({ id }, contextOf(), '/_search?scroll=1m')).toBe('malformed_body');
    expect(ask({ id, keep_alive: '6m' })).toBe('too_costly');
    expect(ask({ id, slice: 1 })).toBe('unsupported_option');
    expect(ask({})).toBe('malformed_body');
    expect(ask('x')).toBe('malformed_body');
  });

  it('B145 ends with the rule that it was opened under', async () => {
    const id = await opened();
    const ask = (context: ReturnType<typeof contextOf>) =>
      refusalOf(() => plan(requestOf('POST', '/_search', { pit: { id } }), context));
    expect(ask(contextOf({ grants: [grantOf({ hash: 'other' })] }))).toBe('forbidden');
    expect(ask(contextOf({ grants: [grantOf({ operations: new Set(['pit'] as const) })] }))).toBe('forbidden');
    expect(ask(contextOf({ grants: [] }))).toBe('forbidden');
  });
});

describe('a count', () => {
  it('B160 is compiled as a search is', async () => {
    const store = storeOf(() => ({ json: { count: 4, _shards: { total: 1, successful: 1, skipped: 0, failed: 0 } } }));
    const reply = await plan(requestOf('POST', '/profiles/_count', { query: { term: { city: 'Oslo' } } })).run(store);
    expect(jsonOf(reply).count).toBe(4);
    expect(store.sent[0]?.path).toBe('/profiles/_count');
    expect(JSON.stringify(sentBody(store.sent[0]))).toContain('"t1"');
    expect(
      refusalOf(() => plan(requestOf('POST', '/profiles/_count', { query: { prefix: { phone: '9' } } }))),
    ).not.toBe('planned');
    expect(refusalOf(() => plan(requestOf('GET', '/profiles/_count?q=ssn:*')))).toBe('malformed_parameter');
    expect(refusalOf(() => plan(requestOf('GET', '/orders/_count')))).toBe('forbidden');
  });
});

describe('field capabilities', () => {
  const ask = (target: string, body?: unknown, context = contextOf()) =>
    plan(requestOf(body === undefined ? 'GET' : 'POST', target, body), context);

  it('B157 are the policy’s, and no question to the store', async () => {
    const store = storeOf(() => ({ json: {} }));
    const decided = ask('/profiles/_field_caps?fields=*');
    expect(decided.upstream).toBeNull();
    const { indices, fields } = jsonOf(await decided.run(store));
    expect(indices).toEqual(['profiles']);
    expect(Object.keys(fields as object)).toEqual(['name', 'city', 'age', 'tenant', 'email']);
    expect(fields).toMatchObject({
      name: { text: { type: 'text', searchable: true, aggregatable: false } },
      city: { keyword: { type: 'keyword', searchable: true, aggregatable: true } },
      // Masked: shown, and usable nowhere.
      email: { keyword: { searchable: false, aggregatable: false } },
    });
    expect(store.sent).toEqual([]);
  });

  it('are asked for by names and wildcards, in the body too', async () => {
    const shown = async (target: string, body?: unknown) =>
      Object.keys(jsonOf(await ask(target, body).run(storeOf(() => ({ json: {} })))).fields as object);
    expect(await shown('/profiles/_field_caps?fields=na*,ssn,city')).toEqual(['name', 'city']);
    expect(await shown('/profiles/_field_caps', { fields: ['ssn', 'ph*'] })).toEqual([]);
    expect(await shown('/profiles/_field_caps', { fields: 'age' })).toEqual(['age']);
  });

  it.each([
    [{ fields: '*', index_filter: { term: { ssn: '1' } } }, 'unsupported_option'],
    [{ fields: '*', runtime_mappings: {} }, 'unsupported_option'],
    [{}, 'malformed_body'],
    [{ fields: [] }, 'malformed_body'],
    [{ fields: [1] }, 'malformed_body'],
    [{ fields: 'a b' }, 'malformed_body'],
  ])('B157 are refused for %j', (body, code) => {
    expect(refusalOf(() => ask('/profiles/_field_caps', body))).toBe(code);
  });

  it('of whole documents are the store’s, read by name', async () => {
    const context = contextOf({ grants: [compatGrantOf()] });
    const caps = { type: 'keyword', metadata_field: false, searchable: true, aggregatable: true };
    const answer = (indices: string[]) =>
      storeOf(() => ({
        json: { indices, fields: { ssn: { keyword: { ...caps, meta: { owner: ['x'] }, indices: ['a'] } } } },
      }));
    const store = answer(['profiles']);
    expect(jsonOf(await ask('/profiles/_field_caps?fields=*', undefined, context).run(store)).fields).toEqual({
      ssn: { keyword: caps },
    });
    expect(store.sent[0]?.path).toBe('/profiles/_field_caps?fields=*');
    await expect(
      ask('/profiles/_field_caps?fields=*', undefined, context).run(answer(['orders'])),
    ).rejects.toMatchObject({
      code: 'post_check',
    });
  });
});
