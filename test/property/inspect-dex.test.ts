/**
 * Hostile DEX files: a compiled one with bytes, words and whole tables changed. The reader must come to an end in bounded
 * time and may never throw; what it says of the code stays within the file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/core/limits.ts';
import { createBudget } from '../../src/inspect/containers/budget.ts';
import { fileSource } from '../../src/inspect/containers/byte-source.ts';
import { readEntry } from '../../src/inspect/containers/read-entry.ts';
import { listZip } from '../../src/inspect/containers/zip-directory.ts';
import { readDex } from '../../src/inspect/formats/dex.ts';

const LIMIT_MS = 3_000;
const SHOP = readFileSync(new URL('../../src/inspect/formats/dex/testing/shop.dex', import.meta.url));

function readWhole(bytes: Buffer): void {
  const started = performance.now();
  let told = 0;
  const { status } = readDex(
    bytes,
    LIMITS,
    (_text, offset, code) => {
      expect(offset).toBeLessThanOrEqual(bytes.length);
      expect(code?.().length ?? 0).toBeLessThanOrEqual(8);
    },
    {
      packages: (names) => expect(names.size).toBeLessThanOrEqual(bytes.length),
      joined(text, offset) {
        told++;
        expect(text.length).toBeLessThan(20_000);
        expect(offset).toBeLessThan(bytes.length);
      },
      call: () => void told++,
      path: () => void told++,
    },
  );
  expect(['read', 'partial', 'failed']).toContain(status);
  expect(told).toBeLessThan(100_000);
  expect(performance.now() - started).toBeLessThan(LIMIT_MS);
}

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom('byte', 'byte', 'unit', 'word', 'copy'),
  value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x0100, 0x0300, 0xffff, 0x7fffffff, 0xffffffff), fc.nat()),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function changed(original: Buffer, edits: readonly Edit[], from = 0): Buffer {
  const bytes = Buffer.from(original);
  for (const { at, kind, value } of edits) {
    const offset = from + Math.floor(at * (bytes.length - from - 4));
    if (kind === 'byte') bytes[offset] = value & 0xff;
    else if (kind === 'unit') bytes.writeUInt16LE(value & 0xffff, offset & ~1);
    else if (kind === 'word') bytes.writeUInt32LE(value >>> 0, offset & ~3);
    else bytes.copy(bytes, offset & ~3, value % bytes.length, Math.min(bytes.length, (value % bytes.length) + 64));
  }
  return bytes;
}

describe('a DEX file with code', () => {
  it('that was changed anywhere is read to an end', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => readWhole(changed(SHOP, edits))),
      { numRuns: 2_000 },
    );
  }, 60_000);

  it('whose header and tables lie is read to an end', () => {
    const word = fc.record({
      at: fc.nat(0x1a),
      value: fc.oneof(fc.nat(SHOP.length), fc.nat(), fc.constant(0xffffffff)),
    });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const bytes = Buffer.from(SHOP);
        for (const { at, value } of words) bytes.writeUInt32LE(value >>> 0, 8 + at * 4);
        readWhole(bytes);
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);

  it('whose instructions were changed is read to an end', () => {
    const data = SHOP.readUInt32LE(0x6c);
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 30 }), (edits) => readWhole(changed(SHOP, edits, data))),
      { numRuns: 1_000 },
    );
  }, 60_000);

  it('that was cut anywhere is read to an end', () => {
    for (let length = 0; length < SHOP.length; length += 61) readWhole(Buffer.from(SHOP.subarray(0, length)));
  });

  it('whose classes all share one list of methods, and methods one long code, takes no longer for it', () => {
    const bytes = Buffer.from(SHOP);
    const classes = bytes.readUInt32LE(0x64);
    const count = bytes.readUInt32LE(0x60);
    for (let index = 0; index < count; index++) {
      bytes.writeUInt32LE(bytes.readUInt32LE(classes + (count - 1) * 32 + 24), classes + index * 32 + 24);
    }
    readWhole(bytes);
  });
});

const corpus = process.env.POSTERN_CORPUS;
const apks =
  corpus !== undefined && existsSync(join(corpus, 'apk'))
    ? readdirSync(join(corpus, 'apk')).filter((name) => name.endsWith('.apk'))
    : [];
if (apks.length === 0) console.warn('SKIPPED: no real DEX files are changed, because POSTERN_CORPUS names no folder');

describe.skipIf(apks.length === 0)('a real DEX file', () => {
  it.each(apks.slice(0, 12))('of %s, changed anywhere, is read to an end', async (name) => {
    const source = fileSource(join(corpus ?? '', 'apk', name));
    const { entries } = await listZip(source, createBudget());
    const entry = entries.find((one) => one.name.endsWith('.dex') && one.size < 3_000_000);
    if (entry !== undefined) {
      const { bytes } = await readEntry(source, entry, createBudget());
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 20 }), (edits) => readWhole(changed(bytes, edits))),
        { numRuns: 6 },
      );
    }
    source.close();
  });
});
