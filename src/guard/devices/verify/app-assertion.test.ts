import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AssertionInput, verifyAssertion } from './app-assertion.ts';
import { sha256 } from './sha256.ts';
import { type AssertionRequest, bundleExtensions, makeAssertion } from './testing/app-attest.ts';
import { cbor } from './testing/cbor-writer.ts';
import { p256, spkiOf } from './testing/certificates.ts';
import { integer, sequence } from './testing/der-writer.ts';
import { detailOf } from './testing/refused.ts';

const APP = 'ABCDE12345.org.example.shop';
const keys = p256();
const clientData = Buffer.from('method, path and body of one request');
const bundle = { version: '5.2.0', category: 4 };
const detail = (run: () => unknown) => detailOf('step_up', run);

function made(changes: AssertionRequest['changes'] = {}, more: Partial<AssertionRequest> = {}): Buffer {
  return makeAssertion({ appId: APP, clientData, counter: 8, privateKey: keys.privateKey, changes, ...more });
}

function input(assertion: Uint8Array, more: Partial<AssertionInput> = {}): AssertionInput {
  return { assertion, clientData, publicKey: spkiOf(keys), appIds: [APP], lastCounter: 7, ...more };
}

describe('an assertion of App Attest', () => {
  it('is taken with its counter', () => {
    expect(verifyAssertion(input(made()))).toEqual({ counter: 8, appId: APP, bundle: null });
  });

  it.each([0x00, 0x40, 0x80, 0xc0])(
    'is taken with the facts of the bundle that iOS 27 adds, with flags %i',
    (flags) => {
      expect(verifyAssertion(input(made({ flags }, { bundle }))).bundle).toEqual(bundle);
    },
  );

  it('is taken with the largest counter, and with one that skips some', () => {
    expect(verifyAssertion(input(made({}, { counter: 0xffff_ffff }))).counter).toBe(0xffff_ffff);
  });

  it.each([
    ['as the last one', 7],
    ['below the last one', 6],
    ['of 0', 0],
  ])('is refused with a counter %s', (_, counter) => {
    expect(detail(() => verifyAssertion(input(made({}, { counter }))))).toBe(
      'assertion: authenticatorData.counter: not above the last one',
    );
  });

  it('is refused without a counter, instead of reading none', () => {
    const assertion = made({ authenticatorData: (good) => good.subarray(0, 33) });
    expect(detail(() => verifyAssertion(input(assertion)))).toBe('assertion: authData: it ends early');
  });

  it('is refused for another request, another key and another app', () => {
    const holds = 'assertion: signature: does not hold';
    expect(detail(() => verifyAssertion(input(made(), { clientData: Buffer.from('another body') })))).toBe(holds);
    expect(detail(() => verifyAssertion(input(made(), { publicKey: spkiOf(p256()) })))).toBe(holds);
    const other = made({}, { appId: 'ABCDE12345.org.example.other' });
    expect(detail(() => verifyAssertion(input(other)))).toBe('assertion: authenticatorData.rpIdHash: another app');
    expect(detail(() => verifyAssertion(input(made(), { appIds: [] })))).toBe(
      'assertion: authenticatorData.rpIdHash: another app',
    );
  });

  it.each<[string, AssertionRequest['changes'], string]>([
    ['a member more', { members: [['more', 1]] }, 'object: other members than it has'],
    ['a signature that is text', { signature: 'text' }, 'signature: not bytes'],
    ['an empty signature', { signature: Buffer.alloc(0) }, 'signature: does not hold'],
    ['a signature of zeros', { signature: sequence(integer(0), integer(0)) }, 'signature: does not hold'],
    ['a signature as two numbers', { signature: rawSignature() }, 'signature: does not hold'],
    [
      'bytes after the signature',
      { signature: Buffer.concat([goodSignature(), Buffer.of(0)]) },
      'signature: does not hold',
    ],
    [
      'a counter that was raised afterwards',
      { authenticatorDataAfter: (good) => raised(good) },
      'signature: does not hold',
    ],
    ['the flag of user presence', { flags: 0x41 }, 'authenticatorData.flags: not those of an assertion'],
    ['the flag of extensions without any', { flags: 0x80 }, 'authData.extensions: missing'],
    [
      'a byte more',
      { authenticatorData: (good) => Buffer.concat([good, Buffer.of(0)]) },
      'authData.extensions: not a map',
    ],
    [
      'extensions twice',
      { authenticatorData: (good) => Buffer.concat([good, bundleExtensions(bundle), bundleExtensions(bundle)]) },
      'authData.extensions: bytes after the item',
    ],
    ['much more', { authenticatorData: (good) => Buffer.concat([good, Buffer.alloc(1024)]) }, 'authData: too long'],
  ])('is refused with %s', (_, changes, reason) => {
    expect(detail(() => verifyAssertion(input(made(changes))))).toBe(`assertion: ${reason}`);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'object: it ends early'],
    ['two items', Buffer.concat([made(), cbor(1)]), 'object: bytes after the item'],
    ['a list', cbor([1, 2]), 'object: not a map'],
    ['an attestation', cbor(new Map([['fmt', 'apple-appattest']])), 'object: other members than it has'],
    ['far too much', Buffer.alloc(2049), 'too long'],
  ])('is refused when it is %s', (_, assertion, reason) => {
    expect(detail(() => verifyAssertion(input(assertion)))).toBe(`assertion: ${reason}`);
  });

  it('is refused under a stored key that is none', () => {
    const notOnCurve = Buffer.from(spkiOf(keys));
    notOnCurve[90] = (notOnCurve[90] ?? 0) ^ 1;
    expect(detail(() => verifyAssertion(input(made(), { publicKey: notOnCurve })))).toMatch(
      /^assertion: (?:publicKey|signature): /,
    );
    expect(detail(() => verifyAssertion(input(made(), { publicKey: Buffer.alloc(91) })))).toBe(
      'assertion: publicKey: not a P-256 key',
    );
  });
});

function data(): Buffer {
  const head = Buffer.alloc(37);
  sha256(Buffer.from(APP)).copy(head);
  head[32] = 0x40;
  head.writeUInt32BE(8, 33);
  return head;
}

function goodSignature(): Buffer {
  return sign('sha256', sha256(data(), sha256(clientData)), keys.privateKey);
}

function rawSignature(): Buffer {
  return sign('sha256', sha256(data(), sha256(clientData)), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
}

function raised(good: Buffer): Buffer {
  const copy = Buffer.from(good);
  copy.writeUInt32BE(9, 33);
  return copy;
}
