/**
 * Hostile native libraries: ours with bytes changed, cut and doubled. Whatever the bytes claim, a reader comes to an end
 * soon, throws nothing and hands on nothing that does not stand in the file.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { writeSnapshot } from '../../src/inspect/formats/dart/testing/snapshot-writer.ts';
import { writeElf } from '../../src/inspect/formats/elf/testing/elf-writer.ts';
import { collectNative } from '../../src/inspect/formats/elf/testing/read-native.ts';

const LIMIT_MS = 1_000;
const urls = Array.from({ length: 60 }, (_, index) => `https://h${index}.bluemarket-shop.com/päth/${index}`);
const words = Array.from({ length: 60 }, (_, index) => `_onShopEvent${'x'.repeat(index % 19)}@${index}`);

const samples: Record<string, Buffer> = {};
for (const layout of ['clusters', 'clusters-by-width', '64', '64-wide', '32', '32-wide'] as const) {
  samples[`Dart ${layout}`] = writeElf({
    bits: layout.startsWith('32') ? 32 : 64,
    sections: [{ name: '.rodata', bytes: writeSnapshot({ layout, strings: [...words, ...urls, '订单：请输入密码'] }) }],
    symbols: { _kDartIsolateSnapshotData: '.rodata' },
  });
}
const constants = Buffer.from(`${urls.join('\0')}\0`);
const joined = Buffer.from(`${urls.join('')}/rustc/90b35a623/library\0`);
for (const bits of [32, 64] as const) {
  for (const stripped of [false, true]) {
    const sections = [
      { name: '.rodata', bytes: constants },
      { name: '.data', bytes: joined, flags: 3 },
    ];
    samples[`ELF ${bits}${stripped ? ' stripped' : ''}`] = writeElf({
      bits,
      stripped,
      sections,
      symbols: { one: '.data' },
    });
  }
}
const buildInfo = Buffer.concat([
  Buffer.from('\xff Go buildinf:\x08\x02', 'latin1'),
  Buffer.alloc(16),
  Buffer.from('\x08go1.22.3\x05dep\ta'),
]);
samples.Go = writeElf({
  sections: [
    { name: '.go.buildinfo', bytes: buildInfo, flags: 3 },
    { name: '.rodata', bytes: joined },
  ],
});

interface Mutation {
  at: number;
  kind: 'set' | 'word' | 'cut' | 'insert' | 'repeat';
  value: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.oneof(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.double({ min: 0, max: 0.03, maxExcluded: true, noNaN: true }),
  ),
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

async function readAll(bytes: Buffer): Promise<void> {
  const started = performance.now();
  const { result, strings } = await collectNative(bytes, 'libapp.so');
  expect(performance.now() - started).toBeLessThan(LIMIT_MS);
  expect(['read', 'partial', 'skipped', 'failed']).toContain(result.status);
  if (result.status === 'partial' || result.status === 'failed') expect(result.code).toMatch(/^[A-Z][A-Z_]+$/);
  let total = 0;
  for (const { text, offset = 0 } of strings) {
    total += text.length;
    expect(text.length).toBeLessThanOrEqual(LIMITS.stringLength);
    expect(offset).toBeLessThan(bytes.length);
  }
  // sections may lie over one another, yet no byte is read twice as the same kind
  expect(total).toBeLessThanOrEqual(bytes.length * 4 + 1024);
}

describe('a damaged native library', () => {
  for (const [name, sample] of Object.entries(samples)) {
    it(`${name}: is read in bounded time without a throw`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (mutations) => {
          await readAll(mutate(sample, mutations));
        }),
        { numRuns: 300 },
      );
    });
  }

  it('bytes that are nothing but a magic are told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (tail) => {
        await readAll(Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]), tail]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('input made to be slow', () => {
  const fill = (unit: Buffer, size: number): Buffer => Buffer.alloc(size, unit);
  const header = writeSnapshot({ layout: 'clusters', strings: [] });
  const snapshot = (body: Buffer): Buffer => {
    const bytes = Buffer.concat([header.subarray(0, 200), body]);
    bytes.writeBigInt64LE(BigInt(bytes.length - 4), 4);
    return bytes;
  };
  const cases: Record<string, Buffer> = {
    'texts that look like a table and are none': snapshot(
      fill(Buffer.from('\x94textfields\x98textfieldabc\x9ctextfieldabcde\xa0textfieldabcdefg', 'latin1'), 4 << 20),
    ),
    'empty strings': snapshot(fill(Buffer.from([0x80]), 4 << 20)),
    'bytes of a varint without an end': snapshot(fill(Buffer.from([0x7f]), 4 << 20)),
    'magic after magic': fill(Buffer.from([0xf5, 0xf5, 0xdc, 0xdc]), 4 << 20),
    'dictionary after dictionary': fill(Buffer.from('timedownlifeleftbackcodedatashowonlysitecityopenjust\0'), 4 << 20),
    'scheme after scheme': fill(Buffer.from('https://'), 4 << 20),
    'one long text': Buffer.concat([fill(Buffer.from('https://a.b/'), 4 << 20), Buffer.from('\0')]),
    'invalid UTF-8': Buffer.concat([fill(Buffer.from([0x3a, 0xe4]), 4 << 20), Buffer.from('\0')]),
  };
  it.each(Object.entries(cases))('%s', async (_, bytes) => {
    await readAll(
      writeElf({ sections: [{ name: '.rodata', bytes }], symbols: { _kDartIsolateSnapshotData: '.rodata' } }),
    );
    await readAll(writeElf({ sections: [{ name: '.rodata', bytes: Buffer.concat([bytes, Buffer.from('/rustc/')]) }] }));
  });
});
