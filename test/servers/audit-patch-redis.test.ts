import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { applyPatches, planFixes } from '../../src/audit/patch.ts';
import type { SecuredVariant } from '../../src/audit/secure/model.ts';
import { secureRedis } from '../../src/audit/secure/redis.ts';
import { encodeCommand } from '../../src/probe/services/redis/resp.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
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

const binary = requireServer('redis-server', ['redis-server', 'valkey-server']);
const folders: string[] = [];
let running: Daemon | undefined;

afterAll(async () => {
  await running?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const account = binary ? unprivileged('redis') : undefined;

/** Restarts the server from the configuration as it is now. */
async function restart(file: string, port: number): Promise<void> {
  await running?.stop();
  const folder = workFolder('redis-data', account);
  running = await startDaemon({
    name: 'redis',
    command: binary ?? '',
    args: [file],
    port,
    folder,
    ...(account ? { account } : {}),
  });
}

/** Each answer, one line each, over TLS. */
function ask(port: number, ca: string, commands: string[][]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, ca: readFileSync(ca) });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', reject).on('close', () => resolve(answer.split('\r\n').filter((line) => line !== '')));
    socket.write(Buffer.concat([...commands, ['QUIT']].map((words) => encodeCommand(words))));
  });
}

/** What the person in charge does: the files in place, and the steps on this machine that make a password. */
function carryOut({ files, steps }: SecuredVariant, titles: readonly string[]): void {
  for (const { path, text, mode, how } of files) {
    if (how === 'append') appendFileSync(path, `\n${text}`);
    else writeFileSync(path, text, { mode });
  }
  for (const { command } of steps.filter(({ title }) => titles.includes(title)))
    execFileSync('bash', ['-ec', command], { stdio: 'pipe' });
  for (const { path, how } of files) if (how === 'create') handOver(account, path);
}

describe.skipIf(!binary)('a patched Redis', () => {
  it('is open before, and after the patches and the secured variant it is not, while the app goes on working', async () => {
    const root = workFolder('redis-conf', account);
    folders.push(root);
    const port = await freePort();
    const file = join(root, 'redis.conf');
    writeFileSync(
      file,
      [
        '# our cache',
        'bind 0.0.0.0   -::',
        'protected-mode no',
        `port ${port}`,
        'save ""',
        'maxmemory-policy allkeys-lru',
        'enable-debug-command yes',
        'enable-module-command yes',
        '',
      ].join('\n'),
    );
    await restart(file, port);
    expect(await askPort(port, 'redis')).toMatchObject({ verdict: 'anonymous-write' });

    const before = await auditPaths(root);
    const plan = await planFixes(root, before.outcome.findings, { before });
    expect(plan.refused).toEqual([]);
    expect(plan.changes.flatMap(({ patches }) => patches.flatMap(({ rules }) => rules)).sort()).toEqual([
      'audit/redis-debug-command',
      'audit/redis-listens-everywhere',
      'audit/redis-module-command',
      'audit/redis-protected-mode-off',
    ]);
    expect(applyPatches(root, plan.changes)).toEqual(['redis.conf']);
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 3)).toEqual([
      '# our cache',
      'bind 127.0.0.1 -::1',
      'protected-mode yes',
    ]);

    // Strangers are out, but every program of the machine is still in: a password is a person's decision.
    await restart(file, port);
    expect(await askPort(port, 'redis')).toMatchObject({ verdict: 'anonymous-write' });

    const variant = secureRedis({ account: { name: 'shop', data: ['cart:'], may: 'write' }, folder: root, port });
    mkdirSync(join(root, 'tls'));
    const { cert } = certificate(join(root, 'tls'), account);
    writeFileSync(join(root, 'tls/ca.crt'), readFileSync(cert));
    carryOut(variant, ['Make the password', 'Give the user its password']);
    await restart(file, port);

    expect(await askPort(port)).toMatchObject({ service: 'redis', verdict: 'secured' });
    const password = readFileSync(join(root, 'shop.password'), 'utf8').trim();
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    const seen = await ask(port, join(root, 'tls/ca.crt'), [
      ['AUTH', 'shop', password],
      ['SET', 'cart:1', 'x'],
      ['GET', 'cart:1'],
      ['GET', 'session:1'],
      ['CONFIG', 'GET', 'dir'],
      ['KEYS', '*'],
      ['SCAN', '0'],
    ]);
    expect(seen.slice(0, 4)).toEqual(['+OK', '+OK', '$1', 'x']);
    expect(seen.slice(4, 8).map((line) => line.slice(0, 7))).toEqual(Array(4).fill('-NOPERM'));

    const after = await auditPaths(root);
    expect(after.outcome.findings.map(({ rule }) => rule)).toEqual([]);
    // No text of the variant holds the password.
    expect(JSON.stringify(variant)).not.toContain(password);
  });
});
