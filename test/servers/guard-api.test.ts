/** The API over real stores, with the real vault: one declaration, the same answers, ciphertext in the store. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, BOB, type Harness, harness } from '../../src/guard/api/testing/harness.ts';
import { ORDERS } from '../../src/guard/api/testing/resources.ts';
import type { Resource, ResourceStore } from '../../src/guard/contract/resource.ts';
import type { JsonObject } from '../../src/guard/json/value.ts';
import { createElasticsearchResources } from '../../src/guard/stores/elasticsearch/resources/index.ts';
import { createPostgresqlResources } from '../../src/guard/stores/postgresql/index.ts';
import { createClient } from '../../src/guard/upstream/client.ts';
import { openDatabase } from '../../src/guard/upstream/postgresql.ts';
import { createVault } from '../../src/guard/vault/index.ts';
import { createMemoryEpochKeys } from '../../src/guard/vault/testing/memory-keys.ts';
import { createMemoryVaultStore } from '../../src/guard/vault/testing/memory-store.ts';
import { requirePostgresql, startPostgresql } from './harness/postgresql.ts';
import { type Distribution, requireSearch, startSearch } from './harness/search.ts';

interface Place {
  readonly resource: Resource;
  readonly store: ResourceStore;
  /** Everything that the store holds, as its own client reads it. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

const TABLE = `CREATE TABLE shop.orders (
  id uuid PRIMARY KEY, customer text NOT NULL, customer_ref text, recipient_ref text, deleted boolean NOT NULL,
  status text, total numeric, placed timestamptz, order_no bigint, gift boolean, title text, tags text[], address jsonb,
  phone text, note text, "recipientId" text, "recipientName" text, "recipientName_beacon" text, iban text, secret text
)`;

async function postgresql(programs: string): Promise<Place> {
  const node = await startPostgresql(programs);
  await node.ask("CREATE SCHEMA shop; CREATE ROLE gateway LOGIN PASSWORD 'synthetic-gateway'");
  await node.ask(`${TABLE}; GRANT USAGE ON SCHEMA shop TO gateway; GRANT ALL ON shop.orders TO gateway`);
  const database = await openDatabase(
    {
      name: 'shop',
      url: `postgresql://127.0.0.1:${node.port}/postgres`,
      username: 'gateway',
      password: { env: 'GATEWAY_PASSWORD' },
      tls: { ca: node.ca, serverName: null, certificate: null, key: null },
      secure: true,
      connections: 4,
      timeout: 10_000,
    },
    { GATEWAY_PASSWORD: 'synthetic-gateway' },
  );
  return {
    resource: { ...ORDERS, store: 'postgresql', namespace: 'shop', id: { column: 'id', type: 'uuid' } },
    store: createPostgresqlResources(database),
    dump: async () => JSON.stringify((await node.ask('SELECT * FROM shop.orders')).rows),
    async stop() {
      await database.close();
      await node.stop();
    },
  };
}

const KEYWORDS = [
  'customer',
  'customer_ref',
  'recipient_ref',
  'status',
  'title',
  'tags',
  'recipientId',
  'iban',
  'secret',
];
const SEALED = { type: 'keyword', index: false, doc_values: false };
const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    ...Object.fromEntries(KEYWORDS.map((name) => [name, { type: 'keyword' }])),
    recipientName_beacon: { type: 'keyword' },
    deleted: { type: 'boolean' },
    gift: { type: 'boolean' },
    total: { type: 'double' },
    placed: { type: 'date' },
    order_no: { type: 'long' },
    address: { type: 'object', dynamic: true },
    phone: SEALED,
    note: SEALED,
    recipientName: SEALED,
  },
};

async function search(distribution: Distribution): Promise<Place> {
  const settings = distribution === 'elasticsearch-8' ? ['xpack.security.enabled: false'] : [];
  const node = await startSearch(distribution, { settings });
  await node.ask('PUT', '/orders', { mappings: MAPPINGS, settings: { refresh_interval: '100ms' } });
  const client = createClient({
    nodes: [{ host: '127.0.0.1', port: node.port, tls: null }],
    authorization: null,
    connections: 4,
    timeout: 30_000,
    answerBytes: 16 * 1024 * 1024,
  });
  return {
    resource: ORDERS,
    store: createElasticsearchResources(client, distribution),
    dump: async () => JSON.stringify(await node.ask('GET', '/orders/_search?size=1000')),
    async stop() {
      client.close();
      await node.stop();
    },
  };
}

const programs = requirePostgresql('embedded');
const PLACES: readonly (readonly [name: string, there: boolean, start: () => Promise<Place>])[] = [
  ['PostgreSQL', programs !== undefined, () => postgresql(programs ?? '')],
  ...(['elasticsearch-8', 'opensearch-2'] as const).map(
    (one) => [one, requireSearch(one) !== undefined, () => search(one)] as const,
  ),
];

const PHONE = '+49 30 555-0142';
const ORDER = {
  status: 'open',
  total: 12.5,
  placed: '2026-03-01T10:00:00.123Z',
  gift: true,
  title: "O'Hara; DROP TABLE * ?",
  tags: ['a', 'b'],
  address: { city: 'Köln', zip: '50667' },
  phone: PHONE,
  note: 'CANARY-NOTE',
  recipientId: 'rita',
  recipientName: 'CANARY-NAME',
};

const items = (json: unknown) => (json as { items: JsonObject[] }).items;

for (const [name, there, start] of PLACES) {
  describe.skipIf(!there)(`the API over ${name}`, () => {
    let place: Place;
    let h: Harness;
    let vault: Awaited<ReturnType<typeof createVault>>;

    beforeAll(async () => {
      place = await start();
      vault = await createVault({
        store: createMemoryVaultStore(),
        keys: createMemoryEpochKeys(),
        gateway: 'test',
        cache: { subjects: 100, ttl: 60_000 },
      });
      h = harness({ resources: [place.resource], stores: new Map([['shop', place.store]]), vault });
    }, 180_000);
    afterAll(async () => {
      await vault?.close();
      await place?.stop();
    });

    it('creates, reads, lists, counts, changes and deletes, and holds no plaintext of encrypted fields', async () => {
      const { ask } = h;
      const made = await ask('/v1/orders', { method: 'POST', body: { ...ORDER, iban: 'DE02120300000000202051' } });
      expect(made.status).toBe(201);
      expect(made.json).toMatchObject({ ...ORDER, iban: '***2051' });
      const path = made.headers.location!;
      const dump = await place.dump();
      expect(dump).toContain('pv1.');
      for (const canary of ['5550142', '555-0142', 'CANARY']) expect(dump).not.toContain(canary);
      const got = await ask(path);
      expect(got.json).toEqual(made.json);
      expect(got.headers.etag).toBe(made.headers.etag);
      expect((await ask(path, { as: BOB })).status).toBe(404);
      const changes = { total: 99.25, address: { zip: null }, note: null, phone: '+49 30 555 0143', tags: [] };
      const headers = { 'if-match': got.headers.etag! };
      const changed = await ask(path, { method: 'PATCH', body: changes, headers });
      expect(changed.json).toMatchObject({ ...ORDER, ...changes, address: { city: 'Köln' } });
      expect((await ask(path, { method: 'PATCH', body: { total: 1 }, headers })).status).toBe(412);
      expect((await ask(path)).json).toEqual(changed.json);
      expect((await ask('/v1/orders')).json).toEqual({ items: [changed.json], next: null });
      expect((await ask('/v1/orders/count?status=open')).json).toEqual({ count: 1 });
      expect((await ask('/v1/orders/count', { as: BOB })).json).toEqual({ count: 0 });
      const stale = { method: 'DELETE', headers };
      expect((await ask(path, stale)).status).toBe(412);
      expect((await ask(path, { method: 'DELETE' })).status).toBe(204);
      expect((await ask(path)).status).toBe(404);
    });

    it('filters and finds by every parameter, patterns being values', async () => {
      const { ask } = h;
      for (let at = 0; at < 6; at++) {
        const body = { ...ORDER, total: at, title: at === 0 ? '*' : `t${at}`, phone: `+49 30 555 014${at}` };
        expect((await ask('/v1/orders', { method: 'POST', body })).status).toBe(201);
        expect((await ask('/v1/orders', { method: 'POST', body, as: BOB })).status).toBe(201);
      }
      const totals = async (query: string, as = ADA) => {
        const { status, json } = await ask(`/v1/orders?sort=total&${query}`, { as });
        expect([query, status]).toEqual([query, 200]);
        return items(json).map(({ total }) => total);
      };
      expect(await totals('gift=true')).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await totals('total[gte]=1&total[lt]=3')).toEqual([1, 2]);
      expect(await totals('title=*')).toEqual([0]);
      expect(await totals('title=t*')).toEqual([]);
      expect(await totals('status[in]=open,paid&gift=true')).toHaveLength(6);
      expect(await totals('status[exists]=false')).toEqual([]);
      expect(await totals('placed=2026-03-01T11:00:00.123%2B01:00')).toHaveLength(6);
      expect(await totals('placed[gt]=2026-03-01T10:00:00.123Z')).toEqual([]);
      expect(await totals('phone=0049305550143')).toEqual([3]);
      expect(await totals('phone=0049305550143', BOB)).toEqual([3]);
      expect(await totals('recipientName=CANARY-NAME')).toHaveLength(6);
      expect(await totals('recipientName=CANARY')).toEqual([]);
      expect((await ask('/v1/orders/count?phone=0049305550143')).json).toEqual({ count: 1 });
    });

    it('walks by cursors, with and without an equality that decryption settles', async () => {
      const walk = async (query: string) => {
        const found: unknown[] = [];
        let cursor = '';
        for (let pages = 0; pages < 20; pages++) {
          const { json } = await h.ask(`/v1/orders?${query}${cursor}`);
          found.push(...items(json).map(({ total }) => total));
          const { next } = json as { next: string | null };
          if (next === null) return found;
          cursor = `&cursor=${next}`;
        }
        return found;
      };
      expect(await walk('size=2&sort=-total')).toEqual([5, 4, 3, 2, 1, 0]);
      expect(await walk('size=4&recipientName=CANARY-NAME&sort=total')).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('creates once with a key, also when nobody remembers it', async () => {
      const forgetful = { begin: async () => 'new' as const, done: async () => {}, abandon: async () => {} };
      const again = harness({
        resources: [place.resource],
        stores: new Map([['shop', place.store]]),
        vault,
        idempotency: forgetful,
      });
      const post = { method: 'POST', body: ORDER, headers: { 'idempotency-key': `"key-of-${name}"` } };
      const first = await again.ask('/v1/orders', post);
      expect(first.status).toBe(201);
      expect(await again.ask('/v1/orders', post)).toEqual(first);
      expect((await again.ask('/v1/orders', { ...post, body: { ...ORDER, total: 13 } })).status).toBe(422);
    });
  });
}
