/** The gateway's own keys, from files of mode 0600 that are made on first use, and what is computed with them. */
import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { PosternError } from '../../core/errors.ts';
import { loadOrCreateKeyFile } from '../../crypto/key-file.ts';
import type { Pseudonyms } from '../pipeline/ports.ts';

const BYTES = 32;

/** @throws PosternError `E_KEY` */
export async function loadSecretKey(path: string): Promise<Buffer> {
  const text = await loadOrCreateKeyFile(path, () => `${randomBytes(BYTES).toString('base64url')}\n`);
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== BYTES)
    throw new PosternError('E_KEY', `${path} does not hold a key of ${BYTES} bytes (base64url)`);
  return key;
}

/**
 * Names that can be told apart and not turned back, for the journal and the limits. Kept for those seen lately: a keyed hash
 * costs more than looking it up.
 */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  const known = new LRUCache<string, string>({ max: 50_000 });
  const of = (kind: 'principal' | 'device' | 'peer', value: string): string => {
    const name = `${kind}\0${value}`;
    let made = known.get(name);
    if (made === undefined) {
      made = createHmac('sha256', key).update(name).digest('base64url').slice(0, 22);
      known.set(name, made);
    }
    return made;
  };
  return { of };
}

/** Tokens of the `token` mask: equal values of a field have equal tokens, and nobody without the key can make one. */
export function createTokens(key: Uint8Array): (field: string, value: string) => string {
  return (field, value) => createHmac('sha256', key).update(`${field}\0${value}`).digest('base64url').slice(0, 16);
}
