import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { certificate } from './harness/daemon.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const program = requireServer('fake-gcs-server', [
  new URL('../../.cache/servers/bin/fake-gcs-server', import.meta.url).pathname,
  'fake-gcs-server',
]);
const running = fleet();
afterAll(() => running.stop());

async function start(tls = false): Promise<number> {
  const { port } = await running.start({
    name: 'fake-gcs-server',
    command: program ?? '',
    args: (at, folder) => {
      const photos = join(folder, 'data', 'app-uploads', 'photos');
      mkdirSync(photos, { recursive: true });
      for (const name of ['jane@example.org.jpg', '100200300.jpg', 'logo.png'])
        writeFileSync(join(photos, name), 'made-up');
      const store = ['-backend', 'memory', '-data', join(folder, 'data'), '-log-level', 'error'];
      const bind = ['-host', '127.0.0.1', '-port', `${at}`, '-scheme', tls ? 'https' : 'http'];
      if (!tls) return [...store, ...bind];
      const { key, cert } = certificate(folder);
      return [...store, ...bind, '-cert-location', cert, '-private-key-location', key];
    },
  });
  await askWhenReady(port, 'gcs', ({ reason }) => !reason.includes('accepts connections and answers nothing'));
  return port;
}

const SCOPE = { identifiers: { bucket: 'app-uploads' } };

describe.skipIf(!program)('a real fake-gcs-server, which has no access control', () => {
  it('is readable, with counts, sizes and patterns of names', async () => {
    const result = await askWatched(await start(), 'gcs', SCOPE);
    expect(result).toMatchObject({
      service: 'gcs',
      verdict: 'anonymous-read',
      documents: 3,
      bytes: 21,
      datasets: [{ name: 'app-uploads', documents: 3, fields: ['photos/*.jpg', 'photos/*', 'photos/*.png'] }],
    });
    expect(result.notTested).toContain('whether a stranger may write: the bucket does not say');
    expect(JSON.stringify(result)).not.toMatch(/jane|100200300|made-up/);
  });

  it('is readable behind TLS, and knows no other bucket', async () => {
    const port = await start(true);
    const open = await askPort(port, 'gcs', undefined, SCOPE);
    expect(open).toMatchObject({ verdict: 'anonymous-read', documents: 3 });
    expect(open.exchanges[0]?.tls?.protocol).toBe('TLSv1.3');
    const other = await askPort(port, 'gcs', undefined, { identifiers: { bucket: 'no-such-bucket' } });
    expect(other).toMatchObject({ verdict: 'unidentified', datasets: [] });
  });
});
