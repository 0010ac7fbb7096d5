import { describe, expect, it } from 'vitest';
import { readAs } from '../dotnet/testing/read.ts';
import { readKernel } from './index.ts';
import { type WrittenKernel, writeKernel } from './testing/kernel-writer.ts';

const ENTRY = 'assets/flutter_assets/kernel_blob.bin';

async function readAll(...kernels: readonly (WrittenKernel | Buffer)[]) {
  const bytes = Buffer.concat(kernels.map((one) => (Buffer.isBuffer(one) ? one : writeKernel(one))));
  const found = await readAs(readKernel, bytes, { entry: ENTRY, via: 'dart' });
  return { ...found, bytes, texts: found.strings.map(({ text }) => text) };
}

const shop = {
  uri: 'file:///Users/someone/code/shop/lib/api.dart',
  importUri: 'package:shop/api.dart',
  text: "// see https://docs.bluemarket-shop.com/\nconst base = 'https://api.bluemarket-shop.com';\nconst all = '$base/v1/orders';\n",
};
const main = {
  uri: 'file:///Users/someone/code/shop/lib/main.dart',
  importUri: 'package:shop/main.dart',
  text: 'main() {}',
};
const http = {
  uri: 'file:///Users/someone/.pub-cache/hosted/pub.dev/http-1.2.0/lib/src/client.dart',
  importUri: 'package:http/src/client.dart',
  text: "final u = 'https://dart-packages.example/x';",
};
const flutter = {
  uri: 'file:///opt/flutter/packages/flutter/lib/src/a.dart',
  importUri: 'package:flutter/src/a.dart',
  text: "var a = 'https://flutter-sdk.example/a';",
};

describe('a Dart kernel', () => {
  it('gives the strings of each source file with its name and owner, and none of Dart and Flutter', async () => {
    const { strings, result } = await readAll({ sources: [flutter, main, shop, http] });
    const places = strings.map(({ text, entry, name }) => ({ text, entry, name }));
    expect(places).toContainEqual({
      text: 'https://api.bluemarket-shop.com',
      entry: `${ENTRY}!lib/api.dart`,
      name: 'base',
    });
    expect(places).toContainEqual(expect.objectContaining({ entry: `${ENTRY}!.pub-cache/http/src/client.dart` }));
    expect(JSON.stringify(places)).not.toContain('flutter-sdk');
    expect(JSON.stringify(places)).not.toContain('someone');
    expect(result).toEqual({ status: 'read', reason: 'Dart kernel 57 of a debug build: 3 source files' });
  });

  it('tells where in the file a string of a source stands', async () => {
    const { strings, bytes } = await readAll({ sources: [flutter] }, { sources: [main, shop] });
    const found = strings.find(({ text }) => text === 'https://api.bluemarket-shop.com');
    expect(bytes.toString('latin1', found?.offset, (found?.offset ?? 0) + 31)).toBe(found?.text);
  });

  it('adds from the string table what the compiler put together of an address of the app', async () => {
    const { texts } = await readAll({
      sources: [main, shop, flutter],
      strings: [
        'https://api.bluemarket-shop.com',
        'https://api.bluemarket-shop.com/v1/orders',
        'https://flutter-sdk.example/a',
      ],
    });
    expect(texts).toContain('https://api.bluemarket-shop.com/v1/orders');
    expect(texts).not.toContain('https://flutter-sdk.example/a');
    expect(texts.filter((text) => text === 'https://api.bluemarket-shop.com')).toHaveLength(1);
  });

  it('names the pub packages with their versions, without the app itself', async () => {
    const { libraries } = await readAll({ sources: [main, shop, http, flutter] });
    expect(libraries).toEqual([{ ecosystem: 'pub', name: 'http', version: '1.2.0', entry: ENTRY }]);
  });

  it('gives the whole string table where no source was embedded', async () => {
    const strings = ['https://api.bluemarket-shop.com/v2/', 'package:shop/main.dart', 'toString', 'Grüße/von/drüben.'];
    const { texts, result } = await readAll({ sources: [{ ...main, text: '' }], strings });
    expect(texts).toEqual(['https://api.bluemarket-shop.com/v2/', 'Grüße/von/drüben.']);
    expect(result.reason).toBe('Dart kernel 57 of a debug build: 2 strings');
  });

  it.each([4, 43, 57, 130])('of version %i is read', async (version) => {
    const { texts, result } = await readAll({
      version,
      sources: [{ ...main, text: '' }],
      strings: ['https://a.bluemarket-shop.com/x'],
    });
    expect(texts).toEqual(['https://a.bluemarket-shop.com/x']);
    expect(result.status).toBe('read');
  });

  it('says so when its end is missing or a table lies outside', async () => {
    const whole = writeKernel({ sources: [shop], strings: ['https://a.bluemarket-shop.com/x'] });
    expect((await readAll(whole.subarray(0, whole.length - 5))).result).toMatchObject({
      status: 'failed',
      code: 'KERNEL_CORRUPT',
    });
    const damaged = Buffer.from(whole);
    damaged.writeUInt32BE(0x7fffffff, whole.length - 12);
    expect((await readAll(damaged)).result).toMatchObject({ status: 'partial', code: 'KERNEL_CORRUPT' });
    expect((await readAll(Buffer.from('no kernel at all'))).result.code).toBe('KERNEL_BAD_MAGIC');
  });
});
