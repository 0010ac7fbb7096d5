import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GOOGLE_ROOT_KEYS, readRootKeys } from './google-roots.ts';
import { type KeyAttestationTrust, verifyKeyAttestation } from './key-attestation.ts';
import { readStatusList, type StatusList } from './status-list.ts';
import { issue, p256, spkiOf, USAGE } from './testing/certificates.ts';
import { boolean, context, empty, enumerated, integer, octets, sequence, set } from './testing/der-writer.ts';
import {
  applicationId,
  describeKey,
  EXTENSION,
  type GoogleAuthority,
  type GoogleAuthorityChanges,
  type KeyAttestationChanges,
  type KeyAttestationRequest,
  type MadeKeyAttestation,
  makeGoogleAuthority,
  makeKeyAttestation,
  rootOfTrust,
} from './testing/key-attestation.ts';
import { detailOf } from './testing/refused.ts';
import { Unproven } from './unproven.ts';

const NOW = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;
const PACKAGE = 'org.example.shop';
const CERTIFICATE = 'ab'.repeat(32);
const CHALLENGE = Buffer.from('one challenge of the gateway');
const CONFIG: KeyAttestationTrust['config'] = {
  packages: [PACKAGE, 'org.example.beta'],
  certificates: [CERTIFICATE.toUpperCase(), 'cd'.repeat(32)],
  securityLevel: 'trusted-environment',
  patchLevel: 202_601,
};
const authority = makeGoogleAuthority(NOW);
const detail = (run: () => unknown) => detailOf('attestation', run);

function made(changes: KeyAttestationChanges = {}, more: Partial<KeyAttestationRequest> = {}): MadeKeyAttestation {
  const request = { package: PACKAGE, certificate: CERTIFICATE, challenge: CHALLENGE, now: NOW, authority };
  return makeKeyAttestation({ ...request, ...more, changes });
}

interface More {
  readonly now?: number;
  readonly config?: KeyAttestationTrust['config'];
  readonly status?: StatusList;
  readonly challenge?: Uint8Array;
  readonly key?: MadeKeyAttestation['keys']['publicKey'];
}

function verify(one: MadeKeyAttestation, more: More = {}) {
  const { now = NOW, config = CONFIG, status = null, challenge = one.challenge, key = one.keys.publicKey } = more;
  const trust = { config, status, roots: one.authority.roots };
  return verifyKeyAttestation({ chain: one.chain, challenge, key }, trust, now);
}

describe('a key attestation', () => {
  it('is taken with the key, the app and the level that it attests', () => {
    const one = made();
    expect(verify(one)).toEqual({
      publicKey: spkiOf(one.keys),
      packages: [{ name: PACKAGE, version: 50_200 }],
      securityLevel: 'trusted-environment',
      patchLevel: 202_610,
    });
  });

  it('is taken with StrongBox, which is above what is asked for', () => {
    expect(verify(made({}, { securityLevel: 2 })).securityLevel).toBe('strongbox');
    const config = { ...CONFIG, securityLevel: 'strongbox' } as const;
    expect(verify(made({}, { securityLevel: 2 }), { config }).securityLevel).toBe('strongbox');
    expect(detail(() => verify(made(), { config }))).toBe('key-attestation: extension.securityLevel: not StrongBox');
  });

  it('counts as StrongBox only where its certificates say so too', () => {
    expect(verify(made({ level: 2 })).securityLevel).toBe('trusted-environment');
    const config = { ...CONFIG, securityLevel: 'strongbox' } as const;
    expect(detail(() => verify(made({ level: 2 }), { config }))).toBe(
      'key-attestation: extension.securityLevel: not StrongBox',
    );
  });

  it.each([1, 2, 3, 4, 100, 200, 300, 400, 500])('is taken in version %i', (version) => {
    const old = version < 3 ? sequence(octets(Buffer.alloc(32)), boolean(true), enumerated(0)) : rootOfTrust();
    expect(verify(made({ version, hardware: { 704: old } })).patchLevel).toBe(202_610);
  });

  it('is taken without a patch level where none is asked for', () => {
    const one = made({ hardware: { 706: null } });
    expect(verify(one, { config: { ...CONFIG, patchLevel: null } }).patchLevel).toBeNull();
    expect(detail(() => verify(one))).toBe('key-attestation: extension.hardware.osPatchLevel: too old');
  });

  it('is taken of an RSA key', () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(verify(made({ hardware: { 2: integer(1), 10: null } }, { keys })).packages).toHaveLength(1);
  });

  it('is taken of apps that share a user id, when all of them are configured', () => {
    const packages: [string, number][] = [
      [PACKAGE, 1],
      ['org.example.beta', 2],
    ];
    const one = made({ software: { 709: octets(applicationId(packages, [CERTIFICATE, 'cd'.repeat(32)])) } });
    expect(verify(one).packages).toEqual([
      { name: PACKAGE, version: 1 },
      { name: 'org.example.beta', version: 2 },
    ]);
  });

  it('is refused with another challenge, even one that begins alike', () => {
    const why = 'key-attestation: extension.challenge: another challenge';
    expect(detail(() => verify(made(), { challenge: Buffer.concat([CHALLENGE, Buffer.of(0)]) }))).toBe(why);
    expect(detail(() => verify(made(), { challenge: Buffer.alloc(0) }))).toBe(why);
  });

  it('is refused for another key than the one of the proofs', () => {
    expect(detail(() => verify(made(), { key: p256().publicKey }))).toBe(
      'key-attestation: x5c[0].key: not the key of the proofs',
    );
  });

  const software = 'extension.software.applicationId';
  const hardware = 'extension.hardware';
  it.each<[string, KeyAttestationChanges, string]>([
    ['a software key', { level: 0 }, 'extension.securityLevel: not hardware'],
    ['a level that is none', { level: 3 }, 'extension.securityLevel: not hardware'],
    ['hardware that attests a software key', { keymasterLevel: 0 }, 'extension.keymasterSecurityLevel: another one'],
    ['software that attests a hardware key', { level: 0, keymasterLevel: 1 }, 'extension.securityLevel: not hardware'],
    ['an unknown version', { version: 401 }, 'extension.version: unknown'],
    ['an imported key', { hardware: { 702: integer(2) } }, `${hardware}.origin: not made in the hardware`],
    [
      'an origin that only software vouches for',
      { hardware: { 702: null }, software: { 702: integer(0) } },
      `${hardware}.origin: not made in the hardware`,
    ],
    ['no purpose', { hardware: { 1: null } }, `${hardware}.purpose: not signing`],
    ['another purpose', { hardware: { 1: set(integer(0), integer(1)) } }, `${hardware}.purpose: not signing`],
    [
      'a key that attests others',
      { hardware: { 1: set(integer(2), integer(7)) } },
      `${hardware}.purpose: more than signing`,
    ],
    [
      'another algorithm than that of the key',
      { hardware: { 2: integer(1) } },
      `${hardware}.algorithm: not that of the key`,
    ],
    ['no algorithm', { hardware: { 2: null } }, `${hardware}.algorithm: not that of the key`],
    ['a key of all apps', { software: { 600: empty() } }, 'extension: a key of all apps'],
    ['a key that the hardware gives to all apps', { hardware: { 600: empty() } }, 'extension: a key of all apps'],
    ['no root of trust', { hardware: { 704: null } }, `${hardware}.rootOfTrust: missing`],
    [
      'a root of trust that only software vouches for',
      { hardware: { 704: null }, software: { 704: rootOfTrust() } },
      `${hardware}.rootOfTrust: missing`,
    ],
    [
      'an unlocked device',
      { hardware: { 704: rootOfTrust(boolean(false)) } },
      `${hardware}.rootOfTrust: the device is unlocked`,
    ],
    [
      'a lock that is neither open nor shut',
      { hardware: { 704: rootOfTrust(Buffer.of(1, 1, 1)) } },
      `${hardware}.rootOfTrust.locked: not a boolean`,
    ],
    [
      'a system signed by its owner',
      { hardware: { 704: rootOfTrust(boolean(true), 1) } },
      `${hardware}.rootOfTrust: the system is not verified`,
    ],
    [
      'an unverified system',
      { hardware: { 704: rootOfTrust(boolean(true), 2) } },
      `${hardware}.rootOfTrust: the system is not verified`,
    ],
    [
      'a system whose verification failed',
      { hardware: { 704: rootOfTrust(boolean(true), 3) } },
      `${hardware}.rootOfTrust: the system is not verified`,
    ],
    ['an old patch level', { hardware: { 706: integer(202_512) } }, `${hardware}.osPatchLevel: too old`],
    [
      'a new patch level that only software vouches for',
      { hardware: { 706: integer(202_512) }, software: { 706: integer(202_610) } },
      `${hardware}.osPatchLevel: too old`,
    ],
    ['no app', { software: { 709: null } }, `${software}: missing`],
    [
      'an app that only hardware vouches for',
      { software: { 709: null }, hardware: { 709: octets(applicationId([[PACKAGE, 1]], [CERTIFICATE])) } },
      `${software}: missing`,
    ],
    [
      'another app',
      { software: { 709: octets(applicationId([['org.example.evil', 1]], [CERTIFICATE])) } },
      `${software}: another package`,
    ],
    [
      'another app beside ours',
      {
        software: {
          709: octets(
            applicationId(
              [
                [PACKAGE, 1],
                ['org.example.evil', 1],
              ],
              [CERTIFICATE],
            ),
          ),
        },
      },
      `${software}: another package`,
    ],
    [
      'an app of no name',
      { software: { 709: octets(applicationId([], [CERTIFICATE])) } },
      `${software}: another package`,
    ],
    [
      'another signing certificate',
      { software: { 709: octets(applicationId([[PACKAGE, 1]], ['ef'.repeat(32)])) } },
      `${software}: another signing certificate`,
    ],
    [
      'another signing certificate beside ours',
      { software: { 709: octets(applicationId([[PACKAGE, 1]], [CERTIFICATE, 'ef'.repeat(32)])) } },
      `${software}: another signing certificate`,
    ],
    [
      'no signing certificate',
      { software: { 709: octets(applicationId([[PACKAGE, 1]], [])) } },
      `${software}: another signing certificate`,
    ],
    [
      'the beginning of a signing certificate',
      { software: { 709: octets(applicationId([[PACKAGE, 1]], [CERTIFICATE.slice(2)])) } },
      `${software}: another signing certificate`,
    ],
    ['a tag twice', { more: [context(702, integer(0))] }, `${hardware}: a tag twice`],
    ['a member without a tag', { more: [integer(0)] }, `${hardware}: a member without a tag`],
    ['a tag that holds two values', { more: [context(723, integer(0), integer(0))] }, `${hardware}.723: not one value`],
    ['no extension', { extension: () => null }, 'x5c[0].extensions: no attestation'],
    [
      'bytes after the extension',
      { extension: (good) => Buffer.concat([good, Buffer.of(0)]) },
      'extension: bytes after the value',
    ],
    ['an extension of seven members', { extension: () => sequence(integer(400)) }, 'extension: not eight members'],
    ['a leaf that expired', { leaf: { to: NOW - 1000 } }, 'x5c[0].validity: over'],
    ['a leaf that is not valid yet', { leaf: { from: NOW + 1000 } }, 'x5c[0].validity: not yet'],
    ['a leaf of another key', { leaf: { signer: p256().privateKey } }, 'x5c[0].signature: does not hold'],
    [
      'a leaf that issues certificates',
      { leaf: { basic: { ca: true } } },
      'x5c[0].basicConstraints: an issuer of certificates',
    ],
    [
      'a leaf that is not for signatures',
      { leaf: { usage: USAGE.keyCertSign } },
      'x5c[0].keyUsage: not for signatures',
    ],
    ['an attesting certificate that expired', { attester: { to: NOW - 1000 } }, 'x5c[1].validity: over'],
    [
      'an attesting certificate that is no issuer',
      { attester: { basic: { ca: false } } },
      'x5c[1].basicConstraints: no issuer of certificates',
    ],
    [
      'an attesting certificate that is not for that',
      { attester: { usage: USAGE.digitalSignature } },
      'x5c[1].keyUsage: not for signing certificates',
    ],
    [
      'an attestation above the leaf',
      { attester: { extensions: [{ oid: EXTENSION, value: described() }] } },
      'x5c[1].extensions: an attestation above the leaf',
    ],
    ['no root', { chain: (good) => good.slice(0, -1) }, 'x5c: another root'],
    ['the root alone', { chain: (good) => good.slice(-1) }, 'x5c: not of this length'],
    ['nothing', { chain: () => [] }, 'x5c: not of this length'],
    ['nine certificates', { chain: (good) => [...good, ...good, ...good].slice(0, 9) }, 'x5c: not of this length'],
    [
      'a certificate left out',
      { chain: ([leaf, , ...rest]) => [leaf ?? Buffer.of(), ...rest] },
      'x5c[0].issuer: not the next certificate',
    ],
    ['certificates in the wrong order', { chain: (good) => good.toReversed() }, 'x5c: another root'],
    ['the root twice', { chain: (good) => [...good, good.at(-1) ?? Buffer.of()] }, 'x5c: a root that is not the last'],
  ])('is refused with %s', (_, changes, reason) => {
    expect(detail(() => verify(made(changes)))).toBe(`key-attestation: ${reason}`);
  });

  it('is refused when a genuine attested key signs a further leaf with a description of its own', () => {
    const genuine = made();
    const keys = p256();
    const forged = issue({
      subject: 'x',
      issuer: 'Android Keystore Key',
      keys,
      signer: genuine.keys.privateKey,
      from: 0,
      to: NOW + DAY,
      extensions: [{ oid: EXTENSION, value: described() }],
    });
    const extended = { ...genuine, keys, chain: [forged, ...genuine.chain] };
    expect(detail(() => verify(extended))).toMatch(/^key-attestation: x5c\[1\]/);
    // Without what marks the genuine one as no issuer, the description above the leaf gives it away.
    const open = made({ leaf: { basic: { ca: true }, usage: USAGE.keyCertSign, attribute: '2.5.4.3' } });
    const under = issue({
      subject: 'x',
      issuer: 'Android Keystore Key',
      keys,
      signer: open.keys.privateKey,
      from: 0,
      to: NOW + DAY,
      extensions: [{ oid: EXTENSION, value: described() }],
    });
    expect(detail(() => verify({ ...open, keys, chain: [under, ...open.chain] }))).toBe(
      'key-attestation: x5c[1].extensions: an attestation above the leaf',
    );
  });

  it("is refused of another root of the same name, and under Google's own", () => {
    const foreign = { ...made(), authority: makeGoogleAuthority(NOW) };
    expect(detail(() => verify(foreign))).toBe('key-attestation: x5c: another root');
    const { chain, challenge, keys } = made();
    expect(
      detail(() =>
        verifyKeyAttestation({ chain, challenge, key: keys.publicKey }, { config: CONFIG, status: null }, NOW),
      ),
    ).toBe('key-attestation: x5c: another root');
  });

  it('is refused when the root is a certificate that somebody made around the pinned key', () => {
    const one = made();
    const forged = issue({
      subject: 'Example Attestation CA1',
      issuer: 'Example Attestation CA1',
      keys: publicOf(authority),
      signer: p256().privateKey,
      from: 0,
      to: NOW + DAY,
      basic: { ca: true },
    });
    expect(detail(() => verify({ ...one, chain: [...one.chain.slice(0, -1), forged] }))).toBe(
      'key-attestation: x5c: a root that is not signed by itself',
    );
  });

  describe('of a device that got its certificates at the factory', () => {
    const old = (changes: GoogleAuthorityChanges = {}) => makeGoogleAuthority(NOW, { factory: true, ...changes });

    it('is taken with certificates that are over, and of an attesting key that is no issuer', () => {
      const expired = old({ root: { to: NOW - DAY }, intermediate: { to: NOW - DAY } });
      const attester = { to: NOW - DAY, basic: { ca: false }, usage: USAGE.digitalSignature };
      expect(verify(made({ attester }, { authority: expired })).packages).toHaveLength(1);
    });

    it('is refused with certificates that are not valid yet', () => {
      const early = old({ intermediate: { from: NOW + 1000 } });
      expect(detail(() => verify(made({}, { authority: early })))).toBe('key-attestation: x5c[2].validity: not yet');
    });

    it('is refused with a leaf that is over', () => {
      expect(detail(() => verify(made({ leaf: { to: NOW - 1000 } }, { authority: old() })))).toBe(
        'key-attestation: x5c[0].validity: over',
      );
    });

    it('is refused when certificates of remote provisioning are passed off as such by a second root', () => {
      // The root's name is a serial number, as that of Google's RSA root is.
      const factory = old();
      const one = made(
        { attester: { to: NOW - DAY }, chain: (good) => [...good, ...good.slice(-1)] },
        { authority: factory },
      );
      expect(detail(() => verify(one))).toBe('key-attestation: x5c: a root that is not the last');
    });

    it('is refused when an intermediate is no issuer', () => {
      const authority = old({ intermediate: { basic: { ca: false } } });
      expect(detail(() => verify(made({}, { authority })))).toBe(
        'key-attestation: x5c[2].basicConstraints: no issuer of certificates',
      );
    });
  });

  describe('with a status list', () => {
    const serials = { leaf: 0x0abc1n, attester: 0x7f01n };
    const one = made({ leaf: { serial: serials.leaf }, attester: { serial: serials.attester } });
    const listed = (...entries: string[]): StatusList => {
      const members = entries.map((serial) => [serial, { status: 'REVOKED', reason: 'KEY_COMPROMISE' }]);
      const list = readStatusList(Buffer.from(JSON.stringify({ entries: Object.fromEntries(members) })));
      return { isRevoked: (serial) => list.has(serial) };
    };

    it('is taken when none of its certificates is on it', () => {
      expect(verify(one, { status: listed('abc2', '17f01') }).packages).toHaveLength(1);
    });

    it.each([
      ['the leaf', 'abc1', 0],
      ['the attesting certificate', '7f01', 1],
      ['the attesting certificate, written otherwise', '007F01', 1],
    ])('is refused when %s is', (_, serial, at) => {
      expect(detail(() => verify(one, { status: listed(serial) }))).toBe(`key-attestation: x5c[${at}]: revoked`);
    });

    it('is refused when one is suspended', () => {
      const list = readStatusList(Buffer.from('{"entries":{"7f01":{"status":"SUSPENDED"}}}'));
      expect(detail(() => verify(one, { status: { isRevoked: (serial) => list.has(serial) } }))).toMatch(/revoked$/);
    });
  });
});

describe('the roots of Key Attestation', () => {
  it('are two keys of Google, or those of a file', () => {
    expect(GOOGLE_ROOT_KEYS.size).toBe(2);
    const other = makeGoogleAuthority(NOW);
    expect(readRootKeys(`# ours\n${authority.rootPem}\n${other.rootPem}`)).toEqual(
      new Set([...authority.roots, ...other.roots]),
    );
  });

  it.each(['', 'text', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])('are refused as %j', (pem) => {
    expect(() => readRootKeys(pem)).toThrow(Unproven);
  });
});

function described(): Buffer {
  return describeKey({ package: PACKAGE, certificate: CERTIFICATE, challenge: CHALLENGE, now: NOW });
}

function publicOf({ root }: GoogleAuthority) {
  const certificate = new X509Certificate(root);
  return { publicKey: certificate.publicKey };
}
