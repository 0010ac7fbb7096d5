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

const ANN = { tenant: 't1', name: 'Ann', email: 'ann@example.org', ssn: 'CANARY-FLD-1' };
const SHOWN = { tenant: 't1', name: 'Ann', email: 'a***@example.org' };

/** A store that keeps the filter, as real ones do. */
const filtering = () =>
  storeOf((request) => {
    const text = request.body ?? '';
    return { json: foundOf(text.includes('"1"') && text.includes('t1') ? { '1': ANN } : {}) };
  });

const ask = (method: string, target: string, context = contextOf(), store = filtering()) =>
  plan(requestOf(method, target), context).run(store);

describe('a document by its id', () => {
  it('is shown as the rule shows it', async () => {
    const reply = await ask('GET', '/profiles/_doc/1');
    expect(reply.status).toBe(200);
    expect(jsonOf(reply)).toEqual({ _index: 'profiles', _id: '1', found: true, _source: SHOWN });
    expect(reply.documents).toEqual(['profiles/1']);
    expect(jsonOf(await ask('GET', '/profiles/_source/1'))).toEqual(SHOWN);
  });

  it('B150 is looked for by one search for its id and the filter, whether it is there or not', async () => {
    for (const id of ['1', '2']) {
      const store = filtering();
      await ask('GET', `/profiles/_doc/${id}`, contextOf(), store);
      expect(store.sent).toHaveLength(1);
      expect(store.sent[0]).toMatchObject({
        method: 'POST',
        path: '/profiles/_search?request_cache=false&allow_partial_search_results=false',
      });
      const body = sentBody(store.sent[0]);
      expect(body.size).toBe(1);
      expect(JSON.stringify(body.query)).toContain('"t1"');
      expect(JSON.stringify(body.query)).toContain(`"${id}"`);
      expect(body._source.includes).not.toContain('ssn');
    }
  });

  it('B150, B152 is missed in the same bytes, whether it is hidden or not there', async () => {
    // The store knows 2 (another tenant's) and does not know 3; the filter makes both the same answer.
    for (const [method, path] of [
      ['GET', '_doc'],
      ['GET', '_source'],
      ['HEAD', '_doc'],
      ['HEAD', '_source'],
    ] as const) {
      const [hidden, absent] = await Promise.all(
        ['2', '3'].map(async (id) => {
          const reply = await ask(method, `/profiles/${path}/${id}`);
          return { ...reply, body: reply.body.toString().replaceAll(`"${id}"`, '"?"') };
        }),
      );
      expect(hidden).toEqual(absent);
      expect(hidden?.status).toBe(404);
      expect(hidden?.outcome).toBe('absent');
      expect(hidden?.documents).toEqual([]);
    }
    expect(jsonOf(await ask('GET', '/profiles/_doc/2'))).toEqual({ _index: 'profiles', _id: '2', found: false });
  });

  it('is not shown when the store gives one that the filter excludes', async () => {
    const store = storeOf(() => ({ json: foundOf({ '1': { ...ANN, tenant: 't2' } }) }));
    await expect(ask('GET', '/profiles/_doc/1', contextOf(), store)).rejects.toMatchObject({ code: 'post_check' });
    await expect(ask('HEAD', '/profiles/_doc/1', contextOf(), store)).rejects.toMatchObject({ code: 'post_check' });
  });

  it('is there or not, for a HEAD, without a body', async () => {
    const reply = await ask('HEAD', '/profiles/_doc/1');
    expect([reply.status, reply.body, reply.documents]).toEqual([200, '', ['profiles/1']]);
    expect((await ask('HEAD', '/profiles/_source/1')).status).toBe(200);
  });

  it('has a type in version 7', async () => {
    const context = contextOf({ dialect: 'elasticsearch-7' });
    expect(jsonOf(await ask('GET', '/profiles/_doc/1', context))).toMatchObject({ _type: '_doc', found: true });
    expect(jsonOf(await ask('GET', '/profiles/_doc/2', context))).toMatchObject({ _type: '_doc', found: false });
  });

  it('lives in the namespace of its principal', async () => {
    const context = contextOf({ grants: [grantOf({ idNamespace: { claim: ['tenant'] } })] });
    const store = storeOf(() => ({ json: foundOf({ 't1:1': ANN }) }));
    expect(jsonOf(await ask('GET', '/profiles/_doc/1', context, store))).toMatchObject({ _id: '1', found: true });
    expect(store.sent[0]?.body).toContain('"t1:1"');
  });

  it('B032 of an index that is denied or absent is refused alike, by each operation of its own', () => {
    for (const index of ['orders', 'nosuch', '.kibana'])
      for (const method of ['GET', 'HEAD'])
        expect(refusalOf(() => plan(requestOf(method, `/${index}/_doc/1`)))).toBe('forbidden');
    expect(refusalOf(() => plan(requestOf('GET', '/profiles,orders/_doc/1')))).toBe('malformed_index');
    expect(refusalOf(() => plan(requestOf('GET', '/_all/_doc/1')))).toBe('malformed_index');
    const getter = contextOf({ grants: [grantOf({ operations: new Set(['get'] as const) })] });
    expect(refusalOf(() => plan(requestOf('HEAD', '/profiles/_doc/1'), getter))).toBe('forbidden');
  });
});

describe('a document by its id, for a trusted service', () => {
  const context = contextOf({ grants: [compatGrantOf()] });
  const got = { _index: 'profiles', _id: '1', _version: 2, _seq_no: 5, _primary_term: 1, found: true, _source: ANN };

  it('is got as it is now, by the real operation', async () => {
    const store = storeOf(() => ({ json: { ...got, _ignored: ['x'], fields: { x: [1] } } }));
    expect(jsonOf(await ask('GET', '/profiles/_doc/1', context, store))).toEqual(got);
    expect(store.sent[0]).toMatchObject({ method: 'GET', path: '/profiles/_doc/1', body: null });
  });

  it('has a path of its own whatever its id is', async () => {
    const store = storeOf(() => ({ status: 404, json: { _index: 'profiles', _id: 'a/b?c', found: false } }));
    const reply = await ask('GET', '/profiles/_doc/a%2Fb%3Fc', context, store);
    expect(store.sent[0]?.path).toBe('/profiles/_doc/a%2Fb%3Fc');
    expect([reply.status, reply.outcome]).toEqual([404, 'absent']);
  });

  it('is not shown when it is of another index or id', async () => {
    for (const wrong of [{ _index: 'orders' }, { _id: '2' }]) {
      const store = storeOf(() => ({ json: { ...got, ...wrong } }));
      await expect(ask('GET', '/profiles/_doc/1', context, store)).rejects.toMatchObject({ code: 'post_check' });
    }
  });

  it('is looked for by a search as soon as the rule filters or lists fields', async () => {
    for (const narrowed of [{ filter: grantOf().filter }, { fields: grantOf().fields }, { dataStream: true }]) {
      const store = filtering();
      await ask('GET', '/profiles/_doc/1', contextOf({ grants: [compatGrantOf(narrowed)] }), store).catch(() => {});
      expect(store.sent[0]?.path).toContain('/_search');
    }
  });

  it('is absent where the index is gone', async () => {
    const store = storeOf(() => ({ status: 404, json: { error: { type: 'index_not_found_exception' }, status: 404 } }));
    await expect(ask('GET', '/profiles/_doc/1', context, store)).rejects.toMatchObject({ code: 'absent' });
  });
});
