import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { applyPatches, planFixes } from '../../src/audit/patch.ts';
import type { SecuredVariant } from '../../src/audit/secure/model.ts';
import { secureMosquitto } from '../../src/audit/secure/mosquitto.ts';
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
import { connectMqtt } from './harness/mqtt-client.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('mosquitto', ['mosquitto']);
const passwd = binary ? requireServer('mosquitto_passwd', ['mosquitto_passwd']) : undefined;
const account = binary ? unprivileged('mosquitto') : undefined;
const folders: string[] = [];
let running: Daemon | undefined;

afterAll(async () => {
  await running?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Restarts the broker from the configuration as it is now. */
async function restart(file: string, port: number): Promise<void> {
  await running?.stop();
  const folder = workFolder('mosquitto-data', account);
  const options = { name: 'mosquitto', command: binary ?? '', args: ['-c', file], port, folder };
  running = await startDaemon({ ...options, ...(account ? { account } : {}) });
}

/** What the person in charge does: the files in place, and the steps on this machine that make a password. */
function carryOut({ files, steps }: SecuredVariant, titles: readonly string[]): void {
  for (const { path, text, mode, how } of files) {
    if (how === 'append') appendFileSync(path, `\n${text}`);
    else writeFileSync(path, text, { mode });
  }
  for (const title of titles) {
    const step = steps.find((one) => one.title === title);
    expect(step, title).toBeDefined();
    execFileSync('bash', ['-ec', step?.command ?? ''], { stdio: 'pipe' });
  }
  for (const { path, how } of files) if (how === 'create') handOver(account, path);
}

describe.skipIf(!binary || !passwd)('a patched Mosquitto', () => {
  it('is open before, closed after the patch, and with the secured variant the app goes on working', async () => {
    const root = workFolder('mosquitto-conf', account);
    folders.push(root);
    const port = await freePort();
    const secure = await freePort();
    const file = join(root, 'mosquitto.conf');
    writeFileSync(
      file,
      [
        '# couriers',
        `listener ${port}`,
        'allow_anonymous   true',
        'persistence false',
        'connection_messages false',
        '',
      ].join('\n'),
    );
    await restart(file, port);
    expect(await askPort(port)).toMatchObject({ service: 'mqtt', verdict: 'anonymous-read' });

    const before = await auditPaths(root);
    const plan = await planFixes(root, before.outcome.findings, { before });
    expect(plan.refused).toEqual([]);
    expect(plan.changes.flatMap(({ patches }) => patches.flatMap(({ rules }) => rules)).sort()).toEqual([
      'audit/mosquitto-anonymous-clients',
      'audit/mosquitto-logging-off',
    ]);
    expect(applyPatches(root, plan.changes)).toEqual(['mosquitto.conf']);
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 3)).toEqual([
      '# couriers',
      `listener ${port}`,
      'allow_anonymous   false',
    ]);
    await restart(file, port);
    expect(await askPort(port)).toMatchObject({ service: 'mqtt', verdict: 'secured' });

    const data = ['orders/#', 'deliveries/+/position'];
    const variant = secureMosquitto({
      account: { name: 'shop', data, may: 'write' },
      folder: root,
      port: secure,
      clearPort: port,
    });
    mkdirSync(join(root, 'certs'));
    const { cert } = certificate(join(root, 'certs'), account);
    carryOut(variant, [
      'Make the password',
      'Give the account its password',
      'Keep the clear listener on this machine',
    ]);
    handOver(account, join(root, 'passwd'));
    await restart(file, secure);
    expect(readFileSync(file, 'utf8')).toContain(`\nlistener ${port} 127.0.0.1\n`);
    expect(await askPort(secure)).toMatchObject({ service: 'mqtt', verdict: 'secured' });

    const password = readFileSync(join(root, 'shop.password'), 'utf8').trim();
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(join(root, 'passwd'), 'utf8')).toMatch(/^shop:\$7\$\d+\$/);
    const server = { port: secure, ca: readFileSync(cert) };
    const app = await connectMqtt(server, { username: 'shop', password });
    expect(app.code).toBe(0);
    await app.subscribe('#');
    for (const topic of ['orders/7/state', 'deliveries/7/position', 'deliveries/7/phone', 'other'])
      await app.publish(topic, 'x');
    expect(await app.received()).toEqual(['orders/7/state', 'deliveries/7/position']);
    app.close();
    const stranger = await connectMqtt(server);
    expect(stranger.code).toBe(5);
    stranger.close();

    // Made where the broker runs: these files are no part of a project.
    rmSync(join(root, 'passwd'));
    const after = await auditPaths(root);
    expect(after.outcome.findings.map(({ rule }) => rule)).toEqual([]);
    expect(JSON.stringify(variant)).not.toContain(password);
  });
});
