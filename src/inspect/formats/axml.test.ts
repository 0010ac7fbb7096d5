import { describe, expect, it } from 'vitest';
import { writeBinaryXml, type XmlNode } from '../../../lab/apk/xml-writer.ts';
import { LIMITS } from '../../core/limits.ts';
import { type BinaryXml, binaryXmlMatters, readBinaryXml, type XmlString } from './axml.ts';

function read(bytes: Buffer): BinaryXml & { strings: XmlString[] } {
  const strings: XmlString[] = [];
  return { ...readBinaryXml(bytes, LIMITS, undefined, (found) => strings.push(found)), strings };
}

const MANIFEST = writeBinaryXml({
  name: 'manifest',
  attributes: { package: 'com.example', 'android:versionCode': 7, 'android:versionName': '1.0' },
  children: [
    {
      name: 'application',
      attributes: { 'android:debuggable': true, 'android:label': { reference: 0x7f010000 } },
      children: [
        { name: 'data', attributes: { 'android:name': 'https://deep.example.org' }, text: 'https://text.example.org' },
      ],
    },
  ],
});

describe('binary XML', () => {
  it('gives elements, typed attributes and text', () => {
    const { result, root } = read(MANIFEST);
    expect(result).toEqual({ status: 'read', reason: '3 elements' });
    expect(root).toEqual({
      name: 'manifest',
      attributes: { package: 'com.example', versionCode: 7, versionName: '1.0' },
      text: '',
      children: [
        {
          name: 'application',
          attributes: { label: '@0x7f010000', debuggable: true },
          text: '',
          children: [
            {
              name: 'data',
              attributes: { name: 'https://deep.example.org' },
              text: 'https://text.example.org',
              children: [],
            },
          ],
        },
      ],
    });
  });

  it('gives its strings with the attribute that holds them and their place', () => {
    const { strings } = read(MANIFEST);
    const deep = strings.find(({ name }) => name === 'name');
    expect(deep?.text).toBe('https://deep.example.org');
    expect(MANIFEST.toString('utf16le', deep?.offset, (deep?.offset ?? 0) + 48)).toBe('https://deep.example.org');
    expect(strings).toContainEqual(expect.objectContaining({ name: 'data', text: 'https://text.example.org' }));
  });

  it('names attributes by their resource ids when an obfuscator took their names', () => {
    const bytes = Buffer.from(MANIFEST);
    for (const name of ['debuggable', 'versionCode', 'versionName', 'label']) {
      const at = bytes.indexOf(Buffer.from(name, 'utf16le'));
      bytes.writeUInt16LE(0, at - 2); // the length of the string
      bytes.writeUInt16LE(0, at);
    }
    const { root } = read(bytes);
    expect(root?.attributes).toEqual({ package: 'com.example', versionCode: 7, versionName: '1.0' });
    expect(root?.children[0]?.attributes.debuggable).toBe(true);
  });

  it('does not let an attribute without an id take the place of the framework’s', () => {
    const bytes = writeBinaryXml({
      name: 'application',
      attributes: { 'android:debuggable': true, debuggable: false },
    });
    expect(read(bytes).root?.attributes).toEqual({ debuggable: true });
  });

  it('is read when its first word is spoilt, as Android does', () => {
    const bytes = Buffer.from(MANIFEST);
    bytes.writeUInt16LE(0, 0);
    expect(read(bytes).root?.attributes.package).toBe('com.example');
  });

  it('that breaks off gives the elements before the break', () => {
    const { result, root } = read(MANIFEST.subarray(0, MANIFEST.length - 125));
    expect(result).toMatchObject({ status: 'partial', code: 'AXML_BAD_OFFSET' });
    expect(root?.children[0]?.attributes.debuggable).toBe(true);
    expect(read(Buffer.from([3, 0, 8, 0, 8, 0, 0, 0])).result).toMatchObject({ status: 'failed', code: 'AXML_EMPTY' });
  });

  it('nested without end is bounded', () => {
    let node: XmlNode = { name: 'innermost' };
    for (let i = 0; i < 3_000; i++) node = { name: 'n', children: [node] };
    const { result, root: found } = read(writeBinaryXml(node));
    expect(result.status).toBe('read');
    expect(() => JSON.stringify(found)).not.toThrow();
  });

  it('whose strings all overlap is given up, quickly', () => {
    const attributes = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`a${i}`, `v${i}${'x'.repeat(20)}`]));
    const bytes = writeBinaryXml({ name: 'n', attributes: { big: 'y'.repeat(30_000), ...attributes } });
    const count = bytes.readUInt32LE(8 + 8);
    const offsets = 8 + 28;
    const target = bytes.readUInt32LE(offsets + 3 * 4);
    for (let i = 3; i < count; i++) bytes.writeUInt32LE(target, offsets + i * 4);
    const started = performance.now();
    expect(read(bytes).result).toMatchObject({ status: 'partial', code: 'AXML_OVERLAP' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('without a string that matters is known for it without reading the tree', () => {
    expect(binaryXmlMatters(writeBinaryXml({ name: 'View', attributes: { width: 'wrap' } }), LIMITS)).toBe(false);
    expect(binaryXmlMatters(writeBinaryXml({ name: 'View', attributes: { hint: 'http://a.example' } }), LIMITS)).toBe(
      true,
    );
  });
});
