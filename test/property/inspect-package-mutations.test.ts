/**
 * Whole packages in which somebody lied, through the whole of `inspect`: the report follows its schema or the package is
 * refused with a documented error; never anything else, and never late.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApk } from '../../lab/apk/index.ts';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { type InspectReport, inspectReportSchema } from '../../src/core/contract/inspect.ts';
import { PosternError } from '../../src/core/errors.ts';
import type { LIMITS } from '../../src/core/limits.ts';
import { fixture } from '../../src/inspect/containers/testing/fixture.ts';
import { inspectPackage } from '../../src/inspect/inspect-package.ts';
import { createRandom, mutate, sweep, sweepLength } from './mutations.ts';

const KEY = new TextEncoder().encode('a key for tests, of no use elsewhere');
const HANG_MS = 5_000;
const SMALL = { archiveBytes: 64 << 20, entryBytes: 16 << 20, archiveEntries: 5_000 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-package-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function inspect(
  bytes: Buffer,
  name: string,
  limits: Partial<Record<keyof typeof LIMITS, number>> = {},
): Promise<InspectReport> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return await inspectPackage(path, { redactionKey: KEY, limits });
}

/** @returns undefined when it was refused */
async function survive(bytes: Buffer, name: string): Promise<InspectReport | undefined> {
  const started = performance.now();
  try {
    const report = await inspect(bytes, name, SMALL);
    expect(inspectReportSchema.safeParse(report).error).toBeUndefined();
    return report;
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    expect(['E_INPUT_CORRUPT', 'E_INPUT_UNSUPPORTED']).toContain(error.code);
    return undefined;
  } finally {
    expect(performance.now() - started).toBeLessThan(HANG_MS);
  }
}

const info = `<?xml version="1.0"?><plist version="1.0"><dict><key>CFBundleIdentifier</key><string>com.bluemarket.shop</string>
<key>NSAppTransportSecurity</key><dict><key>NSAllowsArbitraryLoads</key><true/></dict></dict></plist>`;
const ipa = writeZip([
  { name: 'Payload/Shop.app/Info.plist', data: Buffer.from(info), compress: true },
  {
    name: 'Payload/Shop.app/main.jsbundle',
    data: Buffer.from('fetch("https://api.bluemarket-shop.com")'),
    compress: true,
  },
]);

const PACKAGES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ...['app.apk', 'app.aab', 'app.apks', 'app.xapk', 'library.aar', 'signed-v1.apk', 'signed-v4.apk', 'sparse.apk'].map(
    (name) => [name, fixture(name)] as const,
  ),
  ['shop.ipa', ipa],
];
const RANDOM_CASES = 250 * Number(process.env.POSTERN_FUZZ_SCALE ?? 1);
const SEED = Number(process.env.POSTERN_FUZZ_SEED ?? 0xba5e);

describe.each(PACKAGES)('%s', (name, original) => {
  it('is read as it is', async () => {
    expect((await survive(original, name))?.coverage.length).toBeGreaterThan(0);
  });

  it('with lies anywhere in it is read or refused', async () => {
    const random = createRandom(SEED + name.length);
    const others = PACKAGES.map(([, bytes]) => bytes);
    for (let at = 0; at < RANDOM_CASES; at++) await survive(mutate(original, random, others), name);
  }, 600_000);

  it('with every field of its end record and of its first headers set to an edge is read or refused', async () => {
    const end = original.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    const directory = original.readUInt32LE(end + 16);
    for (const from of [end + 2, directory + 2, 2]) {
      const part = original.subarray(from, from + 64);
      for (let at = 0; at < sweepLength(part); at += 3) {
        const bytes = Buffer.from(original);
        sweep(part, at).copy(bytes, from);
        await survive(bytes, name);
      }
    }
  });
});

interface Central {
  name: string | Buffer;
  offset: number;
  method?: number;
  packed: number;
  size: number;
  crc?: number;
}

/** A central directory and end record behind given bytes: every entry says what it likes. */
function withDirectory(data: Buffer, entries: readonly Central[], count = entries.length): Buffer {
  const directory = entries.map(({ name, offset, method = 8, packed, size, crc = 0 }) => {
    const raw = Buffer.isBuffer(name) ? name : Buffer.from(name);
    const header = Buffer.alloc(46);
    header.write('PK\x01\x02', 'latin1');
    header.writeUInt16LE(20, 6);
    header.writeUInt16LE(method, 10);
    header.writeUInt32LE(crc >>> 0, 16);
    header.writeUInt32LE(packed >>> 0, 20);
    header.writeUInt32LE(size >>> 0, 24);
    header.writeUInt16LE(raw.length, 28);
    header.writeUInt32LE(offset >>> 0, 42);
    return Buffer.concat([header, raw]);
  });
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count & 0xffff, 8);
  end.writeUInt16LE(count & 0xffff, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(data.length, 16);
  return Buffer.concat([data, central, end]);
}

function local(name: string, packed: Buffer, size: number, crc: number): Buffer {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 'latin1');
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(crc >>> 0, 14);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), packed]);
}

const codes = (report: InspectReport | undefined) => [...new Set(report?.skips.map(({ code }) => code))].sort();
const plain = (name: string, text: string) => ({ name, data: Buffer.from(text), compress: true });

describe('a package made to exhaust its reader', () => {
  it('as a bomb of zeros is not unpacked whole', async () => {
    const zeros = Buffer.alloc(64 << 20);
    const bomb = writeZip([plain('classes.json', '{}'), { name: 'assets/a.js', data: zeros, compress: true }]);
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().rss;
    const report = await survive(bomb, 'bomb.apk');
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
    expect(codes(report)).toEqual(['LIMIT_ENTRY_BYTES']);
  });

  it('as a bomb of one body under thousands of names unpacks it once (Fifield 2019)', async () => {
    const kernel = Buffer.alloc(8 << 20, ' ');
    const packed = deflateRawSync(kernel, { level: 9 });
    const crc = crc32(kernel);
    const data = local('0.js', packed, kernel.length, crc);
    const entries = Array.from({ length: 4_000 }, (_, index) => ({
      ...{ name: `assets/${index}.js`, offset: 0, packed: packed.length, size: kernel.length, crc },
    }));
    const report = await survive(withDirectory(data, entries), 'overlap.apk');
    expect(codes(report)).toContain('ZIP_OVERLAP');
  });

  it('as a bomb whose bodies contain the headers of the next ones comes to an end', async () => {
    const kernel = deflateRawSync(Buffer.alloc(1 << 20, ' '), { level: 9 });
    let data = local('k.js', kernel, 1 << 20, 0);
    const entries: Central[] = [{ name: 'k.js', offset: 0, packed: kernel.length, size: 1 << 20 }];
    for (let index = 0; index < 300; index++) {
      // a stored deflate block quotes the header that follows it, as far as that goes
      const head = local(`${index}.js`, Buffer.alloc(0), 1 << 20, 0);
      data = Buffer.concat([head, data]);
      for (const entry of entries) entry.offset += head.length;
      entries.push({ name: `${index}.js`, offset: 0, packed: data.length - head.length, size: 1 << 20 });
    }
    expect((await survive(withDirectory(data, entries), 'quoted.apk'))?.coverage.length).toBeGreaterThan(0);
  });

  it('as an archive of itself, and of archives in archives, is read as deep as the limit', async () => {
    let inner = writeZip([plain('deep.json', '"https://deep.bluemarket-shop.com/"')]);
    for (let depth = 0; depth < 40; depth++) {
      inner = writeZip([{ name: `${depth}.zip`, data: inner, compress: depth % 2 === 0 }]);
    }
    expect(codes(await survive(inner, 'deep.apk'))).toEqual(['LIMIT_DEPTH']);
    // each level holds the one below ten times: ten to the power of the depth, if somebody walked it
    let wide = writeZip([plain('deep.json', '"https://deep.bluemarket-shop.com/"')]);
    for (let depth = 0; depth < 6; depth++) {
      const body = wide;
      wide = writeZip(Array.from({ length: 10 }, (_, at) => ({ name: `${at}.zip`, data: body, compress: true })));
    }
    expect(codes(await survive(wide, 'wide.apk'))).toContain('LIMIT_DEPTH');
  });

  it('that lies inside itself stops', async () => {
    // the entry is stored, and its body is the archive from its first byte: a quine, as far as offsets can make one
    const body = writeZip([plain('a.json', '"https://a.bluemarket-shop.com/"')]);
    const head = local('self.zip', Buffer.alloc(0), 0, 0);
    head.writeUInt16LE(0, 8);
    const all = Buffer.concat([head, body]);
    const whole = withDirectory(all, [
      { name: 'self.zip', offset: 0, method: 0, packed: all.length + 200, size: all.length + 200 },
    ]);
    await survive(whole, 'quine.apk');
  });

  it('with 65,535 entries is listed to the limit, and in time', async () => {
    const data = local('a', Buffer.alloc(0), 0, 0);
    const entries = Array.from({ length: 65_535 }, (_, index) => ({
      ...{ name: `assets/${index}.json`, offset: index % 7, method: 0, packed: 0, size: 0 },
    }));
    const report = await survive(withDirectory(data, entries), 'many.apk');
    expect(codes(report)).toContain('LIMIT_ENTRIES');
  });

  it('with sizes beyond the file, beyond four gigabytes and below zero is refused entry by entry', async () => {
    const good = local('classes.dex', deflateRawSync(Buffer.from('x')), 1, crc32(Buffer.from('x')));
    const edges = [0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
    const entries = edges.flatMap((packed) =>
      edges.map((size) => ({ name: `assets/${packed}-${size}.json`, offset: edges.indexOf(size), packed, size })),
    );
    const report = await survive(withDirectory(good, entries), 'sizes.apk');
    expect(report?.endpoints ?? []).toEqual([]);
  });

  it('whose count of entries is too high is read by what is there', async () => {
    const dex = Buffer.from('"https://a.bluemarket-shop.com/"');
    const body = local('a.json', deflateRawSync(dex), dex.length, crc32(dex));
    const packed = deflateRawSync(dex).length;
    for (const count of [2, 500, 0xffff]) {
      const bytes = withDirectory(
        body,
        [{ name: 'a.json', offset: 0, packed, size: dex.length, crc: crc32(dex) }],
        count,
      );
      const report = await survive(bytes, 'count.apk');
      expect(
        report?.endpoints.map(({ host }) => host),
        `${count} entries`,
      ).toEqual(['a.bluemarket-shop.com']);
    }
  });
});

describe('names of entries', () => {
  const text = '"https://names.bluemarket-shop.com/v1"';
  const NAMES: readonly (readonly [what: string, name: Buffer])[] = [
    ['with NUL', Buffer.from('a\0b.json')],
    ['that climb out', Buffer.from('../../../../etc/cron.d/x.json')],
    ['that are absolute', Buffer.from('/etc/x.json')],
    ['of another system', Buffer.from('C:\\Windows\\x.json')],
    ['that read backwards (U+202E)', Buffer.from('gpj.\u202enosj.json')],
    ['with a zero-width space', Buffer.from('a\u200b.json')],
    ['that are not UTF-8', Buffer.from([0xff, 0xfe, 0x82, 0x2e, 0x6a, 0x73, 0x6f, 0x6e])],
    ['that end in half a character', Buffer.from([0x61, 0xe2, 0x82, 0x2e, 0x6a, 0x73, 0x6f, 0x6e])],
    ['of 64 KiB', Buffer.concat([Buffer.alloc(65_000, 'a'), Buffer.from('.json')])],
    ['that are empty', Buffer.alloc(0)],
    ['of every JavaScript object', Buffer.from('__proto__')],
    ['with the sign of nested archives', Buffer.from('a.zip!b.json')],
  ];

  it.each(NAMES)('%s are no obstacle', async (_what, raw) => {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const body = local('', packed, data.length, crc32(data));
    const report = await survive(
      withDirectory(body, [{ name: raw, offset: 0, packed: packed.length, size: data.length, crc: crc32(data) }]),
      'names.apk',
    );
    expect(report?.endpoints.map(({ host }) => host)).toEqual(['names.bluemarket-shop.com']);
    expect(JSON.stringify(report)).not.toMatch(/\\u0000/);
    expect(report?.endpoints[0]?.evidence[0]?.entry.length).toBeLessThanOrEqual(1_100);
  });
});

it('the same package gives the same report, byte for byte, whatever was read before it', async () => {
  const apk = buildApk({
    ...{
      applicationId: 'com.bluemarket.shop',
      versionName: '1',
      versionCode: 1,
      label: 'S',
      minSdk: 24,
      targetSdk: 34,
    },
    strings: { api: 'https://api.bluemarket-shop.com/v1' },
    dex: [['https://a.bluemarket-shop.com/', '/api/orders'], ['https://b.bluemarket-shop.com/']],
    assets: { 'a.js': 'var u = "https://c.bluemarket-shop.com/";' },
  });
  const first = JSON.stringify(await inspect(apk, 'same.apk'));
  for (const [name, bytes] of PACKAGES) await survive(bytes, name);
  expect(JSON.stringify(await inspect(apk, 'same.apk'))).toBe(first);
});
