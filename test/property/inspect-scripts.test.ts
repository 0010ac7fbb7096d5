/**
 * Hostile Hermes bytecode, Unity metadata, RAM bundles and gzip files: real ones and written ones with bytes changed, counts
 * blown up, and cut anywhere. Their readers come to an end in time, say what they found, and hand on nothing from outside.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { readContext } from '../../src/inspect/containers/read-content.ts';
import { readGzip } from '../../src/inspect/formats/gzip/index.ts';
import { readHermes } from '../../src/inspect/formats/hermes/index.ts';
import { readMetadata } from '../../src/inspect/formats/il2cpp/index.ts';
import { writeMetadata } from '../../src/inspect/formats/il2cpp/testing/metadata-writer.ts';
import { readRamBundle } from '../../src/inspect/formats/ram-bundle/index.ts';
import { writeRamBundle } from '../../src/inspect/formats/ram-bundle/testing/ram-bundle-writer.ts';
import type { BinaryReader } from '../../src/inspect/formats/reader.ts';
import type { PackageSink } from '../../src/inspect/source.ts';

const LIMIT_MS = 1_000;
const FIXTURES = join(import.meta.dirname, '../../src/inspect/formats/hermes/testing');
const urls = Array.from({ length: 60 }, (_, i) => `https://h${i}.example.org/päth/${i}`);
const unity = {
  literals: urls,
  types: urls.map((_, i) => `Space${i % 7}.Type${i}`),
  constants: urls.map((url, i) => [`name${i}`, i % 3 === 0 ? i : url] as const),
};
const script = urls.map((url) => `f("${url}");`).join('\n');

const SAMPLES: readonly (readonly [what: string, samples: readonly Buffer[], read: BinaryReader])[] = [
  [
    'Hermes bytecode',
    readdirSync(FIXTURES)
      .filter((name) => name.endsWith('.hbc'))
      .map((name) => readFileSync(join(FIXTURES, name))),
    readHermes,
  ],
  [
    'Unity metadata',
    [24, 24.2, 27, 31, 35, 39, 106].map((version) => writeMetadata({ ...unity, version })),
    readMetadata,
  ],
  ['a RAM bundle', [writeRamBundle(script, [...urls.map((url) => `g('${url}')`), undefined, script])], readRamBundle],
  ['a gzip file', [gzipSync(script), gzipSync(writeRamBundle(script, [script]))], readGzip],
];

interface Change {
  at: number;
  kind: 'byte' | 'head' | 'word' | 'cut' | 'insert';
  value: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom('byte', 'head', 'head', 'word', 'word', 'cut', 'insert'),
  value: fc.oneof(
    fc.constantFrom(0, 1, 0x7f, 0xff, 0x7fffff, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff),
    fc.nat(0xffffffff),
    fc.nat(4096),
  ),
});

function apply(original: Buffer, changes: readonly Change[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (const { at, kind, value } of changes) {
    const offset = Math.floor(at * bytes.length);
    // the head holds the counts and offsets, and so is where damage costs
    const head = 8 + (Math.floor(at * 256) & ~3);
    if (kind === 'byte' && bytes.length > 0) bytes[offset] = value & 0xff;
    else if (kind === 'head' && head + 4 <= bytes.length) bytes.writeUInt32LE(value, head);
    else if (kind === 'word' && (offset & ~3) + 4 <= bytes.length) bytes.writeUInt32LE(value, offset & ~3);
    else if (kind === 'cut') bytes = bytes.subarray(0, offset);
    else if (kind === 'insert')
      bytes = Buffer.concat([bytes.subarray(0, offset), Buffer.alloc(value & 0xff, value), bytes.subarray(offset)]);
  }
  return bytes;
}

async function readInTime(reader: BinaryReader, bytes: Buffer): Promise<string> {
  let handed = 0;
  const sink: Partial<PackageSink> = {
    string({ text, offset = 0 }) {
      handed += text.length;
      expect(text.length).toBeLessThanOrEqual(LIMITS.stringLength * 3);
      expect(offset).toBeLessThanOrEqual(bytes.length);
    },
    code({ names }) {
      for (const [name, count] of names) {
        expect(name).not.toBe('');
        expect(count).toBeGreaterThan(0);
      }
    },
  };
  const started = performance.now();
  const { status } = await reader(bytes, readContext(sink as PackageSink, LIMITS, 'assets/x', 'text'));
  expect(performance.now() - started).toBeLessThan(LIMIT_MS);
  // whatever strings share, they stay in proportion to the file (gzip: to what it unpacks to)
  if (reader !== readGzip) expect(handed).toBeLessThanOrEqual((bytes.length + 4096) * 20);
  expect(['read', 'partial', 'skipped', 'failed']).toContain(status);
  return status;
}

describe.each(SAMPLES)('%s', (_what, samples, reader) => {
  it('that is sound is read', async () => {
    for (const sample of samples) expect(await readInTime(reader, sample)).toBe('read');
  });

  it('that was changed anywhere is read or refused in time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        async (sample, changes) => {
          await readInTime(reader, apply(sample, changes));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('that was cut anywhere is read or refused in time', async () => {
    for (const sample of samples) {
      for (let length = 0; length < sample.length; length += 41) await readInTime(reader, sample.subarray(0, length));
    }
  });

  it('that is nothing but noise is read or refused in time', async () => {
    const noise = fc.uint8Array({ minLength: 0, maxLength: 2000 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), noise, async (sample, bytes) => {
        await readInTime(reader, Buffer.concat([sample.subarray(0, 12), bytes]));
      }),
      { numRuns: 500 },
    );
  });
});
