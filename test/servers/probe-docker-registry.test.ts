import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const program = requireServer('docker-registry', ['docker-registry']);
const running = fleet();
afterAll(() => running.stop());

async function start(further: (folder: string) => string[] = () => [], tls = false): Promise<number> {
  const { port } = await running.start({
    name: 'registry',
    command: program ?? '',
    args: (port, folder) => {
      const file = join(folder, 'config.yml');
      const lines = ['version: 0.1', 'storage:', '  filesystem:', `    rootdirectory: ${folder}/data`];
      lines.push(...further(folder), 'http:', `  addr: 127.0.0.1:${port}`);
      if (tls) {
        const { key, cert } = certificate(folder);
        lines.push('  tls:', `    certificate: ${cert}`, `    key: ${key}`);
      }
      writeFileSync(file, lines.join('\n'));
      return ['serve', file];
    },
  });
  return port;
}

/** The owner's push of an image of one small layer. */
async function push(port: number, name: string, tag: string): Promise<void> {
  const root = `http://127.0.0.1:${port}/v2/${name}`;
  const blob = async (text: string) => {
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    const begun = await fetch(`${root}/blobs/uploads/`, { method: 'POST' });
    const at = `${begun.headers.get('location')}&digest=${encodeURIComponent(digest)}`;
    await fetch(at, { method: 'PUT', body: text, headers: { 'content-type': 'application/octet-stream' } });
    return { digest, size: text.length };
  };
  const config = {
    mediaType: 'application/vnd.docker.container.image.v1+json',
    ...(await blob('{"author":"planted-value"}')),
  };
  const layers = [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar', ...(await blob('planted-layer')) }];
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers });
  const put = await fetch(`${root}/manifests/${tag}`, { method: 'PUT', body, headers: { 'content-type': type } });
  expect(put.status).toBe(201);
}

describe.skipIf(!program)('a real registry', () => {
  it('as it comes is open to pulling and pushing, with repositories and tags counted', async () => {
    const port = await start();
    await push(port, 'shop/api', '1.0');
    await push(port, 'shop/api', 'janedoe-test');
    await push(port, 'web', 'latest');
    const result = await askPort(port);
    expect(result).toMatchObject({
      service: 'docker-registry',
      verdict: 'anonymous-write',
      documents: 2,
      datasets: [
        { name: 'shop/api', documents: 2 },
        { name: 'web', documents: 1 },
      ],
    });
    expect(JSON.stringify(result)).not.toMatch(/janedoe|planted/);
    expect(await foreignBytes('docker-registry', port)).toBeUndefined();
  });

  it('with htpasswd is secured', async () => {
    const port = await start((folder) => {
      writeFileSync(join(folder, 'htpasswd'), 'owner:$2y$05$abcdefghijklmnopqrstuuH3bq9cVw3bR1l2xvJt0mVfXQbq6l9rS\n');
      return ['auth:', '  htpasswd:', '    realm: registry', `    path: ${folder}/htpasswd`];
    });
    expect(await askWhenReady(port, 'docker-registry')).toMatchObject({ verdict: 'secured', datasets: [] });
    expect(await askPort(port)).toMatchObject({ service: 'docker-registry', verdict: 'secured' });
  });

  it('is read over TLS', async () => {
    const port = await start(undefined, true);
    expect(await askPort(port)).toMatchObject({ service: 'docker-registry', verdict: 'anonymous-write', documents: 0 });
  });
});
