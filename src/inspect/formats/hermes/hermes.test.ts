import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import type { Limits } from '../../containers/budget.ts';
import { readContext } from '../../containers/read-content.ts';
import type { ReadResult } from '../result.ts';
import { readHermes } from './index.ts';
import { locateStrings } from './layout.ts';
import { toDelta } from './testing/delta.ts';

const FOLDER = join(import.meta.dirname, 'testing');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.hbc'));
const v96 = readFileSync(join(FOLDER, 'v96.hbc'));

interface Found {
  text: string;
  offset: number | undefined;
}

function strings(bytes: Buffer, limits: Partial<Limits> = {}): { found: Found[]; result: ReadResult } {
  const found: Found[] = [];
  const context = readContext(undefined as never, { ...LIMITS, ...limits }, 'index.android.bundle', 'hermes');
  context.string = (text, offset) => void found.push({ text, offset });
  return { found, result: readHermes(bytes, context) as ReadResult };
}

function texts(bytes: Buffer): string[] {
  return strings(bytes).found.map(({ text }) => text);
}

/** Literals and names of testing/app.js that the pre-filter lets through. */
const EXPECTED = [
  'https://api.bluemarket-shop.com/v2',
  'https://api.bluemarket-shop.com/v2/orders',
  '/v2/orders',
  'wss://live.bluemarket-shop.com:8443/socket',
  'https://bücher.example/suche?q=grün',
  'https://bluemarket-shop.com/店舗/一覧',
  'https://bluemarket-shop.com/🛒/cart',
  'https://bluemarket-shop-default-rtdb.firebaseio.com',
  '192.168.10.20:9200',
  'bluemarket-not-a-real-key-0123456789',
  'a.b',
  'https://as-a-key.example/name',
  'identifier.bluemarket-shop.com',
  'api.host',
  'x-bluemarket-tenant-id',
  '/users/',
  '^https?:\\/\\/regexp\\.example',
].sort();

describe('Hermes bytecode', () => {
  it('stands here as thirteen compilers made it', () => {
    expect(FILES).toHaveLength(13);
    for (const file of FILES) {
      expect(`v${readFileSync(join(FOLDER, file)).readUInt32LE(8)}.hbc`).toBe(file);
    }
  });

  it.each(FILES)('%s gives every string of the source exactly, and nothing else', (file) => {
    const { found, result } = strings(readFileSync(join(FOLDER, file)));
    const long = found.filter(({ text }) => text.length > 200);
    expect(long.map(({ text }) => text)).toEqual([`https://bluemarket-shop.com/long?filter=${'a'.repeat(251)}&end=1`]);
    expect(
      found
        .map(({ text }) => text)
        .filter((text) => text.length <= 200)
        .sort(),
    ).toEqual(EXPECTED);
    expect(result.status).toBe('read');
  });

  it('says where each string stands in the file', () => {
    for (const { text, offset = 0 } of strings(v96).found) {
      const ascii = v96.toString('latin1', offset, offset + text.length);
      const wide = v96.toString('utf16le', offset, offset + text.length * 2);
      expect([ascii, wide]).toContain(text);
    }
  });

  it('is read in delta form, too', () => {
    for (const file of ['v60.hbc', 'v96.hbc', 'v99.hbc']) {
      const bytes = readFileSync(join(FOLDER, file));
      const delta = toDelta(bytes);
      expect(delta.equals(bytes)).toBe(false);
      expect(strings(delta).found).toEqual(strings(bytes).found);
      expect(strings(delta).result.reason).toContain('in delta form');
    }
  });

  it('of a version that nobody has seen is read when its tables add up, and that is said', () => {
    for (const [file, version] of [
      ['v96.hbc', 58],
      ['v96.hbc', 100],
      ['v99.hbc', 140],
    ] as const) {
      const bytes = readFileSync(join(FOLDER, file));
      const before = texts(bytes);
      bytes.writeUInt32LE(version, 8);
      expect(texts(bytes)).toEqual(before);
      expect(strings(bytes).result).toMatchObject({ status: 'partial', code: 'HERMES_NEW_VERSION' });
    }
  });

  it('of a version with another layout is refused by name', () => {
    const bytes = Buffer.concat([v96.subarray(0, 40), Buffer.from([1, 0, 0, 0]), v96.subarray(40)]);
    bytes.writeUInt32LE(100, 8);
    const { found, result } = strings(bytes);
    expect(found).toEqual([]);
    expect(result).toMatchObject({ status: 'failed', code: 'HERMES_UNPARSED' });
    expect(result.reason).toContain('unparsed v100');
  });

  it('that is cut off gives the strings that are left', () => {
    const layout = locateStrings(v96, 'execution');
    if (layout === undefined) throw new Error('no layout');
    const half = strings(v96.subarray(0, layout.storage + layout.storageBytes / 2));
    expect(half.result).toMatchObject({ status: 'partial', code: 'HERMES_BAD_OFFSET' });
    expect(half.found.length).toBeGreaterThan(3);
    expect(strings(v96.subarray(0, layout.small)).result.code).toBe('HERMES_TRUNCATED');
    expect(strings(v96.subarray(0, 100)).result.code).toBe('HERMES_TRUNCATED');
    expect(strings(Buffer.from('no bytecode')).result.code).toBe('HERMES_BAD_MAGIC');
  });

  it('whose kinds contradict its counts is read as its version says, and that is said', () => {
    const bytes = Buffer.from(v96);
    const { kinds } = locateStrings(v96, 'execution') ?? { kinds: 0 };
    bytes.writeUInt32LE(bytes.readUInt32LE(kinds) + 1, kinds);
    expect(strings(bytes).result).toMatchObject({ status: 'partial', code: 'HERMES_INCONSISTENT' });
    expect(texts(bytes)).toEqual(texts(v96));
  });

  it('with strings forged to lie over each other comes to an end', () => {
    const count = 200_000;
    const storage = 100_000;
    const bytes = Buffer.alloc(128 + 16 + 4 + count * 4 + 8 + storage, 0x2e);
    v96.copy(bytes, 0, 0, 128);
    for (const [offset, value] of [
      [32, bytes.length],
      [40, 1],
      [44, 1],
      [48, 0],
      [52, count],
      [56, 1],
      [60, storage],
      [128 + 16, count],
    ] as const) {
      bytes.writeUInt32LE(value, offset);
    }
    const small = 128 + 16 + 4;
    for (let index = 0; index < count; index++) bytes.writeUInt32LE(255 * 2 ** 24, small + index * 4);
    bytes.writeUInt32LE(0, small + count * 4);
    bytes.writeUInt32LE(storage, small + count * 4 + 4);
    const { found, result } = strings(bytes);
    expect(result.code).toBe('HERMES_OVERLAP');
    expect(found.length).toBeLessThan(100);
  });

  it('gives a string beyond the limit in pieces that overlap', () => {
    const { found } = strings(v96, { stringLength: 4096 + 64 });
    expect(found.map(({ text }) => text)).toEqual(texts(v96));
    const long = `${'x.'.repeat(40_000)}https://seam.example/${'y'.repeat(40_000)}`;
    const bytes = withOneString(long);
    const pieces = strings(bytes).found;
    expect(pieces.map(({ text }) => text.length)).toEqual([65536, long.length - (65536 - 4096)]);
    expect(pieces.some(({ text }) => text.includes('https://seam.example/y'))).toBe(true);
  });

  it('keeps inlined images to itself', () => {
    expect(strings(withOneString(`data:image/png;base64,${'iVBOR/w0KGgo+'.repeat(200)}`)).found).toEqual([]);
  });
});

/** v96 with one string in its table. */
function withOneString(text: string): Buffer {
  const bytes = Buffer.alloc(128 + 16 + 4 + 4 + 8);
  v96.copy(bytes, 0, 0, 128);
  for (const [offset, value] of [
    [32, bytes.length + text.length],
    [40, 1],
    [44, 1],
    [48, 0],
    [52, 1],
    [56, 1],
    [60, text.length],
    [144, 1],
    [148, 255 * 2 ** 24],
    [152, 0],
    [156, text.length],
  ] as const) {
    bytes.writeUInt32LE(value, offset);
  }
  return Buffer.concat([bytes, Buffer.from(text, 'latin1')]);
}

const corpus = process.env.POSTERN_CORPUS;
const parts = corpus === undefined ? '' : join(corpus, 'parts');
if (!existsSync(parts))
  console.warn('SKIPPED: real bundles are not read, because POSTERN_CORPUS names no folder of them');

describe.skipIf(!existsSync(parts))('a real bundle', () => {
  it.each([
    ['hbc59-index.android.bundle', 59],
    ['hbc76-index.android.bundle', 76],
    ['hbc84-sample.hbc', 84],
    ['hbc94-sample.hbc', 94],
  ])('%s is read as v%i, all its tables sound', (name, version) => {
    const bytes = readFileSync(join(parts, name));
    expect(strings(bytes).result).toMatchObject({
      status: 'read',
      reason: expect.stringContaining(`v${version}`),
    });
    if (name.startsWith('hbc84')) {
      // as many as the compiler itself prints with -dump-bytecode: 538 that are addresses, 625 that hold one
      const addresses = new Set(texts(bytes).filter((text) => /https?:\/\//.test(text)));
      expect(addresses.size).toBe(625);
      expect([...addresses].filter((text) => /^https?:\/\//.test(text))).toHaveLength(538);
    }
  });
});
