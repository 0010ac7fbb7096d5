import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeZip } from '../../../lab/apk/zip-writer.ts';
import { bufferSource, fileSource } from './byte-source.ts';
import type { ZipEntry } from './zip-entry.ts';
import { listThroughYauzl } from './zip-general.ts';
import { listPlain } from './zip-plain.ts';

const ARCHIVE = writeZip([
  { name: 'classes.dex', data: Buffer.alloc(3000, 'a'), compress: true },
  { name: 'res/layout/main.xml', data: Buffer.from('layout'), compress: true },
  { name: 'assets/a', data: Buffer.alloc(0), compress: true },
]);

async function listGenerally(bytes: Buffer): Promise<ZipEntry[] | undefined> {
  const entries: ZipEntry[] = [];
  try {
    await listThroughYauzl(bufferSource(bytes), (entry) => entries.push(entry) > 0);
    return entries;
  } catch {
    return undefined; // damaged
  }
}

describe('listPlain', () => {
  it('lists a plain archive as the general reader does', async () => {
    const listed = listPlain(bufferSource(ARCHIVE), 100);
    expect(listed?.map(({ name }) => name)).toEqual(['classes.dex', 'res/layout/main.xml', 'assets/a']);
    expect(listed).toEqual(await listGenerally(ARCHIVE));
  });

  it('leaves to the general reader what has more entries than allowed, a comment, or other bytes at its end', () => {
    expect(listPlain(bufferSource(ARCHIVE), 2)).toBeUndefined();
    expect(listPlain(bufferSource(Buffer.concat([ARCHIVE, Buffer.from('x')])), 100)).toBeUndefined();
    const commented = Buffer.concat([ARCHIVE, Buffer.from('x')]);
    commented.writeUInt16LE(1, commented.length - 3);
    expect(listPlain(bufferSource(commented), 100)).toBeUndefined();
  });

  it.each(['na\\me.txt', 'ünï.txt', 'a\nb', ''])('leaves the name %j to the general reader', (name) => {
    expect(listPlain(bufferSource(writeZip([{ name, data: Buffer.from('x'), compress: true }])), 100)).toBeUndefined();
  });

  it('agrees with the general reader on every changed directory that it accepts', async () => {
    const directory = ARCHIVE.readUInt32LE(ARCHIVE.length - 6);
    const change = fc.record({
      at: fc.integer({ min: directory, max: ARCHIVE.length - 1 }),
      value: fc.oneof(fc.constantFrom(0, 1, 0x40, 0xff), fc.nat(0xff)),
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(ARCHIVE);
        for (const { at, value } of changes) bytes[at] = value;
        const listed = listPlain(bufferSource(bytes), 100);
        if (listed === undefined) return;
        accepted++;
        expect(listed).toEqual(await listGenerally(bytes));
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('fileSource', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-source-'));
  const file = join(folder, 'archive');
  const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 7919) & 0xff));
  beforeAll(() => writeFileSync(file, bytes));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['at once', bytes.length],
    ['piece by piece', 0],
  ])('gives the same bytes of a file that is read %s', (_, whole) => {
    const source = fileSource(file, whole);
    expect(source.size).toBe(bytes.length);
    for (const [position, length] of [
      [0, 4],
      [262_140, 8],
      [600_000, 200_000],
      [699_999, 10],
      [700_000, 1],
      [-1, 4],
      [5, 0],
    ] as const) {
      const expected = position < 0 ? Buffer.alloc(0) : bytes.subarray(position, position + length);
      expect(source.read(position, length).equals(expected)).toBe(true);
      expect(source.take(position, length).equals(expected)).toBe(true);
    }
    source.close();
  });
});
