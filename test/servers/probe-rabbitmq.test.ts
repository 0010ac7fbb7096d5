import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate, freePort, unprivileged } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const program = requireServer('rabbitmq-server', ['/usr/lib/rabbitmq/bin/rabbitmq-server']);
const epmd = requireServer('epmd', ['epmd']);
const installed = program !== undefined && epmd !== undefined;
const running = fleet();
const names = { port: 0 };
beforeAll(async () => {
  // Erlang's name service stays when its nodes have gone, unless it is one of our own.
  if (installed) {
    const account = unprivileged('rabbitmq');
    const args = (port: number) => ['-port', `${port}`, '-address', '127.0.0.1'];
    names.port = (await running.start({ name: 'epmd', command: epmd, account, args })).port;
  }
});
afterAll(() => running.stop());

async function start(config: readonly string[] = [], tls = false): Promise<{ amqp: number; management: number }> {
  const [amqp, dist] = [await freePort(), await freePort()];
  const env: Record<string, string> = {
    ERL_EPMD_PORT: `${names.port}`,
    RABBITMQ_NODENAME: `postern${amqp}@localhost`,
    RABBITMQ_DIST_PORT: `${dist}`,
    RABBITMQ_LOGS: '-',
  };
  const { port } = await running.start({
    name: 'rabbitmq',
    command: program ?? '',
    account: unprivileged('rabbitmq'),
    readyWithin: 90_000,
    env,
    args: (port, folder) => {
      const lines = ['loopback_users.guest = true', ...config];
      if (tls) {
        const { key, cert } = certificate(folder, unprivileged('rabbitmq'));
        const files = (prefix: string) => [
          `${prefix}.certfile = ${cert}`,
          `${prefix}.keyfile = ${key}`,
          `${prefix}.cacertfile = ${cert}`,
        ];
        lines.push('listeners.tcp = none', `listeners.ssl.1 = 127.0.0.1:${amqp}`, ...files('ssl_options'));
        lines.push('ssl_options.verify = verify_none', 'ssl_options.fail_if_no_peer_cert = false');
        lines.push(`management.ssl.port = ${port}`, 'management.ssl.ip = 127.0.0.1', ...files('management.ssl'));
      } else {
        lines.push(`listeners.tcp.1 = 127.0.0.1:${amqp}`);
        lines.push(`management.tcp.port = ${port}`, 'management.tcp.ip = 127.0.0.1');
      }
      writeFileSync(join(folder, 'rabbitmq.conf'), lines.join('\n'));
      writeFileSync(join(folder, 'plugins'), '[rabbitmq_management].\n');
      env.RABBITMQ_CONFIG_FILE = join(folder, 'rabbitmq.conf');
      env.RABBITMQ_ENABLED_PLUGINS_FILE = join(folder, 'plugins');
      env.RABBITMQ_MNESIA_BASE = join(folder, 'data');
      return [];
    },
  });
  return { amqp, management: port };
}

describe.skipIf(!installed)('a real RabbitMQ', () => {
  it('as it comes asks for credentials on both of its ports; guest is not tried', async () => {
    const { amqp, management } = await start();
    const broker = await askWhenReady(amqp, 'rabbitmq');
    expect(broker).toMatchObject({ service: 'rabbitmq', verdict: 'secured', product: 'rabbitmq', datasets: [] });
    expect(broker.version).toMatch(/^3\.\d+\.\d+$/);
    expect(broker.notTested.join()).toContain('guest');
    expect(await foreignBytes('rabbitmq', amqp)).toBeUndefined();
    expect(await askPort(amqp)).toMatchObject({ service: 'rabbitmq', verdict: 'secured' });
    expect(await askWhenReady(management, 'rabbitmq')).toMatchObject({ verdict: 'secured', datasets: [] });
    expect(await askPort(management)).toMatchObject({ service: 'rabbitmq', verdict: 'secured' });
    expect(await foreignBytes('rabbitmq', management)).toBeUndefined();
  }, 120_000);

  it('without guest, and with ANONYMOUS offered beside passwords, is not called open', async () => {
    const mechanisms = ['auth_mechanisms.1 = PLAIN', 'auth_mechanisms.2 = ANONYMOUS'];
    const { amqp } = await start(['default_user = owner', 'default_pass = synthetic-owner', ...mechanisms]);
    const result = await askWhenReady(amqp, 'rabbitmq', ({ version }) => version !== undefined);
    expect(result.verdict).toMatch(/^(?:secured|inconclusive)$/);
    expect(JSON.stringify(result)).not.toContain('synthetic-owner');
  }, 120_000);

  it('is read over TLS on both', async () => {
    const { amqp, management } = await start([], true);
    expect(await askWhenReady(amqp, 'rabbitmq')).toMatchObject({ verdict: 'secured', product: 'rabbitmq' });
    expect(await askWhenReady(management, 'rabbitmq')).toMatchObject({ verdict: 'secured' });
    expect(await askPort(management)).toMatchObject({ service: 'rabbitmq', verdict: 'secured' });
  }, 120_000);
});
