/** Writes, scrolls and points in time of a strict role against real stores: what the gateway prints, they must understand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../src/guard/upstream/client.ts';
import { type Bench, createBench, FIXTURE_POLICY, rawOf, type Sent } from '../guard/harness/fixture.ts';
import { type Distribution, requireSearch, type SearchNode, startSearch } from './harness/search.ts';

const NAMESPACED = FIXTURE_POLICY.replace(
  '        write:\n',
  "        idNamespace: '${claims.tenant}'\n        write:\n",
);
const STORES: readonly { distribution: Distribution; store: string; settings: readonly string[] }[] = [
  { distribution: 'elasticsearch-7', store: 'store: elasticsearch, version: 7', settings: [] },
  {
    distribution: 'elasticsearch-8',
    store: 'store: elasticsearch, version: 8',
    settings: ['xpack.security.enabled: false'],
  },
  { distribution: 'opensearch-2', store: 'store: opensearch, version: 2', settings: [] },
  { distribution: 'opensearch-3', store: 'store: opensearch, version: 3', settings: [] },
];

const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    name: { type: 'text' },
    city: { type: 'keyword' },
    age: { type: 'integer' },
    tenant: { type: 'keyword' },
    email: { type: 'keyword' },
    ip: { type: 'ip' },
    ssn: { type: 'keyword' },
  },
};

interface Said {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by path
  json: any;
}

for (const { distribution, store, settings } of STORES) {
  const folder = requireSearch(distribution);
  describe.skipIf(folder === undefined)(`through the gateway to ${distribution}`, () => {
    const dialect = distribution;
    let node: SearchNode;
    let client: Client;
    let plain: Bench;
    let named: Bench;

    beforeAll(async () => {
      node = await startSearch(distribution, { settings });
      await node.ask('PUT', '/profiles', {
        mappings: MAPPINGS,
        // Refreshed when a test says so, and not in between.
        settings: { number_of_shards: 2, number_of_replicas: 0, refresh_interval: '-1' },
      });
      for (const [id, tenant] of [
        ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((each) => [each, 't1'] as const),
        ...['x', 'y'].map((each) => [each, 't2'] as const),
      ])
        await node.ask('PUT', `/profiles/_doc/${id}`, { name: `Person ${id}`, city: 'Oslo', age: 30, tenant, ssn: id });
      await node.ask('POST', '/profiles/_refresh');
      client = createClient({
        nodes: [{ host: '127.0.0.1', port: node.port, tls: null }],
        authorization: null,
        connections: 4,
        timeout: 30_000,
        answerBytes: 16 * 1024 * 1024,
      });
      const bench = (policy: string): Bench =>
        createBench(1, {
          dialect,
          upstream: client,
          policy: policy.replace('store: elasticsearch, version: 8', store),
        });
      plain = bench(FIXTURE_POLICY);
      named = bench(NAMESPACED);
    }, 180_000);
    afterAll(async () => {
      client?.close();
      await node?.stop();
    });

    async function say(sent: Sent, bench = plain): Promise<Said> {
      const answer = await bench.guard.handle(rawOf({ as: 'W', ...sent }));
      expect(bench.failures).toEqual([]);
      return { status: answer.status, json: JSON.parse(Buffer.from(answer.body).toString('utf8')) };
    }
    const sourceOf = async (id: string): Promise<unknown> =>
      ((await node.ask('GET', `/profiles/_doc/${id}`)) as { _source: unknown })._source;

    it('makes, replaces, updates and removes a document, and leaves what it may not write', async () => {
      const made = await say({ target: '/profiles/_doc?refresh=true', body: { name: 'New', city: 'Oslo' } });
      expect(made).toMatchObject({ status: 201, json: { _index: 'profiles', result: 'created', _seq_no: 0 } });
      expect(await sourceOf(made.json._id)).toEqual({ name: 'New', city: 'Oslo', tenant: 't1' });

      const replaced = await say({ method: 'PUT', target: '/profiles/_doc/a?refresh=true', body: { name: 'Renamed' } });
      expect(replaced).toMatchObject({ status: 200, json: { _id: 'a', result: 'updated' } });
      expect(await sourceOf('a')).toEqual({ name: 'Renamed', city: null, age: null, tenant: 't1', ssn: 'a' });

      const updated = await say({ target: '/profiles/_update/b?refresh=true', body: { doc: { age: 31 } } });
      expect(updated).toMatchObject({ status: 200, json: { result: 'updated' } });
      const noop = await say({ target: '/profiles/_update/b?refresh=true', body: { doc: { age: 31 } } });
      expect(noop).toMatchObject({ status: 200, json: { result: 'noop' } });
      expect(await sourceOf('b')).toMatchObject({ age: 31, ssn: 'b' });

      const removed = await say({ method: 'DELETE', target: '/profiles/_doc/c?refresh=true' });
      expect(removed).toMatchObject({ status: 200, json: { _id: 'c', result: 'deleted' } });
    });

    it('says the same of hidden and missing documents', async () => {
      for (const [sent, status] of [
        [(id: string): Sent => ({ method: 'PUT', target: `/profiles/_doc/${id}`, body: { name: 'x' } }), 403],
        [(id: string): Sent => ({ method: 'PUT', target: `/profiles/_create/${id}`, body: { name: 'x' } }), 403],
        [(id: string): Sent => ({ target: `/profiles/_update/${id}`, body: { doc: { age: 1 } } }), 404],
        [(id: string): Sent => ({ method: 'DELETE', target: `/profiles/_doc/${id}` }), 404],
      ] as const) {
        const hidden = await say(sent('x'));
        const missing = await say(sent('z'));
        expect(hidden.status).toBe(status);
        expect(JSON.stringify(hidden).replaceAll('"x"', '"z"')).toBe(JSON.stringify(missing));
      }
      expect(await sourceOf('x')).toMatchObject({ tenant: 't2', age: 30 });
    });

    it('answers a write on an older version with a conflict', async () => {
      // Not refreshed: the look-up sees the version before.
      await node.ask('PUT', '/profiles/_doc/d', { name: 'Person d', city: 'Lyon', age: 1, tenant: 't1', ssn: 'd' });
      const late = await say({ target: '/profiles/_update/d', body: { doc: { age: 2 } } });
      expect(late.status).toBe(409);
      expect(late.json.error.reason).toBe('the document was changed in the meantime');
      await node.ask('POST', '/profiles/_refresh');
      expect((await say({ target: '/profiles/_update/d', body: { doc: { age: 2 } } })).status).toBe(200);
    });

    it('decides a bulk item by item', async () => {
      const { status, json } = await say({
        target: '/_bulk?refresh=true',
        ndjson: true,
        body: [
          { index: { _index: 'profiles' } },
          { name: 'Bulk', age: 5 },
          { index: { _index: 'profiles', _id: 'e' } },
          { name: 'Bulk e' },
          { update: { _index: 'profiles', _id: 'f' } },
          { doc: { city: 'Turin' } },
          { delete: { _index: 'profiles', _id: 'g' } },
          { delete: { _index: 'profiles', _id: 'x' } },
          { update: { _index: 'profiles', _id: 'y' } },
          { doc: { city: 'Turin' } },
          { create: { _index: 'profiles' } },
          { name: 'Made' },
          { index: { _index: 'customers' } },
          { name: 'x' },
        ],
      });
      expect(status).toBe(200);
      const items = json.items.map((item: object) => Object.entries(item)[0]);
      expect(items.map(([, { status: each }]: [string, { status: number }]) => each)).toEqual([
        ...[201, 200, 200, 200, 404, 404, 201, 403],
      ]);
      expect(items.map(([action]: [string]) => action)).toEqual([
        ...['index', 'index', 'update', 'delete', 'delete', 'update', 'create', 'index'],
      ]);
      expect(await sourceOf('e')).toMatchObject({ name: 'Bulk e', city: null, ssn: 'e' });
      expect(await sourceOf('y')).toMatchObject({ city: 'Oslo' });
    });

    it("rebuilds the store's own refusals (B181)", async () => {
      const policy = FIXTURE_POLICY.replace('store: elasticsearch, version: 8', store).replace(
        'age: { type: integer, minimum: 0, maximum: 150 }',
        'age: keyword',
      );
      const bench = createBench(1, { dialect, upstream: client, policy });
      const single = await say({ target: '/profiles/_doc', body: { name: 'x', age: 'CANARY-value' } }, bench);
      expect(single.status).toBe(400);
      expect(JSON.stringify(single.json)).not.toMatch(/CANARY|integer|preview|failed/);
      const lines = [{ index: { _index: 'profiles' } }, { name: 'x', age: 'CANARY-value' }];
      const several = await say({ target: '/_bulk', ndjson: true, body: lines }, bench);
      expect(several.json).toMatchObject({ errors: true, items: [{ index: { status: 400 } }] });
      expect(JSON.stringify(several.json)).not.toMatch(/CANARY|integer|preview|failed/);
    });

    it('makes, replaces and removes documents in a namespace without a refresh in between', async () => {
      const put = (name: string): Promise<Said> =>
        say({ method: 'PUT', target: '/profiles/_doc/k', body: { name } }, named);
      expect(await put('One')).toMatchObject({ status: 201, json: { _id: 'k', result: 'created' } });
      expect(await put('Two')).toMatchObject({ status: 200, json: { _id: 'k', result: 'updated' } });
      const again = await say({ method: 'PUT', target: '/profiles/_create/k', body: { name: 'x' } }, named);
      expect(again.status).toBe(409);
      expect(await sourceOf('t1:k')).toMatchObject({ name: 'Two', tenant: 't1' });
      const removed = await say({ method: 'DELETE', target: '/profiles/_doc/k' }, named);
      expect(removed.json).toMatchObject({ _id: 'k', result: 'deleted' });
      const auto = await say({ target: '/profiles/_doc', body: { name: 'Auto' } }, named);
      expect(await sourceOf(`t1:${auto.json._id}`)).toMatchObject({ name: 'Auto' });
    });

    it('goes through a scroll and closes it', async () => {
      const seen: string[] = [];
      let page = await say({ as: 'A', target: '/profiles/_search?scroll=1m', body: { size: 2 } });
      while (page.json.hits.hits.length > 0) {
        for (const { _id, _source } of page.json.hits.hits) {
          seen.push(_id);
          expect(_source.tenant).toBe('t1');
          expect(_source.ssn).toBeUndefined();
        }
        page = await say({
          as: 'A',
          target: '/_search/scroll',
          body: { scroll_id: page.json._scroll_id, scroll: '1m' },
        });
        expect(page.status).toBe(200);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThan(4);
      const clear = { as: 'A', method: 'DELETE', target: '/_search/scroll', body: { scroll_id: page.json._scroll_id } };
      const closed = await say(clear);
      expect(closed).toMatchObject({ status: 200, json: { succeeded: true } });
      expect(closed.json.num_freed).toBeGreaterThan(0);
      const gone = await say({ as: 'A', target: '/_search/scroll', body: { scroll_id: page.json._scroll_id } });
      expect(gone.status).toBe(404);
      expect(await say(clear)).toEqual({ status: 404, json: { succeeded: true, num_freed: 0 } });
    });

    it('opens a point in time, searches it and closes it', async () => {
      const elasticsearch = distribution.startsWith('elasticsearch');
      const path = elasticsearch ? '_pit' : '_search/point_in_time';
      const opened = await say({ as: 'A', method: 'POST', target: `/profiles/${path}?keep_alive=1m` });
      expect(opened.status).toBe(200);
      const id: string = elasticsearch ? opened.json.id : opened.json.pit_id;
      const found = await say({ as: 'A', target: '/_search', body: { pit: { id, keep_alive: '1m' }, size: 50 } });
      expect(found.status).toBe(200);
      for (const { _source } of found.json.hits.hits) expect(_source.tenant).toBe('t1');
      const body = elasticsearch ? { id } : { pit_id: [id] };
      const closed = await say({ as: 'A', method: 'DELETE', target: `/${path}`, body });
      expect(closed.status).toBe(200);
      expect(closed.json).toMatchObject(
        elasticsearch ? { succeeded: true } : { pits: [{ successful: true, pit_id: id }] },
      );
    });
  });
}
