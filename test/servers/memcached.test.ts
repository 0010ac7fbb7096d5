import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memcached } from '../../src/probe/services/memcached/index.ts';
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

const binary = requireServer('memcached', ['memcached']);
const daemons: Daemon[] = [];

afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

async function start(
  args: (folder: string) => string[],
  env: (folder: string) => Record<string, string> = () => ({}),
): Promise<number> {
  const account = unprivileged('memcache');
  const folder = workFolder('memcached', account);
  const port = await freePort();
  const daemon = await startDaemon({
    name: 'memcached',
    command: binary ?? '',
    args: ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', '16', '-t', '1', ...args(folder)],
    port,
    folder,
    ...(account ? { account } : {}),
    env: env(folder),
  });
  daemons.push(daemon);
  return port;
}

describe.skipIf(!binary)('a real memcached', () => {
  it('is open to writes by protocol when it has no authentication', async () => {
    const port = await start(() => []);
    const context = testContext(memcached.allow, { port });
    const seen = await memcached.probe(context);
    expect(seen).toMatchObject({ identified: true, verdict: 'anonymous-write', documents: 0 });
    expect(seen.version).toMatch(/^1\.\d+\.\d+/);
    expect(context.exchanges.length).toBeGreaterThan(3);
  });

  it('is recognised as secured with an authentication file', async () => {
    const port = await start((folder) => {
      const file = join(folder, 'auth');
      writeFileSync(file, 'example:synthetic\n');
      handOver(unprivileged('memcache'), file);
      return ['-Y', file];
    });
    expect(await memcached.probe(testContext(memcached.allow, { port }))).toMatchObject({
      identified: true,
      verdict: 'secured',
    });
  });

  it('is recognised as secured with SASL', async () => {
    const port = await start(
      (folder) => {
        writeFileSync(join(folder, 'memcached.conf'), 'mech_list: plain\n');
        return ['-S'];
      },
      (folder) => ({ SASL_CONF_PATH: folder }),
    );
    const seen = await memcached.probe(testContext(memcached.allow, { port }));
    expect(seen).toMatchObject({ identified: true, verdict: 'secured' });
    expect(seen.reason).toContain('SASL');
  });

  it('that speaks only the binary protocol without SASL is readable', async () => {
    const port = await start(() => ['-B', 'binary']);
    const seen = await memcached.probe(testContext(memcached.allow, { port }));
    expect(seen).toMatchObject({ identified: true, verdict: 'anonymous-read' });
    expect(seen.version).toMatch(/^1\.\d+/);
  });

  it('is found by the whole probe on a port that says nothing about it', async () => {
    expect(await askPort(await start(() => []))).toMatchObject({ service: 'memcached', verdict: 'anonymous-write' });
    const binary = await askPort(await start(() => ['-B', 'binary']), 'memcached');
    expect(binary).toMatchObject({ service: 'memcached', verdict: 'anonymous-read' });
  });

  it('is read over TLS', async () => {
    const port = await start((folder) => {
      const { key, cert } = certificate(folder, unprivileged('memcache'));
      return ['-Z', '-o', `ssl_chain_cert=${cert},ssl_key=${key}`];
    });
    expect(await memcached.probe(testContext(memcached.allow, { port, tls: true }))).toMatchObject({
      verdict: 'anonymous-write',
    });
  });
});
