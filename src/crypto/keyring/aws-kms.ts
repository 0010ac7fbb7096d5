/**
 * A root key inside AWS KMS (`Encrypt` and `Decrypt` with a symmetric key). It never leaves there. The context goes along as
 * the encryption context `postern`, which KMS authenticates and writes into CloudTrail. Credentials come the SDK's own ways.
 *
 * The SDK is an optional peer: who does not use KMS does not install it.
 */
import { PosternError } from '../../core/errors.ts';
import type { AwsKmsOptions, RootKey } from './root-key.ts';

type Sdk = typeof import('@aws-sdk/client-kms');

const CONNECT_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 10_000;
const ATTEMPTS = 3;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @throws PosternError `E_KEY` when the SDK is not installed, or the key cannot be used */
export async function openAwsKmsRoot(
  options: AwsKmsOptions,
  load: () => Promise<Sdk> = () => import('@aws-sdk/client-kms'),
): Promise<RootKey> {
  const { keyId, region, endpoint } = options;
  if (endpoint !== null) checkEndpoint(endpoint);
  const { KMSClient, EncryptCommand, DecryptCommand } = await loadSdk(load);
  const client = new KMSClient({
    region,
    ...(endpoint === null ? {} : { endpoint }),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
  });
  const id = `aws-kms:${region}/${keyId}`;

  const root: RootKey = {
    id,
    async wrap(plain, context) {
      const input = { KeyId: keyId, Plaintext: plain, EncryptionContext: { postern: context } };
      const { CiphertextBlob } = await asked(id, () => client.send(new EncryptCommand(input)));
      if (CiphertextBlob === undefined) throw new PosternError('E_KEY', `${id} answered without a ciphertext`);
      return CiphertextBlob;
    },
    async unwrap(wrapped, context) {
      // Named although KMS knows: what another key of the account encrypted must not do.
      const input = { KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: { postern: context } };
      const { Plaintext } = await asked(id, () => client.send(new DecryptCommand(input)));
      if (Plaintext === undefined) throw new PosternError('E_KEY', `${id} answered without a plaintext`);
      return Plaintext;
    },
    trouble: () => null,
    close: () => client.destroy(),
  };
  try {
    const context = 'postern root key trial 1';
    await root.unwrap(await root.wrap(Buffer.from('trial'), context), context);
  } catch (cause) {
    root.close();
    throw cause;
  }
  return root;
}

async function loadSdk(load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load();
  } catch (cause) {
    throw new PosternError('E_KEY', 'the root key is in AWS KMS, and the AWS SDK for it is not installed', {
      hint: 'npm install @aws-sdk/client-kms (beside postern)',
      cause,
    });
  }
}

function checkEndpoint(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))) return;
  throw new PosternError('E_KEY', 'the endpoint of AWS KMS is not https (or http on a loopback address)');
}

const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'The credentials need kms:Encrypt and kms:Decrypt on this key.',
  NotFoundException: 'There is no such key in this region and account.',
  DisabledException: 'The key is disabled.',
  KMSInvalidStateException: 'The key is disabled or waits for its deletion: cancel that before it is too late.',
  InvalidCiphertextException: 'This key did not wrap it in this context, or it was changed since.',
  IncorrectKeyException: 'Another key wrapped it: name the key that the vault was made with.',
  CredentialsProviderError: 'No credentials were found: environment, shared files, web identity, instance role.',
  ExpiredTokenException: 'The credentials have ended.',
  UnrecognizedClientException: 'The credentials are not valid.',
};

/** The SDK's messages may quote ARNs and requests; its names say what happened. */
async function asked<T>(id: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'failed';
    throw new PosternError('E_KEY', `root key ${id} cannot be used (${name})`, {
      hint: HINTS[name] ?? 'Check region, endpoint, credentials and the state of the key.',
      cause,
    });
  }
}
