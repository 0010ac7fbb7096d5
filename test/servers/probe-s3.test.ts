import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { certificate } from './harness/daemon.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { putAsS3Owner, send } from './harness/object-stores.ts';
import { optionalServer, requireServer } from './harness/require-server.ts';

const cached = (path: string) => new URL(`../../.cache/servers/${path}`, import.meta.url).pathname;
const moto = requireServer('moto', [cached('moto/bin/moto_server')]);
const minio = optionalServer('minio', [cached('bin/minio'), 'minio'], 'bash test/servers/install.sh minio');
const running = fleet();
afterAll(() => running.stop());

const OWNER = { user: 'made-up-owner', password: 'made-up-password' };
const PLANTED = /jane|100200300|made-up/;

const EVERYBODY_WRITES = `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>o</ID></Owner>
<AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">
<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>WRITE</Permission></Grant>
</AccessControlList></AccessControlPolicy>`;

describe.skipIf(!moto)('a real Moto as S3, which has grants and does not ask who one is', () => {
  const start = async (tls = false) =>
    await running.start({
      name: 'moto',
      command: moto ?? '',
      args: (port, folder) => {
        const bind = ['-H', '127.0.0.1', '-p', `${port}`];
        if (!tls) return bind;
        const { key, cert } = certificate(folder);
        return [...bind, '-s', '-c', cert, '-k', key];
      },
    });

  it('is readable, and writable where everybody is granted it', async () => {
    const { port } = await start();
    await askWhenReady(port, 's3', ({ verdict }) => verdict !== 'unidentified');
    await send(port, 'PUT', '/app-uploads');
    for (const key of ['photos/jane@example.org.jpg', 'photos/100200300.jpg', 'export.csv']) {
      await send(port, 'PUT', `/app-uploads/${key}`, {}, 'made-up');
    }
    const readable = await askWatched(port, 's3');
    expect(readable).toMatchObject({
      service: 's3',
      verdict: 'anonymous-read',
      documents: 3,
      bytes: 21,
      datasets: [{ name: 'app-uploads', documents: 3, fields: ['export.csv', 'photos/*.jpg', 'photos/*'] }],
    });
    expect(JSON.stringify(readable)).not.toMatch(PLANTED);
    await send(port, 'PUT', '/drop-box');
    expect(await send(port, 'PUT', '/drop-box?acl', {}, EVERYBODY_WRITES)).toBe(200);
    const writable = await askPort(port);
    expect(writable).toMatchObject({ service: 's3', verdict: 'anonymous-write', documents: 3 });
    expect(writable.reason).toContain('everybody is granted writing');
  });

  it('is found behind TLS', async () => {
    const { port } = await start(true);
    const result = await askWhenReady(port, 's3', ({ verdict }) => verdict !== 'unidentified');
    // Its list of buckets is empty, as Ceph shows it to strangers who may list nothing.
    expect(result).toMatchObject({ service: 's3', verdict: 'secured', datasets: [] });
    expect(result.exchanges[0]?.tls?.protocol).toBe('TLSv1.3');
  });
});

describe.skipIf(!minio)('a real MinIO', () => {
  const start = async (tls = false) =>
    await running.start({
      name: 'minio',
      command: minio ?? '',
      env: {
        MINIO_ROOT_USER: OWNER.user,
        MINIO_ROOT_PASSWORD: OWNER.password,
        MINIO_UPDATE: 'off',
        MINIO_BROWSER: 'off',
      },
      args: (port, folder) => {
        const certs = join(folder, 'certs');
        mkdirSync(certs);
        if (tls) {
          const { key, cert } = certificate(folder);
          copyFileSync(key, join(certs, 'private.key'));
          copyFileSync(cert, join(certs, 'public.crt'));
        }
        const address = ['--address', `127.0.0.1:${port}`, '--certs-dir', certs];
        return ['server', '--quiet', ...address, join(folder, 'data')];
      },
    });

  it('is secured as it comes, and open where a policy lets everybody read', async () => {
    const { port } = await start();
    await askWhenReady(port, 's3');
    for (const bucket of ['app-uploads', 'backups']) expect(await putAsS3Owner(port, OWNER, `/${bucket}`)).toBe(200);
    for (const key of ['users/jane.jpg', 'users/100200300.jpg']) {
      expect(await putAsS3Owner(port, OWNER, `/app-uploads/${key}`, 'made-up')).toBe(200);
    }
    const scope = { buckets: ['app-uploads', 'backups'] };
    expect(await askWatched(port, 's3', scope)).toMatchObject({ service: 's3', verdict: 'secured', datasets: [] });
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::app-uploads'] },
        { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::app-uploads/*'] },
      ],
    };
    expect(await putAsS3Owner(port, OWNER, '/app-uploads?policy', JSON.stringify(policy))).toBe(204);
    const open = await askWatched(port, 's3', scope);
    expect(open).toMatchObject({
      verdict: 'anonymous-read',
      documents: 2,
      bytes: 14,
      datasets: [{ name: 'app-uploads', documents: 2, fields: ['users/*.jpg'] }],
    });
    expect(JSON.stringify(open)).not.toMatch(PLANTED);
    const all = {
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:*'],
      Resource: ['arn:aws:s3:::backups', 'arn:aws:s3:::backups/*'],
    };
    const careless = JSON.stringify({ ...policy, Statement: [all] });
    expect(await putAsS3Owner(port, OWNER, '/backups?policy', careless)).toBe(204);
    expect(await askWatched(port, 's3', { buckets: ['backups'] })).toMatchObject({
      verdict: 'anonymous-write',
      documents: 0,
    });
    const proven = { identifiers: { bucket: 'app-uploads' } };
    expect(await askWatched(port, 's3', proven)).toMatchObject({ verdict: 'anonymous-read', documents: 2 });
    const other = { identifiers: { bucket: 'no-such-bucket' } };
    expect(await askWatched(port, 's3', other)).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it('is secured behind TLS', async () => {
    const { port } = await start(true);
    const result = await askWhenReady(port, 's3');
    expect(result).toMatchObject({ service: 's3', verdict: 'secured' });
    expect(result.exchanges[0]?.tls?.protocol).toBe('TLSv1.3');
  });
});
