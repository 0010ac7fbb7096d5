import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate, type Daemon } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { optionalServer } from './harness/require-server.ts';

const found = optionalServer('dockerd', ['dockerd'], 'Debian: docker.io; it runs as root only');
const program = process.getuid?.() === 0 ? found : undefined;
const running = fleet();
afterAll(() => running.stop());

/** Undefined where the machine lets no daemon run (containers without the right to mount). */
async function start(tlsverify = false): Promise<Daemon | undefined> {
  try {
    return await running.start({
      name: 'dockerd',
      command: program ?? '',
      readyWithin: 40_000,
      args: (port, folder) => {
        const list = [
          '-H',
          `tcp://127.0.0.1:${port}`,
          '--data-root',
          join(folder, 'data'),
          '--exec-root',
          join(folder, 'run'),
        ];
        list.push('--pidfile', join(folder, 'pid'), '--iptables=false', '--ip6tables=false', '--bridge=none');
        list.push('--storage-driver=vfs', '--ip-forward=false', '--ip-masq=false');
        if (!tlsverify) return [...list, '--tls=false'];
        const { key, cert } = certificate(folder);
        return [...list, '--tlsverify', '--tlscert', cert, '--tlskey', key, '--tlscacert', cert];
      },
    });
  } catch (error) {
    console.warn(`SKIPPED Docker: no daemon runs on this machine (${String(error).slice(0, 200)})`);
    return undefined;
  }
}

/** The owner's own image, of one small layer, and a container of it that is never started. */
async function fill({ port, folder }: Daemon): Promise<void> {
  const root = join(folder, 'root');
  mkdirSync(root, { recursive: true });
  execFileSync('tar', ['-cf', join(folder, 'layer.tar'), '-C', root, '.']);
  const at = `http://127.0.0.1:${port}`;
  const body = readFileSync(join(folder, 'layer.tar'));
  const made = await fetch(`${at}/images/create?fromSrc=-&repo=shop`, { method: 'POST', body });
  await made.text();
  const created = await fetch(`${at}/containers/create?name=janedoe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Image: 'shop', Cmd: ['x'], Env: ['PASSWORD=planted'], NetworkDisabled: true }),
  });
  expect(created.status).toBe(201);
}

describe.skipIf(!program)('a real Docker daemon', () => {
  it('on a port without TLS is root on the host for everybody', async () => {
    const daemon = await start();
    if (daemon === undefined) return;
    await askWhenReady(daemon.port, 'docker');
    await fill(daemon);
    const result = await askPort(daemon.port);
    expect(result).toMatchObject({
      service: 'docker',
      product: 'docker',
      verdict: 'anonymous-write',
      documents: 1,
      datasets: [
        { name: 'containers', documents: 1 },
        { name: 'images', documents: 1 },
      ],
    });
    expect(result.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(JSON.stringify(result)).not.toMatch(/planted|janedoe/);
    expect(await foreignBytes('docker', daemon.port)).toBeUndefined();
  }, 90_000);

  it('behind TLS that asks for no certificate is open all the same; with --tlsverify it is not', async () => {
    const open = await start();
    if (open === undefined) return;
    expect(await askWhenReady(open.port, 'docker')).toMatchObject({ verdict: 'anonymous-write' });
    expect(await askPort(await running.behindTls(open.port))).toMatchObject({
      service: 'docker',
      verdict: 'anonymous-write',
    });
    const shut = await start(true);
    if (shut === undefined) return;
    const result = await askPort(shut.port, 'docker');
    expect(result.verdict, result.reason).toMatch(/^(?:secured|inconclusive)$/);
    expect(result.datasets).toEqual([]);
  }, 90_000);
});
