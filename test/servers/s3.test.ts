import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { requirePackage } from './harness/npm.ts';

const installed = requirePackage('s3rver');

describe.skipIf(!installed)('a real S3-compatible server (s3rver), which has no access control', () => {
  let server: Daemon;
  beforeAll(async () => {
    const port = await freePort();
    const folder = workFolder('s3rver');
    const bucket = join(folder, 'app-uploads', 'photos');
    mkdirSync(bucket, { recursive: true });
    for (const name of ['jane@example.org.jpg', '100200300.jpg', 'logo.png']) {
      writeFileSync(join(bucket, `${name}._S3rver_object`), 'made up');
      writeFileSync(join(bucket, `${name}._S3rver_metadata.json`), '{}');
      writeFileSync(join(bucket, `${name}._S3rver_object.md5`), 'd41d8cd98f00b204e9800998ecf8427e');
    }
    server = await startDaemon({
      name: 's3rver',
      command: process.execPath,
      args: [join(installed ?? '', 'bin/s3rver.js'), '-d', folder, '-a', '127.0.0.1', '-p', `${port}`, '-s'],
      port,
      folder,
    });
  });
  afterAll(() => server?.stop());

  it('is readable, with counts, sizes and patterns of names', async () => {
    const result = await askPort(server.port);
    expect(result).toMatchObject({
      service: 's3',
      verdict: 'anonymous-read',
      documents: 3,
      bytes: 21,
      datasets: [{ name: 'app-uploads', fields: ['photos/*.jpg', 'photos/*', 'photos/*.png'] }],
    });
    expect(JSON.stringify(result)).not.toMatch(/jane|100200300/);
  });
});
