/** Resources in real Elasticsearch and OpenSearch nodes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource, ResourceType } from '../../src/guard/contract/resource.ts';
import type { JsonScalar } from '../../src/guard/json/value.ts';
import { createElasticsearchResources } from '../../src/guard/stores/elasticsearch/resources/index.ts';
import { fieldOf, resourceFixture, scopeFixture } from '../../src/guard/stores/resource/testing/fixture.ts';
import { type Client, createClient } from '../../src/guard/upstream/client.ts';
import { describeContract } from './harness/resource-contract.ts';
import { type Distribution, requireSearch, type SearchNode, startSearch } from './harness/search.ts';

const STORES: readonly { distribution: Distribution; settings: readonly string[] }[] = [
  { distribution: 'elasticsearch-7', settings: [] },
  { distribution: 'elasticsearch-8', settings: ['xpack.security.enabled: false'] },
  { distribution: 'opensearch-2', settings: [] },
  { distribution: 'opensearch-3', settings: [] },
];

const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    customer: { type: 'keyword' },
    deleted: { type: 'boolean' },
    internal: { type: 'keyword' },
    status: { type: 'keyword' },
    note: { type: 'text' },
    units: { type: 'long' },
    total: { type: 'double' },
    paid: { type: 'boolean' },
    placed: { type: 'date' },
    basket: { type: 'keyword' },
    address: { type: 'object', dynamic: true },
    tags: { type: 'keyword' },
  },
};

for (const { distribution, settings } of STORES) {
  const folder = requireSearch(distribution);
  describe.skipIf(folder === undefined)(`resources in ${distribution}`, () => {
    const resource = resourceFixture({ store: 'elasticsearch' });
    let node: SearchNode;
    let client: Client;

    beforeAll(async () => {
      node = await startSearch(distribution, { settings });
      await node.ask('PUT', '/orders', {
        mappings: MAPPINGS,
        // Many shards: documents of one place and one sequence number are then no rarity.
        settings: { number_of_shards: 5, number_of_replicas: 0, refresh_interval: '100ms' },
      });
      client = createClient({
        nodes: [{ host: '127.0.0.1', port: node.port, tls: null }],
        authorization: null,
        connections: 8,
        timeout: 30_000,
        answerBytes: 16 * 1024 * 1024,
      });
    }, 180_000);
    afterAll(async () => {
      client?.close();
      await node?.stop();
    });

    describeContract(() => ({
      store: createElasticsearchResources(client, distribution),
      resource,
      async raw(id) {
        const found = (await node.ask('GET', `/orders/_search?q=_id:${id}&version=false`)) as {
          hits: { hits: { _source: Record<string, unknown> }[] };
        };
        return found.hits.hits[0]?._source;
      },
      async tamper(id, columns) {
        await node.ask('POST', `/orders/_update/${id}?refresh=wait_for`, { doc: columns });
      },
    }));

    const store = () => createElasticsearchResources(client, distribution);

    /** Every id that a walk shows, in its order. */
    async function walk(of: Resource, column: string, type: ResourceType, descending: boolean, size: number) {
      const seen: string[] = [];
      let after: readonly JsonScalar[] | null = null;
      do {
        const page: Awaited<ReturnType<ReturnType<typeof store>['list']>> = await store().list(
          { resource: of, bound: null },
          { conditions: [], order: [{ column, type, descending }], size, after },
        );
        seen.push(...page.documents.map(({ id }) => id));
        after = page.next;
      } while (after !== null && seen.length < 1000);
      return seen;
    }

    it('walks through fields of every kind, mapped or not, and loses none that misses a value', async () => {
      const kinds: readonly [name: string, type: ResourceType, mapping: object, values: readonly unknown[]][] = [
        ['f_byte', 'integer', { type: 'byte' }, [1, -128, 127]],
        ['f_short', 'integer', { type: 'short' }, [1, -32768]],
        ['f_integer', 'integer', { type: 'integer' }, [0, 2147483647, -2147483648]],
        ['f_long', 'integer', { type: 'long' }, [0, 9007199254740991, -9007199254740991]],
        ['f_float', 'number', { type: 'float' }, [0.1, 16777217, -1e-30]],
        ['f_half', 'number', { type: 'half_float' }, [0.1, 1000.5]],
        ['f_double', 'number', { type: 'double' }, [0.1, 1e300, 5e-324, -0.3]],
        ['f_boolean', 'boolean', { type: 'boolean' }, [true, false]],
        ['f_date', 'date', { type: 'date' }, ['2026-01-01T00:00:00.123Z', '1969-12-31T00:00:00Z', 0]],
        ['f_day', 'date', { type: 'date', format: 'dd/MM/yyyy' }, ['01/02/2026', '31/12/1999']],
        ['f_nanos', 'date', { type: 'date_nanos' }, ['2026-01-01T00:00:00.123456789Z', '2026-01-01T00:00:00.1234Z']],
        ['f_keyword', 'keyword', { type: 'keyword', ignore_above: 5 }, ['a', 'ä', 'too long to index', '😀', '']],
        ['f_lower', 'keyword', { type: 'text', fields: { raw: { type: 'keyword' } } }, ['a', 'B']],
        ['f_ip', 'keyword', { type: 'ip' }, ['192.0.2.1', '2001:db8::1']],
        ['f_list', 'integer', { type: 'integer' }, [[3, 1], [2], []]],
        ['f_unmapped', 'integer', {}, []],
        ['f_unmapped_date', 'date', {}, []],
        ['f_unmapped_keyword', 'keyword', {}, []],
        ['f_unmapped_boolean', 'boolean', {}, []],
        ['f_unmapped_number', 'number', {}, []],
      ];
      await node.ask('PUT', '/kinds', {
        mappings: {
          properties: Object.fromEntries(
            kinds.filter(([, , , values]) => values.length > 0).map(([name, , m]) => [name, m]),
          ),
        },
        settings: { number_of_shards: 5, number_of_replicas: 0, refresh_interval: '-1' },
      });
      const count = 60;
      for (let n = 0; n < count; n += 1) {
        const fields = kinds.flatMap(([name, , , values]): [string, unknown][] =>
          n % 3 === 0 || values.length === 0 ? [] : [[name, values[n % values.length]]],
        );
        await node.ask('PUT', `/kinds/_doc/${n}`, Object.fromEntries(fields));
      }
      await node.ask('POST', '/kinds/_refresh');
      const of: Resource = {
        ...resource,
        source: 'kinds',
        owner: null,
        filter: null,
        fields: new Map(kinds.map(([name, type]) => [name, fieldOf(name, type)])),
      };
      const wanted = Array.from({ length: count }, (_, n) => String(n)).sort();
      const lost: string[] = [];
      for (const [name, type] of kinds) {
        const column = name === 'f_lower' ? 'f_lower.raw' : name;
        for (const descending of [false, true]) {
          for (const size of [3, 17]) {
            const seen = await walk(of, column, type, descending, size).catch((error: Error) => [error.message]);
            const at = `${name} ${descending ? 'descending' : 'ascending'}, ${size} a page`;
            if ([...seen].sort().join() !== wanted.join()) lost.push(`${at}: ${seen.length} shown`);
            // Ids that are a multiple of three have no value, and stand last.
            else if (name !== 'f_keyword' && Number(seen.at(-1)) % 3 !== 0) lost.push(`${at}: a value stands last`);
          }
        }
      }
      expect(lost).toEqual([]);
    });

    it('compares dates in fields of any format', async () => {
      await node.ask('PUT', '/days', {
        mappings: {
          properties: {
            day: { type: 'date', format: 'dd/MM/yyyy' },
            seconds: { type: 'date', format: 'epoch_second' },
            nanos: { type: 'date_nanos' },
          },
        },
      });
      await node.ask('PUT', '/days/_doc/1?refresh=true', {
        day: '01/02/2026',
        seconds: 1769904000,
        nanos: '2026-02-01T00:00:00.123456789Z',
      });
      const of: Resource = { ...resource, source: 'days', owner: null, filter: null, fields: new Map() };
      const count = (column: string, value: string) =>
        store().count({ resource: of, bound: null }, [{ kind: 'in', column, type: 'date', values: [value] }]);
      for (const column of ['day', 'seconds']) {
        expect(await count(column, '2026-02-01T00:00:00Z')).toBe(1);
        expect(await count(column, '2026-02-01T00:00:00.000Z')).toBe(1);
        expect(await count(column, '2026-02-01T00:00:00.001Z')).toBe(0);
        expect(await count(column, '2026-01-31T23:59:59Z')).toBe(0);
      }
      // To the last digit, as in every store.
      expect(await count('nanos', '2026-02-01T00:00:00.123Z')).toBe(0);
      expect(await count('nanos', '2026-02-01T00:00:00.123456789Z')).toBe(1);
      expect(await count('nanos', '2026-02-01T00:00:00.124Z')).toBe(0);
    });

    // The small distribution of version 7 has none.
    it.skipIf(distribution === 'elasticsearch-7')(
      'finds documents of a data stream, and changes them where they are',
      async () => {
        await node.ask('PUT', '/_index_template/events', {
          index_patterns: ['events'],
          data_stream: {},
          template: {
            settings: { number_of_shards: 2, number_of_replicas: 0, refresh_interval: '100ms' },
            mappings: {
              properties: { customer: { type: 'keyword' }, deleted: { type: 'boolean' }, status: { type: 'keyword' } },
            },
          },
        });
        const of: Resource = {
          ...resource,
          source: 'events',
          fields: new Map([
            ['@timestamp', fieldOf('@timestamp', 'date')],
            ['status', fieldOf('status', 'keyword')],
          ]),
        };
        const scope = scopeFixture(of, 'p1');
        const made = await store().create(scope, 'e1', { customer: 'p1', '@timestamp': '2026-01-01T00:00:00.000Z' });
        if (made === 'exists') throw new Error(made);
        await node.ask('POST', '/events/_rollover');
        const changed = await store().update(scope, 'e1', made.version, { status: 'seen' });
        if (typeof changed === 'string') throw new Error(changed);
        expect(await store().get(scope, 'e1')).toEqual(changed);
        expect(await store().remove(scope, 'e1', changed.version)).toBe('removed');
        expect(await store().count(scope, [])).toBe(0);
      },
    );

    it('changes and removes documents that an application routes by itself', async () => {
      const scope = scopeFixture(resource, 'routed');
      for (const id of ['r1', 'r2', 'r3', 'r4', 'r5']) {
        await node.ask('PUT', `/orders/_doc/${id}?routing=x/${id}`, { customer: 'routed', deleted: false, units: 1 });
      }
      await node.ask('POST', '/orders/_refresh');
      for (const id of ['r1', 'r2', 'r3', 'r4', 'r5']) {
        const found = await store().get(scope, id);
        if (found === undefined) throw new Error('not there');
        const changed = await store().update(scope, id, found.version, { units: 2 });
        if (typeof changed === 'string') throw new Error(changed);
        expect(await store().get(scope, id)).toEqual(changed);
        expect(await store().remove(scope, id, null)).toBe('removed');
      }
    });

    it('removes a version that no search has seen yet', async () => {
      const scope = scopeFixture(resource, 'late');
      await node.ask('PUT', '/orders/_doc/late?refresh=true', { customer: 'late', deleted: false });
      await node.ask('PUT', '/orders/_settings', { index: { refresh_interval: '-1' } });
      try {
        await node.ask('PUT', '/orders/_doc/late', { customer: 'late', deleted: false, units: 2 });
        const seen = await store().get(scope, 'late');
        expect(await store().update(scope, 'late', seen?.version ?? '', { units: 3 })).toBe('changed');
        expect(await store().remove(scope, 'late', seen?.version ?? '')).toBe('changed');
        await node.ask('PUT', '/orders/_doc/late', { customer: 'another', deleted: false });
        expect(await store().remove(scope, 'late', null)).toBe('absent');
        await node.ask('PUT', '/orders/_doc/late', { customer: 'late', deleted: false });
      } finally {
        await node.ask('PUT', '/orders/_settings', { index: { refresh_interval: '100ms' } });
      }
      expect(await store().remove(scope, 'late', null)).toBe('removed');
      expect(await store().count(scope, [])).toBe(0);
    });

    it('says of an index that is not there, and of a value that does not fit, no more than it must', async () => {
      const absent = scopeFixture({ ...resource, source: 'nowhere' }, 'p1');
      await expect(store().list(absent, { conditions: [], order: [], size: 1, after: null })).rejects.toMatchObject({
        code: 'upstream_answer',
      });
      await expect(store().count(absent, [])).rejects.toMatchObject({ code: 'upstream_answer' });
      const scope = scopeFixture(resource, 'p1');
      await expect(store().create(scope, 'bad', { customer: 'p1', units: 'canary' })).rejects.toMatchObject({
        code: 'invalid',
        detail: 'create: the store answered with status 400',
      });
      await expect(
        store().list(scope, {
          conditions: [],
          order: [{ column: 'note', type: 'text', descending: false }],
          size: 1,
          after: null,
        }),
      ).rejects.toMatchObject({ code: 'upstream_answer' });
    });
  });
}
