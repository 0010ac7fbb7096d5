import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { Connection, type Reached } from './connection.ts';
import { type Behaviour, type FakeStore, http, startStore } from './testing/store.ts';

const stores: FakeStore[] = [];
const connections: Connection[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.destroy();
  for (const store of stores.splice(0)) await store.stop();
});

interface Outcome {
  readonly text?: string;
  readonly code?: string;
  readonly reached?: Reached;
}

async function open(behave: Behaviour, options: { answerBytes?: number } = {}) {
  const store = await startStore(behave);
  stores.push(store);
  return { store, ...connectTo(store.port, options) };
}

function connectTo(port: number, options: { answerBytes?: number; connectTimeout?: number } = {}) {
  const seen: string[] = [];
  const node = { host: '127.0.0.1', port, tls: null };
  const connection = new Connection(
    { node, connectTimeout: 2000, answerBytes: 1000, ...options },
    { idle: () => seen.push('idle'), closed: () => seen.push('closed') },
  );
  connections.push(connection);
  const ask = (path: string, bodiless = false): Promise<Outcome> =>
    new Promise((resolve) => {
      const request = `${bodiless ? 'HEAD' : 'GET'} ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
      connection.exchange(
        request,
        {
          bodiless,
          encoding: 'latin1',
          done: ({ body }) => resolve({ text: Buffer.from(body).toString('utf8') }),
          failed: ({ code }, reached) => resolve({ code, reached }),
        },
        Number.POSITIVE_INFINITY,
      );
    });
  return { connection, seen, ask };
}

describe('a connection to a store', () => {
  it('carries one request after another', async () => {
    const { ask, seen, store } = await open(({ path }) => http({ path }));
    expect(await ask('/a')).toEqual({ text: '{"path":"/a"}' });
    expect(await ask('/b')).toEqual({ text: '{"path":"/b"}' });
    expect(seen).toEqual(['idle', 'idle']);
    expect(store.asked.map(({ connection, turn }) => [connection, turn])).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  it('is not used again after an answer that ends it', async () => {
    const { ask, seen, connection } = await open(
      () => 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n1',
    );
    expect(await ask('/a')).toEqual({ text: '1' });
    expect(seen).toEqual(['closed']);
    expect(connection.idle).toBe(false);
  });

  it('reads an answer that ends with it', async () => {
    const { ask } = await open((_asked, socket) => {
      socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
      return undefined;
    });
    expect(await ask('/a')).toEqual({ text: 'all of it' });
  });

  it.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-'],
    ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a":'],
    ['half its chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
  ])('that ends after %s of an answer answers nothing', async (_what, part) => {
    const { ask, seen } = await open((_asked, socket) => {
      socket.end(part);
      return undefined;
    });
    expect(await ask('/a')).toEqual({ code: 'upstream_down', reached: 'sent' });
    expect(seen).toEqual(['closed']);
  });

  it('that carries garbage is given up', async () => {
    const { ask, seen } = await open(() => '\x16\x03\x01 not HTTP\r\n\r\n');
    expect(await ask('/a')).toEqual({ code: 'upstream_answer', reached: 'sent' });
    expect(seen).toEqual(['closed']);
  });

  it('is given up where the store says something that nobody asked for', async () => {
    const { ask, seen, store } = await open(() => http({}));
    await ask('/a');
    for (const socket of store.sockets) socket.write(http({ late: true }));
    await expect.poll(() => seen).toEqual(['idle', 'closed']);
  });

  it('says of a failure whether an answer had begun, and whether it had ever worked', async () => {
    const { ask } = await open(({ turn }, socket) => {
      if (turn === 1) return http({});
      socket.resetAndDestroy();
      return undefined;
    });
    await ask('/a');
    expect(await ask('/b')).toEqual({ code: 'upstream_down', reached: 'unread' });

    const begun = await open(({ turn }, socket) => {
      if (turn === 1) return http({});
      socket.end('H');
      return undefined;
    });
    await begun.ask('/a');
    expect(await begun.ask('/b')).toEqual({ code: 'upstream_down', reached: 'sent' });
  });

  it('to a port where nobody listens fails before anything was sent', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { ask, seen } = connectTo(address.port);
    expect(await ask('/a')).toEqual({ code: 'upstream_down', reached: 'unsent' });
    expect(seen).toEqual(['closed']);
  });

  it('fails once, with the reason that it was given up for', async () => {
    const { ask, connection, seen, store } = await open(() => undefined);
    const outcome = ask('/a');
    await expect.poll(() => store.asked.length).toBe(1);
    connection.destroy(new Refusal('upstream_slow'));
    connection.destroy();
    expect(await outcome).toEqual({ code: 'upstream_slow', reached: 'sent' });
    expect(seen).toEqual(['closed']);
  });

  it('takes no answer that is larger than it may be', async () => {
    const { ask } = await open(() => http('1'.repeat(1001)));
    expect(await ask('/a')).toEqual({ code: 'upstream_answer', reached: 'sent' });
  });
});
