import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { openAwsKmsRoot } from './aws-kms.ts';
import { openRootKey } from './open-root-key.ts';
import type { AwsKmsOptions } from './root-key.ts';
import { type KmsStandIn, startKmsStandIn } from './testing/kms-stand-in.ts';

const KEY_ID = '11111111-2222-3333-4444-555555555555';
const CONTEXT = 'postern vault index key 1 vvvvvvvvvvvvvvvvvvvvvv';

let kms: KmsStandIn;
beforeAll(async () => {
  kms = await startKmsStandIn(KEY_ID);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'made-up');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'made-up-secret');
});
afterEach(() => {
  kms.fault = null;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await kms.close();
});

function options(changed: Partial<AwsKmsOptions> = {}): AwsKmsOptions {
  return { kind: 'aws-kms', keyId: KEY_ID, region: 'eu-central-1', endpoint: kms.url, ...changed };
}

async function errorOf(work: Promise<unknown>): Promise<PosternError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof PosternError && error.code === 'E_KEY') return error;
  throw error ?? new Error('nothing was thrown');
}

describe('a root key in AWS KMS', () => {
  it('wraps and unwraps there, with the context as encryption context', async () => {
    const root = await openRootKey(options(), async () => '');
    expect(root.id).toBe(`aws-kms:eu-central-1/${KEY_ID}`);
    const wrapped = await root.wrap(Buffer.from('a key'), CONTEXT);
    expect(Buffer.from(await root.unwrap(wrapped, CONTEXT)).toString()).toBe('a key');
    expect(kms.requests.slice(-2)).toMatchObject([
      { target: 'Encrypt', body: { KeyId: KEY_ID, EncryptionContext: { postern: CONTEXT } } },
      { target: 'Decrypt', body: { KeyId: KEY_ID, EncryptionContext: { postern: CONTEXT } } },
    ]);
    expect((await errorOf(root.unwrap(wrapped, 'another context'))).message).toContain('InvalidCiphertextException');
    wrapped[20] = (wrapped[20] ?? 0) ^ 1;
    expect((await errorOf(root.unwrap(wrapped, CONTEXT))).hint).toContain('did not wrap it');
    root.close();
  });

  it.each([
    [400, 'AccessDeniedException', 'kms:Encrypt'],
    [400, 'NotFoundException', 'no such key'],
    [400, 'DisabledException', 'disabled'],
    [400, 'KMSInvalidStateException', 'before it is too late'],
    [400, 'SomethingNewException', 'Check region'],
  ])('that answers %i %s is an error that says what to do, and not what it answered', async (status, type, hint) => {
    kms.fault = { status, type };
    const error = await errorOf(openAwsKmsRoot(options()));
    expect(error.message).toBe(`root key aws-kms:eu-central-1/${KEY_ID} cannot be used (${type})`);
    expect(error.hint).toContain(hint);
    expect(error.message + error.hint).not.toContain('quoted');
  });

  it('that is another one is found out when it is opened', async () => {
    expect((await errorOf(openAwsKmsRoot(options({ keyId: 'alias/other' })))).hint).toContain('no such key');
  });

  it('says how to install the SDK where it is not', async () => {
    const missing = Object.assign(new Error("Cannot find package '@aws-sdk/client-kms'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const error = await errorOf(openAwsKmsRoot(options(), () => Promise.reject(missing)));
    expect(error.message).toContain('is not installed');
    expect(error.hint).toContain('npm install @aws-sdk/client-kms');
  });

  it.each(['http://192.0.2.1:4566', 'http://kms.example.org', 'kms.example.org', ''])(
    'is not asked at %j',
    async (endpoint) => {
      const before = kms.requests.length;
      expect((await errorOf(openAwsKmsRoot(options({ endpoint })))).message).toContain('not https');
      expect(kms.requests.length).toBe(before);
    },
  );
});
