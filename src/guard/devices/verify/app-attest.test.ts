import { describe, expect, it } from 'vitest';
import type { AppAttestConfig } from '../../policy/devices-config.ts';
import { verifyAppAttest } from './app-attest.ts';
import { sha256 } from './sha256.ts';
import {
  AAGUIDS,
  type AppAttestChanges,
  type AppleAuthority,
  bundleExtensions,
  type MadeAppAttest,
  makeAppAttest,
  makeAppleAuthority,
  pointOf,
} from './testing/app-attest.ts';
import { cbor, type Writable } from './testing/cbor-writer.ts';
import { issue, p256, USAGE } from './testing/certificates.ts';
import { context, octets, sequence } from './testing/der-writer.ts';
import { detailOf } from './testing/refused.ts';

const NOW = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;
const APP = 'ABCDE12345.org.example.shop';
const CONFIG: AppAttestConfig = { appIds: ['ABCDE12345.org.example.other', APP], environment: 'production' };
const CHALLENGE = Buffer.from('one challenge of the gateway');
const BUNDLE = { version: '5.2.0', category: 4 };
const authority = makeAppleAuthority(NOW);

function made(changes: AppAttestChanges = {}, more: { bundle?: typeof BUNDLE; authority?: AppleAuthority } = {}) {
  return makeAppAttest({ appId: APP, challenge: CHALLENGE, now: NOW, authority, changes, ...more });
}

function verify(
  one: MadeAppAttest,
  more: { keyId?: string; challenge?: Uint8Array; now?: number; config?: AppAttestConfig } = {},
) {
  const { config = CONFIG, now = NOW, keyId = one.keyId, challenge = one.challenge } = more;
  return verifyAppAttest({ attestation: one.attestation, keyId, challenge }, config, now, one.authority.root);
}

const detail = (run: () => unknown) => detailOf('attestation', run);

describe('an attestation of App Attest', () => {
  it('is taken with the key that it attests', () => {
    const one = made();
    expect(verify(one)).toEqual({
      publicKey: one.publicKey,
      counter: 0,
      environment: 'production',
      receiptPresent: true,
      appId: APP,
      bundle: null,
    });
  });

  it('is taken without a receipt, and says so', () => {
    expect(verify(made({ receipt: undefined })).receiptPresent).toBe(false);
  });

  it('is taken of the development environment where that is configured', () => {
    const one = makeAppAttest({ appId: APP, environment: 'development', challenge: CHALLENGE, now: NOW, authority });
    expect(verify(one, { config: { ...CONFIG, environment: 'development' } }).environment).toBe('development');
  });

  it.each([0x40, 0xc0])('is taken with the facts of the bundle that iOS 27 adds, with flags %i', (flags) => {
    expect(verify(made({ flags }, { bundle: BUNDLE })).bundle).toEqual(BUNDLE);
  });

  it('is judged by the clock that is given, up to the last moment', () => {
    const one = made();
    expect(verify(one, { now: NOW + DAY }).counter).toBe(0);
    expect(detail(() => verify(one, { now: NOW + DAY + 1 }))).toBe('app-attest: x5c[0].validity: over');
    expect(verify(one, { now: NOW - DAY }).counter).toBe(0);
    expect(detail(() => verify(one, { now: NOW - DAY - 1 }))).toBe('app-attest: x5c[0].validity: not yet');
  });

  it('is refused with another challenge', () => {
    expect(detail(() => verify(made(), { challenge: Buffer.from('another challenge') }))).toBe(
      'app-attest: x5c[0].extensions: the nonce is of another challenge',
    );
  });

  it('is refused for an app that is not configured', () => {
    const one = makeAppAttest({ appId: 'ABCDE12345.org.example.evil', challenge: CHALLENGE, now: NOW, authority });
    expect(detail(() => verify(one))).toBe('app-attest: authData.rpIdHash: another app');
  });

  it.each([
    ['of another key', p256KeyId()],
    ['in base64url', made().keyId.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')],
    ['that is empty', ''],
    ['with bits left over', `${'A'.repeat(42)}B=`],
  ])('is refused with a key id %s', (_, keyId) => {
    expect(detail(() => verify(made(), { keyId }))).toMatch(/^app-attest: keyId: /);
  });

  const nine = Buffer.concat([Buffer.from('appattest'), Buffer.from('develop')]);
  it.each<[string, AppAttestChanges, string]>([
    ['another format', { fmt: 'packed' }, 'fmt: another format'],
    ['the format of WebAuthn', { fmt: 'apple' }, 'fmt: another format'],
    ['a member more', { members: [['more', 1]] }, 'object: other members than it has'],
    ['one certificate', { x5c: ([leaf]) => [leaf ?? ''] }, 'x5c: not two certificates'],
    ['three certificates', { x5c: (x5c) => [...x5c, ...x5c.slice(1)] }, 'x5c: not two certificates'],
    ['certificates in the wrong order', { x5c: (x5c) => x5c.toReversed() }, 'x5c[0].issuer: not the next certificate'],
    ['a certificate that is text', { x5c: ([leaf]) => [leaf ?? '', 'text'] }, 'x5c[1]: not bytes'],
    [
      'a certificate that is none',
      { x5c: ([leaf]) => [leaf ?? '', Buffer.of(0x30, 0)] },
      'x5c[1].signature: another type',
    ],
    [
      'bytes after a certificate',
      { x5c: ([a, b]) => [a ?? '', Buffer.concat([b ?? Buffer.of(), Buffer.of(0)])] },
      'x5c[1]: bytes after the value',
    ],
    ['an empty receipt', { receipt: Buffer.alloc(0) }, 'receipt: empty'],
    ['a receipt that is text', { receipt: 'text' }, 'receipt: not bytes'],
    ['no nonce', { nonceExtension: () => null }, 'x5c[0].extensions: no nonce'],
    [
      'the nonce under another tag',
      { nonceExtension: (good) => sequence(context(2, octets(good.subarray(-32)))) },
      'x5c[0].extensions: the nonce is of another challenge',
    ],
    [
      'the nonce without its tag',
      { nonceExtension: (good) => sequence(octets(good.subarray(-32))) },
      'x5c[0].extensions: the nonce is of another challenge',
    ],
    [
      'bytes after the nonce',
      { nonceExtension: (good) => Buffer.concat([good, Buffer.of(0)]) },
      'x5c[0].extensions: the nonce is of another challenge',
    ],
    [
      'a nonce of other authenticator data',
      { authDataAfter: (good) => changed(good, 33) },
      'x5c[0].extensions: the nonce is of another challenge',
    ],
    ['the hash of another app', { appIdHash: sha256(Buffer.from('X.y')) }, 'authData.rpIdHash: another app'],
    [
      'the app id in upper case',
      { appIdHash: sha256(Buffer.from(APP.toUpperCase())) },
      'authData.rpIdHash: another app',
    ],
    [
      'the bundle id without the team',
      { appIdHash: sha256(Buffer.from('org.example.shop')) },
      'authData.rpIdHash: another app',
    ],
    ['a counter that is not 0', { counter: 1 }, 'authData.counter: not 0'],
    ['the aaguid of development', { aaguid: AAGUIDS.development }, 'authData.aaguid: another environment'],
    [
      'the aaguid of development, of which nine bytes are those of production',
      { aaguid: nine },
      'authData.aaguid: another environment',
    ],
    [
      'an aaguid that begins as it should',
      { aaguid: changed(AAGUIDS.production, 15) },
      'authData.aaguid: another environment',
    ],
    ['another credential id', { credentialId: sha256(Buffer.from('x')) }, 'authData.credentialId: another key'],
    ['a shorter credential id', { credentialId: Buffer.alloc(16) }, 'authData.credentialId: not 32 bytes'],
    ['an empty credential id', { credentialId: Buffer.alloc(0) }, 'authData.credentialId: not 32 bytes'],
    ['no flags', { flags: 0 }, 'authData.flags: not those of an attestation'],
    ['the flag of user presence', { flags: 0x41 }, 'authData.flags: not those of an attestation'],
    ['the flag of extensions without any', { flags: 0xc0 }, 'authData.extensions: missing'],
    ['authenticator data without a counter', { authData: (good) => good.subarray(0, 33) }, 'authData: it ends early'],
    [
      'authenticator data that ends before the id',
      { authData: (good) => good.subarray(0, 55) },
      'authData: it ends early',
    ],
    [
      'authenticator data that ends within the key',
      { authData: (good) => good.subarray(0, -1) },
      'authData.key: it ends early',
    ],
    ['no authenticator data', { authData: () => Buffer.alloc(0) }, 'authData: it ends early'],
    ['a byte after the authenticator data', { tail: Buffer.of(0) }, 'authData.extensions: not a map'],
    [
      'an empty map after the authenticator data',
      { tail: cbor(new Map()) },
      'authData.extensions: other members than it has',
    ],
    [
      'one of the two extensions',
      { tail: cbor(new Map([['apple_bundle_version_01', '1']])) },
      'authData.extensions: other members than it has',
    ],
    ['a third extension', { tail: thirdExtension() }, 'authData.extensions: other members than it has'],
    [
      'two maps of extensions',
      { tail: Buffer.concat([bundleExtensions(BUNDLE), bundleExtensions(BUNDLE)]) },
      'authData.extensions: bytes after the item',
    ],
    [
      'a bundle version that is empty',
      { tail: bundleExtensions({ ...BUNDLE, version: '' }) },
      'authData.extensions.version: not a version',
    ],
    [
      'a bundle version that is long',
      { tail: bundleExtensions({ ...BUNDLE, version: '1'.repeat(65) }) },
      'authData.extensions.version: not a version',
    ],
    [
      'a bundle version that is a number',
      { tail: extensions(1, Buffer.alloc(4)) },
      'authData.extensions.version: not a version',
    ],
    [
      'a category of three bytes',
      { tail: extensions('1', Buffer.alloc(3)) },
      'authData.extensions.category: not 4 bytes',
    ],
    ['a category that is a number', { tail: extensions('1', 4) }, 'authData.extensions.category: not bytes'],
    [
      'another COSE key',
      { cose: (good) => new Map([...good, [-2, pointOf(p256()).subarray(1, 33)]]) },
      'authData.key: another key',
    ],
    [
      'a COSE key of another kind',
      { cose: (good) => new Map([...good, [1, 1]]) },
      'authData.key: not a P-256 key for ES256',
    ],
    [
      'a COSE key for another algorithm',
      { cose: (good) => new Map([...good, [3, -35]]) },
      'authData.key: not a P-256 key for ES256',
    ],
    [
      'a COSE key of another curve',
      { cose: (good) => new Map([...good, [-1, 2]]) },
      'authData.key: not a P-256 key for ES256',
    ],
    [
      'a COSE key with a member more',
      { cose: (good) => new Map([...good, [2, Buffer.alloc(1)]]) },
      'authData.key: other members than it has',
    ],
    [
      'a COSE key with a short coordinate',
      { cose: (good) => new Map([...good, [-3, Buffer.alloc(31)]]) },
      'authData.key: not 32 bytes a coordinate',
    ],
    ['a certificate of another key', { leafKeys: p256() }, 'keyId: of another key'],
    ['a leaf that expired', { leaf: { to: NOW - 1 } }, 'x5c[0].validity: over'],
    ['a leaf that is not valid yet', { leaf: { from: NOW + 1000 } }, 'x5c[0].validity: not yet'],
    [
      'a leaf that issues certificates',
      { leaf: { basic: { ca: true } } },
      'x5c[0].basicConstraints: an issuer of certificates',
    ],
    ['a leaf that is not for signatures', { leaf: { usage: 0x08 } }, 'x5c[0].keyUsage: not for signatures'],
    ['a leaf of another issuer', { leaf: { signer: p256().privateKey } }, 'x5c[0].signature: does not hold'],
    ['a leaf that names another issuer', { leaf: { issuer: 'Another CA' } }, 'x5c[0].issuer: not the next certificate'],
    ['a leaf of an old version', { leaf: { version: 1 } }, 'x5c[0].version: not 3'],
    ['a leaf signed over SHA-1', { leaf: { digest: 'sha1' } }, 'x5c[0].algorithm: not supported'],
    [
      'a leaf with an unknown critical extension',
      { leaf: { extensions: [{ oid: '1.2.3.4', value: Buffer.of(5, 0), critical: true }] } },
      'x5c[0].extensions: an unknown critical one',
    ],
  ])('is refused with %s', (_, changes, reason) => {
    expect(detail(() => verify(made(changes)))).toBe(`app-attest: ${reason}`);
  });

  it.each<[string, Parameters<typeof makeAppleAuthority>[1], string]>([
    ['an intermediate that expired', { intermediate: { to: NOW - 1 } }, 'x5c[1].validity: over'],
    ['an intermediate that is not valid yet', { intermediate: { from: NOW + 1000 } }, 'x5c[1].validity: not yet'],
    ['a root that expired', { root: { to: NOW - 1 } }, 'root.validity: over'],
    [
      'an intermediate that is no issuer',
      { intermediate: { basic: { ca: false } } },
      'x5c[1].basicConstraints: no issuer of certificates',
    ],
    [
      'an intermediate without constraints',
      { intermediate: { basic: undefined } },
      'x5c[1].basicConstraints: no issuer of certificates',
    ],
    [
      'an intermediate that is not for signing certificates',
      { intermediate: { usage: USAGE.digitalSignature } },
      'x5c[1].keyUsage: not for signing certificates',
    ],
    [
      'a root that allows no intermediate',
      { root: { basic: { ca: true, pathLength: 0 } } },
      'root.basicConstraints: too long a chain',
    ],
    [
      'a root that is no issuer',
      { root: { basic: { ca: false } } },
      'root.basicConstraints: no issuer of certificates',
    ],
    [
      'an intermediate signed by another root',
      { intermediate: { signer: p256().privateKey } },
      'x5c[1].signature: does not hold',
    ],
  ])('is refused with %s', (_, changes, reason) => {
    const one = made({}, { authority: makeAppleAuthority(NOW, changes) });
    expect(detail(() => verify(one))).toBe(`app-attest: ${reason}`);
  });

  it("is refused of another root of the same name, and under Apple's own", () => {
    const one = made();
    const foreign = { ...one, authority: makeAppleAuthority(NOW) };
    expect(detail(() => verify(foreign))).toBe('app-attest: x5c[1].signature: does not hold');
    const { attestation, keyId, challenge } = one;
    expect(detail(() => verifyAppAttest({ attestation, keyId, challenge }, CONFIG, NOW))).toBe(
      'app-attest: x5c[1].issuer: not the next certificate',
    );
  });

  it('is refused when the leaf of a genuine attestation signs a further certificate', () => {
    const one = made();
    const keys = p256();
    const forged = issue({
      subject: 'x',
      issuer: sha256(pointOf(one.keys)).toString('hex'),
      keys,
      signer: one.keys.privateKey,
      from: NOW - 1,
      to: NOW + 1,
    });
    const extended = made({ x5c: ([leaf]) => [forged, leaf ?? ''] });
    expect(detail(() => verify(extended))).toMatch(/^app-attest: x5c\[0\]/);
  });

  it('is refused when it is too long, before it is read', () => {
    const one = { ...made(), attestation: Buffer.alloc(32 * 1024 + 1) };
    expect(detail(() => verify(one))).toBe('app-attest: too long');
  });
});

function p256KeyId(): string {
  return sha256(pointOf(p256())).toString('base64');
}

function changed(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function extensions(version: Writable, category: Writable): Buffer {
  return cbor(
    new Map<Writable, Writable>([
      ['apple_bundle_version_01', version],
      ['apple_validation_category_01', category],
    ]),
  );
}

function thirdExtension(): Buffer {
  return cbor(
    new Map<Writable, Writable>([
      ['apple_bundle_version_01', '1'],
      ['apple_validation_category_01', Buffer.alloc(4)],
      ['apple_more_01', 1],
    ]),
  );
}
