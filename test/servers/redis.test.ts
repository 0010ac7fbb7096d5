import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { redis } from '../../src/probe/services/redis/index.ts';
import { encodeCommand } from '../../src/probe/services/redis/resp.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { testContext } from '../../src/probe/testing/connection.ts';
import {
  certificate,
  type Daemon,
  freePort,
  handOver,
  startDaemon,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';

const binary = requireServer('redis-server', ['redis-server', 'valkey-server']);
const daemons: Daemon[] = [];

afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

interface Started {
  port: number;
  folder: string;
}

async function start(config: (folder: string) => string[], tlsOnly = false, further: string[] = []): Promise<Started> {
  const account = unprivileged('redis');
  const folder = workFolder('redis', account);
  const port = await freePort();
  const file = join(folder, 'redis.conf');
  const sentinel = further.includes('--sentinel');
  const lines = [
    'bind 127.0.0.1',
    ...(sentinel ? [] : ['save ""']),
    `dir ${folder}`,
    tlsOnly ? 'port 0' : `port ${port}`,
  ];
  if (tlsOnly) {
    const { key, cert } = certificate(folder, account);
    lines.push(`tls-port ${port}`, `tls-cert-file ${cert}`, `tls-key-file ${key}`, 'tls-auth-clients no');
  }
  writeFileSync(file, [...lines, ...config(folder)].join('\n'));
  // A sentinel writes its configuration anew.
  if (sentinel) handOver(account, file);
  daemons.push(
    await startDaemon({
      name: 'redis',
      command: binary ?? '',
      args: [file, ...further],
      port,
      folder,
      ...(account ? { account } : {}),
    }),
  );
  return { port, folder };
}

/** Fills the store as its owner does; the probe itself never can. */
function run(port: number, commands: string[][], secure = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = secure ? tls.connect({ port, rejectUnauthorized: false }) : net.connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', reject).on('close', () => resolve(answer));
    socket.write(Buffer.concat([...commands, ['QUIT']].map((words) => encodeCommand(words))));
  });
}

const CUSTOMERS = [
  ['SET', 'user:1001:email', 'someone@example.org'],
  ['SET', 'user:1002:email', 'other@example.org'],
  ['SET', 'session:jane', 'x'],
  ['SELECT', '3'],
  ['SET', 'cart:77', 'y'],
];

describe.skipIf(!binary)('a real Redis', () => {
  it('without a password is open to reading and writing, with key patterns and no key names', async () => {
    const { port } = await start(() => []);
    await run(port, CUSTOMERS);
    const context = testContext(redis.allow, { port });
    const seen = await redis.probe(context);
    expect(seen).toMatchObject({ identified: true, verdict: 'anonymous-write', product: 'redis', documents: 4 });
    expect(seen.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(seen.bytes).toBeGreaterThan(0);
    expect(seen.datasets).toEqual([
      { name: 'db0', documents: 3, fields: ['session:*', 'user:*:email'] },
      { name: 'db3', documents: 1, fields: ['cart:*'] },
    ]);
    const everything = JSON.stringify([seen, context.exchanges]);
    for (const value of ['jane', '1001', 'someone', 'example.org']) expect(everything).not.toContain(value);
  });

  it('hands small strings and hashes to the classifier on request and nowhere else', async () => {
    const { port } = await start(() => []);
    await run(port, [
      ['SET', 'user:1001:email', 'canary@example.org'],
      ['HSET', 'profile:1', 'city', 'Canaryville'],
      ['SET', 'session:1', '{"phone":"canary-phone"}'],
      ['SET', 'cache:1', 'canary'.repeat(4_000)],
      ['RPUSH', 'queue', 'canary'],
    ]);
    const { result, taken } = await askSampled(port, [], 'redis');
    expect(taken).toEqual({
      'db0.user:*:email': ['canary@example.org'],
      'db0.profile:*.city': ['Canaryville'],
      'db0.session:*.phone': ['canary-phone'],
    });
    expect(result.datasets[0]?.fields).toEqual(
      expect.arrayContaining(['user:*:email', 'profile:*.city', 'session:*.phone', 'queue']),
    );
    expect(JSON.stringify(result)).not.toMatch(/canary|1001/i);
  });

  it('as a sentinel shows its statistics', async () => {
    const { port } = await start(() => ['protected-mode no'], false, ['--sentinel']);
    expect(await askPort(port, 'redis')).toMatchObject({ product: 'redis-sentinel', datasets: [] });
  });

  it('is left exactly as it was', async () => {
    const { port } = await start(() => []);
    await run(port, CUSTOMERS);
    const before = await run(port, [['DBSIZE'], ['DEBUG', 'DIGEST']]);
    await redis.probe(testContext(redis.allow, { port }));
    expect(await run(port, [['DBSIZE'], ['DEBUG', 'DIGEST']])).toBe(before);
  });

  it('is found by the whole probe on a port that says nothing about it, in clear and over TLS', async () => {
    const open = await start(() => []);
    expect(await askPort(open.port)).toMatchObject({ service: 'redis', verdict: 'anonymous-write' });
    const secure = await start(() => ['requirepass synthetic-5'], true);
    expect(await askPort(secure.port)).toMatchObject({ service: 'redis', verdict: 'secured' });
  });

  it('that is empty and open is still open', async () => {
    const { port } = await start(() => []);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({
      verdict: 'anonymous-write',
      documents: 0,
      datasets: [],
    });
  });

  it('with requirepass is secured, and its owner gets in', async () => {
    const { port } = await start(() => ['requirepass synthetic-1']);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({
      verdict: 'secured',
      product: 'redis',
    });
    const control = redis.control;
    if (!control) throw new Error('no control');
    const login = (username: string, password: string) =>
      control.run(testContext(control.allow, { port }), { username, password });
    expect(await login('', 'synthetic-1')).toBe(true);
    expect(await login('default', 'synthetic-1')).toBe(true);
    expect(await login('default', 'wrong')).toBe(false);
  });

  it('with the default user off is secured', async () => {
    const { port } = await start(() => ['user default off', 'user app on >synthetic-2 ~app:* +@all']);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({ verdict: 'secured' });
  });

  it('whose default user may only read is readable, not writable', async () => {
    const { port } = await start(() => [
      'user default on nopass ~* -@all +@read +@connection +info +acl|dryrun +acl|whoami +dbsize',
    ]);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('whose default user may run nothing is secured', async () => {
    const { port } = await start(() => ['user default on nopass -@all']);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({ verdict: 'secured' });
  });

  it('whose default user may only see statistics shows metadata', async () => {
    const { port } = await start(() => ['user default on nopass -@all +ping +info +acl|dryrun']);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({ verdict: 'metadata-only' });
  });

  it('that is a read-only replica is readable, not writable', async () => {
    const { port: master } = await start(() => ['repl-diskless-sync-delay 0']);
    await run(master, CUSTOMERS);
    const { port } = await start(() => [`replicaof 127.0.0.1 ${master}`, 'replica-serve-stale-data yes']);
    // While it copies its master it answers LOADING.
    while (!(await run(port, [['INFO', 'replication']])).includes('master_link_status:up'));
    const seen = await redis.probe(testContext(redis.allow, { port }));
    expect(seen).toMatchObject({ verdict: 'anonymous-read' });
    expect(seen.reason).toContain('replica');
  });

  it('with renamed commands is still recognised as open', async () => {
    const { port } = await start(() => [
      'rename-command PING ""',
      'rename-command DBSIZE ""',
      'rename-command CONFIG ""',
    ]);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('whose SET was renamed away is readable; writing is judged by what exists', async () => {
    const { port } = await start(() => ['rename-command SET ""']);
    expect(await redis.probe(testContext(redis.allow, { port }))).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('is read over TLS, and its owner gets in there', async () => {
    const { port } = await start(() => ['requirepass synthetic-3'], true);
    expect(await redis.probe(testContext(redis.allow, { port, tls: true }))).toMatchObject({ verdict: 'secured' });
    const control = redis.control;
    if (!control) throw new Error('no control');
    const context = testContext(control.allow, { port, tls: true, claimedAddress: '192.0.2.7' });
    expect(await control.run(context, { username: '', password: 'synthetic-3' })).toBe(true);
  });

  it('never gets the owner’s password over a network in clear', async () => {
    const { port, folder } = await start(() => ['requirepass synthetic-4']);
    const control = redis.control;
    if (!control) throw new Error('no control');
    const context = testContext(control.allow, { port, claimedAddress: '192.0.2.7' });
    await expect(control.run(context, { username: '', password: 'synthetic-4' })).rejects.toThrow(/in clear/);
    expect(context.sent).toEqual([]);
    expect(readFileSync(join(folder, 'redis.conf'), 'utf8')).toContain('requirepass');
  });
});
