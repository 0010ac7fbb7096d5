import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { certificate } from './harness/daemon.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { EMULATED_ACCOUNT, putAsAzureOwner } from './harness/object-stores.ts';
import { requireServer } from './harness/require-server.ts';

const modules = new URL('../../.cache/servers/azurite/node_modules/', import.meta.url).pathname;
const script = `${modules}azurite/dist/src/blob/main.js`;
const installed = requireServer('azurite', [script]);
const running = fleet();
afterAll(() => running.stop());

async function start(tls = false): Promise<number> {
  const { port } = await running.start({
    name: 'azurite',
    command: process.execPath,
    args: (at, folder) => {
      const bind = [script, '--silent', '--inMemoryPersistence', '--disableTelemetry'];
      bind.push('--blobHost', '127.0.0.1', '--blobPort', `${at}`);
      if (!tls) return bind;
      const { key, cert } = certificate(folder);
      return [...bind, '--cert', cert, '--key', key];
    },
  });
  return port;
}

const BUCKETS = { buckets: ['avatars', 'private'] };

describe.skipIf(!installed)('a real Azurite', () => {
  it('is secured as it comes, and open where a container is public', async () => {
    const port = await start();
    await askWhenReady(port, 'azure-blob');
    const put = async (path: string, headers = {}, body = '') =>
      expect(await putAsAzureOwner(port, `/${EMULATED_ACCOUNT}${path}`, headers, body)).toBe(201);
    await put('/private?restype=container');
    expect(await askWatched(port, 'azure-blob', BUCKETS)).toMatchObject({
      service: 'azure-blob',
      product: 'azurite',
      version: '3.37.0',
      verdict: 'secured',
      datasets: [],
    });
    await put('/avatars?restype=container', { 'x-ms-blob-public-access': 'container' });
    for (const name of ['users/jane.doe.jpg', 'users/100200300.jpg']) {
      await put(`/avatars/${name}`, { 'x-ms-blob-type': 'BlockBlob' }, 'made-up');
    }
    const open = await askWatched(port, 'azure-blob', BUCKETS);
    expect(open).toMatchObject({
      verdict: 'anonymous-read',
      documents: 2,
      bytes: 14,
      datasets: [{ name: 'avatars', documents: 2, fields: ['users/*.jpg'] }],
    });
    expect(JSON.stringify(open)).not.toMatch(/jane|100200300|made-up/);
  });

  it('does not list containers that are public blob by blob', async () => {
    const port = await start();
    await askWhenReady(port, 'azure-blob');
    const headers = { 'x-ms-blob-public-access': 'blob' };
    expect(await putAsAzureOwner(port, `/${EMULATED_ACCOUNT}/avatars?restype=container`, headers)).toBe(201);
    const result = await askPort(port, 'azure-blob', undefined, BUCKETS);
    expect(result).toMatchObject({ verdict: 'secured' });
    expect(result.notTested).toContain('single blobs, which may be public although the list is not');
  });

  it('is found on the ladder and behind TLS', async () => {
    const port = await start(true);
    await askWhenReady(port, 'azure-blob');
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'azure-blob', product: 'azurite', verdict: 'secured' });
    expect(result.exchanges[0]?.tls?.protocol).toBe('TLSv1.3');
  });
});
