/**
 * A person's key as the store holds it:
 *
 *   nonce 12 | the key, encrypted 32 | tag 16                    AES-256-GCM under the epoch's key
 *
 * Additional data, each with its length in front: `postern data key 1`, id of the subject, reference, epoch. A row that
 * takes another's wrapped key does not open.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Reference, SubjectId } from '../contract/vault.ts';
import type { EpochKey } from './epoch-keys.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { NONCE_BYTES, nextNonce } from './nonces.ts';

export const DATA_KEY_BYTES = 32;
const TAG_BYTES = 16;
const WRAPPED_BYTES = NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES;
const CIPHER = 'aes-256-gcm';
const ZEROS = Buffer.alloc(DATA_KEY_BYTES);
const LABEL = 'postern data key 1';

export interface WrappedFor {
  readonly id: SubjectId;
  readonly reference: Reference;
}

/** @throws Error for an epoch's key that was zeroed: what it wraps would be open to everybody */
export function wrapDataKey(under: EpochKey, row: WrappedFor, key: Uint8Array): Uint8Array {
  if (ZEROS.equals(under.key)) throw new Error(`the key of epoch ${under.epoch} was dropped`);
  const nonce = nextNonce();
  const cipher = createCipheriv(CIPHER, under.key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(row, under.epoch));
  const body = cipher.update(key);
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** Undefined when the epoch's key did not wrap this for this row. The caller zeroes what it gets. */
export function unwrapDataKey(under: EpochKey, row: WrappedFor, wrapped: Uint8Array): Uint8Array | undefined {
  if (wrapped.length !== WRAPPED_BYTES) return undefined;
  const end = WRAPPED_BYTES - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, under.key, wrapped.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(row, under.epoch));
  decipher.setAuthTag(wrapped.subarray(end));
  const key = decipher.update(wrapped.subarray(NONCE_BYTES, end));
  try {
    decipher.final();
    return key;
  } catch {
    key.fill(0);
    return undefined;
  }
}

function additionalData({ id, reference }: WrappedFor, epoch: number): Buffer {
  return lengthPrefixed(LABEL, id, reference, String(epoch));
}
