/**
 * The root key in AWS KMS, against Moto: a server that stands in for AWS and keeps keys of its own. It is not AWS, but it is
 * not written by us either: the SDK, its protocol and KMS's rules about contexts are tried on it.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEpochKeys, openRootKey, type RootKeyOptions } from '../../src/crypto/keyring/index.ts';
import { type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { optionalServer } from './harness/require-server.ts';

const CACHED = new URL('../../.cache/servers/moto/bin/moto_server', import.meta.url).pathname;
const moto = optionalServer('Moto (moto_server)', [CACHED, 'moto_server'], 'test/servers/install.sh moto');

describe.skipIf(moto === undefined)('a root key in AWS KMS (Moto)', () => {
  let daemon: Daemon;
  let client: KMSClient;
  let options: RootKeyOptions & { readonly kind: 'aws-kms' };

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'made-up');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'made-up-secret');
    const port = await freePort();
    daemon = await startDaemon({
      name: 'moto',
      command: moto ?? '',
      args: ['-H', '127.0.0.1', '-p', String(port)],
      port,
      folder: workFolder('moto'),
      // A version manager's shim looks its settings up in the home of whoever runs it.
      env: { HOME: process.env.HOME ?? '' },
      readyWithin: 60_000,
    });
    const endpoint = `http://127.0.0.1:${port}`;
    const region = 'eu-central-1';
    client = new KMSClient({ endpoint, region });
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    options = { kind: 'aws-kms', keyId: KeyMetadata?.KeyId ?? '', region, endpoint };
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    client?.destroy();
    await daemon?.stop();
  });

  const open = (changed: Partial<typeof options> = {}) => openRootKey({ ...options, ...changed }, async () => '');

  it('holds the keys of a vault, for every process that opens its folder', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'postern-kms-')), 'keys');
    const first = await openEpochKeys(folder, await open(), { epochMs: 60_000 });
    const second = await openEpochKeys(folder, await open(), { epochMs: 60_000 });
    expect(second.derive('a')).toEqual(first.derive('a'));
    expect((await second.current()).key).toEqual((await first.current()).key);
    first.close();
    second.close();
  });

  it('unwraps nothing in another context, and nothing of another key', async () => {
    const root = await open();
    const wrapped = await root.wrap(Buffer.from('a key'), 'one context');
    expect(Buffer.from(await root.unwrap(wrapped, 'one context')).toString()).toBe('a key');
    await expect(root.unwrap(wrapped, 'another')).rejects.toThrow('InvalidCiphertextException');
    await expect(open({ keyId: '11111111-2222-3333-4444-555555555555' })).rejects.toThrow('NotFoundException');
    root.close();
  });
});
