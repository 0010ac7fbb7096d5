import { afterEach, describe, expect, it } from 'vitest';
import type { Reached } from './connection.ts';
import { Pool } from './pool.ts';
import { type Behaviour, type FakeStore, http, startStore } from './testing/store.ts';

const stores: FakeStore[] = [];
const pools: Pool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) pool.close();
  for (const store of stores.splice(0)) await store.stop();
});

interface Bench {
  readonly pool: Pool;
  readonly store: FakeStore;
  clock: number;
  send(path: string): Promise<{ text?: string; code?: string; reached?: Reached }>;
}

async function bench(behave: Behaviour, options: { connections?: number; queue?: number } = {}): Promise<Bench> {
  const store = await startStore(behave);
  stores.push(store);
  const one: Bench = {
    store,
    clock: 0,
    pool: new Pool({
      node: { host: '127.0.0.1', port: store.port, tls: null },
      connectTimeout: 2000,
      answerBytes: 10_000,
      connections: 2,
      queue: 2,
      timeout: 1000,
      now: () => one.clock,
      ...options,
    }),
    send: (path) =>
      new Promise((resolve) => {
        one.pool.send(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`, {
          bodiless: false,
          encoding: 'latin1',
          done: ({ body }) => resolve({ text: Buffer.from(body).toString('utf8') }),
          failed: ({ code }, reached) => resolve({ code, reached }),
        });
      }),
  };
  pools.push(one.pool);
  return one;
}

/** A store that answers when it is told to. */
function held(): { behave: Behaviour; release(): void } {
  const waiting: (() => void)[] = [];
  return {
    behave: ({ path }, socket) => {
      waiting.push(() => socket.write(http({ path })));
      return undefined;
    },
    release: () => {
      for (const one of waiting.splice(0)) one();
    },
  };
}

describe('the connections to a node', () => {
  it('are kept and used again', async () => {
    const { send, store } = await bench(({ path }) => http({ path }));
    for (const path of ['/a', '/b', '/c']) expect(await send(path)).toEqual({ text: `{"path":"${path}"}` });
    expect(store.asked.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  });

  it('are bounded: what comes beyond waits in order, and beyond that is refused', async () => {
    const { behave, release } = held();
    const { send, store, pool } = await bench(behave);
    const answers = ['/a', '/b', '/c', '/d'].map(send);
    expect(await send('/e')).toMatchObject({ code: 'unavailable' });
    expect(pool.load).toBe(4);
    await expect.poll(() => store.asked.length).toBe(2);
    expect(store.sockets.size).toBe(2);
    release();
    await expect.poll(() => store.asked.length).toBe(4);
    expect(
      store.asked
        .slice(2)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/c', '/d']);
    release();
    expect(await Promise.all(answers)).toEqual(
      ['/a', '/b', '/c', '/d'].map((path) => ({ text: `{"path":"${path}"}` })),
    );
    expect(pool.load).toBe(0);
  });

  it('that are too slow are given up, and who waits for one too; nothing of it is sent later', async () => {
    const { behave, release } = held();
    const one = await bench(behave, { connections: 1 });
    const answers = [one.send('/a'), one.send('/b')];
    await expect.poll(() => one.store.asked.length).toBe(1);
    one.clock = 999;
    one.pool.sweep();
    expect(one.pool.load).toBe(2);
    one.clock = 1000;
    one.pool.sweep();
    expect(await Promise.all(answers)).toMatchObject([{ code: 'upstream_slow' }, { code: 'upstream_slow' }]);
    // The late answer goes to a connection that is no more.
    release();
    one.store.behave = ({ path }) => http({ path });
    expect(await one.send('/c')).toEqual({ text: '{"path":"/c"}' });
    expect(one.store.asked.map(({ path }) => path)).toEqual(['/a', '/c']);
  });

  it('that could not be made pause the node, until one works', async () => {
    const one = await bench(({ path }) => http({ path }));
    await one.store.stop();
    expect(one.pool.paused).toBe(false);
    expect(await one.send('/a')).toEqual({ code: 'upstream_down', reached: 'unsent' });
    expect(one.pool.paused).toBe(true);
    one.clock = 999;
    expect(one.pool.paused).toBe(true);
    const again = await startStore(({ path }) => http({ path }), one.store.port);
    stores.push(again);
    expect(await one.send('/b')).toEqual({ text: '{"path":"/b"}' });
    expect(one.pool.paused).toBe(false);
  });

  it('that break give their place to who waits', async () => {
    const one = await bench(
      ({ path }, socket) => {
        if (path !== '/a') return http({ path });
        socket.resetAndDestroy();
        return undefined;
      },
      { connections: 1 },
    );
    expect(await Promise.all([one.send('/a'), one.send('/b')])).toEqual([
      { code: 'upstream_down', reached: 'sent' },
      { text: '{"path":"/b"}' },
    ]);
  });

  it('are ended at the end, with what runs and what waits, and nothing is sent after it', async () => {
    const one = await bench(held().behave, { connections: 1 });
    const answers = [one.send('/a'), one.send('/b')];
    await expect.poll(() => one.store.asked.length).toBe(1);
    one.pool.close();
    expect(await Promise.all(answers)).toMatchObject([{ code: 'upstream_down' }, { code: 'unavailable' }]);
    expect(await one.send('/c')).toMatchObject({ code: 'unavailable' });
    await expect.poll(() => one.store.sockets.size).toBe(0);
    expect(one.store.asked.length).toBe(1);
  });
});
