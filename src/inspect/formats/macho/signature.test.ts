import { createHash, generateKeyPairSync } from 'node:crypto';
import { build } from 'plist';
import { describe, expect, it } from 'vitest';
import { cmsCertificates, cmsContent } from '../cms.ts';
import { readPlist } from '../plist.ts';
import { derEntitlements } from './der-entitlements.ts';
import { readSignature, signingCertificate } from './signature.ts';
import { collectMachO } from './testing/read-macho.ts';
import { der, writeCms, writeMachO, writeSignature } from './testing/write-macho.ts';

const text = (value: string) => der(0x0c, Buffer.from(value));
const pair = (key: string, value: Buffer) => der(0x30, text(key), value);
const DER = der(
  0x70,
  der(0x02, Buffer.from([1])),
  der(
    0xb0,
    pair('get-task-allow', der(0x01, Buffer.from([0xff]))),
    pair('keychain-access-groups', der(0x30, text('ABCDE12345.com.bluemarket.shop'))),
    pair('__proto__', text('odd')),
  ),
);
const VALUE = { 'get-task-allow': true, 'keychain-access-groups': ['ABCDE12345.com.bluemarket.shop'] };

describe('a code signature', () => {
  it('gives the entitlements as a document, and who signed', async () => {
    const signature = writeSignature({ team: 'ABCDE12345', entitlements: build(VALUE), hash: 1, flags: 2 });
    const { plists, signatures } = await collectMachO(writeMachO({ signature }));
    expect(plists.get('Shop!entitlements.plist')).toEqual(VALUE);
    expect(plists.get('Shop!binary.plist')).toMatchObject({
      signedAs: 'com.bluemarket.shop',
      team: 'ABCDE12345',
      signatureHashes: ['SHA-1'],
    });
    expect(signatures).toEqual([
      { scheme: 'ios', debug: false, weak: ['SHA-1', 'signed with no certificate'], entry: 'Shop' },
    ]);
  });

  it('of a library is not told apart from the app’s', async () => {
    const { signatures } = await collectMachO(writeMachO({ fileType: 6, signature: writeSignature({}) }));
    expect(signatures).toEqual([]);
  });

  it('gives entitlements in DER when there are none in XML', async () => {
    const found = await readSignature(writeSignature({ entitlementsDer: DER }));
    expect(found?.entitlements).toMatchObject(VALUE);
    expect(Object.getPrototypeOf(found?.entitlements)).toBe(Object.prototype);
    expect(derEntitlements(DER.subarray(0, 20))).toBeUndefined();
  });

  it('with offsets outside itself gives nothing', async () => {
    const bytes = writeSignature({ entitlements: build(VALUE) });
    bytes.writeUInt32BE(0xffffff, 16);
    bytes.writeUInt32BE(0xffffff, 24);
    expect(await readSignature(bytes)).toEqual({ hashes: [], adhoc: false });
    expect(await readSignature(Buffer.alloc(40))).toBeUndefined();
  });
});

/** A certificate with the given names, signed by nobody. */
function certificate(names: Readonly<Record<string, string>>, authority = false): Buffer {
  const oids: Record<string, string> = { CN: '550403', O: '55040a', OU: '55040b', UID: '0992268993f22c640101' };
  const name = der(
    0x30,
    ...Object.entries(names).map(([key, value]) =>
      der(0x31, der(0x30, der(0x06, Buffer.from(oids[key] ?? '', 'hex')), text(value))),
    ),
  );
  const algorithm = der(0x30, der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const day = (year: string) => der(0x17, Buffer.from(`${year}0102000000Z`));
  const basic = der(
    0x30,
    der(0x06, Buffer.from('551d13', 'hex')),
    der(0x04, der(0x30, der(0x01, Buffer.from([0xff])))),
  );
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([7])),
    algorithm,
    name,
    der(0x30, day('24'), day('31')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(authority ? [der(0xa3, der(0x30, basic))] : []),
  );
  return der(0x30, body, algorithm, der(0x03, Buffer.alloc(257)));
}

describe('the signing certificate', () => {
  const person = { UID: 'ABCDE12345', CN: 'Apple Development: Jane Doe (ABCDE12345)', OU: 'FGHIJ67890', O: 'Jane Doe' };

  it('is the one that is no authority, told by its kind and never by whom it names', async () => {
    const leaf = certificate(person);
    const cms = writeCms(Buffer.alloc(0), [certificate({ CN: 'Apple Root CA' }, true), leaf]);
    const { signatures, plists } = await collectMachO(writeMachO({ signature: writeSignature({ cms }) }));
    expect(signatures).toEqual([
      {
        scheme: 'ios',
        subject: 'CN=Apple Development',
        certificate: createHash('sha256').update(leaf).digest('hex'),
        validTo: '2031-01-02',
        debug: true,
        weak: [],
        entry: 'Shop',
      },
    ]);
    expect(JSON.stringify([signatures, [...plists]])).not.toMatch(/Jane/);
  });

  it.each([
    ['iPhone Distribution: Bluemarket Ltd', 'iPhone Distribution', false],
    ['Jane Doe', 'not issued by Apple', false],
    ['iPhone Developer: Jane Doe (ABCDE12345)', 'iPhone Developer', true],
  ])('of %s is a %s', (CN, kind, development) => {
    expect(signingCertificate([Buffer.from('odd'), certificate({ CN })])).toMatchObject({ kind, development });
  });
});

describe('a signed message', () => {
  const profile = Buffer.from(build({ Name: 'Shop', ProvisionsAllDevices: true, Entitlements: VALUE }));

  it('gives its content, whole or in pieces', async () => {
    expect(cmsContent(writeCms(profile))).toEqual(profile);
    const pieces = writeCms(profile, [], 100);
    expect(pieces.includes(profile)).toBe(false);
    expect(cmsContent(pieces)).toEqual(profile);
    expect((await readPlist(pieces)).value).toMatchObject({ ProvisionsAllDevices: true });
  });

  it('gives the certificates that come along', () => {
    const certificate = der(0x30, Buffer.from('a certificate'));
    expect(cmsCertificates(writeCms(profile, [certificate, certificate]))).toEqual([certificate, certificate]);
    expect(cmsCertificates(Buffer.from('3080', 'hex'))).toEqual([]);
  });

  it('of indefinite length is closed where its zeros stand', () => {
    const inner = der(0x04, Buffer.from('abc'));
    const open = (tag: number, ...content: Buffer[]) =>
      Buffer.concat([Buffer.from([tag, 0x80]), ...content, Buffer.from([0, 0])]);
    const signed = der(0x06, Buffer.from('2a864886f70d010702', 'hex'));
    const data = der(0x06, Buffer.from('2a864886f70d010701', 'hex'));
    const message = open(
      0x30,
      signed,
      open(
        0xa0,
        open(0x30, der(0x02, Buffer.from([1])), der(0x31), open(0x30, data, open(0xa0, open(0x24, inner, inner)))),
      ),
    );
    expect(cmsContent(message)?.toString()).toBe('abcabc');
  });
});
