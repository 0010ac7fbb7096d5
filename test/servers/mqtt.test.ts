import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { afterAll, describe, expect, it } from 'vitest';
import { mqtt } from '../../src/probe/services/mqtt/index.ts';
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

const binary = requireServer('mosquitto', ['mosquitto']);
const passwd = binary ? requireServer('mosquitto_passwd', ['mosquitto_passwd']) : undefined;
const daemons: Daemon[] = [];

afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

async function start(config: (folder: string) => string[], tls = false): Promise<number> {
  const account = unprivileged('mosquitto');
  const folder = workFolder('mosquitto', account);
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  const lines = [`listener ${port} 127.0.0.1`];
  if (tls) {
    const { key, cert } = certificate(folder, account);
    lines.push(`certfile ${cert}`, `keyfile ${key}`);
  }
  writeFileSync(file, `${[...lines, ...config(folder)].join('\n')}\n`);
  handOver(account, file);
  daemons.push(
    await startDaemon({
      name: 'mosquitto',
      command: binary ?? '',
      args: ['-c', file],
      port,
      folder,
      ...(account ? { account } : {}),
    }),
  );
  return port;
}

function passwords(folder: string): string[] {
  const file = join(folder, 'passwords');
  execFileSync(passwd ?? '', ['-b', '-c', file, 'owner', 'synthetic-owner'], { stdio: 'ignore' });
  handOver(unprivileged('mosquitto'), file);
  return ['allow_anonymous false', `password_file ${file}`];
}

const probe = (port: number, tls = false) => mqtt.probe(testContext(mqtt.allow, { port, tls }));

describe.skipIf(!binary || !passwd)('a real Mosquitto', () => {
  it('that admits anonymous clients lets a stranger listen', async () => {
    const seen = await probe(await start(() => ['allow_anonymous true']));
    expect(seen).toMatchObject({ identified: true, verdict: 'anonymous-read', product: 'mosquitto', datasets: [] });
    expect(seen.version).toMatch(/^\d+\.\d+/);
    expect(seen.notTested.join()).toContain('publishing');
  });

  it('that asks for a password is secured, and its owner gets in', async () => {
    const port = await start(passwords);
    expect(await probe(port)).toMatchObject({ identified: true, verdict: 'secured' });
    const control = mqtt.control;
    if (!control) throw new Error('no control');
    const login = (password: string, claimedAddress = '127.0.0.1') =>
      control.run(testContext(control.allow, { port, claimedAddress }), { username: 'owner', password });
    expect(await login('synthetic-owner')).toBe(true);
    expect(await login('wrong')).toBe(false);
    await expect(login('synthetic-owner', '192.0.2.3')).rejects.toThrow(/in clear/);
  });

  it('whose ACL delivers nothing to anonymous clients is not called readable, though it grants every subscription', async () => {
    const port = await start((folder) => {
      const file = join(folder, 'acl');
      writeFileSync(file, 'user owner\ntopic readwrite #\n');
      handOver(unprivileged('mosquitto'), file);
      return ['allow_anonymous true', `acl_file ${file}`];
    });
    expect(await probe(port)).toMatchObject({ identified: true, verdict: 'metadata-only', product: 'mosquitto' });
  });

  it('is found by the whole probe on a port that says nothing about it, in clear and over TLS', async () => {
    const open = await askPort(await start(() => ['allow_anonymous true']));
    expect(open).toMatchObject({ service: 'mqtt', verdict: 'anonymous-read' });
    const secure = await askPort(await start(passwords, true));
    expect(secure).toMatchObject({ service: 'mqtt', verdict: 'secured' });
  });

  it('is read over TLS', async () => {
    expect(await probe(await start(() => ['allow_anonymous true'], true), true)).toMatchObject({
      verdict: 'anonymous-read',
    });
  });
});

describe('a real Aedes', () => {
  it('without authentication lets a stranger listen; with it, it is secured', async () => {
    for (const [authenticate, verdict] of [
      [undefined, 'anonymous-read'],
      [(user: string | undefined) => user === 'owner', 'secured'],
    ] as const) {
      const broker = await Aedes.createBroker();
      if (authenticate)
        broker.authenticate = (_client, user, _password, done) => done(null, authenticate(user?.toString()));
      const server = net.createServer(broker.handle);
      const port = await freePort();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      try {
        expect(await probe(port)).toMatchObject({ identified: true, verdict });
      } finally {
        await new Promise<void>((resolve) => broker.close(resolve));
        await new Promise<void>((resolve) => server.close(() => resolve()));
      }
    }
  });
});
