import { randomBytes, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import type { ValuePlace } from '../contract/vault.ts';
import { unwrapDataKey, wrapDataKey } from './data-key.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { nextNonce } from './nonces.ts';
import { isSealedValue, sealValue, unsealValue } from './value.ts';

const KEY = randomBytes(32);
const REFERENCE = 'AAAAAAAAAAAAAAAAAAAAAA';
const PLACE: ValuePlace = { store: 'elasticsearch', column: 'phone' };

const place = fc.record({
  store: fc.constantFrom<ValuePlace['store']>('elasticsearch', 'postgresql'),
  column: fc.oneof(fc.constantFrom('phone', 'phone_', 'phon', 'note', ''), fc.string()),
});
const text = fc.string({ unit: 'binary', maxLength: 200 });

describe('a sealed value', () => {
  it('opens to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(place, text, (where, value) => {
        const sealed = sealValue(KEY, REFERENCE, where, value);
        expect(isSealedValue(sealed)).toBe(true);
        expect(unsealValue(KEY, REFERENCE, where, sealed)).toBe(value);
      }),
    );
  });

  it('is another text each time, and as long as its value wants', () => {
    const all = new Set(Array.from({ length: 5000 }, () => sealValue(KEY, REFERENCE, PLACE, 'x')));
    expect(all.size).toBe(5000);
    expect(sealValue(KEY, REFERENCE, PLACE, '')).toHaveLength(4 + 38);
    expect(sealValue(KEY, REFERENCE, PLACE, 'a'.repeat(32))).toHaveLength(4 + 80);
  });

  it('is what its description says, read by another implementation', async () => {
    const sealed = sealValue(KEY, REFERENCE, PLACE, 'Grüße');
    const bytes = Buffer.from(sealed.slice(4), 'base64url');
    const aad = Buffer.concat(
      ['postern value 1', 'elasticsearch', 'phone', REFERENCE].flatMap((part) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        return [length, Buffer.from(part)];
      }),
    );
    const key = await webcrypto.subtle.importKey('raw', KEY, 'AES-GCM', false, ['decrypt']);
    const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, 12), additionalData: aad, tagLength: 128 };
    const plain = await webcrypto.subtle.decrypt(algorithm, key, bytes.subarray(12));
    expect(Buffer.from(plain).toString('utf8')).toBe('Grüße');
  });

  it('opens for no other person, column, store or key', () => {
    fc.assert(
      fc.property(place, place, text, (from, to, value) => {
        fc.pre(from.store !== to.store || from.column !== to.column);
        expect(unsealValue(KEY, REFERENCE, to, sealValue(KEY, REFERENCE, from, value))).toBeUndefined();
      }),
    );
    const sealed = sealValue(KEY, REFERENCE, PLACE, 'x');
    expect(unsealValue(randomBytes(32), REFERENCE, PLACE, sealed)).toBeUndefined();
    expect(unsealValue(Buffer.alloc(32), REFERENCE, PLACE, sealed)).toBeUndefined();
    expect(unsealValue(KEY, 'AAAAAAAAAAAAAAAAAAAAAQ', PLACE, sealed)).toBeUndefined();
  });

  it('opens for no other splitting of the same names', () => {
    const sealed = sealValue(KEY, 'ab', { store: 'elasticsearch', column: 'c' }, 'x');
    expect(unsealValue(KEY, 'b', { store: 'elasticsearch', column: 'ca' }, sealed)).toBeUndefined();
    expect(unsealValue(KEY, 'abc', { store: 'elasticsearch', column: '' }, sealed)).toBeUndefined();
  });

  it('does not open when one character is another, or when it is cut or continued', () => {
    const sealed = sealValue(KEY, REFERENCE, PLACE, 'some value of a person');
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.!\n '];
    for (let at = 0; at < sealed.length; at++) {
      for (const character of alphabet) {
        if (sealed[at] === character) continue;
        expect(
          unsealValue(KEY, REFERENCE, PLACE, sealed.slice(0, at) + character + sealed.slice(at + 1)),
        ).toBeUndefined();
      }
      expect(unsealValue(KEY, REFERENCE, PLACE, sealed.slice(0, at))).toBeUndefined();
      expect(unsealValue(KEY, REFERENCE, PLACE, sealed.slice(at))).toBe(
        at === 0 ? 'some value of a person' : undefined,
      );
    }
    for (const end of ['=', '==', 'A', 'AA', 'AAA', 'AAAA', '\n', ' ']) {
      expect(unsealValue(KEY, REFERENCE, PLACE, sealed + end)).toBeUndefined();
    }
  });

  it('is not any text that somebody may have put there', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.string().map((rest) => `pv1.${rest}`),
        ),
        (any) => {
          expect(unsealValue(KEY, REFERENCE, PLACE, any)).toBeUndefined();
        },
      ),
    );
  });

  it.each([
    [null, false],
    [7, false],
    ['', false],
    ['pv1.', false],
    [`pv1.${'A'.repeat(37)}`, false],
    [`pv1.${'A'.repeat(38)}`, true],
    [`pv2.${'A'.repeat(38)}`, false],
    [` pv1.${'A'.repeat(38)}`, false],
    [`pv1.${'A'.repeat(38)}\n`, false],
    [`pv1.${'A'.repeat(38)}=`, false],
  ])('has a form: %j has it: %s', (value, expected) => {
    expect(isSealedValue(value)).toBe(expected);
  });

  it('is not made of half a surrogate pair, which would come back as another text', () => {
    for (const value of ['\ud83d', 'a\ude00b', '\ude00\ud83d']) {
      expect(() => sealValue(KEY, REFERENCE, PLACE, value)).toThrow(Refusal);
    }
    expect(unsealValue(KEY, REFERENCE, PLACE, sealValue(KEY, REFERENCE, PLACE, '😀'))).toBe('😀');
  });
});

describe('a person’s key in the store', () => {
  const under = { epoch: 3, key: randomBytes(32), created: 0, ends: 1 };
  const row = { id: 'id', reference: REFERENCE };

  it('opens with the key of its epoch, in its own row alone', () => {
    const wrapped = wrapDataKey(under, row, KEY);
    expect(wrapped).toHaveLength(60);
    expect(unwrapDataKey(under, row, wrapped)).toEqual(KEY);
    expect(unwrapDataKey({ ...under, epoch: 4 }, row, wrapped)).toBeUndefined();
    expect(unwrapDataKey({ ...under, key: randomBytes(32) }, row, wrapped)).toBeUndefined();
    expect(unwrapDataKey(under, { ...row, id: 'ie' }, wrapped)).toBeUndefined();
    expect(unwrapDataKey(under, { ...row, reference: 'other' }, wrapped)).toBeUndefined();
    expect(unwrapDataKey(under, { id: '', reference: `id${REFERENCE}` }, wrapped)).toBeUndefined();
  });

  it('is not wrapped by zeros', () => {
    expect(() => wrapDataKey({ ...under, key: new Uint8Array(32) }, row, KEY)).toThrow('was dropped');
  });

  it('does not open when a bit of it is another, or when it has another length', () => {
    const wrapped = wrapDataKey(under, row, KEY);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = Uint8Array.from(wrapped);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unwrapDataKey(under, row, changed)).toBeUndefined();
    }
    for (const length of [0, 12, 28, 59])
      expect(unwrapDataKey(under, row, wrapped.subarray(0, length))).toBeUndefined();
    expect(unwrapDataKey(under, row, Buffer.concat([wrapped, Buffer.of(0)]))).toBeUndefined();
  });
});

describe('length-prefixed texts', () => {
  it('are different bytes for different lists', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 }),
        fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 }),
        (a, b) => {
          expect(lengthPrefixed(...a).equals(lengthPrefixed(...b))).toBe(JSON.stringify(a) === JSON.stringify(b));
        },
      ),
    );
  });
});

describe('nonces', () => {
  it('do not repeat, and stay as they are', () => {
    const first = nextNonce();
    const copy = first.toString('hex');
    const seen = new Set(Array.from({ length: 20_000 }, () => nextNonce().toString('hex')));
    expect(seen.size).toBe(20_000);
    expect(seen.has(copy)).toBe(false);
    expect(first.toString('hex')).toBe(copy);
  });
});
