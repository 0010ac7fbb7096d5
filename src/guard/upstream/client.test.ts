import { afterEach, describe, expect, it } from 'vitest';
import { jsonObject } from '../json/value.ts';
import { authorize } from '../stores/elasticsearch/encode.ts';
import { type Client, type ClientOptions, createClient } from './client.ts';
import { type Behaviour, type FakeStore, http, startStore } from './testing/store.ts';

const stores: FakeStore[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const store of stores.splice(0)) await store.stop();
});

async function started(behave: Behaviour): Promise<FakeStore> {
  const store = await startStore(behave);
  stores.push(store);
  return store;
}

function clientOf(nodes: readonly { port: number }[], options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    nodes: nodes.map(({ port }) => ({ host: '127.0.0.1', port, tls: null })),
    authorization: null,
    connections: 4,
    timeout: 2000,
    answerBytes: 10_000,
    ...options,
  });
  clients.push(client);
  return client;
}

const body = jsonObject([['query', jsonObject([['match_all', jsonObject([])]])]]);
const SEARCH = authorize({ method: 'POST', segments: ['a', '_search'], body });
const SCROLL = authorize({ method: 'POST', segments: ['a', '_search'], query: [['scroll', '1m']], body });
const NEXT = authorize({ method: 'POST', segments: ['_search', 'scroll'], body });
const COUNT = authorize({ method: 'POST', segments: ['a', '_count'], body });
const READ = authorize({ method: 'GET', segments: ['a', '_doc', '1'] });
const PUT = authorize({ method: 'PUT', segments: ['a', '_create', '1'], body });
const BULK = authorize({ method: 'POST', segments: ['_bulk'], lines: [body, body] });
const DELETE = authorize({ method: 'DELETE', segments: ['a', '_doc', '1'] });

const answersFirst: Behaviour = ({ turn, connection }, socket) => {
  if (connection > 1 || turn === 1) return http({ connection });
  socket.resetAndDestroy();
  return undefined;
};

describe('a request to a store', () => {
  it('is its method, its path, the account and its body, and nothing else', async () => {
    const seen: string[] = [];
    const store = await started(() => http({}));
    const client = clientOf([store], { authorization: 'ApiKey abc' });
    await client.send(SEARCH);
    for (const socket of store.sockets) socket.on('data', (chunk) => seen.push(String(chunk)));
    await client.send(
      authorize({ method: 'PUT', segments: ['a', '_doc', 'ü'], body: jsonObject([['name', 'Zoë 🦊']]) }),
    );
    await client.send(authorize({ method: 'POST', segments: ['a', '_pit'] }));
    await client.send(READ);
    const text = Buffer.from(seen.join(''), 'latin1').toString('utf8');
    const head = `HTTP/1.1\r\nhost: 127.0.0.1:${store.port}\r\naccept: application/json\r\nauthorization: ApiKey abc\r\n`;
    expect(text).toBe(
      `PUT /a/_doc/%C3%BC ${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength('{"name":"Zoë 🦊"}')}\r\n\r\n{"name":"Zoë 🦊"}` +
        `POST /a/_pit ${head}content-length: 0\r\n\r\n` +
        `GET /a/_doc/1 ${head}\r\n`,
    );
  });

  it('cannot be split by credentials', () => {
    for (const authorization of ['Basic a\r\nx: y', 'Basic a\n', 'Basic ä', 'Basic \0'])
      expect(() => clientOf([{ port: 1 }], { authorization })).toThrow(TypeError);
  });

  it.each([
    ['a search', SEARCH],
    ['a count', COUNT],
    ['a get', READ],
  ])('that reads is asked again where its kept connection was reset: %s', async (_what, request) => {
    const store = await started(answersFirst);
    const client = clientOf([store]);
    await client.send(READ);
    expect(Buffer.from((await client.send(request)).body).toString()).toBe('{"connection":2}');
    expect(store.asked.length).toBe(3);
  });

  it.each([
    ['a create', PUT],
    ['a bulk', BULK],
    ['a delete', DELETE],
    ['a search that opens a scroll', SCROLL],
    ['a page of a scroll', NEXT],
  ])('that changes something is never asked twice: %s', async (_what, request) => {
    const store = await started(answersFirst);
    const client = clientOf([store]);
    await client.send(READ);
    await expect(client.send(request)).rejects.toMatchObject({ code: 'upstream_down' });
    expect(store.asked.length).toBe(2);
  });

  it('is not asked for ever where every connection is reset', async () => {
    const store = await started((_asked, socket) => {
      socket.resetAndDestroy();
      return undefined;
    });
    await expect(clientOf([store]).send(SEARCH)).rejects.toMatchObject({ code: 'upstream_down' });
    expect(store.asked.length).toBe(1);
  });

  it('that had a part of an answer is not asked again', async () => {
    const store = await started(({ turn }, socket) => {
      if (turn === 1) return http({});
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{');
      return undefined;
    });
    const client = clientOf([store]);
    await client.send(READ);
    await expect(client.send(SEARCH)).rejects.toMatchObject({ code: 'upstream_down' });
    expect(store.asked.length).toBe(2);
  });

  it('that is not answered in time fails, by a clock of its own', async () => {
    const store = await started(() => undefined);
    const client = clientOf([store], { timeout: 50 });
    await expect(client.send(SEARCH)).rejects.toMatchObject({ code: 'upstream_slow', status: 504 });
    await expect(client.send(PUT)).rejects.toMatchObject({ code: 'upstream_slow' });
    expect(store.asked.length).toBe(2);
  });
});

describe('several nodes', () => {
  it('share the requests', async () => {
    const nodes = [await started(() => http({})), await started(() => http({})), await started(() => http({}))];
    const client = clientOf(nodes);
    for (let at = 0; at < 30; at++) await client.send(READ);
    for (const { asked } of nodes) expect(asked.length).toBe(10);
  });

  it('of which one is down answer reads and writes all the same, each asked once', async () => {
    const [down, up] = [await started(() => http({})), await started(() => http({}))];
    await down.stop();
    const client = clientOf([down, up]);
    const requests = [SEARCH, PUT, READ, BULK, DELETE, SCROLL];
    const answers = await Promise.all(requests.map((request) => client.send(request)));
    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 200));
    expect(up.asked.length).toBe(requests.length);
    for (let at = 0; at < 10; at++) await client.send(PUT);
    expect(up.asked.length).toBe(requests.length + 10);
  });

  it('that are all down fail', async () => {
    const nodes = [await started(() => http({})), await started(() => http({}))];
    for (const node of nodes) await node.stop();
    const client = clientOf(nodes);
    for (const request of [SEARCH, PUT]) {
      await expect(client.send(request)).rejects.toMatchObject({ code: 'upstream_down', status: 503 });
    }
  });

  it('of which one breaks in the middle of a write leave that write alone', async () => {
    const broken = await started((_asked, socket) => {
      socket.resetAndDestroy();
      return undefined;
    });
    const good = await started(() => http({}));
    const client = clientOf([broken, good]);
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => client.send(PUT)));
    const failed = results.filter(({ status }) => status === 'rejected').length;
    expect(failed).toBe(broken.asked.length);
    expect(failed).toBeGreaterThan(0);
    expect(good.asked.length).toBe(10 - failed);
  });
});
