/** The official clients, unchanged, through the gateway to real stores: what they are used for works as their code expects. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elasticsearch, openSearch, type Said, type Speaker } from './harness/clients.ts';
import { type RunningGateway, runGateway } from './harness/gateway.ts';
import { type Distribution, requireSearch, type SearchNode, startSearch } from './harness/search.ts';

const READS = '[search, count, get, exists, mget, msearch, scroll, pit, field_caps]';
const ALL = `[${READS.slice(1, -1)}, index, create, update, delete, bulk]`;

/** `mobile` reads the profiles of its tenant, `writer` keeps its tasks and (in a namespace) its notes, `service` is trusted. */
function policyFor(store: string, version: string, port: number): string {
  return `
upstreams:
  shop: { store: ${store}, version: ${version}, nodes: ['http://127.0.0.1:${port}'] }
roles:
  mobile:
    match: { issuer: shop, claims: { role: { equals: mobile } } }
    limits: { rate: 1000/s, burst: 2000, concurrent: 50, documents: 100000/1h }
    rules:
      - indices: [profiles]
        aliases: [people]
        operations: ${READS}
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields:
          name: text
          name.keyword: keyword
          city: keyword
          age: integer
          tenant: keyword
          email: { type: keyword, mask: email }
          ip: { type: ip, mask: network }
          joined: date
  writer:
    match: { issuer: shop, claims: { role: { equals: writer } } }
    rules:
      - indices: [tasks]
        operations: ${ALL}
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: &fields { title: text, state: keyword, priority: integer, tenant: keyword }
        write: &write
          fields: { title: { type: text, maxLength: 200 }, state: { type: keyword, oneOf: [open, done] }, priority: integer }
          set: { tenant: '\${claims.tenant}' }
          required: [title]
      - indices: [notes]
        operations: ${ALL}
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: *fields
        idNamespace: '\${claims.tenant}'
        write: *write
  service:
    mode: compat
    match: { issuer: shop, claims: { role: { equals: service } } }
    rules:
      - indices: [profiles, tasks, notes]
        operations: ${ALL}
        filter: all
`;
}

interface Store {
  readonly distribution: Distribution;
  readonly product: 'elasticsearch' | 'opensearch';
  readonly major: string;
  readonly media?: 'versioned' | 'plain';
  readonly settings: readonly string[];
}

const STORES: readonly Store[] = [
  { distribution: 'elasticsearch-7', product: 'elasticsearch', major: '7', media: 'plain', settings: [] },
  {
    distribution: 'elasticsearch-8',
    product: 'elasticsearch',
    major: '8',
    media: 'versioned',
    settings: ['xpack.security.enabled: false'],
  },
  { distribution: 'opensearch-2', product: 'opensearch', major: '2', settings: [] },
  { distribution: 'opensearch-3', product: 'opensearch', major: '3', settings: [] },
];

const KEYWORD = { type: 'keyword' };
const PROFILES = {
  name: { type: 'text', fields: { keyword: KEYWORD } },
  city: KEYWORD,
  age: { type: 'integer' },
  tenant: KEYWORD,
  email: KEYWORD,
  ip: { type: 'ip' },
  joined: { type: 'date' },
  ssn: KEYWORD,
};
const TASKS = { title: { type: 'text' }, state: KEYWORD, priority: { type: 'integer' }, tenant: KEYWORD };
const CITIES = ['Lyon', 'Oslo', 'Porto'];
const OWN = 13;
const FOREIGN = 8;

async function fill(node: SearchNode): Promise<void> {
  const settings = { number_of_shards: 2, number_of_replicas: 0 };
  await node.ask('PUT', '/profiles', { settings, mappings: { dynamic: 'strict', properties: PROFILES } });
  for (const index of ['tasks', 'notes'])
    await node.ask('PUT', `/${index}`, { settings, mappings: { dynamic: 'strict', properties: TASKS } });
  for (let n = 1; n <= OWN + FOREIGN; n++) {
    const own = n <= OWN;
    await node.ask('PUT', `/profiles/_doc/${own ? 'own' : 'foreign'}-${n}`, {
      name: `Person ${n}`,
      city: CITIES[n % CITIES.length],
      age: 20 + n,
      tenant: own ? 't1' : 't2',
      email: `person.${n}@example.org`,
      ip: `192.0.2.${n}`,
      joined: `2026-01-${String(n).padStart(2, '0')}`,
      ssn: `CANARY-${n}`,
    });
  }
  await node.ask('PUT', '/tasks/_doc/foreign', { title: 'Theirs', state: 'open', priority: 1, tenant: 't2' });
  await node.ask('POST', '/_refresh');
}

const statusOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'answered',
    (error: { statusCode?: number; message: string }) => error.statusCode ?? error.message,
  );
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

for (const { distribution, product, major, media = 'versioned', settings } of STORES) {
  const folder = requireSearch(distribution);
  describe.skipIf(folder === undefined)(`the client of ${product} through the gateway to ${distribution}`, () => {
    let node: SearchNode;
    let gateway: RunningGateway;
    let mobile: Speaker;
    let writer: Speaker;
    let service: Speaker;

    const speak = (credentials: { bearer: string } | { apiKey: string }): Speaker =>
      product === 'elasticsearch'
        ? elasticsearch(gateway.url, credentials, media)
        : openSearch(gateway.url, credentials);

    beforeAll(async () => {
      node = await startSearch(distribution, { settings });
      await fill(node);
      // The stripped-down zip of version 8 leaves out the module that answers `GET /`.
      gateway = await runGateway(policyFor(product, distribution === 'elasticsearch-8' ? major : 'auto', node.port), {
        nightly: { role: 'service', tenant: 't1' },
        other: { role: 'mobile', tenant: 't2' },
      });
      mobile = speak({ bearer: gateway.token({ sub: 'ann', role: 'mobile', tenant: 't1' }) });
      writer = speak({ bearer: gateway.token({ sub: 'wil', role: 'writer', tenant: 't1' }) });
      service = speak({ apiKey: gateway.apiKeys.nightly ?? '' });
    }, 180_000);
    afterAll(async () => {
      for (const one of [mobile, writer, service]) await one?.close();
      await gateway?.close();
      await node?.stop();
    });

    /** Every document of the principal's, with what it may see, as it may see it. */
    function expectOwn(hits: readonly Said[]): void {
      for (const { _index, _id, _source } of hits) {
        expect([_index, _id]).toEqual(['profiles', expect.stringMatching(/^own-/)]);
        expectOwnSource(_source);
      }
    }
    function expectOwnSource(source: Said): void {
      expect(source.tenant).toBe('t1');
      expect(Object.keys(source).sort()).toEqual(['age', 'city', 'email', 'ip', 'joined', 'name', 'tenant']);
      expect(source.email).toMatch(/^p\*+@example\.org$/);
      expect(source.ip).toBe('192.0.2.0/24');
    }
    const stored = (path: string): Promise<Said> => node.ask('GET', path);

    it('passes what the clients ask before anything else', async () => {
      for (const one of [mobile, writer, service]) {
        expect(await one.ping()).toBe(true);
        const info = await one.info();
        expect(info.version.number).toMatch(new RegExp(`^${major}\\.`));
        expect(info.version.distribution).toBe(product === 'opensearch' ? 'opensearch' : undefined);
        expect(await one.health()).toMatchObject({ status: 'green', timed_out: false });
      }
    });

    it('refuses a stranger, a forged token and a wrong key', async () => {
      const token = gateway.token({ sub: 'ann', role: 'mobile', tenant: 't1' });
      const strangers = [
        speak({ bearer: 'nobody' }),
        speak({ bearer: `${token.slice(0, -4)}AAAA` }),
        speak({ apiKey: Buffer.from('nightly:guess').toString('base64') }),
      ];
      for (const one of strangers) {
        expect(await statusOf(one.search('profiles', {}))).toBe(401);
        await one.close();
      }
    });

    it('gives an API key the rights of its role and claims', async () => {
      const other = speak({ apiKey: gateway.apiKeys.other ?? '' });
      const { hits } = await other.search('people', { size: 100 });
      expect(hits.hits).toHaveLength(FOREIGN);
      for (const { _source } of hits.hits) expect(_source.tenant).toBe('t2');
      await other.close();
    });

    it('searches, sorts and goes on behind the last hit', async () => {
      const all = await mobile.search('profiles', { size: 100 });
      expect(all.hits.total).toEqual({ value: OWN, relation: 'eq' });
      expectOwn(all.hits.hits);
      const found: number[] = [];
      for (let after: unknown; ; ) {
        const { hits } = await mobile.search('people', {
          query: { bool: { must: [{ match: { name: 'person' } }], filter: [{ range: { age: { gte: 22 } } }] } },
          sort: [{ age: 'desc' }, { 'name.keyword': 'asc' }],
          size: 5,
          ...(after !== undefined && { search_after: after }),
        });
        if (hits.hits.length === 0) break;
        expectOwn(hits.hits);
        found.push(...hits.hits.map(({ _source }: Said) => _source.age));
        after = hits.hits.at(-1).sort;
      }
      expect(found).toEqual(numbers(22, 20 + OWN).reverse());
      const one = await mobile.search('profiles', {
        query: { ids: { values: ['own-1', 'foreign-14'] } },
        _source: ['name'],
      });
      expect(one.hits.hits.map(({ _id, _source }: Said) => [_id, _source])).toEqual([['own-1', { name: 'Person 1' }]]);
      expect(await statusOf(mobile.search('profiles', { query: { term: { ssn: 'CANARY-1' } } }))).toBe(403);
      expect(await statusOf(mobile.search('profiles', { query: { term: { email: 'person.1@example.org' } } }))).toBe(
        403,
      );
      expect(await statusOf(mobile.search('tasks', {}))).toBe(403);
    });

    it('aggregates what the principal sees', async () => {
      const { aggregations } = await mobile.search('profiles', {
        size: 0,
        aggs: {
          cities: { terms: { field: 'city', order: { _key: 'asc' } }, aggs: { oldest: { max: { field: 'age' } } } },
          ages: { stats: { field: 'age' } },
          months: { date_histogram: { field: 'joined', calendar_interval: 'month' } },
          young: { filter: { range: { age: { lt: 25 } } } },
        },
      });
      const inCity = (city: number) => numbers(1, OWN).filter((n) => n % CITIES.length === city);
      expect(aggregations.cities.buckets).toMatchObject(
        CITIES.map((key, n) => ({ key, doc_count: inCity(n).length, oldest: { value: 20 + (inCity(n).at(-1) ?? 0) } })),
      );
      expect(aggregations.ages).toMatchObject({ count: OWN, min: 21, max: 20 + OWN });
      expect(aggregations.months.buckets).toMatchObject([{ doc_count: OWN }]);
      expect(aggregations.young.doc_count).toBe(4);
    });

    it('reads documents by their ids, and nobody else’s', async () => {
      const one = await mobile.get('profiles', 'own-3');
      expect(one).toMatchObject({ _index: 'profiles', _id: 'own-3', found: true });
      expectOwnSource(one._source);
      expectOwnSource(await mobile.source('profiles', 'own-3'));
      expect(await mobile.exists('profiles', 'own-3')).toBe(true);
      for (const id of ['foreign-14', 'nowhere']) {
        expect(await statusOf(mobile.get('profiles', id))).toBe(404);
        expect(await statusOf(mobile.source('profiles', id))).toBe(404);
        expect(await mobile.exists('profiles', id)).toBe(false);
      }
      const { docs } = await mobile.mget('profiles', ['own-1', 'foreign-14', 'nowhere', 'own-2']);
      expect(docs.map(({ found }: Said) => found)).toEqual([true, false, false, true]);
      expectOwn([docs[0], docs[3]]);
    });

    it('counts what the principal sees', async () => {
      expect((await mobile.count('profiles')).count).toBe(OWN);
      expect((await mobile.count('profiles', { query: { term: { city: 'Lyon' } } })).count).toBe(4);
      expect((await service.count('profiles')).count).toBe(OWN + FOREIGN);
    });

    it('runs several searches at once', async () => {
      const { responses } = await mobile.msearch([
        { index: 'profiles' },
        { query: { term: { city: 'Lyon' } } },
        { index: 'tasks' },
        {},
        { index: 'people' },
        { size: 2, sort: [{ age: 'asc' }] },
      ]);
      expect(responses.map(({ status }: Said) => status)).toEqual([200, 403, 200]);
      expectOwn(responses[0].hits.hits);
      expect(responses[0].hits.hits).toHaveLength(4);
      expect(responses[2].hits.hits.map(({ _source }: Said) => _source.age)).toEqual([21, 22]);

      const helped = await mobile.multiSearch(
        CITIES.map((city) => ['profiles', { query: { term: { city } }, size: 20 }] as const),
      );
      expect(helped.map(({ documents }) => documents.length)).toEqual([4, 5, 4]);
      for (const { documents } of helped) for (const one of documents) expectOwnSource(one);
    });

    it('scrolls by hand and with both helpers', async () => {
      for (const [who, count] of [
        [mobile, OWN],
        [service, OWN + FOREIGN],
      ] as const) {
        const { hits, cleared } = await who.scroll('profiles', { size: 4, query: { match_all: {} } });
        expect(new Set(hits.map(({ _id }) => _id)).size).toBe(count);
        expect(cleared).toMatchObject({ succeeded: true });
        expect(await who.scrollSearch('profiles', { size: 4, sort: ['_doc'] })).toHaveLength(count);
        expect(await who.scrollDocuments('profiles', { size: 5 })).toHaveLength(count);
      }
      const { hits } = await mobile.scroll('profiles', { size: 4, sort: [{ age: 'asc' }] });
      expectOwn(hits);
      expectOwn(await mobile.scrollSearch('profiles', { size: 4 }));
      for (const one of await mobile.scrollDocuments('profiles', { size: 4 })) expectOwnSource(one);
    });

    it('pages through a point in time', async () => {
      for (const [who, count] of [
        [mobile, OWN],
        [service, OWN + FOREIGN],
      ] as const) {
        const { hits, closed } = await who.pointInTime('profiles', { size: 4, sort: [{ age: 'asc' }] });
        expect(hits.map(({ _source }) => _source.age)).toEqual(numbers(21, 20 + count));
        expect(closed).toMatchObject(
          product === 'elasticsearch' ? { succeeded: true } : { pits: [{ successful: true }] },
        );
        if (who === mobile) expectOwn(hits);
      }
      if (product !== 'elasticsearch') return;
      // In the order of the shard: its numbers come and go sealed.
      for (const sort of [{ sort: ['_doc'] }, { sort: [{ city: 'asc' }, '_doc'] }, { sort: [{ city: 'desc' }] }]) {
        const { hits } = await mobile.pointInTime('profiles', { size: 4, ...sort });
        expect(new Set(hits.map(({ _id }) => _id)).size).toBe(OWN);
        expectOwn(hits);
      }
    });

    it('says what fields there are', async () => {
      const { fields } = await mobile.fieldCaps('profiles', '*');
      expect(fields.city.keyword).toMatchObject({ searchable: true, aggregatable: true });
      expect(fields.email.keyword).toMatchObject({ searchable: false, aggregatable: false });
      expect(fields.ssn).toBeUndefined();
      expect((await service.fieldCaps('profiles', 's*')).fields.ssn.keyword.searchable).toBe(true);
    });

    it('refuses writes of who may only read', async () => {
      expect(await statusOf(mobile.index('profiles', { name: 'x' }, 'own-1'))).toBe(403);
      expect(await statusOf(mobile.update('profiles', 'own-1', { name: 'x' }))).toBe(403);
      expect(await statusOf(mobile.remove('profiles', 'own-1'))).toBe(403);
      expect(await statusOf(mobile.bulk([{ delete: { _index: 'profiles', _id: 'own-1' } }]))).toBe(403);
      expect((await stored('/profiles/_doc/own-1'))._source.name).toBe('Person 1');
    });

    for (const index of ['tasks', 'notes'] as const) {
      const named = index === 'notes';
      const how = named ? 'in a namespace, where the client names its documents' : 'where the store names them';
      const inStore = async (id: string): Promise<Said> =>
        (await stored(`/${index}/_doc/${encodeURIComponent(named ? `t1:${id}` : id)}`))._source;

      it(`writes to ${index}, ${how}`, async () => {
        const made = await writer.index(index, { title: 'First', state: 'open', priority: 500 });
        expect(made).toMatchObject({ _index: index, result: 'created' });
        expect(await inStore(made._id)).toMatchObject({ title: 'First', tenant: 't1' });
        // An id that is taken by somebody else would tell that it is.
        const id = named ? 'a' : made._id;
        const asked = writer.create(index, 'a', { title: 'Second', state: 'open' });
        expect(await statusOf(asked)).toBe(named ? 'answered' : 403);
        expect(await statusOf(writer.create(index, 'a', { title: 'Again' }))).toBe(named ? 409 : 403);
        expect(await statusOf(writer.index(index, { title: 'New' }, 'foreign'))).toBe(named ? 'answered' : 403);
        expect(await writer.get(index, id)).toMatchObject({ _id: id, found: true, _source: { state: 'open' } });
        expect(await writer.exists(index, id)).toBe(true);
        expect(await writer.index(index, { title: 'Replaced' }, id)).toMatchObject({ _id: id, result: 'updated' });
        expect(await writer.update(index, id, { state: 'done' })).toMatchObject({ _id: id, result: 'updated' });
        expect(await inStore(id)).toMatchObject({ title: 'Replaced', state: 'done', tenant: 't1' });
        const found = await writer.search(index, { query: { ids: { values: [id] } } });
        expect(found.hits.hits).toMatchObject([{ _id: id, _source: { title: 'Replaced' } }]);
        expect(await writer.remove(index, id)).toMatchObject({ _id: id, result: 'deleted' });
        expect(await statusOf(writer.remove(index, id))).toBe(404);
        expect(await statusOf(writer.update(index, id, { state: 'done' }))).toBe(404);

        expect(await statusOf(writer.index(index, { title: 'x', tenant: 't2' }))).toBe(403);
        expect(await statusOf(writer.index(index, { title: 'x', state: 'lost' }))).not.toBe('answered');
        expect(await statusOf(writer.index(index, { title: 'x', owner: 'me' }))).not.toBe('answered');
        expect((await stored('/tasks/_doc/foreign'))._source).toMatchObject({ title: 'Theirs', tenant: 't2' });
      });

      it(`writes in bulk to ${index}, ${how}`, async () => {
        const bulk = await writer.bulk([
          { create: { _index: index, _id: 'b1' } },
          { title: 'One', priority: 100 },
          { index: { _index: index } },
          { title: 'Two', priority: 200 },
          { update: { _index: index, _id: 'nowhere' } },
          { doc: { title: 'Mine now' } },
        ]);
        expect(bulk.errors).toBe(true);
        const statuses = bulk.items.map((item: Said) => Object.values<Said>(item)[0].status);
        expect(statuses).toEqual([named ? 201 : 403, 201, 404]);

        const documents = numbers(1, 30).map((n) => ({ title: `Helped ${n}`, priority: n }));
        const idOf = ({ priority }: Said) => (named ? { _id: `h${priority}` } : {});
        const indexed = await writer.bulkHelper(documents, (one) => ({ index: { _index: index, ...idOf(one) } }));
        expect(indexed).toMatchObject({ stats: { total: 30, successful: 30, failed: 0 }, dropped: [] });
        const helped = { query: { range: { priority: { gte: 1, lte: 30 } } }, sort: [{ priority: 'asc' }], size: 50 };
        const { hits } = (await writer.search(index, helped)).hits;
        const ids: string[] = hits.map(({ _id }: Said) => _id);
        expect(ids).toHaveLength(30);
        if (named) expect(ids[0]).toBe('h1');

        const created = await writer.bulkHelper(documents.slice(0, 3), (one) => ({
          create: { _index: index, _id: `h${one.priority}` },
        }));
        expect(created.stats).toMatchObject({ total: 3, successful: 0, failed: 3 });
        const status = named ? 409 : 403;
        expect(created.dropped.map((one) => one.status)).toEqual([status, status, status]);
        const updated = await writer.bulkHelper(
          ids.slice(0, 5).map((id) => ({ id })),
          ({ id }) => [{ update: { _index: index, _id: id } }, { doc: { state: 'done' } }],
        );
        expect(updated.stats).toMatchObject({ total: 5, successful: 5, failed: 0 });
        expect((await writer.count(index, { query: { term: { state: 'done' } } })).count).toBe(5);
        const removed = await writer.bulkHelper(
          [...ids, 'nowhere'].map((id) => ({ id })),
          ({ id }) => ({
            delete: { _index: index, _id: id },
          }),
        );
        // To the stores a document that is not there is no error of a delete.
        expect(removed.stats).toMatchObject({ total: 31, failed: 0 });
        expect((await writer.count(index, { query: helped.query })).count).toBe(0);
        expect((await stored('/tasks/_doc/foreign'))._source).toMatchObject({ title: 'Theirs', tenant: 't2' });
      });
    }

    it('passes a trusted service’s whole documents through', async () => {
      const found = await service.search('profiles', { query: { match: { name: '15' } } });
      expect(found.hits.hits).toMatchObject([{ _id: 'foreign-15', _source: { ssn: 'CANARY-15', tenant: 't2' } }]);
      const document = { title: 'Service', state: 'open', priority: 7, tenant: 't3' };
      const made = await service.index('tasks', document, 's1');
      expect(made).toMatchObject({ _id: 's1', result: 'created', _version: 1 });
      expect(await service.get('tasks', 's1')).toMatchObject({ found: true, _version: 1, _source: document });
      expect(await service.update('tasks', 's1', { priority: 8 })).toMatchObject({ result: 'updated', _version: 2 });
      expect((await service.mget('tasks', ['s1', 'none'])).docs).toMatchObject([
        { found: true, _source: { priority: 8 } },
        { found: false },
      ]);
      expect(await statusOf(service.create('tasks', 's1', document))).toBe(409);
      const helped = await service.bulkHelper([{ id: 's1' }, { id: 's2' }], (one) => [
        { update: { _index: 'tasks', _id: one.id } },
        { doc: { state: 'done' }, doc_as_upsert: true },
      ]);
      expect(helped.stats).toMatchObject({ total: 2 });
      expect(await service.remove('tasks', 's1')).toMatchObject({ result: 'deleted' });
      expect(await statusOf(service.get('tasks', 's1'))).toBe(404);
      const { responses } = await service.msearch([
        { index: 'tasks' },
        { size: 1 },
        { index: 'profiles' },
        { size: 1 },
      ]);
      expect(responses.map(({ status }: Said) => status)).toEqual([200, 200]);
      const [helpedSearch] = await service.multiSearch([['profiles', { query: { term: { tenant: 't2' } }, size: 50 }]]);
      expect(helpedSearch?.documents).toHaveLength(FOREIGN);
    });

    if (media === 'plain')
      it('refuses media types of a version that the store does not speak, as the store does', async () => {
        const bearer = gateway.token({ sub: 'ann', role: 'mobile', tenant: 't1' });
        const newer = elasticsearch(gateway.url, { bearer }, 'versioned');
        expect(await statusOf(newer.search('profiles', {}))).toBe(400);
        await newer.close();
      });

    it('has written down every decision, and nothing of a document', () => {
      const journal = readFileSync(gateway.journal, 'utf8');
      expect(journal.split('\n').length).toBeGreaterThan(1);
      expect(journal).not.toMatch(/CANARY|example\.org|Person/);
      expect(gateway.said).toEqual([]);
    });
  });
}
