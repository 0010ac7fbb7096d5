/** Keys of creations in a real Valkey or Redis, shared by two gateways. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createValkeyState, type ValkeyState } from '../../src/db/valkey.ts';
import type { IdempotencyStore } from '../../src/guard/api/index.ts';
import { createMemoryIdempotency } from '../../src/guard/api/index.ts';
import { type Daemon, freePort, startDaemon, unprivileged, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('redis-server', ['valkey-server', 'redis-server']);

/** What every store of keys does. */
function suite(stores: () => readonly [IdempotencyStore, IdempotencyStore]): void {
  const later = () => Date.now() + 60_000;
  let round = 0;
  let key: string;
  beforeEach(() => {
    key = `key-${round++}`;
  });

  it('gives a key to one of many that begin at once', async () => {
    const [one, other] = stores();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? one : other).begin(key, 'print', later())),
    );
    expect(answers.filter((answer) => answer === 'new')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['new', 'running']));
  });

  it('tells a repetition from another request, once it is done', async () => {
    const [one, other] = stores();
    expect(await one.begin(key, 'print', later())).toBe('new');
    expect(await other.begin(key, 'another', later())).toBe('running');
    await one.done(key);
    expect(await other.begin(key, 'print', later())).toBe('same');
    expect(await other.begin(key, 'another', later())).toBe('different');
  });

  it('forgets a key that was given up, and none that is done', async () => {
    const [one, other] = stores();
    expect(await one.begin(key, 'print', later())).toBe('new');
    await one.abandon(key);
    expect(await other.begin(key, 'another', later())).toBe('new');
    await other.done(key);
    await one.abandon(key);
    expect(await one.begin(key, 'another', later())).toBe('same');
    await one.done('unknown');
    await one.abandon('unknown');
    expect(await one.begin('unknown', 'print', later())).toBe('new');
    await one.abandon('unknown');
  });

  it('forgets a key when its time is over', async () => {
    const [one, other] = stores();
    expect(await one.begin(key, 'print', Date.now() + 150)).toBe('new');
    await one.done(key);
    await expect.poll(() => other.begin(key, 'another', later()), { timeout: 5000, interval: 20 }).toBe('new');
  });
}

describe('keys of creations in memory', () => {
  const shared = createMemoryIdempotency();
  suite(() => [shared, shared]);
});

describe.skipIf(!binary)('keys of creations in a Valkey', () => {
  let daemon: Daemon;
  let one: ValkeyState;
  let other: ValkeyState;
  const url = () => `redis://127.0.0.1:${daemon.port}`;

  beforeAll(async () => {
    const account = unprivileged('redis', 'valkey');
    const folder = workFolder('idempotency', account);
    const port = await freePort();
    const file = join(folder, 'store.conf');
    writeFileSync(file, ['bind 127.0.0.1', 'save ""', `dir ${folder}`, `port ${port}`].join('\n'));
    daemon = await startDaemon({
      name: 'valkey',
      command: binary ?? '',
      args: [file],
      port,
      folder,
      ...(account ? { account } : {}),
    });
    [one, other] = [createValkeyState({ url: url() }), createValkeyState({ url: url() })];
    await Promise.all([one.connected, other.connected]);
  });
  afterAll(async () => {
    await one?.close();
    await other?.close();
    await daemon?.stop();
  });

  suite(() => [one.idempotency, other.idempotency]);

  it('lets every key expire by itself, and goes on after the server forgot its scripts', async () => {
    await one.idempotency.begin('expiring', 'print', Date.now() + 60_000);
    await one.idempotency.done('expiring');
    const client = createClient({ url: url() });
    await client.connect();
    try {
      const names = await client.keys('postern:{guard}:idempotency:*');
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(await client.pTTL(name)).toBeGreaterThan(0);
      await client.sendCommand(['SCRIPT', 'FLUSH']);
    } finally {
      await client.close();
    }
    expect(await other.idempotency.begin('expiring', 'print', Date.now() + 60_000)).toBe('same');
  });

  it('gives a running key to the next one when its gateway is gone for a minute', async () => {
    await one.idempotency.begin('orphan', 'print', Date.now() + 3_600_000);
    const client = createClient({ url: url() });
    await client.connect();
    try {
      const name = 'postern:{guard}:idempotency:orphan';
      const until = Number(await client.hGet(name, 'u'));
      const [seconds = '0', micros = '0'] = await client.sendCommand<string[]>(['TIME']);
      const left = (until - (Number(seconds) * 1_000_000 + Number(micros))) / 1000;
      expect(left).toBeGreaterThan(50_000);
      expect(left).toBeLessThanOrEqual(60_000);
      await client.hSet(name, 'u', String(until - 60_000_000));
    } finally {
      await client.close();
    }
    expect(await other.idempotency.begin('orphan', 'another', Date.now() + 60_000)).toBe('new');
  });

  it('refuses while the server is away', async () => {
    await daemon.stop();
    await expect.poll(() => one.ready(), { timeout: 10_000 }).toBe(false);
    await expect(one.idempotency.begin('late', 'print', Date.now() + 1000)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
