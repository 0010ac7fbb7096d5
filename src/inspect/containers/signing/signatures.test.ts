import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeZip } from '../../../../lab/apk/zip-writer.ts';
import { bufferSource } from '../byte-source.ts';
import { collect, collectFile } from '../testing/collect.ts';
import { fixture, fixturePath } from '../testing/fixture.ts';
import { jarSigners } from './jar-signature.ts';
import { readSigningBlock } from './signing-block.ts';

describe('the signatures of a package', () => {
  it('of scheme v1 tell the debug key, the digest and the size of the key', async () => {
    const { signatures } = await collectFile(fixturePath('signed-v1.apk'));
    expect(signatures).toEqual([
      {
        scheme: 'v1',
        subject: 'CN=Android Debug, O=Android',
        certificate: expect.stringMatching(/^[0-9a-f]{64}$/),
        validTo: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
        debug: true,
        weak: ['SHA-1 digest', 'RSA key of 1024 bits'],
        entry: 'META-INF/DEBUG.RSA',
      },
    ]);
  });

  it('of schemes v1 to v4 tell the certificate of each, also of a rotated key', async () => {
    const { signatures, coverage } = await collectFile(fixturePath('signed-v4.apk'));
    expect(signatures.map(({ scheme, subject }) => `${scheme} ${subject}`)).toEqual([
      'v1 CN=Bluemarket, O=Bluemarket',
      'v2 CN=Bluemarket, O=Bluemarket',
      'v3 O=Bluemarket',
      'v4 O=Bluemarket',
    ]);
    expect(signatures.every(({ debug, weak }) => !debug && weak.length === 0)).toBe(true);
    expect(coverage.find(({ entry }) => entry === '(APK signature)')?.reason).toBe(
      'v1, v2, v3, a lineage of 2 keys; read, not verified',
    );
  });

  it('leave out where the owner of the key lives and works', async () => {
    const { signatures } = await collectFile(fixturePath('signed-v4.apk'));
    expect(JSON.stringify(signatures)).not.toMatch(/Nowhere|Nobody/);
  });

  it('give the lineage of a rotated key, the first key first', () => {
    const block = readSigningBlock(bufferSource(fixture('signed-v4.apk')));
    const of = (scheme: string) => block?.signatures.find((one) => one.scheme === scheme)?.certificate;
    expect(block?.lineage).toEqual([of('v2'), of('v3')]);
  });

  it('are none in a package that is not signed, which is said', async () => {
    const { signatures, coverage, skips } = await collectFile(fixturePath('app.apk'));
    expect(signatures).toEqual([]);
    expect(skips).toEqual([]);
    expect(coverage).toContainEqual({ entry: '(APK signature)', status: 'read', reason: 'not signed' });
  });

  it('that are damaged are told and stop nothing', async () => {
    const bytes = fixture('signed-v4.apk');
    const at = bytes.indexOf('APK Sig Block 42');
    const broken = Buffer.from(bytes);
    broken.writeUInt32LE(0x7fffffff, at - 8);
    const { skips, manifests } = await collect(broken);
    expect(skips).toContainEqual(expect.objectContaining({ code: 'SIGNATURE_DAMAGED', severity: 'note' }));
    expect(manifests).toHaveLength(1);
    const entries = [
      {
        name: 'AndroidManifest.xml',
        data: Buffer.from('<manifest package="a.b"><application/></manifest>'),
        compress: true,
      },
      { name: 'META-INF/CERT.RSA', data: Buffer.from('3080'), compress: true },
    ];
    expect((await collect(writeZip(entries))).skips.map(({ code }) => code)).toEqual(['SIGNATURE_DAMAGED']);
  });

  it('of scheme v4 of an unknown version are said to be unparsed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-idsig-'));
    try {
      copyFileSync(fixturePath('app.apk'), join(folder, 'a.apk'));
      copyFileSync(fixturePath('app.apk'), join(folder, 'a.apk.idsig'));
      const { skips } = await collectFile(join(folder, 'a.apk'));
      expect(skips.map(({ reason }) => reason)).toEqual([expect.stringContaining('unparsed v')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('jarSigners', () => {
  it('refuses what is no signed message', () => {
    for (const bytes of ['', '30', '3080', 'ffffffff', '30820010']) {
      expect(jarSigners(Buffer.from(bytes, 'hex'))).toBeUndefined();
    }
  });
});
