/**
 * What goes wrong when packages are read, each as a test: false endpoints that every list of strings shows, addresses that
 * most tools miss, and packages made or broken so that tools give up. What a room proves beside its own code is there:
 *
 * | trap                                                             | where it is proved                            |
 * |------------------------------------------------------------------|-----------------------------------------------|
 * | Hermes strings without separators, overlapping                   | formats/hermes/hermes.test.ts                 |
 * | `….htmlb` and other bytes stuck to Dart strings                  | formats/dart/dart.test.ts, and below          |
 * | Brotli dictionary in a native library                            | formats/elf/elf.test.ts, and below            |
 * | Unity literals without separators, every stride                  | formats/il2cpp/il2cpp.test.ts                 |
 * | .NET stores v1–v4, XALZ, XAZS, 32 and 64 bits                    | formats/dotnet/*.test.ts                      |
 * | DEX containers (041), jumbo strings, annotations                 | formats/dex.test.ts, formats/dex/*.test.ts    |
 * | sparse, compact and 16-bit resource types                        | formats/arsc.test.ts, containers.test.ts      |
 * | Retrofit base and annotations, joined strings                    | containers/retrofit.test.ts, dex/code.test.ts |
 * | encrypted Mach-O is partial                                      | formats/macho/*.test.ts                       |
 * | Janus, names that climb out, entries twice, cut archives         | read-package.test.ts                          |
 * | bombs, quines, overlaps, 65,535 entries, hostile names           | property/inspect-package-mutations.test.ts    |
 * | origins: namespaces, scopes, homepages, hints, licences, lists   | inspect-origin.test.ts                        |
 * | effective clear text per host                                    | inspect-android.test.ts, and below            |
 * | quantifiers that run for minutes on long lines                   | property/inspect-detectors.test.ts            |
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApk } from '../../lab/apk/index.ts';
import { writeBinaryXml } from '../../lab/apk/xml-writer.ts';
import { writeZip, type ZipFile } from '../../lab/apk/zip-writer.ts';
import type { InspectReport } from '../../src/core/contract/inspect.ts';
import { patchEntry } from '../../src/inspect/containers/testing/damage.ts';
import { writeSnapshot } from '../../src/inspect/formats/dart/testing/snapshot-writer.ts';
import { writeElf } from '../../src/inspect/formats/elf/testing/elf-writer.ts';
import { inspectPackage } from '../../src/inspect/index.ts';
import { own, type Piece, reportOf, TEST_KEY } from './inspect-support.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-traps-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function inspect(bytes: Buffer, name = 'app.apk'): Promise<InspectReport> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return await inspectPackage(path, { redactionKey: TEST_KEY });
}

const file = (name: string, data: string | Buffer, compress = true): ZipFile => ({
  name,
  data: Buffer.from(data as string),
  compress,
});
const incomplete = (report: InspectReport) =>
  report.skips.filter(({ severity }) => severity === 'incomplete').map(({ code }) => code);
const ownStores = ({ stores }: InspectReport) => stores.filter(({ origin }) => origin === 'app').map(({ id }) => id);

describe('what is no back end of the app', () => {
  // words as they stand in a row in the dictionary of RFC 7932, appendix A
  const brotli =
    'timedownlifeleftback.com/http://www.w3.org/shtml" xmlns="http://www.w3.org/1999/xhtml"></script>http://www.google-analytics.com/ga.js';

  it('the Brotli dictionary inside a native library', async () => {
    const library = writeElf({
      sections: [
        { name: '.rodata', bytes: Buffer.from(`timedownlifeleftbackcodedatashowonlysitecityopenjust${brotli}\0`) },
      ],
    });
    const report = await inspect(writeZip([file('lib/arm64-v8a/libmono-native.so', library)]));
    expect(own(report)).toEqual([]);
    expect(ownStores(report)).toEqual([]);
  });

  it('browscap.ini of Mono', async () => {
    const text = Array.from(
      { length: 40 },
      (_, i) => `[*(http://www.crawler${i}-engine.com/bot.html)*]\nurl="http://bot${i}.net/"`,
    );
    expect(own(await inspect(writeZip([file('assets/etc/mono/browscap.ini', text.join('\n'))])))).toEqual([]);
  });

  it('the NOTICES of Flutter', async () => {
    const text =
      'charts\n\nCopyright, see https://www.chart-makers.com/license and https://charts.bluemarket-docs.com\n----';
    for (const name of ['assets/flutter_assets/NOTICES', 'assets/flutter_assets/NOTICES.Z'])
      expect(own(await inspect(writeZip([file(name, text)])))).toEqual([]);
  });

  const NOTHING: readonly (readonly [what: string, piece: Piece])[] = [
    [
      'devstoreaccount1, the emulator of Azure',
      'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1',
    ],
    [
      'user:password@example.com of Ionic',
      {
        text: 'http://user:password@example.com:8080/#/x?foo=bar',
        entry: 'assets/www/lib/ionic/js/ionic.bundle.js',
        via: 'text',
        name: 'comment',
      },
    ],
    [
      'ionicframework.com.s3.amazonaws.com in a comment',
      {
        text: 'http://ionicframework.com.s3.amazonaws.com/docs/a.gif',
        entry: 'assets/www/lib/ionic/js/ionic.bundle.js',
        via: 'text',
        name: 'comment',
      },
    ],
    [
      'a resource that is named s3',
      { text: 'Settings 3', entry: 'resources.arsc', via: 'resource', name: 'string/s3' },
    ],
    ['the header of a PEM file without a body', '-----BEGIN RSA PRIVATE KEY-----'],
    ['the header of a public key', '-----BEGIN PUBLIC KEY-----'],
    ['hacker-news.firebaseio.com', 'https://hacker-news.firebaseio.com/v0/topstories.json'],
    ['https://graph.%s', 'https://graph.%s'],
    ['an XML namespace of Android', 'http://schemas.android.com/apk/res-auto'],
    ['an XML namespace of W3C', 'http://www.w3.org/2000/svg'],
    ['an OAuth scope', 'https://www.googleapis.com/auth/drive.appdata'],
    ['another OAuth scope', 'https://www.googleapis.com/auth/userinfo.email'],
    ['localhost:8081 of React Native', 'http://localhost:8081'],
    ['a key of Google that documentation shows', 'AIzaSyDxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['the key id that AWS documents', 'AKIAIOSFODNN7EXAMPLE'],
    ['an address of a person', 'jane.doe@bluemarket-shop.com'],
    ['a package name', 'com.bluemarket.shop.api'],
    ['a version', '10.15.2.1'],
  ];
  it.each(NOTHING)('%s', async (_what, piece) => {
    const report = await reportOf({ appId: 'com.bluemarket.shop', strings: [piece] });
    expect(own(report)).toEqual([]);
    expect(ownStores(report)).toEqual([]);
    expect(report.credentials.filter(({ origin }) => origin === 'app')).toEqual([]);
  });

  it('a byte of a length that sticks to a Flutter string', async () => {
    const url = `https://bluemarket-shop.com/${'terms/'.repeat(10)}index.html`;
    const bytes = writeSnapshot({
      layout: 'clusters',
      strings: [...Array.from({ length: 30 }, (_, i) => `_onTap${i}@1`), url, 'buy'],
    });
    const library = writeElf({
      sections: [{ name: '.rodata', bytes }],
      symbols: { _kDartIsolateSnapshotData: '.rodata' },
    });
    const report = await inspect(writeZip([file('lib/arm64-v8a/libapp.so', library)]));
    expect(report.endpoints.map((one) => one.url)).toEqual([url]);
  });
});

describe('what is an address though it looks like none', () => {
  const h = 'bluemarket-shop.com';
  const FOUND: readonly (readonly [text: string, url: string])[] = [
    ...[
      'http',
      'https',
      'ws',
      'wss',
      'mongodb',
      'redis',
      'rediss',
      'postgres',
      'mysql',
      'mqtt',
      'amqp',
      'smtp',
      'ftp',
    ].map((scheme) => [`${scheme}://srv.${h}/x`, `${scheme}://srv.${h}/x`] as const),
    [`mongodb+srv://cluster.${h}/shop`, `mongodb+srv://cluster.${h}/shop`],
    [`api.${h}`, `api.${h}`],
    [`api.${h}:8443/v1`, `api.${h}:8443/v1`],
    ['203.0.113.7:9200', '203.0.113.7:9200'],
    [`shop:tomatoes@db.${h}:5432`, `shop:***@db.${h}:5432`],
    [Buffer.from(`https://hidden.${h}/v1`).toString('base64'), `https://hidden.${h}/v1`],
    [`https://cors.io/?https://real.${h}/data`, `https://real.${h}/data`],
    [`https://proxy.${h}/?u=https%3A%2F%2Freal.${h}%2Fdata`, `https://real.${h}/data`],
    [`https:\\/\\/escaped.${h}\\/v1`, `https://escaped.${h}/v1`],
  ];
  it.each(FOUND)('%s', async (text, url) => {
    const report = await reportOf({ appId: 'com.bluemarket.shop', strings: [text] });
    expect(own(report)).toContain(url);
  });

  it('a prefix to which the app adds the rest is a template; a path without a base says so', async () => {
    const report = await reportOf({
      appId: 'com.bluemarket.shop',
      strings: [`https://api.${h}/users/%s/orders`, '/api/v3/orders', 'https://%s.'],
    });
    const of = (url: string) => report.endpoints.find((one) => one.url === url);
    expect(of(`https://api.${h}/users/%s/orders`)).toMatchObject({ complete: false, host: `api.${h}` });
    expect(of('/api/v3/orders')).toMatchObject({ complete: false, reason: expect.stringContaining('base is unknown') });
    expect(of('/api/v3/orders')?.host).toBeUndefined();
  });

  it('a Cognito pool', async () => {
    const pool = `eu-central-1:${'1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809'}`;
    const report = await reportOf({
      strings: [
        { text: pool, entry: 'resources.arsc', via: 'resource', name: 'string/cognito_identity_pool' },
        'us-east-1_Ab3dE6gH9',
      ],
    });
    expect(report.stores.map(({ kind }) => kind).filter((kind) => kind.includes('cognito')).length).toBeGreaterThan(0);
  });
});

it('clear text is judged per host: default of the target, flag, configuration, and the http hosts that occur', async () => {
  const app = (attributes: string) =>
    `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.bluemarket.shop"><uses-sdk android:minSdkVersion="21" android:targetSdkVersion="34"/><application ${attributes}/></manifest>`;
  const strings = [
    'http://open.bluemarket-shop.com/a',
    'http://shut.bluemarket-shop.com/a',
    'https://safe.bluemarket-shop.com/a',
  ];
  const networkSecurityConfig =
    '<network-security-config><base-config cleartextTrafficPermitted="false"/><domain-config cleartextTrafficPermitted="true"><domain>open.bluemarket-shop.com</domain></domain-config></network-security-config>';
  const hostsOf = (report: InspectReport) =>
    report.findings
      .filter(({ rule }) => rule === 'inspect/cleartext-endpoint')
      .map(({ message }) => /to (\S+) in/.exec(message)?.[1]);
  expect(hostsOf(await reportOf({ manifest: app(''), strings }))).toEqual([]);
  expect(hostsOf(await reportOf({ manifest: app('android:usesCleartextTraffic="true"'), strings })).sort()).toEqual([
    'open.bluemarket-shop.com',
    'shut.bluemarket-shop.com',
  ]);
  const configured = app('android:usesCleartextTraffic="true" android:networkSecurityConfig="@xml/nsc"');
  expect(hostsOf(await reportOf({ manifest: configured, networkSecurityConfig, strings }))).toEqual([
    'open.bluemarket-shop.com',
  ]);
});

it('a native library in a split of an APK set is read', async () => {
  const manifest = (split: string) =>
    writeBinaryXml({
      name: 'manifest',
      attributes: { package: 'com.bluemarket.shop', ...(split === '' ? {} : { split }) },
      children: [{ name: 'application' }],
    });
  const library = writeElf({
    sections: [{ name: '.rodata', bytes: Buffer.from('https://native.bluemarket-shop.com/v1\0') }],
  });
  const set = writeZip([
    file(
      'splits/base-master.apk',
      writeZip([
        file('AndroidManifest.xml', manifest('')),
        file('assets/a.json', '"https://base.bluemarket-shop.com/"'),
      ]),
      false,
    ),
    file(
      'splits/base-arm64_v8a.apk',
      writeZip([file('AndroidManifest.xml', manifest('config.arm64_v8a')), file('lib/arm64-v8a/libapp.so', library)]),
      false,
    ),
  ]);
  for (const name of ['app.apks', 'app.xapk']) {
    const report = await inspect(set, name);
    expect(report.app.id).toBe('com.bluemarket.shop');
    expect(own(report)).toEqual(['https://base.bluemarket-shop.com/', 'https://native.bluemarket-shop.com/v1']);
  }
});

describe('a package without', () => {
  const apk = buildApk({
    ...{
      applicationId: 'com.bluemarket.shop',
      versionName: '1',
      versionCode: 1,
      label: 'S',
      minSdk: 24,
      targetSdk: 34,
    },
    ...{ strings: {}, dex: [['https://api.bluemarket-shop.com/v1']], assets: {} },
  });

  it('resources.arsc is read all the same', async () => {
    const without = patchEntry(apk, 'resources.arsc', { name: Buffer.from('resources.arsX') });
    const report = await inspect(without);
    expect(report.app.id).toBe('com.bluemarket.shop');
    expect(own(report)).toEqual(['https://api.bluemarket-shop.com/v1']);
    expect(incomplete(report)).toEqual([]);
  });

  it('a manifest is read all the same', async () => {
    const report = await inspect(patchEntry(apk, 'AndroidManifest.xml', { name: Buffer.from('AndroidManifest.xmX') }));
    expect(own(report)).toEqual(['https://api.bluemarket-shop.com/v1']);
  });
});

/**
 * What packers of malware do to packages: Android installs and runs them, tools break off (skylot/jadx#2210, #2298, #1232,
 * #2729; androguard/androguard#1137; erev0s/apkInspector).
 */
describe('a package hardened against tools', () => {
  const document = writeBinaryXml({
    name: 'manifest',
    attributes: { package: 'com.bluemarket.shop', 'android:versionName': '7' },
    children: [
      { name: 'uses-sdk', attributes: { 'android:minSdkVersion': 24, 'android:targetSdkVersion': 34 } },
      { name: 'application', attributes: { 'android:debuggable': true } },
    ],
  });

  interface Chunk {
    type: number;
    bytes: Buffer;
  }
  const chunksOf = (xml: Buffer): Chunk[] => {
    const chunks: Chunk[] = [];
    for (let at = xml.readUInt16LE(2); at + 8 <= xml.length; at += xml.readUInt32LE(at + 4))
      chunks.push({ type: xml.readUInt16LE(at), bytes: Buffer.from(xml.subarray(at, at + xml.readUInt32LE(at + 4))) });
    return chunks;
  };
  const joined = (chunks: readonly Chunk[], first = 0x0003): Buffer => {
    const body = Buffer.concat(chunks.map(({ bytes }) => bytes));
    const head = Buffer.alloc(8);
    head.writeUInt16LE(first, 0);
    head.writeUInt16LE(8, 2);
    head.writeUInt32LE(body.length + 8, 4);
    return Buffer.concat([head, body]);
  };
  const POOL = 0x0001;
  const START = 0x0102;
  const junk = (type: number, size = 24): Chunk => {
    const bytes = Buffer.alloc(size, 0xee);
    bytes.writeUInt16LE(type, 0);
    bytes.writeUInt16LE(8, 2);
    bytes.writeUInt32LE(size, 4);
    return { type, bytes };
  };
  const changed = (change: (chunk: Chunk) => Chunk | Chunk[]): Buffer => joined(chunksOf(document).flatMap(change));

  /** Attributes of 24 bytes instead of 20: four bytes more after each. */
  function wider(chunk: Chunk): Chunk {
    if (chunk.type !== START) return chunk;
    const body = chunk.bytes.readUInt16LE(2);
    const first = body + chunk.bytes.readUInt16LE(body + 8);
    const count = chunk.bytes.readUInt16LE(body + 12);
    const attributes = Array.from({ length: count }, (_, i) =>
      Buffer.concat([chunk.bytes.subarray(first + i * 20, first + i * 20 + 20), Buffer.alloc(4)]),
    );
    const bytes = Buffer.concat([chunk.bytes.subarray(0, first), ...attributes]);
    bytes.writeUInt16LE(24, body + 10);
    bytes.writeUInt32LE(bytes.length, 4);
    return { type: START, bytes };
  }

  const TRICKS: readonly (readonly [what: string, manifest: Buffer])[] = [
    ['a first word that is no magic', joined(chunksOf(document), 0x1337)],
    ['a first word of zero', joined(chunksOf(document), 0)],
    ['chunks of unknown types between the others', changed((chunk) => [chunk, junk(0x7777), junk(0x0042, 4096)])],
    ['junk before the strings', joined([junk(0x1234), ...chunksOf(document)])],
    [
      'a count of strings that is too high',
      changed((chunk) => {
        if (chunk.type === POOL) chunk.bytes.writeUInt32LE(chunk.bytes.readUInt32LE(8) + 5_000, 8);
        return chunk;
      }),
    ],
    [
      'a count of styles that is a lie',
      changed((chunk) => {
        if (chunk.type === POOL) chunk.bytes.writeUInt32LE(0x7fffffff, 12);
        return chunk;
      }),
    ],
    ['attributes of 24 bytes', changed(wider)],
    [
      'a namespace with a header of another size',
      changed((chunk) => {
        if (chunk.type === 0x0100) chunk.bytes.writeUInt16LE(0x14, 2);
        return chunk;
      }),
    ],
    [
      'a size of the document that is too small',
      (() => {
        const bytes = Buffer.from(document);
        bytes.writeUInt32LE(64, 4);
        return bytes;
      })(),
    ],
    [
      'a size of the document that is too large',
      (() => {
        const bytes = Buffer.from(document);
        bytes.writeUInt32LE(0x7fffffff, 4);
        return bytes;
      })(),
    ],
    ['bytes after the end of the document', Buffer.concat([document, Buffer.alloc(5_000, 0xaa)])],
  ];

  const apkOf = (manifest: Buffer) =>
    writeZip([
      file('AndroidManifest.xml', manifest, false),
      file('assets/a.json', '"https://c2.bluemarket-shop.com/"'),
    ]);

  it('the document itself is sound', async () => {
    const report = await inspect(apkOf(document));
    expect(report.app).toMatchObject({ id: 'com.bluemarket.shop', version: '7' });
  });

  it.each(TRICKS)('by %s in its manifest is read', async (_what, manifest) => {
    const report = await inspect(apkOf(manifest));
    expect(report.app).toMatchObject({ id: 'com.bluemarket.shop', version: '7' });
    expect(report.settings.find(({ id }) => id === 'android.debuggable')?.value).toBe(true);
    expect(own(report)).toEqual(['https://c2.bluemarket-shop.com/']);
  });

  /** Sets fields of the manifest's headers: at their offsets in the directory, two or four bytes less in the local one. */
  function withHeaders(fields: { method?: number; flags?: number; packed?: number; nameLength?: number }): Buffer {
    const zip = Buffer.from(apkOf(document));
    const central = zip.indexOf('PK\x01\x02', 0, 'latin1');
    for (const [base, at] of [[0, 0] as const, [central, 2] as const]) {
      if (fields.flags !== undefined) zip.writeUInt16LE(fields.flags, base + 6 + at);
      if (fields.method !== undefined) zip.writeUInt16LE(fields.method, base + 8 + at);
      if (fields.packed !== undefined) zip.writeUInt32LE(fields.packed, base + 18 + at);
    }
    return zip;
  }

  it.each([
    ['an unknown compression', { method: 0x7261 }],
    ['an unknown compression and a compressed size of nonsense', { method: 0x7261, packed: 0x00badbad }],
    ['the bit of encryption', { flags: 0x801 }],
    ['the bits of strong encryption and a data descriptor', { flags: 0x849 }],
  ])('by %s in the headers of its manifest is read', async (_what, fields) => {
    const report = await inspect(withHeaders(fields));
    expect(report.app.id).toBe('com.bluemarket.shop');
    expect(own(report)).toEqual(['https://c2.bluemarket-shop.com/']);
  });

  it('by folders named like its files, and paths that no file system takes, is read', async () => {
    const deep = `assets/${'\u06e6\u06d6\u06eb/'.repeat(60)}a.json`;
    const report = await inspect(
      writeZip([
        file('AndroidManifest.xml', document),
        file('AndroidManifest.xml/', ''),
        file('classes.dex/', ''),
        file('classes.dex/x/', ''),
        file(deep, '"https://deep.bluemarket-shop.com/"'),
      ]),
    );
    expect(report.app.id).toBe('com.bluemarket.shop');
    expect(own(report)).toEqual(['https://deep.bluemarket-shop.com/']);
  });

  it('by an end record inside its comment is read by the true one', async () => {
    const zip = Buffer.from(apkOf(document));
    const comment = Buffer.alloc(60);
    comment.write('PK\x05\x06', 4, 'latin1');
    zip.writeUInt16LE(comment.length, zip.length - 2);
    const report = await inspect(Buffer.concat([zip, comment]));
    expect(report.app.id).toBe('com.bluemarket.shop');
  });
});
