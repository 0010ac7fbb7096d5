import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate, freePort } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const program = requireServer('nats-server', ['nats-server']);
const running = fleet();
afterAll(() => running.stop());

async function start(config: (folder: string) => string = () => '', monitor?: number): Promise<number> {
  const { port } = await running.start({
    name: 'nats',
    command: program ?? '',
    args: (port, folder) => {
      const file = join(folder, 'nats.conf');
      const lines = [`listen: 127.0.0.1:${port}`, config(folder)];
      if (monitor !== undefined) lines.push(`http: 127.0.0.1:${monitor}`);
      writeFileSync(file, lines.join('\n'));
      return ['-c', file];
    },
  });
  return port;
}

const tls = (folder: string, more = '') => {
  const { key, cert } = certificate(folder);
  return `tls { cert_file: "${cert}", key_file: "${key}" ${more.replace('CA', `"${cert}"`)} }`;
};
const USER = 'authorization { user: owner, password: synthetic-owner }';

describe.skipIf(!program)('a real NATS server', () => {
  it('as it comes is open to listening and publishing, found without being told what it is', async () => {
    const port = await start();
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'nats', verdict: 'anonymous-write', product: 'nats-server' });
    expect(result.version).toMatch(/^2\.\d+\.\d+/);
    expect(await foreignBytes('nats', port)).toBeUndefined();
  });

  it('with a user and password is secured', async () => {
    expect(await askPort(await start(() => USER))).toMatchObject({ service: 'nats', verdict: 'secured' });
  });

  it('that lets strangers in as no_auth_user is judged by what that user may do', async () => {
    const users = (permissions: string) =>
      `accounts { A { users [ { user: guest, password: synthetic, permissions: ${permissions} } ] } }\nno_auth_user: guest`;
    const listens = await start(() => users('{ publish: { deny: ">" } }'));
    expect(await askPort(listens, 'nats')).toMatchObject({ verdict: 'anonymous-read' });
    const hears = await start(() => users('{ subscribe: "public.>", publish: "public.>" }'));
    expect(await askPort(hears, 'nats')).toMatchObject({ verdict: 'metadata-only' });
  });

  it('is read over TLS, begun in place, and refuses strangers where it verifies certificates', async () => {
    expect(await askPort(await start((folder) => tls(folder)))).toMatchObject({ verdict: 'anonymous-write' });
    expect(await askPort(await start((folder) => `${tls(folder)}\n${USER}`))).toMatchObject({ verdict: 'secured' });
    const verified = await start((folder) => tls(folder, ', ca_file: CA, verify: true'));
    expect(await askPort(verified, 'nats')).toMatchObject({ service: 'nats', verdict: 'secured' });
  });

  it('tells streams and counts on its monitor, and no message', async () => {
    const monitor = await freePort();
    const port = await start((folder) => `jetstream { store_dir: "${folder}" }`, monitor);
    await publish(port, [
      ['$JS.API.STREAM.CREATE.ORDERS', '{"name":"ORDERS","subjects":["orders.*"]}'],
      ['$JS.API.STREAM.CREATE.X', '{"name":"X","subjects":["x"]}'],
      ['orders.janedoe', 'planted-value'],
      ['orders.janedoe', 'planted-value'],
    ]);
    const result = await askWhenReady(monitor, 'nats', ({ documents }) => documents === 2);
    expect(result).toMatchObject({ service: 'nats', verdict: 'metadata-only', documents: 2 });
    expect(result.datasets).toContainEqual({ name: 'ORDERS', documents: 2, bytes: expect.any(Number), fields: [] });
    expect(JSON.stringify(result)).not.toMatch(/janedoe|planted/);
    expect(await foreignBytes('nats', monitor)).toBeUndefined();
    expect(await askPort(monitor)).toMatchObject({ service: 'nats', verdict: 'metadata-only' });
    expect(await askPort(await running.behindTls(monitor))).toMatchObject({ service: 'nats', documents: 2 });
  });
});

/** The owner's own writes, one after the other; `_INBOX` takes JetStream's answers. */
async function publish(port: number, messages: readonly (readonly [subject: string, text: string])[]): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write('CONNECT {"verbose":false}\r\n');
  for (const [subject, text] of messages) {
    socket.write(`PUB ${subject} _INBOX.x ${text.length}\r\n${text}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  socket.destroy();
}
