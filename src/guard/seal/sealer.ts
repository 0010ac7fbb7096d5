import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Sealer } from '../contract/store.ts';
import { contentOf, textOf } from './content.ts';
import {
  FRONT_BYTES,
  KEY_BYTES,
  KEY_ID_BYTES,
  MARK,
  MARK_TEXT,
  MAX_TEXT,
  NONCE_BYTES,
  OVERHEAD_BYTES,
  SALT_BYTES,
  TAG_BYTES,
} from './layout.ts';

export interface SealKey {
  /** 8 lower-case hexadecimal digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface SealKeys {
  /** Seals and opens. */
  readonly current: SealKey;
  /** Open only. */
  readonly previous: readonly SealKey[];
}

export interface SealerOptions {
  /** ms since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** Seals under one data key; default 2^30. */
  readonly sealsPerDataKey?: number;
}

const CIPHER = 'aes-256-gcm';
const INFO = 'postern guard seal 1';
/** Data keys of other processes, and of earlier ones, kept derived. */
const DERIVED_KEYS = 256;

/**
 * @throws RangeError for a key of another length, an id of another form, or two keys with one id
 */
export function createSealer(keys: SealKeys, options: SealerOptions = {}): Sealer {
  const now = options.now ?? Date.now;
  const sealsPerDataKey = options.sealsPerDataKey ?? 2 ** 30;
  const masters = new Map<string, Uint8Array>();
  for (const { id, key } of [keys.current, ...keys.previous]) {
    if (!/^[0-9a-f]{8}$/.test(id)) throw new RangeError('the id of a seal key is 8 hexadecimal digits');
    if (key.length !== KEY_BYTES) throw new RangeError('a seal key has 32 bytes');
    if (masters.has(id)) throw new RangeError('two seal keys have one id');
    masters.set(id, key);
  }
  const derived = new LRUCache<string, Buffer>({ max: DERIVED_KEYS });
  const currentId = Buffer.from(keys.current.id, 'hex');
  let front: Buffer = Buffer.alloc(0);
  let dataKey: Buffer = Buffer.alloc(0);
  let seals = Number.POSITIVE_INFINITY;

  function renewDataKey(): void {
    const salt = randomBytes(SALT_BYTES);
    front = Buffer.concat([MARK, currentId, salt]);
    dataKey = deriveKey(keys.current.key, salt);
    seals = 0;
  }

  /** Undefined when the master key is not known (any more). */
  function dataKeyOf(found: Buffer): Buffer | undefined {
    if (found.equals(front)) return dataKey;
    const name = found.toString('latin1');
    const known = derived.get(name);
    if (known !== undefined) return known;
    const master = masters.get(found.toString('hex', MARK.length, MARK.length + KEY_ID_BYTES));
    if (master === undefined) return undefined;
    const key = deriveKey(master, found.subarray(FRONT_BYTES - SALT_BYTES));
    derived.set(name, key);
    return key;
  }

  return {
    seal(content) {
      if (seals >= sealsPerDataKey) renewDataKey();
      seals++;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, dataKey, nonce);
      cipher.setAAD(additionalData(front, content.kind));
      const parts = [front, nonce, cipher.update(textOf(content), 'utf8'), cipher.final(), cipher.getAuthTag()];
      const text = Buffer.concat(parts).toString('base64url');
      if (text.length > MAX_TEXT) throw new RangeError('the content is too long to be sealed');
      return text;
    },

    open(text, kind) {
      const bytes = bytesOf(text);
      if (bytes === undefined) return undefined;
      const found = bytes.subarray(0, FRONT_BYTES);
      const key = dataKeyOf(found);
      if (key === undefined) return undefined;
      const end = bytes.length - TAG_BYTES;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(FRONT_BYTES, FRONT_BYTES + NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(additionalData(found, kind));
      decipher.setAuthTag(bytes.subarray(end));
      const plain = decipher.update(bytes.subarray(FRONT_BYTES + NONCE_BYTES, end));
      try {
        // Throws unless the tag is right; until then nothing of `plain` is looked at.
        decipher.final();
      } catch {
        return undefined;
      }
      const content = contentOf(plain.toString('utf8'), kind);
      return content !== undefined && content.expiresAt > now() ? content : undefined;
    },
  };
}

/** Whether a text has the outer form of a sealed id. Says nothing about whether it opens. */
export function looksSealed(text: string): boolean {
  return text.startsWith(MARK_TEXT);
}

/** One value has one text: padding, other alphabets and non-zero spare bits are refused. */
function bytesOf(text: string): Buffer | undefined {
  if (text.length > MAX_TEXT || !looksSealed(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length > OVERHEAD_BYTES && bytes.toString('base64url') === text ? bytes : undefined;
}

function deriveKey(master: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', master, salt, INFO, KEY_BYTES));
}

function additionalData(front: Buffer, kind: string): Buffer {
  return Buffer.concat([front, Buffer.from(kind, 'latin1')]);
}
