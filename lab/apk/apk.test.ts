import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ApkSpec, buildApk } from './index.ts';

const SPEC: ApkSpec = {
  applicationId: 'com.bluemarket.shop',
  versionName: '3.2',
  versionCode: 32,
  label: 'Blue Market',
  minSdk: 24,
  targetSdk: 34,
  strings: { api: 'https://api.example.org' },
  dex: [['b', 'a', 'ü', '\u{1f600}'], ['c']],
  assets: { 'a.txt': 'x' },
};

/** The stored bytes of an entry and where they start. */
function stored(apk: Buffer, name: string): { start: number; data: Buffer } {
  const at = apk.indexOf(name) - 30;
  const start = at + 30 + apk.readUInt16LE(at + 26) + apk.readUInt16LE(at + 28);
  return { start, data: apk.subarray(start, start + apk.readUInt32LE(at + 18)) };
}

describe('the lab package', () => {
  it('is the same bytes for the same specification', () => {
    expect(buildApk(SPEC).equals(buildApk(SPEC))).toBe(true);
  });

  it('stores its resource table aligned and not compressed, as Android 11 demands', () => {
    const apk = buildApk(SPEC);
    const { start, data } = stored(apk, 'resources.arsc');
    expect(start % 4).toBe(0);
    expect(data.readUInt16LE(0)).toBe(2);
    expect(data.readUInt32LE(4)).toBe(data.length);
  });

  it('has DEX files whose order, signature and checksum the verifier accepts', async () => {
    const { writeDex } = await import('./dex-writer.ts');
    const dex = writeDex(SPEC.dex[0] ?? []);
    expect(dex.readUInt32LE(0x20)).toBe(dex.length);
    expect(dex.subarray(0x0c, 0x20)).toEqual(createHash('sha1').update(dex.subarray(0x20)).digest());
    const offsets = Array.from({ length: dex.readUInt32LE(0x38) }, (_, i) => dex.readUInt32LE(0x70 + i * 4));
    // a, b, ü, then the surrogates: the order of UTF-16 units
    expect(offsets.map((at) => dex.subarray(at + 1, dex.indexOf(0, at)).toString('hex'))).toEqual([
      '61',
      '62',
      'c3bc',
      'eda0bdedb880',
    ]);
    expect(dex.readUInt32LE(dex.readUInt32LE(0x34))).toBe(4); // items of the map list
  });

  it('refuses a framework attribute whose id it does not know', async () => {
    const { writeBinaryXml } = await import('./xml-writer.ts');
    expect(() => writeBinaryXml({ name: 'a', attributes: { 'android:unheardOf': 1 } })).toThrow(/android:unheardOf/);
  });
});
