import { build, buildBinary } from 'plist';
import { describe, expect, it } from 'vitest';
import { type PlistString, plistStrings, readPlist } from './plist.ts';

const VALUE = {
  CFBundleName: 'Größe',
  NSAppTransportSecurity: { NSExceptionDomains: { 'example.org': { NSIncludesSubdomains: true } } },
  Servers: ['https://a.example', 'https://b.example'],
  Count: 3,
};

/** A binary property list of the given objects; the first is the top. */
function binary(objects: Buffer[]): Buffer {
  const offsets: number[] = [];
  let at = 8;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const table = Buffer.alloc(objects.length * 2);
  for (const [index, offset] of offsets.entries()) table.writeUInt16BE(offset, index * 2);
  const trailer = Buffer.alloc(32);
  trailer[6] = 2;
  trailer[7] = 2;
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.concat([Buffer.from('bplist00'), ...objects, table, trailer]);
}

/** An array object of references. */
function array(...references: number[]): Buffer {
  const body = Buffer.alloc(references.length * 2);
  for (const [index, reference] of references.entries()) body.writeUInt16BE(reference, index * 2);
  return Buffer.concat([Buffer.from([0xa0 | references.length]), body]);
}

describe('a property list', () => {
  it.each([
    ['XML', Buffer.from(build(VALUE))],
    ['binary', Buffer.from(buildBinary(VALUE))],
    [
      'XML inside a signed profile',
      Buffer.concat([Buffer.from([0x30, 0x82, 0, 1]), Buffer.from(build(VALUE)), Buffer.from([0, 0xff])]),
    ],
    ['UTF-16 XML', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(build(VALUE), 'utf16le')])],
  ])('is read: %s', async (_what, bytes) => {
    expect(await readPlist(bytes)).toEqual({ result: { status: 'read', reason: 'property list' }, value: VALUE });
  });

  it('gives every string with the key above it', () => {
    const strings: PlistString[] = [];
    plistStrings(VALUE, (found) => strings.push(found));
    expect(strings).toEqual([
      { text: 'Größe', name: 'CFBundleName' },
      { text: 'https://a.example', name: 'Servers' },
      { text: 'https://b.example', name: 'Servers' },
    ]);
  });

  it('that contains itself, doubles at every level or is nested without end is refused at once', async () => {
    const started = performance.now();
    const circle = binary([array(1), array(0)]);
    const doubling = binary([...Array.from({ length: 60 }, (_, i) => array(i + 1, i + 1)), Buffer.from([0x09])]);
    const deep = binary([...Array.from({ length: 5_000 }, (_, i) => array(i + 1)), Buffer.from([0x09])]);
    for (const [bytes, why] of [
      [circle, /contain themselves/],
      [doubling, /more than 500000 values/],
      [deep, /nested deeper/],
    ] as const) {
      const { result, value } = await readPlist(bytes);
      expect(value).toBeUndefined();
      expect(result).toMatchObject({ status: 'failed', code: 'PLIST_CORRUPT', reason: expect.stringMatching(why) });
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('with absurd counts and offsets is refused', async () => {
    const good = binary([array(1), Buffer.from([0x09])]);
    for (const [at, byte] of [
      [good.length - 32 + 6, 0],
      [good.length - 32 + 7, 255],
      [good.length - 32 + 8, 0x7f],
      [good.length - 32 + 16, 0x7f],
      [good.length - 32 + 24, 0x7f],
      [9, 0xff],
      [8, 0xff],
    ] as const) {
      const bytes = Buffer.from(good);
      bytes[at] = byte;
      expect((await readPlist(bytes)).result.status, `byte ${at}`).toBe('failed');
    }
  });

  it('that declares entities, is nested without end or is none is refused', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><plist><string>&b;</string></plist>`;
    const deep = `<plist>${'<array>'.repeat(20_000)}${'</array>'.repeat(20_000)}</plist>`;
    for (const text of [bomb, deep, '<html></html>', 'plain', '']) {
      expect((await readPlist(Buffer.from(text))).result).toMatchObject({ status: 'failed', code: 'PLIST_CORRUPT' });
    }
  });

  it('that breaks off or has odd pieces gives the rest', async () => {
    const cut = '<plist><dict><key>a</key><string>https://a.example</string><key>b</key><arr';
    const { result, value } = await readPlist(Buffer.from(cut));
    expect(result).toMatchObject({ status: 'partial', code: 'PLIST_TRUNCATED' });
    expect(value).toMatchObject({ a: 'https://a.example' });
    const odd =
      '<plist><dict><string>no key</string><key>c</key><unknown/><key>d</key><integer>99999999999999999999</integer></dict></plist>';
    expect((await readPlist(Buffer.from(odd))).value).toEqual({ c: null, d: 99999999999999999999n });
  });

  it('cannot change the prototype of anything', async () => {
    const bytes = Buffer.from(buildBinary({ __proto__x: 'y' }))
      .toString('latin1')
      .replace('__proto__x', '__proto__ ');
    await readPlist(Buffer.from(bytes, 'latin1'));
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
