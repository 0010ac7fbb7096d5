/** Clients that do harm to the whole gateway: what the listener's own tests show of it, seen from the users beside them. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeStore, startStore } from '../../../src/guard/upstream/testing/store.ts';
import {
  ask,
  errorShape,
  makePlace,
  policyText,
  type Standing,
  search,
  stand,
  stopAll,
  tagsIn,
  tokenFor,
} from './gateway.ts';

let store: FakeStore;
const sockets: Socket[] = [];

beforeEach(async () => {
  store = await startStore();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await stopAll();
  await store.stop();
});

async function bench(role = ''): Promise<Standing & { token: string; port: number }> {
  const place = await makePlace(policyText({ stores: [store.port], role }));
  const standing = await stand(place);
  return { ...standing, token: await tokenFor(place.key), port: Number(new URL(standing.url).port) };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('a gateway with harmful clients', () => {
  it('serves users beside thousands of idle connections and hundreds that drip', async () => {
    const { url, token, port, gateway } = await bench();
    await Promise.all(Array.from({ length: 2000 }, () => open(port)));
    const slow = await Promise.all(Array.from({ length: 300 }, () => open(port)));
    const starts = [
      'GET / HTTP/1.1\r\nHost: a\r\nX: ',
      `POST /things/_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{`,
    ];
    for (const [at, socket] of slow.entries()) socket.write(starts[at % 2] ?? '');
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('a');
    }, 50);
    try {
      await expect.poll(() => gateway.listeners[0]?.connections).toBeGreaterThanOrEqual(2300);
      const tags = Array.from({ length: 200 }, (_, at) => `t${at}`);
      const answers = await Promise.all(tags.map((tag) => search(url, token, tag)));
      expect(answers.map(tagsIn)).toEqual(tags.map((tag) => [tag, tag]));
      expect(store.asked.length).toBe(tags.length);
      expect(gateway.notReady()).toBeUndefined();
    } finally {
      clearInterval(drip);
    }
  });

  it('refuses what is too large before anyone is asked, and counts it', async () => {
    const { url, token, gateway } = await bench();
    const large = await ask(url, '/things/_search', {
      token,
      body: { query: { term: { tag: 'a'.repeat(11 * 1024 * 1024) } } },
    });
    expect(large).toMatchObject(errorShape(413, 'too_long_http_content_exception'));
    const long = await ask(url, '/things/_search', { token: 'a'.repeat(17_000), body: {} });
    expect(long).toMatchObject(errorShape(431, 'too_long_http_header_exception'));
    expect(store.asked).toEqual([]);
    expect(await gateway.metrics.registry.metrics()).toMatch(/^postern_guard_malformed_total [1-9]/m);
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
  });

  it('gives back the place of a client that went away in the middle of its request', async () => {
    const { url, token, port } = await bench('limits: { concurrent: 2 }');
    const waiting: (() => void)[] = [];
    const behave = store.behave;
    store.behave = (asked, socket) => {
      waiting.push(() => socket.write(String(behave(asked, socket))));
      return undefined;
    };
    const body = '{"query":{"match_all":{}}}';
    for (let at = 0; at < 2; at++) {
      const socket = await open(port);
      socket.write(
        `POST /things/_search HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    }
    await expect.poll(() => waiting.length).toBe(2);
    expect((await search(url, token, 'x')).status).toBe(429);
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const release of waiting.splice(0)) release();
    store.behave = behave;
    await expect.poll(async () => tagsIn(await search(url, token, 'y'))).toEqual(['y', 'y']);
  });
});
