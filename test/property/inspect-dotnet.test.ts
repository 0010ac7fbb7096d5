/** Hostile .NET assemblies and assembly stores: files that a compiler made, with bytes changed, cut and doubled. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAssemblyStore } from '../../src/inspect/formats/dotnet/assembly-store.ts';
import { decodeLz4Block } from '../../src/inspect/formats/dotnet/lz4-block.ts';
import { readAs } from '../../src/inspect/formats/dotnet/testing/read.ts';
import { compressedAssembly, wrapInElf, writeStore } from '../../src/inspect/formats/dotnet/testing/write-store.ts';

const LIMIT_MS = 1_000;
const file = (name: string) =>
  readFileSync(new URL(`../../src/inspect/formats/dotnet/testing/${name}`, import.meta.url));

const SHOP = file('shop.dll');
const LZ4 = compressedAssembly('XALZ', SHOP.length, file('shop.dll.lz4'));
const ZSTANDARD = compressedAssembly('XAZS', SHOP.length, file('shop.dll.zst'));
const STORED = [
  { name: 'Shop.dll', data: SHOP, config: '<a b="https://c.example/"/>' },
  { name: 'Packed.dll', data: LZ4 },
];

const SAMPLES: Readonly<Record<string, Buffer>> = {
  assembly: SHOP,
  'assembly of LZ4': LZ4,
  'assembly of Zstandard': ZSTANDARD,
  'store v1': writeStore(STORED, { version: 1 }),
  'store v2': writeStore(STORED, { version: 2, bits: 32 }),
  'store v4': writeStore(STORED, { version: 4 }),
  'store in a library': wrapInElf(writeStore(STORED, { version: 3 })),
};

interface Change {
  at: number;
  kind: 'bit' | 'byte' | 'word' | 'cut' | 'repeat';
  value: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom('bit', 'byte', 'byte', 'word', 'word', 'cut', 'repeat'),
  value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff), fc.nat(0xffffffff)),
});

function changed(original: Buffer, changes: readonly Change[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (const { at, kind, value } of changes) {
    const offset = Math.floor(at * bytes.length);
    if (kind === 'bit') bytes[offset] = (bytes[offset] ?? 0) ^ (1 << (value & 7));
    else if (kind === 'byte') bytes[offset] = value & 0xff;
    else if (kind === 'word' && offset + 4 <= bytes.length) bytes.writeUInt32LE(value >>> 0, offset);
    else if (kind === 'cut') bytes = bytes.subarray(0, Math.max(offset, 1));
    else if (kind === 'repeat') bytes = Buffer.concat([bytes, bytes.subarray(offset, offset + 4096)]);
  }
  return bytes;
}

describe.each(Object.entries(SAMPLES))('the reader of an %s', (_name, sample) => {
  it('comes to an end on a file that was changed, and says how it went', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 10 }), async (changes) => {
        const bytes = changed(sample, changes);
        const started = performance.now();
        const { result, strings, skips } = await readAs(readAssemblyStore, bytes, { limits: { entryBytes: 1 << 20 } });
        expect(performance.now() - started).toBeLessThan(LIMIT_MS);
        expect(['read', 'partial', 'skipped', 'failed']).toContain(result.status);
        expect(result.reason).not.toBe('');
        for (const { text, offset = 0 } of strings) {
          expect(text.length).toBeLessThanOrEqual(65_536);
          expect(offset).toBeLessThan(1 << 20);
        }
        for (const { reason } of skips) expect(reason).not.toBe('');
      }),
      { numRuns: 1500 },
    );
  });
});

describe('an LZ4 block', () => {
  it('of any bytes comes to an end within its size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(5000), (bytes, size) => {
        expect(decodeLz4Block(bytes, size).length).toBeLessThanOrEqual(size);
      }),
      { numRuns: 3000 },
    );
  });
});
