import { describe, expect, it } from 'vitest';
import { createLocalRoot } from '../../crypto/keyring/local-root.ts';
import { unwrapDataKey } from './data-key.ts';
import { createIndexHashes } from './index-hashes.ts';
import { unsealValue } from './value.ts';

/**
 * What the first version wrote, checked with another implementation (Python's `cryptography`). These must open for ever: the
 * documents of users are full of them.
 */
const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const REFERENCE = 'AAECAwQFBgcICQoLDA0ODw';

describe('what an earlier version wrote', () => {
  it('opens: a value', () => {
    const text = 'pv1.dDgLyKP536lG7bjKzuWxvoEhqeth1yxGxLY63Kho9PdYRZkgOrkd2w';
    expect(unsealValue(KEY, REFERENCE, { store: 'postgresql', column: 'note' }, text)).toBe('Grüße 😀');
  });

  it('opens: a person’s key', () => {
    const wrapped = '7ZZ5C_bBmWhTszm3MbnyGqtgjZ4uBX9n1it3ShCqhRciu9Y-8uCsTwZG0MOj5RGqgb389T2hZoTdGYIe';
    const under = { epoch: 7, key: KEY.map((byte) => 255 - byte), created: 0, ends: 1 };
    expect(unwrapDataKey(under, { id: 'an id', reference: REFERENCE }, Buffer.from(wrapped, 'base64url'))).toEqual(KEY);
  });

  it('opens: a key under a root key', async () => {
    const root = createLocalRoot('file', Buffer.from(KEY));
    expect(root.id).toBe('file:bd203efaf9a94798');
    const wrapped = Buffer.from('AbHx-JqaBsAywDG7vCPk0TERY5oxNMGbhFZzSo2TptI92Q', 'base64url');
    expect(Buffer.from(await root.unwrap(wrapped, 'context')).toString()).toBe('a key');
  });

  it('is found: people, look-ups and beacons hash as they did', () => {
    const hashes = createIndexHashes((label) => Buffer.from(label.padEnd(32, '.')));
    expect(hashes.subjectId('anna')).toBe('3R7PHfJvJj_oESyofQgQ-Ng2asak5dZfDwtqus0whrM');
    expect(hashes.lookUpToken('orders.phone', '+49305550100')).toBe('yU2a1bfPRo54fUbnckZyypW5gErG2ceqE1gkVuUUmt4');
    expect(hashes.beacon('orders.phone', '+49305550100', 10)).toBe('adc');
  });
});
