/**
 * Hostile input for every reader: bytes that are nothing, files of ours with bytes changed, cut and doubled, and – when
 * POSTERN_CORPUS names a folder of real packages – the same done to those. A reader must come to an end in bounded time
 * and say what it found; it may never throw anything but the three errors that readPackage documents.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildBinary } from 'plist';
import { describe, expect, it } from 'vitest';
import { writeResources } from '../../lab/apk/arsc-writer.ts';
import { writeDex } from '../../lab/apk/dex-writer.ts';
import { buildApk } from '../../lab/apk/index.ts';
import { writeBinaryXml } from '../../lab/apk/xml-writer.ts';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { PosternError } from '../../src/core/errors.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { createBudget } from '../../src/inspect/containers/budget.ts';
import { fileSource } from '../../src/inspect/containers/byte-source.ts';
import { readEntry } from '../../src/inspect/containers/read-entry.ts';
import { roleByMagic } from '../../src/inspect/containers/role.ts';
import { collect, collectFile } from '../../src/inspect/containers/testing/collect.ts';
import { listZip } from '../../src/inspect/containers/zip-directory.ts';
import { readResourceTable } from '../../src/inspect/formats/arsc.ts';
import { binaryXmlMatters, readBinaryXml } from '../../src/inspect/formats/axml.ts';
import { readDex } from '../../src/inspect/formats/dex.ts';
import { isBinaryPlist, plistStrings, readPlist } from '../../src/inspect/formats/plist.ts';
import { createScanner, grammarOf, type TextPiece } from '../../src/inspect/formats/text/index.ts';

const LIMIT_MS = 3_000;

/** Small limits, so that a mutation that reaches one does so soon. */
const SMALL = { archiveBytes: 64 << 20, entryBytes: 16 << 20, archiveEntries: 2_000 };

interface Mutation {
  at: number;
  kind: 'set' | 'word' | 'cut' | 'insert' | 'repeat';
  value: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom('set', 'set', 'word', 'word', 'cut', 'insert', 'repeat'),
  value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff), fc.nat(0xffffffff)),
});

function mutate(original: Buffer, mutations: readonly Mutation[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (const { at, kind, value } of mutations) {
    const offset = Math.floor(at * bytes.length);
    if (kind === 'set' && bytes.length > 0) bytes[offset] = value & 0xff;
    else if (kind === 'word' && offset + 4 <= bytes.length) bytes.writeUInt32LE(value >>> 0, offset & ~3);
    else if (kind === 'cut') bytes = bytes.subarray(0, Math.max(8, offset));
    else if (kind === 'insert')
      bytes = Buffer.concat([
        bytes.subarray(0, offset),
        Buffer.alloc(value & 0xff, value >> 8),
        bytes.subarray(offset),
      ]);
    else if (kind === 'repeat') bytes = Buffer.concat([bytes, bytes.subarray(offset, offset + 4096)]);
  }
  return bytes;
}

/** Runs it and fails when it takes too long. */
async function inTime<T>(action: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await action();
  expect(performance.now() - started).toBeLessThan(LIMIT_MS);
  return result;
}

const STATUSES = ['read', 'partial', 'skipped', 'failed'];
const urls = Array.from({ length: 60 }, (_, i) => `https://h${i}.example.org/päth/${i}`);

const readers: Record<string, { sample: Buffer; read(bytes: Buffer): void | Promise<void> }> = {
  dex: {
    sample: writeDex([...urls, 'Lcom/example/Main;', 'x'.repeat(500)]),
    read(bytes) {
      let last = 0;
      const { status } = readDex(bytes, LIMITS, (text, offset) => {
        expect(text.length).toBeLessThanOrEqual(LIMITS.stringLength * 3);
        last = offset;
      });
      expect(STATUSES).toContain(status);
      expect(last).toBeLessThanOrEqual(bytes.length);
    },
  },
  arsc: {
    sample: writeResources('com.example', [
      { type: 'string', entries: urls.map((url, i) => [`url_${i}`, url] as const) },
      { type: 'xml', entries: [['config', 'res/xml/config.xml']] },
    ]),
    read(bytes) {
      const table = readResourceTable(bytes, LIMITS);
      table.strings(({ text }) => expect(typeof text).toBe('string'));
      for (let id = 0x7f010000; id < 0x7f010040; id++) {
        table.resolve(id);
        table.nameOf(id);
      }
      expect(STATUSES).toContain(table.result.status);
    },
  },
  axml: {
    sample: writeBinaryXml({
      name: 'manifest',
      attributes: { package: 'com.example', 'android:versionCode': 3 },
      children: urls.map((url) => ({
        name: 'data',
        attributes: { 'android:name': url, 'android:label': { reference: 0x7f010000 } },
        text: url,
      })),
    }),
    read(bytes) {
      binaryXmlMatters(bytes, LIMITS);
      const { result } = readBinaryXml(bytes, LIMITS, undefined, ({ text }) => expect(typeof text).toBe('string'));
      expect(STATUSES).toContain(result.status);
    },
  },
  'binary plist': {
    sample: Buffer.from(
      buildBinary({ urls, nested: { deep: { deeper: [1, true, { date: new Date(0), data: new Uint8Array(9) }] } } }),
    ),
    async read(bytes) {
      const { result, value } = await readPlist(bytes);
      expect(STATUSES).toContain(result.status);
      if (value !== undefined) plistStrings(value, ({ text }) => expect(typeof text).toBe('string'));
    },
  },
  'XML plist': {
    sample: Buffer.from(
      `<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "x"><plist version="1.0"><dict><key>a</key><array>${urls
        .map((url) => `<string>${url}</string><integer>7</integer><data>AAAA</data><true/>`)
        .join('')}</array></dict></plist>`,
    ),
    async read(bytes) {
      expect(STATUSES).toContain((await readPlist(bytes)).result.status);
    },
  },
};

const SCRIPT = Buffer.from(
  urls
    .map(
      (url, i) =>
        `/* ${url} */ var a${i} = {"b": '${url}', re: /["']/g, t: \`x\${a}\n${url}\`}; // ${url}\n<a href="${url}">`,
    )
    .join('\n'),
);

for (const extension of ['js', 'html', 'properties', 'txt', 'md']) {
  readers[`text .${extension}`] = {
    sample: SCRIPT,
    read(bytes) {
      const grammar = grammarOf(extension);
      if (grammar === undefined) throw new Error(`no grammar for .${extension}`);
      const lines = bytes.filter((byte) => byte === 0x0a).length + 1;
      const pieces: TextPiece[] = [];
      const scanner = createScanner(grammar, (piece) => pieces.push(piece));
      for (let at = 0; at < bytes.length; at += 1_000) scanner.push(bytes.subarray(at, at + 1_000));
      scanner.end();
      for (const { text, offset, line } of pieces) {
        expect(text.length).toBeLessThanOrEqual(4096);
        expect(offset).toBeLessThanOrEqual(bytes.length);
        expect(line).toBeLessThanOrEqual(lines);
      }
    },
  };
}

describe.each(Object.entries(readers))('the reader of %s', (_name, { sample, read }) => {
  it('comes to an end on any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        await inTime(() => read(Buffer.from(bytes)));
      }),
      { numRuns: 150 },
    );
  });

  it('comes to an end on a file of its own that was changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 12 }), async (mutations) => {
        await inTime(() => read(mutate(sample, mutations)));
      }),
      { numRuns: 150 },
    );
  });
});

/** Reads a spoilt package; only the documented errors may come out of it. */
async function readSpoilt(bytes: Buffer): Promise<void> {
  try {
    const { coverage, strings } = await inTime(() => collect(bytes, { limits: SMALL }));
    for (const { status, reason } of coverage) {
      expect(STATUSES).toContain(status);
      expect(reason).not.toBe('');
    }
    for (const { entry, text } of strings) expect(`${entry}${text}`.length).toBeGreaterThan(0);
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    expect(['E_INPUT_CORRUPT', 'E_INPUT_UNSUPPORTED']).toContain(error.code);
  }
}

const APK = buildApk({
  applicationId: 'com.example.shop',
  versionName: '1',
  versionCode: 1,
  label: 'Shop',
  minSdk: 24,
  targetSdk: 34,
  manifestFlags: { debuggable: true },
  networkSecurityConfig: { cleartextTrafficPermitted: true },
  strings: { url: 'https://a.example' },
  dex: [urls, ['/api/orders']],
  assets: {
    'a.js': SCRIPT,
    'b.plist': readers['binary plist']?.sample ?? '',
    nested: writeZip([{ name: 'x.dex', data: writeDex(urls), compress: true }]),
  },
});

describe('a package', () => {
  it('that was changed anywhere is read or refused in time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 10 }), async (mutations) => {
        await readSpoilt(mutate(APK, mutations));
      }),
      { numRuns: 150 },
    );
  });

  it('that was cut anywhere is read or refused in time', async () => {
    for (let length = 0; length < APK.length; length += 97) await readSpoilt(APK.subarray(0, length));
  });
});

const corpus = process.env.POSTERN_CORPUS;
const packages =
  corpus !== undefined && existsSync(corpus)
    ? readdirSync(corpus, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:apk|aab|ipa|bundle|hbc)$/.test(name))
        .sort()
    : [];
if (packages.length === 0)
  console.warn('SKIPPED: real packages are not read, because POSTERN_CORPUS names no folder of them');

describe.skipIf(packages.length === 0)('a real package', () => {
  it.each(packages)('%s is read, every entry accounted for', async (name) => {
    const { facts, coverage, skips } = await inTime(() => collectFile(join(corpus ?? '', name)));
    expect(facts.bytes).toBeGreaterThan(0);
    expect(coverage.length).toBeGreaterThan(0);
    expect(skips.filter(({ severity }) => severity === 'incomplete')).toEqual([]);
  });

  it('gives what its makers hid: sparse tables, a DEX before the archive, DEX files among the assets', async () => {
    const read = (name: string) => collectFile(join(corpus ?? '', 'apk', name));
    const sparse = await read('apktool-sparse.apk');
    expect(sparse.strings.filter(({ via }) => via === 'resource')).toHaveLength(1000);
    const janus = await read('janus.apk');
    expect(janus.skips.map(({ code }) => code)).toEqual(['ZIP_PREPENDED_DEX']);
    const dynamic = await read('apktool-dynamic_dex.apk');
    expect(dynamic.coverage.filter(({ entry, status }) => entry.endsWith('.dex') && status === 'read')).toHaveLength(4);
    const odd = await read('apktool-unknown_compression.apk');
    expect(odd.manifests[0]?.root.attributes.package).toBe('com.ibotpeaches.issue1244');
    const bank = await read('dvba.apk');
    expect(bank.security[0]?.root.children[0]?.attributes).toEqual({ cleartextTrafficPermitted: true });
  });

  it('gives files that are read, changed anywhere, in time', async () => {
    const samples = await Promise.all(packages.filter((name) => /\.(?:apk|ipa)$/.test(name)).map(filesOf));
    const all = samples.flat();
    expect(all.length).toBeGreaterThan(20);
    for (const { role, bytes } of all) {
      const reader = readers[role];
      if (reader === undefined) throw new Error(`no reader for ${role}`);
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 20 }), async (mutations) => {
          await inTime(() => reader.read(mutate(bytes, mutations)));
        }),
        { numRuns: 8 },
      );
    }
  }, 240_000);

  /** A few files of each format in a real package. */
  async function filesOf(name: string): Promise<{ role: string; bytes: Buffer }[]> {
    const source = fileSource(join(corpus ?? '', name));
    const budget = createBudget();
    const found: { role: string; bytes: Buffer }[] = [];
    const { entries } = await listZip(source, budget);
    for (const entry of entries) {
      if (entry.size > 3_000_000 || !/\.(?:dex|arsc|xml|plist)$/.test(entry.name)) continue;
      const { bytes } = await readEntry(source, entry, budget);
      const { role } = roleByMagic(bytes.subarray(0, 512));
      const reader = {
        dex: 'dex',
        arsc: 'arsc',
        xml: 'axml',
        plist: isBinaryPlist(bytes) ? 'binary plist' : 'XML plist',
      };
      for (const [key, value] of Object.entries(reader)) {
        if (key === role && found.filter((other) => other.role === value).length < 3)
          found.push({ role: value, bytes });
      }
    }
    source.close();
    return found;
  }

  const small = packages.filter((name) => readFileSync(join(corpus ?? '', name)).length < 400_000);
  it.each(small)('%s, changed anywhere, is read or refused in time', async (name) => {
    const original = readFileSync(join(corpus ?? '', name));
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 10 }), async (mutations) => {
        await readSpoilt(mutate(original, mutations));
      }),
      { numRuns: 40 },
    );
  });
});
