import { describe, expect, it } from 'vitest';
import { writeElf } from '../elf/testing/elf-writer.ts';
import { collectNative } from '../elf/testing/read-native.ts';
import { dartFormat } from './format.ts';
import { findDartSnapshots } from './snapshot-header.ts';
import { NOISE, type SnapshotContents, varint, writeSnapshot } from './testing/snapshot-writer.ts';

const LAYOUTS = ['clusters', 'clusters-by-width', '64', '64-wide', '32', '32-wide'] as const;

const identifiers = Array.from(
  { length: 60 },
  (_, index) => `_handleShopEvent${'x'.repeat(index % 23)}@${1000 + index}`,
);
/** 98 bytes behind the URL begins with `b`: a scan for printable characters makes `….htmlb` of it. */
const page = 'https://api.bluemarket-shop.com/orders/open.html';
const long = `Long text with https://bluemarket-shop.com/help in it ${'and more '.repeat(30)}`;
const between = [
  page,
  'b'.repeat(49), // 49 << 1 | 0x80 = 0xe2; with the marker gone, `b`
  'n'.repeat(70),
  'https://bluemarket-shop.com/a?q=',
  '',
  long,
  'https://bluemarket-shop.com/größe',
  'https://bluemarket-shop.com/订单',
  '用户名称：请输入您的密码 12345',
  '/api/v1/orders',
];
const strings = [...identifiers.slice(0, 30), ...between, ...identifiers.slice(30)];

function library(contents: Partial<SnapshotContents> & Pick<SnapshotContents, 'layout'>, stripped = false): Buffer {
  const bits = contents.layout.startsWith('32') ? 32 : 64;
  const snapshot = writeSnapshot({ strings, ...contents });
  return writeElf({
    bits,
    sections: [{ name: '.rodata', bytes: snapshot }],
    symbols: { _kDartIsolateSnapshotData: '.rodata' },
    stripped,
  });
}

const matters = between.filter((text) => /[:/.]/.test(text));

describe.each(LAYOUTS)('a Dart snapshot in the layout %s', (layout) => {
  it('gives every string with its exact bytes', async () => {
    const { result, texts } = await collectNative(library({ layout }), 'libapp.so');
    expect(result.status).toBe('read');
    for (const text of matters) expect(texts).toContain(text);
    for (const text of texts) expect(strings).toContain(text);
  });

  it('gives the offset at which the string stands', async () => {
    const bytes = library({ layout });
    const { strings: found } = await collectNative(bytes, 'libapp.so');
    const one = found.find(({ text }) => text === page);
    expect(one?.via).toBe('dart');
    expect(bytes.toString('latin1', one?.offset, (one?.offset ?? 0) + page.length)).toBe(page);
  });

  it('is read without section headers too', async () => {
    const { result, texts } = await collectNative(library({ layout }, true), 'libapp.so');
    expect(result.status).toBe('read');
    expect(texts).toContain(page);
  });
});

describe('strings in clusters', () => {
  it('end where their table of sizes ends, though like bytes follow', async () => {
    // the noise behind the fill goes on as a string whose size the noise behind the table repeats
    const noise = Buffer.concat([varint(2 * 4), Buffer.from('more'), NOISE]);
    const { texts } = await collectNative(library({ layout: 'clusters', noise }), 'libapp.so');
    for (const text of texts) expect(strings).toContain(text);
    expect(texts).toContain(page);
  });

  it('of an obfuscated program are found between its short names', async () => {
    const names = Array.from({ length: 900 }, (_, index) => `${'aBcDeFgHiJ'[index % 10]}${'xYz'.slice(0, index % 3)}`);
    const mixed = names.flatMap((name, index) =>
      index % 9 === 4 ? [name, between[((index / 9) % 10) | 0] ?? ''] : [name],
    );
    const { result, texts } = await collectNative(library({ layout: 'clusters', strings: mixed }), 'libapp.so');
    expect(result.status).toBe('read');
    for (const text of matters) expect(texts).toContain(text);
    for (const text of texts) expect(mixed).toContain(text);
  });

  it('are told as doubtful when no table of sizes proves where they begin and end', async () => {
    const { result, texts } = await collectNative(library({ layout: 'clusters', withoutTable: true }), 'libapp.so');
    expect(result).toMatchObject({ status: 'partial', code: 'DART_UNPROVEN' });
    expect(texts).toContain(page);
  });

  it('that are none are told, with the hash of the version', async () => {
    const { result } = await collectNative(library({ layout: 'clusters', strings: [] }), 'libapp.so');
    expect(result).toMatchObject({ status: 'partial', code: 'DART_UNKNOWN_LAYOUT' });
    expect(result.reason).toContain('0123456789abcdef0123456789abcdef');
  });
});

describe('what else a snapshot tells', () => {
  it('the pub packages, without the program itself', async () => {
    const uris = [
      'package:http/src/client.dart',
      'package:http/http.dart',
      'package:shop/main.dart',
      'package:shop/a.dart',
    ];
    const { libraries, texts } = await collectNative(
      library({ layout: '64', strings: [...strings, ...uris] }),
      'libapp.so',
    );
    expect(libraries).toEqual([{ ecosystem: 'pub', name: 'http', entry: 'lib/arm64-v8a/libapp.so' }]);
    expect(texts.filter((text) => text.startsWith('package:'))).toEqual([]);
  });

  it('the version of Dart, where its hash is known', async () => {
    const hash = 'aa64af18e7d086041ac127cc4bc50c5e';
    const { libraries, result } = await collectNative(library({ layout: '32', hash }), 'libapp.so');
    expect(libraries).toContainEqual(expect.objectContaining({ ecosystem: 'generic', name: 'dart', version: '3.0' }));
    expect(result.reason).toContain('Dart 3.0');
  });
});

describe('the header of a snapshot', () => {
  it('at the start of a file tells a bare snapshot', () => {
    expect(dartFormat.matches(writeSnapshot({ layout: '64', strings }))).toBe(true);
    expect(dartFormat.matches(Buffer.from('text'))).toBe(false);
  });

  it('is found for every snapshot of a file', () => {
    const one = writeSnapshot({ layout: '64', strings });
    const found = findDartSnapshots(Buffer.concat([Buffer.alloc(64), one, one]));
    expect(found.map(({ start }) => start)).toEqual([64, 64 + one.length]);
    expect(found[0]?.imageEnd).toBe(64 + one.length);
  });

  it('is not taken from code that compares with the magic', () => {
    const bytes = Buffer.alloc(4096, 0x41);
    bytes.set([0xf5, 0xf5, 0xdc, 0xdc], 100);
    expect(findDartSnapshots(bytes)).toEqual([]);
  });

  it('whose length is more than the file has is none', () => {
    const bytes = writeSnapshot({ layout: '64', strings });
    bytes.writeBigInt64LE(BigInt(bytes.length), 4);
    expect(findDartSnapshots(bytes)).toEqual([]);
  });

  it('counts strings against the limit', async () => {
    const { result } = await collectNative(library({ layout: '64' }), 'libapp.so', { tableStrings: 5 } as never);
    expect(result).toMatchObject({ status: 'partial', code: 'LIMIT_STRINGS' });
  });
});
