/**
 * A root key of 32 bytes in this process's memory. What it wraps:
 *
 *   version 1 (1 byte) | nonce 12 | ciphertext | tag 16          AES-256-GCM, additional data: the context
 *
 * The bytes of the key file are not the wrapping key itself but what it and the id are derived from (HKDF-SHA-256).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { PosternError } from '../../core/errors.ts';
import type { RootKey } from './root-key.ts';

export const ROOT_BYTES = 32;
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** @param root zeroed here */
export function createLocalRoot(kind: 'file' | 'sealed', root: Uint8Array): RootKey {
  const key = Buffer.from(hkdfSync('sha256', root, '', 'postern keyring wrap 1', ROOT_BYTES));
  const id = `${kind}:${Buffer.from(hkdfSync('sha256', root, '', 'postern keyring id 1', 8)).toString('hex')}`;
  root.fill(0);
  let closed = false;

  function open(): Buffer {
    if (closed) throw new PosternError('E_KEY', `root key ${id} is closed`);
    return key;
  }

  return {
    id,
    async wrap(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, open(), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context, 'utf8'));
      const body = cipher.update(plain);
      cipher.final();
      return Buffer.concat([Buffer.of(VERSION), nonce, body, cipher.getAuthTag()]);
    },
    async unwrap(wrapped, context) {
      const end = wrapped.length - TAG_BYTES;
      if (wrapped[0] !== VERSION || end < 1 + NONCE_BYTES) throw notOurs(id);
      const decipher = createDecipheriv(CIPHER, open(), wrapped.subarray(1, 1 + NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(wrapped.subarray(end));
      const plain = decipher.update(wrapped.subarray(1 + NONCE_BYTES, end));
      try {
        decipher.final();
        return plain;
      } catch {
        plain.fill(0);
        throw notOurs(id);
      }
    },
    trouble: () => null,
    close() {
      closed = true;
      key.fill(0);
    },
  };
}

function notOurs(id: string): PosternError {
  return new PosternError('E_KEY', `root key ${id} did not wrap this, or it was changed since`, {
    hint: 'Name the root key that the vault was made with, or restore the folder of keys from its backup.',
  });
}
