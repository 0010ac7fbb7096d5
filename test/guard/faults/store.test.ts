/** A store that is down, slow or broken: a clear 5xx, the others go on, and nobody gets somebody else's answer. */
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Behaviour,
  type FakeStore,
  honest,
  http,
  searchAnswer,
  startStore,
  tagOf,
} from '../../../src/guard/upstream/testing/store.ts';
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

const stores: FakeStore[] = [];

afterEach(async () => {
  await stopAll();
  for (const store of stores.splice(0)) await store.stop();
});

/** Long enough for what is answered on a busy machine; short where the test is about what is not. */
const upstreamOf = (timeout: string) => `timeout: ${timeout}\n    answerBytes: 64KiB\n    connections: 8`;

interface Bench extends Standing {
  readonly store: FakeStore;
  readonly token: string;
}

async function bench(behave: Behaviour, others: readonly FakeStore[] = [], timeout = '20s'): Promise<Bench> {
  const store = await startStore(behave);
  stores.push(store);
  const nodes = [store, ...others].map(({ port }) => port);
  const place = await makePlace(policyText({ stores: nodes, upstream: upstreamOf(timeout) }));
  return { ...(await stand(place)), store, token: await tokenFor(place.key) };
}

/** What becomes of a request whose tag is bad; all others are answered honestly. */
const FAULTS: readonly (readonly [string, number, string, (socket: Socket) => string | undefined])[] = [
  ['closes without a word', 503, 'node_not_connected_exception', (socket) => void socket.end()],
  ['resets the connection', 503, 'node_not_connected_exception', (socket) => void socket.resetAndDestroy()],
  [
    'closes in the middle of its answer',
    503,
    'node_not_connected_exception',
    (socket) => void socket.end(searchAnswer('other').slice(0, -20)),
  ],
  [
    'closes between its chunks',
    503,
    'node_not_connected_exception',
    (socket) => void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n'),
  ],
  ['does not speak HTTP', 502, 'remote_transport_exception', () => '\x15\x03\x03\0\x02\x02\x28 what?\r\n\r\n'],
  ['does not speak JSON', 502, 'remote_transport_exception', () => http('<html>It works!</html>')],
  ['says half of its JSON', 502, 'remote_transport_exception', () => http('{"hits":{"hits":[{"_id":"other"')],
  ['says nothing, politely', 502, 'remote_transport_exception', () => http('')],
  ['says another thing', 502, 'remote_transport_exception', () => http('[1,2,3]')],
  [
    'gives its answer two lengths',
    502,
    'remote_transport_exception',
    () => searchAnswer('other').replace('\r\n\r\n', '\r\ntransfer-encoding: chunked\r\n\r\n'),
  ],
  [
    'appends a second answer to the first',
    502,
    'remote_transport_exception',
    () => searchAnswer('other') + searchAnswer('other'),
  ],
  [
    'announces an answer that is too large',
    502,
    'remote_transport_exception',
    () => 'HTTP/1.1 200 OK\r\ncontent-length: 65537\r\n\r\n{',
  ],
  [
    'sends an answer that becomes too large',
    502,
    'remote_transport_exception',
    () => `HTTP/1.1 200 OK\r\n\r\n${' '.repeat(70_000)}`,
  ],
  [
    'compresses unasked',
    502,
    'remote_transport_exception',
    () => http('{}').replace('\r\n', '\r\ncontent-encoding: gzip\r\n'),
  ],
  ['never answers', 504, 'receive_timeout_transport_exception', () => undefined],
  [
    'drips its answer',
    504,
    'receive_timeout_transport_exception',
    (socket) => {
      const text = searchAnswer('other');
      let at = 0;
      const drip = setInterval(
        () => (socket.writable ? socket.write(text[at++ % text.length] ?? '') : clearInterval(drip)),
        30,
      );
      socket.on('close', () => clearInterval(drip));
      return undefined;
    },
  ],
];

describe('a store that', () => {
  it.each(FAULTS)('%s costs that request alone, as %i', async (_what, status, type, fault) => {
    const slow = status === 504;
    const { url, token } = await bench(
      (asked, socket) => (tagOf(asked).startsWith('bad') ? fault(socket) : honest(asked)),
      [],
      slow ? '2s' : '20s',
    );
    for (const round of slow ? [1] : [1, 2]) {
      const tags = Array.from({ length: 24 }, (_, at) => `${at % 4 === 1 ? 'bad' : 'good'}-${round}-${at}`);
      const answers = await Promise.all(tags.map((tag) => search(url, token, tag)));
      for (const [at, tag] of tags.entries()) {
        const answer = answers[at];
        if (tag.startsWith('bad')) expect(answer).toMatchObject(errorShape(status, type));
        else expect(tagsIn(answer ?? { json: undefined })).toEqual([tag, tag]);
      }
    }
  });

  it('answers after its time was up answers nobody', async () => {
    const late: (() => void)[] = [];
    const { url, token, store } = await bench(
      (asked, socket) => {
        const tag = tagOf(asked);
        if (!tag.startsWith('bad')) return honest(asked);
        late.push(() => socket.write(searchAnswer(tag)));
        return undefined;
      },
      [],
      '2s',
    );
    for (let round = 0; round < 2; round++) {
      const slow = Array.from({ length: 8 }, (_, at) => search(url, token, `bad-${round}-${at}`));
      for (const answer of await Promise.all(slow)) {
        expect(answer).toMatchObject(errorShape(504, 'receive_timeout_transport_exception'));
      }
      // The answers come while the next ones are asked.
      const good = Array.from({ length: 24 }, (_, at) => `good-${round}-${at}`);
      const answers = good.map((tag) => search(url, token, tag));
      for (const send of late.splice(0)) send();
      expect((await Promise.all(answers)).map(tagsIn)).toEqual(good.map((tag) => [tag, tag]));
    }
    expect(store.asked.length).toBe(2 * 32);
  });

  it('answers a question that was not asked is not listened to', async () => {
    const { url, token, store } = await bench(honest);
    for (let round = 0; round < 20; round++) {
      expect(tagsIn(await search(url, token, `t${round}`))).toEqual([`t${round}`, `t${round}`]);
      for (const socket of store.sockets) socket.write(searchAnswer('unasked'));
      await expect.poll(() => store.sockets.size, { interval: 2 }).toBe(0);
    }
  });

  it('shows documents of somebody else, or an error with its inner life, is not repeated', async () => {
    const { url, token } = await bench((asked) => {
      if (tagOf(asked) === 'bad') return searchAnswer('bad', { tenant: 't2' });
      return http({ error: { type: 'SECRET', reason: 'SECRET /var/lib', root_cause: [] }, status: 500 }, 500);
    });
    const foreign = await search(url, token, 'bad');
    expect(foreign).toMatchObject(errorShape(500, 'remote_transport_exception'));
    const failing = await search(url, token, 'x');
    expect(failing.status).toBeGreaterThanOrEqual(500);
    expect(JSON.stringify([foreign, failing])).not.toMatch(/SECRET|t2/);
  });
});

describe('a store that is down', () => {
  it('is a 503 at once; the gateway lives, and goes on when the store is back', async () => {
    const { url, token, store, gateway } = await bench(honest);
    expect(tagsIn(await search(url, token, 'before'))).toEqual(['before', 'before']);
    await store.stop();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => search(url, token, `t${at}`)));
    for (const answer of answers) expect(answer).toMatchObject(errorShape(503, 'node_not_connected_exception'));
    expect((await ask(url, '/', { token })).status).toBe(200);
    expect((await search(url, undefined, 'x')).status).toBe(401);
    const again = await startStore(honest, store.port);
    stores.push(again);
    expect(tagsIn(await search(url, token, 'after'))).toEqual(['after', 'after']);
    expect(await gateway.metrics.registry.metrics()).toMatch(/code="upstream_down"\} 50$/m);
  });

  it('in one of its nodes is not noticed by readers, nor by writers', async () => {
    const down = await startStore(honest);
    await down.stop();
    const { url, token, store } = await bench(honest, [down]);
    for (let round = 0; round < 5; round++) {
      const tags = Array.from({ length: 10 }, (_, at) => `t${round}-${at}`);
      expect((await Promise.all(tags.map((tag) => search(url, token, tag)))).map(tagsIn)).toEqual(
        tags.map((tag) => [tag, tag]),
      );
      const written = await Promise.all(tags.map((tag) => ask(url, '/things/_doc', { token, body: { tag } })));
      expect(written.map(({ status }) => status)).toEqual(tags.map(() => 201));
    }
    expect(store.asked.length).toBe(100);
  });
});

describe('a kept connection that was reset', () => {
  it('costs a reader nothing, and a writer an error instead of a second write', async () => {
    const { url, token, store } = await bench(({ turn, ...asked }, socket) => {
      if (turn === 1) return honest({ ...asked, turn });
      socket.resetAndDestroy();
      return undefined;
    });
    for (let round = 0; round < 5; round++) {
      expect(tagsIn(await search(url, token, 'a'))).toEqual(['a', 'a']);
      // The second request on that connection.
      expect(tagsIn(await search(url, token, 'b'))).toEqual(['b', 'b']);
      const before = store.asked.length;
      const written = await ask(url, '/things/_doc', { token, body: { tag: 'w' } });
      expect(written).toMatchObject(errorShape(503, 'node_not_connected_exception'));
      expect(store.asked.length).toBe(before + 1);
    }
  });
});
