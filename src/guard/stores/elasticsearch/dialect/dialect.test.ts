import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../contract/store.ts';
import { contextOf, jsonOf, plan, requestOf, storeOf } from '../testing/fixture.ts';
import { detectDialect } from './index.ts';
import { INFO } from './info.ts';

const rootOf = (version: unknown, status = 200) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ name: 'n', version })),
});

describe('the dialect of a store', () => {
  it.each([
    [{ number: '7.17.28', build_flavor: 'default' }, 'elasticsearch-7'],
    [{ number: '8.19.3', build_flavor: 'default' }, 'elasticsearch-8'],
    [{ number: '9.3.0' }, 'elasticsearch-9'],
    [{ distribution: 'opensearch', number: '2.19.1' }, 'opensearch-2'],
    [{ distribution: 'opensearch', number: '3.4.0-SNAPSHOT' }, 'opensearch-3'],
  ])('is read from its root: %j is %s', (version, dialect) => {
    expect(detectDialect(rootOf(version))).toBe(dialect);
  });

  it.each([
    [{ number: '7.10.2' }],
    [{ number: '6.8.23' }],
    [{ number: '10.0.0' }],
    [{ distribution: 'opensearch', number: '1.3.0' }],
    [{ distribution: 'opensearch', number: '7.10.2' }],
    [{ distribution: 'other', number: '8.0.0' }],
    [{ number: 8 }],
    ['8.0.0'],
    [null],
  ])('is unknown for %j', (version) => {
    expect(detectDialect(rootOf(version))).toBeUndefined();
  });

  it('is unknown for what is no success', () => {
    expect(detectDialect(rootOf({ number: '8.19.3' }, 401))).toBeUndefined();
  });

  it('is the same when the guard stands in front of another guard', () => {
    for (const dialect of DIALECTS)
      expect(detectDialect({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(INFO[dialect])) })).toBe(
        dialect,
      );
  });
});

describe('what the gateway says of itself', () => {
  it.each(DIALECTS)('B174 passes the product check of clients of %s, and asks the store nothing', async (dialect) => {
    const store = storeOf(() => ({ json: {} }));
    const context = contextOf({ dialect });
    const info = await plan(requestOf('GET', '/'), context).run(store);
    expect(info.status).toBe(200);
    expect(info.headers['x-elastic-product']).toBe(dialect.startsWith('elasticsearch') ? 'Elasticsearch' : undefined);
    expect(jsonOf(info)).toMatchObject({ tagline: expect.any(String), version: { number: expect.any(String) } });
    const ping = await plan(requestOf('HEAD', '/'), context).run(store);
    expect([ping.status, ping.body.length, ping.headers['x-elastic-product']]).toEqual([
      200,
      0,
      info.headers['x-elastic-product'],
    ]);
    const health = await plan(requestOf('GET', '/_cluster/health?wait_for_status=yellow&timeout=5s'), context).run(
      store,
    );
    expect(jsonOf(health)).toMatchObject({ status: 'green', timed_out: false });
    expect(store.sent).toEqual([]);
  });

  it('needs no grant', async () => {
    const reply = await plan(requestOf('GET', '/'), contextOf({ grants: [] })).run(storeOf(() => ({ json: {} })));
    expect(reply.status).toBe(200);
  });

  it('answers in the media type that was asked for', async () => {
    const headers = { accept: 'application/vnd.elasticsearch+json; compatible-with=8' };
    const reply = await plan(requestOf('GET', '/', undefined, headers)).run(storeOf(() => ({ json: {} })));
    expect(reply.headers['content-type']).toBe('application/vnd.elasticsearch+json;compatible-with=8');
  });
});
