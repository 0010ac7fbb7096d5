import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import { readContext } from '../../containers/read-content.ts';
import type { FoundCode, FoundString, PackageSink } from '../../source.ts';
import type { ReadResult } from '../result.ts';
import { readMetadata } from './index.ts';
import { writeMetadata } from './testing/metadata-writer.ts';

interface Collected {
  strings: FoundString[];
  code: FoundCode[];
  result: ReadResult;
}

function collect(bytes: Buffer): Collected {
  const strings: FoundString[] = [];
  const code: FoundCode[] = [];
  const sink = { string: (found) => strings.push(found), code: (found) => code.push(found) } as Partial<PackageSink>;
  const context = readContext(sink as PackageSink, LIMITS, 'global-metadata.dat', 'il2cpp');
  return { strings, code, result: readMetadata(bytes, context) };
}

const LITERALS = [
  'https://api.bluemarket-shop.com/v2',
  '/orders',
  'a word',
  '',
  'wss://live.bluemarket-shop.com:8443/sockets',
  'https://bücher.example/grün',
  `https://bluemarket-shop.com/${'long/'.repeat(2000)}`,
  '10.20.30.40:9200',
];
const TYPES = ['Market.Net.Client', 'Market.Net.Socket', 'Market.Player', 'Global', 'UnityEngine.UI.Button'];
const CONSTANTS = [
  ['MaxRetries', 3],
  ['ApiUrl', 'https://constant.bluemarket-shop.com/v3'],
  ['Port', 9200],
  ['Long', `https://constant.bluemarket-shop.com/${'x'.repeat(9000)}`],
  ['Title', 'Blue Market'],
] as const;
const VERSIONS = [21, 24, 24.1, 24.2, 27, 29, 31, 35, 38, 39, 104, 106];
const content = { literals: LITERALS, types: TYPES, constants: CONSTANTS };

describe('Unity metadata', () => {
  it.each(VERSIONS)('of version %d gives its literals exactly, in order', (version) => {
    const bytes = writeMetadata({ ...content, version });
    const { strings, result } = collect(bytes);
    const literals = strings.filter(({ name }) => name === undefined);
    expect(literals.map(({ text }) => text)).toEqual([
      LITERALS[0],
      '/orders',
      LITERALS[4],
      LITERALS[5],
      LITERALS[6],
      LITERALS[7],
    ]);
    for (const { text, offset = 0 } of literals) {
      expect(bytes.toString('utf8', offset, offset + Buffer.byteLength(text))).toBe(text);
    }
    expect(result.status).toBe('read');
    expect(result.reason).toContain(`v${Math.floor(version)}`);
  });

  it.each(VERSIONS)('of version %d gives constants with the name of their field', (version) => {
    const { strings } = collect(writeMetadata({ ...content, version }));
    expect(strings.filter(({ name }) => name !== undefined).map(({ name, text }) => [name, text])).toEqual([
      CONSTANTS[1],
      CONSTANTS[3],
    ]);
  });

  it.each(VERSIONS)('of version %d gives the namespaces of its types', (version) => {
    const { code } = collect(writeMetadata({ ...content, version }));
    expect(code).toEqual([
      {
        entry: 'global-metadata.dat',
        via: 'il2cpp',
        names: new Map([
          ['Market.Net', 2],
          ['Market', 1],
          ['UnityEngine.UI', 1],
        ]),
      },
    ]);
  });

  it('without code of its own has literals all the same', () => {
    const { strings, code, result } = collect(writeMetadata({ version: 29, literals: LITERALS }));
    expect(strings).toHaveLength(6);
    expect(code).toEqual([]);
    expect(result.status).toBe('read');
  });

  it.each([
    [33, 31],
    [36, 35],
    [60, 39],
    [107, 106],
  ])('of version %d, which nobody has seen, is read when it looks like %d, and that is said', (unknown, known) => {
    const bytes = writeMetadata({ ...content, version: known });
    const before = collect(bytes).strings.filter(({ name }) => name === undefined);
    bytes.writeUInt32LE(unknown, 4);
    const { strings, result } = collect(bytes);
    expect(strings.filter(({ name }) => name === undefined)).toEqual(before);
    expect(result).toMatchObject({ status: 'partial', code: 'IL2CPP_NEW_VERSION' });
  });

  it('of a version with another layout is refused by name', () => {
    const bytes = writeMetadata({ ...content, version: 39 });
    const moved = Buffer.concat([bytes.subarray(0, 8), Buffer.alloc(4, 0xee), bytes.subarray(8)]);
    moved.writeUInt32LE(110, 4);
    const { strings, result } = collect(moved);
    expect(strings).toEqual([]);
    expect(result).toMatchObject({ status: 'failed', code: 'IL2CPP_UNPARSED' });
    expect(result.reason).toContain('unparsed v110');
  });

  it('that a protector has encrypted, whole or in part, is told apart from one without strings', () => {
    const bytes = writeMetadata({ ...content, version: 29 });
    const whole = Buffer.from(bytes.map((byte) => byte ^ 0x5a));
    expect(collect(whole).result).toMatchObject({ status: 'partial', code: 'IL2CPP_ENCRYPTED' });
    const header = Buffer.from(bytes);
    for (let at = 8; at < 256; at++) header[at] = (header[at] ?? 0) ^ 0x5a;
    expect(collect(header).result).toMatchObject({ status: 'partial', code: 'IL2CPP_ENCRYPTED' });
    const scrambled = LITERALS.map((text) => Buffer.from(Buffer.from(text).map((byte, at) => byte ^ (0x9d + at * 7))));
    const literals = collect(writeMetadata({ version: 29, literals: scrambled }));
    expect(literals.result).toMatchObject({ status: 'partial', code: 'IL2CPP_LITERALS_ENCRYPTED' });
  });

  it('that is cut off is told', () => {
    const bytes = writeMetadata({ ...content, version: 27 });
    expect(collect(bytes.subarray(0, 300)).result).toMatchObject({ status: 'failed', code: 'IL2CPP_TRUNCATED' });
    expect(collect(bytes.subarray(0, 100)).result).toMatchObject({ status: 'failed', code: 'IL2CPP_TRUNCATED' });
  });

  it('whose literals are forged to lie over each other comes to an end', () => {
    const literals = Array.from({ length: 100_000 }, () => '.'.repeat(8));
    const bytes = writeMetadata({ version: 29, literals });
    const table = bytes.readUInt32LE(8);
    const size = bytes.readUInt32LE(20);
    for (let index = 5000; index < literals.length; index++) {
      bytes.writeUInt32LE(size, table + index * 8);
      bytes.writeUInt32LE(0, table + index * 8 + 4);
    }
    const { strings, result } = collect(bytes);
    expect(result.code).toBe('IL2CPP_OVERLAP');
    expect(strings.length).toBeLessThan(10_000);
  });

  it('with literals outside their section gives the others', () => {
    const bytes = writeMetadata({
      version: 29,
      literals: Array.from({ length: 100 }, (_, i) => `https://h${i}.example/`),
    });
    const table = bytes.readUInt32LE(8);
    bytes.writeUInt32LE(0xffffffff, table + 8 * 40);
    const { strings, result } = collect(bytes);
    expect(strings).toHaveLength(99);
    expect(result).toMatchObject({ status: 'partial', code: 'IL2CPP_BAD_OFFSET' });
  });
});
