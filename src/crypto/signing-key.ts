import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { PosternError } from '../core/errors.ts';
import { loadOrCreateKeyFile } from './key-file.ts';
import { keyIdOf } from './public-key.ts';

/** An Ed25519 key pair (RFC 8032) that signs receipts and scope statements. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** The raw 32 bytes in base64url: what others pin under `trust:`. */
  readonly publicKey: string;
  /** See `keyIdOf`. */
  readonly keyId: string;
}

/**
 * The key of a file (PKCS #8, PEM), made on first use.
 *
 * @throws PosternError `E_KEY`
 */
export async function loadOrCreateSigningKey(path: string): Promise<SigningKey> {
  const pem = await loadOrCreateKeyFile(path, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  try {
    return signingKeyOf(createPrivateKey(pem));
  } catch (cause) {
    // The cause stays out of the message: a parser may quote what it read.
    throw new PosternError('E_KEY', `${path} does not hold an Ed25519 private key (PKCS #8, PEM)`, {
      hint: 'Restore it from a copy, or move the file away and have the new public key pinned.',
      cause,
    });
  }
}

/** A key pair that lives as long as the process. */
export function generateSigningKey(): SigningKey {
  return signingKeyOf(generateKeyPairSync('ed25519').privateKey);
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x;
  if (publicKey === undefined) throw new TypeError('not an Ed25519 key');
  return { privateKey, publicKey, keyId: keyIdOf(publicKey) };
}
