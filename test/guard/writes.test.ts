/** Writes through the gateway, in two worlds and held against the oracles: B064, B164, B165, B175–B181. */
import { describe, expect, it } from 'vitest';
import { createWorlds, FIXTURE_POLICY, type Outcome, rawOf, type Sent, type Worlds } from './harness/fixture.ts';

const NAMESPACED = FIXTURE_POLICY.replace(
  '        write:\n',
  "        idNamespace: '${claims.tenant}'\n        write:\n",
);

const write = (sent: Sent, worlds: Worlds = createWorlds()): Promise<Outcome> => worlds.send({ as: 'W', ...sent });
const put = (id: string, body: unknown, worlds?: Worlds): Promise<Outcome> =>
  write({ method: 'PUT', target: `/profiles/_doc/${id}`, body }, worlds);
const bulk = (lines: readonly unknown[], worlds?: Worlds, target = '/_bulk'): Promise<Outcome> =>
  write({ target, body: lines, ndjson: true }, worlds);

interface BulkJson {
  errors: boolean;
  items: Record<string, { _index: string; _id: string; status: number; error?: { type: string; reason: string } }>[];
}

/** Status by item, in order. */
function statusesOf({ json }: Outcome): (number | undefined)[] {
  return (json as BulkJson).items.map((item) => Object.values(item)[0]?.status);
}

/** What the first world's store holds. */
function documentOf({ benches }: Worlds, id: string): unknown {
  const { json } = benches[0].store.answer('GET', `/profiles/_doc/${encodeURIComponent(id)}`, null);
  return (json as { _source?: unknown })._source;
}

describe('a document written by a strict role', () => {
  it('gets the tenant of its writer, and no other (B175)', async () => {
    const { answer, upstream } = await write({ target: '/profiles/_doc', body: { name: 'New', city: 'Oslo' } });
    expect(answer.status).toBe(201);
    expect(upstream).toEqual([
      { method: 'POST', path: '/profiles/_doc', body: '{"name":"New","city":"Oslo","tenant":"t1"}' },
    ]);
    const worlds = createWorlds();
    for (const tenant of ['t2', ['t1', 't2'], ['t1'], null, { t: 't1' }, 't1 ']) {
      const refused = await write({ target: '/profiles/_doc', body: { name: 'New', tenant } }, worlds);
      expect(refused.answer.status, JSON.stringify(tenant)).toBe(403);
      expect(refused.upstream).toEqual([]);
    }
    expect((await write({ target: '/profiles/_doc', body: { name: 'New', tenant: 't1' } })).answer.status).toBe(201);
  });

  it('holds nothing but the listed fields, each of its type and within its bounds', async () => {
    const worlds = createWorlds();
    for (const body of [
      { name: 'New', phone: '1' },
      { name: 'New', email: 'x@example.org' },
      { name: 'New', 'name.keyword': 'x' },
      { name: 'New', notes: { private: 'x' } },
      { name: 'New', age: '7' },
      { name: 'New', age: 7.5 },
      { name: 'New', age: 151 },
      { name: 'New', age: -1 },
      { name: 'x'.repeat(201) },
      { name: { first: 'x' } },
      { name: true },
      { city: 'Oslo' },
      { name: null },
      { name: [] },
    ]) {
      const { answer, upstream } = await write({ target: '/profiles/_doc', body }, worlds);
      expect(answer.status, JSON.stringify(body)).toBe(400);
      expect(upstream).toEqual([]);
    }
  });

  it('does not say which field it was that may not be written', async () => {
    const one = await write({ target: '/profiles/_doc', body: { name: 'New', phone: '1' } });
    const other = await write({ target: '/profiles/_doc', body: { name: 'New', nonexistent: '1' } });
    expect(one.answer).toEqual({ ...other.answer, headers: one.answer.headers });
  });

  it('keeps every digit of its numbers (B064)', async () => {
    const policy = FIXTURE_POLICY.replace('age: { type: integer, minimum: 0, maximum: 150 }', 'age: long');
    const { upstream } = await write(
      { target: '/profiles/_doc', body: '{"name":"New","age":9007199254740993}' },
      createWorlds({ policy }),
    );
    expect(upstream[0]?.body).toBe('{"name":"New","age":9007199254740993,"tenant":"t1"}');
  });

  it('is answered with constants in the place of the counters of the shard', async () => {
    const { json } = await write({ target: '/profiles/_doc', body: { name: 'New' } });
    expect(json).toEqual({
      _index: 'profiles',
      _id: 'auto-1',
      _version: 1,
      result: 'created',
      _shards: { total: 2, successful: 1, failed: 0 },
      _seq_no: 0,
      _primary_term: 1,
    });
  });
});

describe('a document replaced by a strict role', () => {
  it('is one that it sees, and on the version that was looked at', async () => {
    const worlds = createWorlds();
    const { answer, upstream } = await put('v1', { name: 'Renamed' }, worlds);
    expect(answer.status).toBe(200);
    expect(upstream).toHaveLength(2);
    expect(upstream[0]?.path).toMatch(/^\/profiles\/_search/);
    expect(upstream[1]?.path).toBe('/profiles/_update/v1?if_seq_no=0&if_primary_term=1');
  });

  it('loses the writable fields that were not sent, and none that its writer cannot write', async () => {
    const worlds = createWorlds();
    await put('v1', { name: 'Renamed' }, worlds);
    expect(documentOf(worlds, 'v1')).toMatchObject({
      name: 'Renamed',
      city: null,
      age: null,
      tenant: 't1',
      ssn: 'CANARY-FLD-ssn-1-1',
      notes: { private: 'CANARY-FLD-note-1-1' },
    });
  });

  it('is refused alike when it is hidden and when it is not there (B176)', async () => {
    const hidden = await put('h6', { name: 'Mine now' });
    const missing = await put('x6', { name: 'Mine now' });
    expect(hidden.answer.status).toBe(403);
    expect(hidden.answer.body).toEqual(missing.answer.body);
  });

  it('cannot be made under an id of the client, whether or not one is there (B177)', async () => {
    const worlds = createWorlds();
    for (const id of ['h6', 'v1', 'x6'])
      for (const sent of [
        { method: 'PUT', target: `/profiles/_create/${id}` },
        { method: 'POST', target: `/profiles/_create/${id}` },
        { method: 'PUT', target: `/profiles/_doc/${id}?op_type=create` },
      ]) {
        const { answer, upstream } = await write({ ...sent, body: { name: 'New' } }, worlds);
        expect(answer.status).toBe(403);
        expect(upstream).toEqual([]);
      }
  });
});

describe('an update by a strict role', () => {
  const update = (id: string, body: unknown, worlds?: Worlds, query = ''): Promise<Outcome> =>
    write({ target: `/profiles/_update/${id}${query}`, body }, worlds);

  it('merges listed fields into a document that it sees', async () => {
    const worlds = createWorlds();
    const { answer, upstream } = await update('v1', { doc: { city: 'Turin' } }, worlds);
    expect(answer.status).toBe(200);
    expect(upstream[0]?.body).toContain('"_source":["tenant"]');
    expect(upstream[1]?.body).toBe('{"doc":{"city":"Turin","tenant":"t1"}}');
    expect(documentOf(worlds, 'v1')).toMatchObject({ city: 'Turin', name: 'Person 1 Example' });
  });

  it('is nothing but a partial document (B164)', async () => {
    const worlds = createWorlds();
    for (const body of [
      { script: 'ctx._source.tenant = "t1"' },
      { script: { source: 'x' }, doc: {} },
      { doc: { city: 'x' }, _source: true },
      { doc: { city: 'x' }, upsert: { name: 'x' } },
      { doc: { city: 'x' }, doc_as_upsert: true },
      { doc: { city: 'x' }, scripted_upsert: true },
      { doc: 'x' },
      {},
      { doc: { phone: 'x' } },
      { doc: { name: null } },
    ]) {
      const { answer, upstream } = await update('v1', body, worlds);
      expect(answer.status, JSON.stringify(body)).toBe(400);
      expect(upstream).toEqual([]);
    }
  });

  it('cannot move a document out of its tenant', async () => {
    expect((await update('v1', { doc: { tenant: 't2' } })).answer.status).toBe(403);
    expect((await update('v1', { doc: { tenant: null } })).answer.status).toBe(403);
  });

  it('finds a hidden document as little as a missing one', async () => {
    const hidden = await update('h6', { doc: { city: 'x' } });
    const missing = await update('x6', { doc: { city: 'x' } });
    expect(hidden.answer.status).toBe(404);
    expect(hidden.answer.body).toEqual(missing.answer.body);
  });

  it('takes no conditions of the client (B180)', async () => {
    for (const query of ['?if_seq_no=0&if_primary_term=1', '?version=1', '?version_type=force', '?routing=x'])
      expect((await update('v1', { doc: { city: 'x' } }, undefined, query)).answer.status, query).toBe(400);
  });

  it('does not exist by query (B165)', async () => {
    for (const name of ['_update_by_query', '_delete_by_query']) {
      const { answer, upstream } = await write({ target: `/profiles/${name}`, body: { query: { match_all: {} } } });
      expect(answer.status).toBe(403);
      expect(upstream).toEqual([]);
    }
  });
});

describe('a delete by a strict role', () => {
  const remove = (id: string, worlds?: Worlds): Promise<Outcome> =>
    write({ method: 'DELETE', target: `/profiles/_doc/${id}` }, worlds);

  it('removes a document that it sees', async () => {
    const worlds = createWorlds();
    const { json, upstream } = await remove('v1', worlds);
    expect(json).toMatchObject({ _id: 'v1', result: 'deleted' });
    expect(upstream[1]).toEqual({
      method: 'DELETE',
      path: '/profiles/_doc/v1?if_seq_no=0&if_primary_term=1',
      body: null,
    });
    expect(documentOf(worlds, 'v1')).toBeUndefined();
  });

  it('leaves a hidden one where it is, and says what it says of one that is not there', async () => {
    const worlds = createWorlds();
    const hidden = await remove('h6', worlds);
    const missing = await remove('x6', worlds);
    expect(hidden.answer.status).toBe(404);
    expect(String(hidden.answer.body).replace('h6', 'x6')).toBe(String(missing.answer.body));
    expect(documentOf(worlds, 'h6')).toBeDefined();
  });
});

describe('a bulk of a strict role', () => {
  it('is decided item by item, and answered in order (B179)', async () => {
    const worlds = createWorlds();
    const outcome = await bulk(
      [
        { index: { _index: 'profiles' } },
        { name: 'New' },
        { index: { _index: 'orders' } },
        { name: 'New' },
        { index: { _index: 'profiles', _id: 'h6' } },
        { name: 'Mine now' },
        { create: { _index: 'profiles', _id: 'x6' } },
        { name: 'New' },
        { update: { _index: 'profiles', _id: 'v2' } },
        { doc: { city: 'Turin' } },
        { update: { _index: 'profiles', _id: 'h12' } },
        { doc: { city: 'Turin' } },
        { delete: { _index: 'profiles', _id: 'v3' } },
        { delete: { _index: 'profiles', _id: 'h6' } },
        { index: { _index: 'profiles', pipeline: 'x' } },
        { name: 'New' },
        { index: { _index: 'profiles', require_alias: true } },
        { name: 'New' },
        { index: { _index: 'profiles', dynamic_templates: { name: 'x' } } },
        { name: 'New' },
        { update: { _index: 'profiles', _id: 'v4' } },
        { script: 'x' },
        { index: { _index: 'profiles', _id: 'v5' } },
        { name: 'Renamed' },
        { index: { _index: 'profiles' } },
        { name: 'New', tenant: 't2' },
        { index: { _index: 'profiles' } },
        { name: 'New', phone: '1' },
      ],
      worlds,
    );
    expect(statusesOf(outcome)).toEqual([201, 403, 403, 403, 200, 404, 200, 409, 400, 400, 400, 400, 200, 403, 400]);
    expect((outcome.json as BulkJson).errors).toBe(true);
    expect((outcome.json as BulkJson).items.map((item) => Object.keys(item)[0])).toEqual([
      ...['index', 'index', 'index', 'create', 'update', 'update', 'delete', 'delete'],
      ...['index', 'index', 'index', 'update', 'index', 'index', 'index'],
    ]);
    expect(outcome.upstream.map(({ path }) => path)).toEqual([
      '/profiles/_search?allow_partial_search_results=false',
      '/profiles/_bulk',
    ]);
    expect(documentOf(worlds, 'h6')).toMatchObject({ tenant: 't2' });
  });

  it('says of a hidden document what it says of one that is not there', async () => {
    const items = (id: string) => [
      { index: { _index: 'profiles', _id: id } },
      { name: 'x' },
      { delete: { _index: 'profiles', _id: `${id}b` } },
      { update: { _index: 'profiles', _id: `${id}c` } },
      { doc: { city: 'x' } },
    ];
    const hidden = await bulk(items('h6'));
    const missing = await bulk(items('x6'));
    expect(String(hidden.answer.body).replaceAll('h6', 'x6')).toBe(String(missing.answer.body));
  });

  it('answers a second item for one id like a conflict', async () => {
    const outcome = await bulk([
      { update: { _index: 'profiles', _id: 'v1' } },
      { doc: { city: 'a' } },
      { update: { _index: 'profiles', _id: 'v1' } },
      { doc: { city: 'b' } },
    ]);
    expect(statusesOf(outcome)).toEqual([200, 409]);
  });

  it('takes the index of the path, and refuses what has none', async () => {
    expect(statusesOf(await bulk([{ index: {} }, { name: 'x' }], undefined, '/profiles/_bulk'))).toEqual([201]);
    expect((await bulk([{ index: {} }, { name: 'x' }])).answer.status).toBe(400);
  });

  it('is refused as a whole when its lines cannot be told apart, or are too many', async () => {
    const worlds = createWorlds();
    const broken: unknown[][] = [
      [{ upsert: { _index: 'profiles' } }, { name: 'x' }],
      [{ index: { _index: 'profiles' }, create: {} }, { name: 'x' }],
      [{ index: { _index: 'profiles' } }],
      [{ index: 'profiles' }, { name: 'x' }],
      [[], { name: 'x' }],
      Array.from({ length: 51 }, (_, n) => ({ delete: { _index: 'profiles', _id: `v${n}` } })),
    ];
    for (const lines of broken) {
      const { answer, upstream } = await bulk(lines, worlds);
      expect(answer.status, JSON.stringify(lines).slice(0, 80)).toBe(400);
      expect(upstream).toEqual([]);
    }
  });

  it('asks the store nothing when every item is refused', async () => {
    const { answer, json, upstream } = await bulk([{ index: { _index: 'orders' } }, { name: 'x' }]);
    expect(answer.status).toBe(200);
    expect(json).toMatchObject({ took: 0, errors: true });
    expect(upstream).toEqual([]);
  });

  it('is forbidden to a role that may not write', async () => {
    const { answer, upstream } = await createWorlds().send({
      target: '/_bulk',
      body: [{ index: { _index: 'profiles' } }, { name: 'x' }],
      ndjson: true,
    });
    expect(answer.status).toBe(403);
    expect(upstream).toEqual([]);
  });
});

describe('documents in a namespace', () => {
  it('are made, read and removed under the ids that the client knows (B176, B177)', async () => {
    const worlds = createWorlds({ policy: NAMESPACED });
    const made = await put('a', { name: 'One' }, worlds);
    expect(made.answer.status).toBe(201);
    expect(made.json).toMatchObject({ _id: 'a', result: 'created' });
    expect(made.upstream.at(-1)?.path).toBe('/profiles/_create/t1%3Aa');
    expect(documentOf(worlds, 't1:a')).toEqual({ name: 'One', tenant: 't1' });
    const again = await put('a', { name: 'Two' }, worlds);
    expect(again.json).toMatchObject({ _id: 'a', result: 'updated' });
    const twice = await write({ method: 'PUT', target: '/profiles/_create/a', body: { name: 'Three' } }, worlds);
    expect(twice.answer.status).toBe(409);
    const removed = await write({ method: 'DELETE', target: '/profiles/_doc/a' }, worlds);
    expect(removed.json).toMatchObject({ _id: 'a', result: 'deleted' });
  });

  it('are made under an id of the gateway where the client gives none', async () => {
    const { benches } = createWorlds({ policy: NAMESPACED });
    const { store, guard } = benches[0];
    const answer = await guard.handle(rawOf({ as: 'W', target: '/profiles/_doc', body: { name: 'One' } }));
    const { _id: id } = JSON.parse(String(answer.body)) as { _id: string };
    expect(answer.status).toBe(201);
    expect(id).toMatch(/^[\w-]{20}$/);
    expect(store.seen.at(-1)?.path).toBe(`/profiles/_create/t1%3A${id}`);
  });

  it('cannot be named with the namespace itself, so that guarding twice changes nothing', async () => {
    const { answer, upstream } = await put('t1%3Aa', { name: 'x' }, createWorlds({ policy: NAMESPACED }));
    expect(answer.status).toBe(400);
    expect(upstream).toEqual([]);
  });

  it("never reach another tenant's, whatever the id", async () => {
    const worlds = createWorlds({ policy: NAMESPACED });
    for (const id of ['h6', 't2%3Aa', ':a']) {
      const { answer, upstream } = await put(id, { name: 'x' }, worlds);
      expect(answer.status).toBe(201);
      expect(upstream.at(-1)?.path).toMatch(/^\/profiles\/_create\/t1%3A/);
    }
    expect(documentOf(worlds, 'h6')).toMatchObject({ tenant: 't2' });
  });
});

describe('writes of a trusted service', () => {
  it('are printed anew, with typed conditions and the real counters', async () => {
    const worlds = createWorlds();
    const sent = { as: 'admin', method: 'PUT', target: '/profiles/_doc/v1?if_seq_no=0&if_primary_term=1' };
    const { answer, json, upstream } = await worlds.send({ ...sent, body: '{ "any": 1.0 }' });
    expect(answer.status).toBe(200);
    expect(json).toMatchObject({ _id: 'v1', _seq_no: 1001 });
    expect(upstream).toEqual([
      { method: 'PUT', path: '/profiles/_doc/v1?if_seq_no=0&if_primary_term=1', body: '{"any":1.0}' },
    ]);
    const conflict = await worlds.send({ ...sent, body: { any: 2 } });
    expect(conflict.answer.status).toBe(409);
    expect(String(conflict.answer.body)).not.toMatch(/CANARY|current/);
  });

  it('run no scripts either, and write no versions of their own (B164, B180)', async () => {
    const worlds = createWorlds();
    for (const sent of [
      { target: '/profiles/_update/v1', body: { script: 'x' } },
      { method: 'PUT', target: '/profiles/_doc/v1?version=3&version_type=external', body: {} },
      { method: 'PUT', target: '/profiles/_doc/v1?pipeline=x', body: {} },
      { method: 'PUT', target: '/profiles/_doc/v1?if_seq_no=1', body: {} },
    ]) {
      const { answer, upstream } = await worlds.send({ as: 'admin', ...sent });
      expect(answer.status, sent.target).toBe(400);
      expect(upstream).toEqual([]);
    }
  });

  it('go to the indices of the rule only, in a bulk too', async () => {
    const worlds = createWorlds();
    const outcome = await worlds.send({
      as: 'admin',
      target: '/_bulk',
      ndjson: true,
      body: [
        { index: { _index: 'orders', _id: 1 } },
        { a: 1 },
        { index: { _index: '.kibana', _id: '1' } },
        { a: 1 },
        { update: { _index: 'profiles', _id: 'v1', if_seq_no: 0, if_primary_term: 1 } },
        { doc: { a: 1 } },
      ],
    });
    expect(statusesOf(outcome)).toEqual([200, 403, 200]);
    expect(outcome.upstream).toHaveLength(1);
    expect(outcome.upstream[0]?.path).toBe('/_bulk');
  });
});
