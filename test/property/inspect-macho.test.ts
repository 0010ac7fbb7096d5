/** Mach-O files, code signatures and signed messages that were changed anywhere are read or refused, in time. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget } from '../../src/inspect/containers/budget.ts';
import { fileSource } from '../../src/inspect/containers/byte-source.ts';
import { readEntry } from '../../src/inspect/containers/read-entry.ts';
import { listZip } from '../../src/inspect/containers/zip-directory.ts';
import { cmsCertificates, cmsContent } from '../../src/inspect/formats/cms.ts';
import { derEntitlements } from '../../src/inspect/formats/macho/der-entitlements.ts';
import { isMachO } from '../../src/inspect/formats/macho/magic.ts';
import { readSignature } from '../../src/inspect/formats/macho/signature.ts';
import { collectMachO } from '../../src/inspect/formats/macho/testing/read-macho.ts';
import {
  cstrings,
  utf16,
  writeCms,
  writeFat,
  writeMachO,
  writeSignature,
} from '../../src/inspect/formats/macho/testing/write-macho.ts';

const LIMIT_MS = 2_000;
const STATUSES = ['read', 'partial', 'skipped', 'failed'];
const urls = Array.from({ length: 40 }, (_, i) => `https://h${i}.bluemarket-shop.com/päth/${i}`);
const CMS = writeCms(Buffer.from(`<plist><dict><key>a</key><string>${urls[0]}</string></dict></plist>`), [], 30);
const SIGNATURE = writeSignature({
  team: 'ABCDE12345',
  entitlements: '<plist><dict><key>get-task-allow</key><true/></dict></plist>',
  entitlementsDer: Buffer.from('7020020101b01b30190c0e6765742d7461736b2d616c6c6f77020101', 'hex'),
  cms: CMS,
});
const made = {
  sections: [
    { name: '__cstring', data: cstrings(...urls) },
    { name: '__ustring', data: utf16(...urls) },
    { name: '__const', data: cstrings(...urls) },
    { name: '__swift5_types', data: Buffer.alloc(64, 0xf0) },
    { name: '__objc_classname', data: cstrings('BMCart', 'BMShop'), type: 2 },
  ],
  imports: ['_objc_release', '___stack_chk_fail'],
  exports: ['_start', '_kDartIsolateSnapshotData'],
  locals: ['_a', '_b'],
  runPaths: ['@executable_path/Frameworks'],
  signature: SIGNATURE,
};
const THIN = writeMachO(made);
const samples: Record<string, Buffer> = {
  thin: THIN,
  'of 32 bits': writeMachO({ ...made, wide: false, exports: [] }),
  fat: writeFat([writeMachO({ ...made, wide: false }), THIN]),
  'fat with 64-bit offsets': writeFat([THIN, writeMachO({ ...made, cryptid: 1 })], true),
};

interface Change {
  at: number;
  kind: 'byte' | 'word' | 'cut' | 'insert';
  value: number;
}

/** Half of the changes hit the first tenth: that is where the headers are. */
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.oneof(
    fc.double({ min: 0, max: 0.1, noNaN: true }),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  ),
  kind: fc.constantFrom('byte', 'word', 'word', 'word', 'cut', 'insert'),
  value: fc.oneof(
    fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 0x19, 0x21, 0x1d),
    fc.nat(0xffffffff),
    fc.nat(4_096),
  ),
});

function changed(original: Buffer, changes: readonly Change[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (const { at, kind, value } of changes) {
    const offset = Math.floor(at * bytes.length);
    if (kind === 'byte' && bytes.length > 0) bytes[offset] = value & 0xff;
    else if (kind === 'word' && (offset & ~3) + 4 <= bytes.length) bytes.writeUInt32LE(value >>> 0, offset & ~3);
    else if (kind === 'cut') bytes = bytes.subarray(0, Math.max(28, offset));
    else if (kind === 'insert') {
      bytes = Buffer.concat([
        bytes.subarray(0, offset),
        Buffer.alloc(value & 0x3f, value >> 8),
        bytes.subarray(offset),
      ]);
    }
  }
  return bytes;
}

async function readsInTime(bytes: Buffer): Promise<void> {
  const started = performance.now();
  const { result, strings } = await collectMachO(bytes);
  expect(performance.now() - started).toBeLessThan(LIMIT_MS);
  expect(STATUSES).toContain(result.status);
  expect(result.reason).not.toBe('');
  for (const { offset = 0 } of strings) expect(offset).toBeLessThanOrEqual(bytes.length);
  // what is read once is given once: no more text comes out than the bytes hold
  expect(strings.length).toBeLessThanOrEqual(bytes.length);
}

describe.each(Object.entries(samples))('a Mach-O file %s', (_name, sample) => {
  it('that was changed anywhere is read or refused in time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 10 }), (changes) =>
        readsInTime(changed(sample, changes)),
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('bytes that claim to be a Mach-O file', () => {
  it('are read or refused in time', async () => {
    const heads = [
      [0xcf, 0xfa, 0xed, 0xfe],
      [0xce, 0xfa, 0xed, 0xfe],
      [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0],
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }), (head, bytes) =>
        readsInTime(Buffer.concat([Buffer.from(head), bytes])),
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('signatures and signed messages', () => {
  it('that were changed anywhere come to an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 10 }), async (changes) => {
        const message = changed(CMS, changes);
        expect(cmsContent(message)?.length ?? 0).toBeLessThanOrEqual(message.length);
        expect(cmsCertificates(message).length).toBeLessThanOrEqual(16);
        derEntitlements(message);
        const signature = await readSignature(changed(SIGNATURE, changes));
        expect(signature?.hashes.length ?? 0).toBeLessThan(5);
      }),
      { numRuns: 3_000 },
    );
  });
});

const folder = join(process.env.POSTERN_CORPUS ?? '', 'ipa');
const packages = process.env.POSTERN_CORPUS !== undefined && existsSync(folder) ? readdirSync(folder).sort() : [];
if (packages.length === 0)
  console.warn('SKIPPED: real Mach-O files are not read, because POSTERN_CORPUS names no folder of packages');

describe.skipIf(packages.length === 0)('the executable of a real package', () => {
  it.each(packages)(
    'of %s is read, and changed anywhere it is read or refused in time',
    async (name) => {
      const source = fileSource(join(folder, name));
      const budget = createBudget();
      const found: Buffer[] = [];
      for (const entry of (await listZip(source, budget)).entries) {
        if (entry.size < 4_096 || entry.size > 4_000_000) continue;
        const { bytes } = await readEntry(source, entry, budget);
        if (isMachO(bytes.subarray(0, 512))) found.push(bytes);
      }
      source.close();
      expect(found.length).toBeGreaterThan(0);
      for (const bytes of found) {
        expect((await collectMachO(bytes)).result.status).toBe('read');
        await fc.assert(
          fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 15 }), (changes) =>
            readsInTime(changed(bytes, changes)),
          ),
          { numRuns: 100 },
        );
      }
    },
    60_000,
  );
});
