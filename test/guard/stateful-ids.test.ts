/** Scrolls and points in time: B138–B149. */
import { describe, expect, it } from 'vitest';
import { createWorlds, FIXTURE_POLICY, type Outcome, rawOf, type Sent, type Worlds } from './harness/fixture.ts';

/** One id for each world: they are sealed anew each time. */
type Ids = readonly [string, string];

async function open(worlds: Worlds, as = 'A', size = 5): Promise<{ ids: Ids; outcome: Outcome }> {
  const sent: Sent = { as, target: '/profiles/_search?scroll=1m', body: { size, sort: [{ age: 'asc' }] } };
  return opened(worlds, sent, '_scroll_id');
}

async function openPit(worlds: Worlds, target = '/profiles/_pit?keep_alive=1m', name = 'id') {
  return opened(worlds, { method: 'POST', target }, name);
}

/** The second world's id does not come back from `send`; it is asked for once more, past the oracles. */
async function opened(worlds: Worlds, sent: Sent, name: string): Promise<{ ids: Ids; outcome: Outcome }> {
  const outcome = await worlds.send(sent);
  const ids = await Promise.all(
    worlds.benches.map(async ({ guard }) => {
      const { body } = await guard.handle(rawOf(sent));
      return String((JSON.parse(String(body)) as Record<string, unknown>)[name]);
    }),
  );
  return { ids: [ids[0] ?? '', ids[1] ?? ''], outcome };
}

const next = (worlds: Worlds, ids: Ids, as = 'A'): Promise<Outcome> =>
  worlds.send((world) => ({ as, target: '/_search/scroll', body: { scroll_id: ids[world], scroll: '1m' } }));

const hitsOf = ({ json }: Outcome): { _id: string; _source: Record<string, unknown> }[] =>
  (json as { hits: { hits: { _id: string; _source: Record<string, unknown> }[] } }).hits.hits;

describe('a scroll', () => {
  it('shows each page filtered and masked like the first (B149)', async () => {
    const worlds = createWorlds();
    const { ids, outcome } = await open(worlds);
    const second = await next(worlds, ids);
    expect([...hitsOf(outcome), ...hitsOf(second)].map(({ _id }) => _id)).toEqual([
      ...['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9', 'v10'],
    ]);
    for (const { _source } of hitsOf(second)) {
      expect(Object.keys(_source).sort()).toEqual(['age', 'city', 'email', 'ip', 'name', 'tenant']);
      expect(_source.ip).toBe('192.0.2.0/24');
    }
    expect((second.json as { _scroll_id: string })._scroll_id).toMatch(/^psg1/);
  });

  it('goes on by an id in the body, the query or the path, and in one of them (B141)', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds, 'A', 2);
    for (const sent of [
      (id: string): Sent => ({ target: '/_search/scroll', body: { scroll_id: id } }),
      (id: string): Sent => ({ target: `/_search/scroll?scroll=1m&scroll_id=${id}` }),
      (id: string): Sent => ({ target: `/_search/scroll/${id}?scroll=1m`, method: 'POST' }),
    ]) {
      const outcome = await worlds.send((world) => sent(ids[world]));
      expect(outcome.answer.status).toBe(200);
      expect(hitsOf(outcome)).toHaveLength(2);
    }
    const both = await worlds.send((world) => ({
      target: `/_search/scroll?scroll_id=${ids[world]}`,
      body: { scroll_id: ids[world] },
    }));
    expect(both.answer.status).toBe(400);
    const list = await worlds.send((world) => ({ target: '/_search/scroll', body: { scroll_id: [ids[world]] } }));
    expect(list.answer.status).toBe(400);
  });

  it("does not open by the store's own id (B138)", async () => {
    const worlds = createWorlds();
    await open(worlds);
    const raw = Buffer.from('scroll 0 profiles').toString('base64');
    for (const sent of [
      { target: '/_search/scroll', body: { scroll_id: raw } },
      { target: `/_search/scroll?scroll_id=${encodeURIComponent(raw)}` },
      { method: 'DELETE', target: '/_search/scroll', body: { scroll_id: raw } },
      { method: 'DELETE', target: '/_search/scroll', body: { scroll_id: [raw, raw] } },
    ]) {
      const { answer, upstream } = await worlds.send(sent);
      expect(answer.status).toBe(400);
      expect(upstream).toEqual([]);
    }
  });

  it('is nothing to another principal, exactly as one that was never there (B139, B140, B147)', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds);
    const foreign = await next(worlds, ids, 'B');
    const same = await next(worlds, ids, 'A2');
    const altered = await next(worlds, [`${ids[0].slice(0, -2)}AA`, `${ids[1].slice(0, -2)}AA`]);
    const short = await next(worlds, ['psg1', 'psg1']);
    expect(foreign.answer.status).toBe(404);
    for (const outcome of [same, altered, short]) expect(outcome.answer.body).toBe(foreign.answer.body);
    for (const outcome of [foreign, same, altered, short]) expect(outcome.upstream).toEqual([]);
  });

  it('of a trusted service opens for no one else (B140)', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds, 'admin');
    const { answer, upstream } = await next(worlds, ids);
    expect(answer.status).toBe(404);
    expect(upstream).toEqual([]);
  });

  it('that the store has dropped reads like one of another principal', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds);
    for (const { store } of worlds.benches)
      for (const n of [0, 1]) store.answer('DELETE', '/_search/scroll', JSON.stringify({ scroll_id: idOf(n) }));
    const gone = await next(worlds, ids);
    const foreign = await next(worlds, ids, 'B');
    expect(gone.answer.status).toBe(404);
    expect(gone.answer.body).toBe(foreign.answer.body);
  });

  it('ends with its time (B147)', async () => {
    let now = 1_800_000_000_000;
    const worlds = createWorlds({ now: () => now });
    const { ids } = await open(worlds);
    now += 60_000;
    expect((await next(worlds, ids)).answer.status).toBe(404);
  });

  it('does not live longer than the rule permits', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds);
    const { answer, upstream } = await worlds.send((world) => ({
      target: '/_search/scroll',
      body: { scroll_id: ids[world], scroll: '10m' },
    }));
    expect(answer.status).toBe(400);
    expect(upstream).toEqual([]);
  });

  it('is refused and closed when the policy has changed in between (B145)', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds);
    for (const bench of worlds.benches) bench.replace(FIXTURE_POLICY.replace(/ +age: integer\n/, ''));
    const { answer, upstream } = await next(worlds, ids);
    expect(answer.status).toBe(403);
    expect(upstream.map(({ method, path }) => [method, path])).toEqual([['DELETE', '/_search/scroll']]);
  });

  it('is refused when the role is gone (B145)', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds);
    for (const bench of worlds.benches) bench.replace(FIXTURE_POLICY.replace('  mobile:', '  other:'));
    expect((await next(worlds, ids)).answer.status).toBe(403);
  });

  it('has no options but its id and its time', async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds);
    const { answer } = await worlds.send((world) => ({
      target: '/_search/scroll',
      body: { scroll_id: ids[world], query: {} },
    }));
    expect(answer.status).toBe(400);
  });
});

describe('clearing scrolls', () => {
  it('frees those of the principal, by each form of the request (B141)', async () => {
    const worlds = createWorlds();
    for (const sent of [
      (id: string): Sent => ({ method: 'DELETE', target: '/_search/scroll', body: { scroll_id: id } }),
      (id: string): Sent => ({ method: 'DELETE', target: '/_search/scroll', body: { scroll_id: [id] } }),
      (id: string): Sent => ({ method: 'DELETE', target: `/_search/scroll/${id}` }),
      (id: string): Sent => ({ method: 'DELETE', target: `/_search/scroll?scroll_id=${id}` }),
    ]) {
      const { ids } = await open(worlds);
      const { answer, json } = await worlds.send((world) => sent(ids[world]));
      expect(answer.status).toBe(200);
      expect(json).toEqual({ succeeded: true, num_freed: 1 });
    }
  });

  it("frees nothing of another principal's", async () => {
    const worlds = createWorlds();
    const { ids } = await open(worlds);
    const { answer, json, upstream } = await worlds.send((world) => ({
      as: 'B',
      method: 'DELETE',
      target: '/_search/scroll',
      body: { scroll_id: ids[world] },
    }));
    expect([answer.status, json, upstream]).toEqual([404, { succeeded: true, num_freed: 0 }, []]);
    expect((await next(worlds, ids)).answer.status).toBe(200);
  });

  it('does not mean everybody (B142)', async () => {
    const worlds = createWorlds();
    for (const sent of [
      { target: '/_search/scroll/_all' },
      { target: '/_search/scroll', body: { scroll_id: '_all' } },
      { target: '/_search/scroll', body: { scroll_id: ['_all'] } },
      { target: '/_search/scroll?scroll_id=_all' },
      { target: '/_search/point_in_time/_all' },
    ]) {
      const { answer, upstream } = await worlds.send({ method: 'DELETE', ...sent });
      expect(answer.status).toBe(403);
      expect(upstream).toEqual([]);
    }
    const nothing = await worlds.send({ method: 'DELETE', target: '/_search/scroll' });
    expect(nothing.answer.status).toBe(400);
  });
});

describe('a point in time', () => {
  it('is filtered by each search anew (B143)', async () => {
    const worlds = createWorlds();
    const { ids } = await openPit(worlds);
    const outcome = await worlds.send((world) => ({
      target: '/_search',
      body: { pit: { id: ids[world], keep_alive: '1m' }, size: 50 },
    }));
    expect(hitsOf(outcome)).toHaveLength(12);
    const foreign = await worlds.send((world) => ({ as: 'B', target: '/_search', body: { pit: { id: ids[world] } } }));
    expect(foreign.answer.status).toBe(404);
    expect(foreign.upstream).toEqual([]);
  });

  it('is closed by the one who opened it', async () => {
    const worlds = createWorlds();
    const { ids } = await openPit(worlds);
    const close = (as: string): Promise<Outcome> =>
      worlds.send((world) => ({ as, method: 'DELETE', target: '/_pit', body: { id: ids[world] } }));
    expect((await close('B')).json).toEqual({ succeeded: true, num_freed: 0 });
    expect((await close('A')).json).toEqual({ succeeded: true, num_freed: 1 });
  });

  it('speaks as OpenSearch does where that is the store', async () => {
    const worlds = createWorlds({
      dialect: 'opensearch-2',
      policy: FIXTURE_POLICY.replace('store: elasticsearch, version: 8', 'store: opensearch, version: 2'),
    });
    const { ids } = await openPit(worlds, '/profiles/_search/point_in_time?keep_alive=1m', 'pit_id');
    expect(ids[0]).toMatch(/^psg1/);
    expect((await worlds.send({ method: 'POST', target: '/profiles/_pit?keep_alive=1m' })).answer.status).toBe(403);
    const { json } = await worlds.send((world) => ({
      method: 'DELETE',
      target: '/_search/point_in_time',
      body: { pit_id: [ids[world]] },
    }));
    expect(json).toEqual({ pits: [{ successful: true, pit_id: ids[0] }] });
  });

  it('needs a time, within the limit of the rule, and an index that is granted', async () => {
    const worlds = createWorlds();
    for (const [target, status] of [
      ['/profiles/_pit', 400],
      ['/profiles/_pit?keep_alive=1h', 400],
      ['/profiles/_pit?keep_alive=-1', 400],
      ['/orders/_pit?keep_alive=1m', 403],
    ] as const) {
      const { answer, upstream } = await worlds.send({ method: 'POST', target });
      expect(answer.status, target).toBe(status);
      expect(upstream).toEqual([]);
    }
  });
});

/** How the stand-in store names its scrolls. */
function idOf(n: number): string {
  return Buffer.from(`scroll ${n} profiles`).toString('base64');
}
