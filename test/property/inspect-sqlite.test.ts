/** Hostile SQLite databases: real ones with bytes changed and cut, and pages that are no pages. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAs } from '../../src/inspect/formats/dotnet/testing/read.ts';
import { columnsOf } from '../../src/inspect/formats/sqlite/schema.ts';
import { readSqlite } from '../../src/inspect/formats/sqlite/sqlite.ts';

const LIMIT_MS = 1_000;
const file = (name: string) =>
  readFileSync(new URL(`../../src/inspect/formats/sqlite/testing/${name}`, import.meta.url));

interface Change {
  at: number;
  kind: 'byte' | 'header' | 'word' | 'cut' | 'page';
  value: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom('byte', 'header', 'header', 'word', 'cut', 'page'),
  value: fc.oneof(fc.constantFrom(0, 1, 2, 5, 10, 13, 0x7f, 0x80, 0xff, 0xffff, 0xffffffff), fc.nat(0xffffffff)),
});

const PAGE = 1024;

function changed(original: Buffer, changes: readonly Change[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (const { at, kind, value } of changes) {
    const offset = Math.floor(at * bytes.length);
    const page = offset - (offset % PAGE);
    if (kind === 'byte') bytes[offset] = value & 0xff;
    // the header of a page and its first cells, where the structure is
    else if (kind === 'header') bytes[Math.min(bytes.length - 1, page + (value % 40))] = (value >>> 8) & 0xff;
    else if (kind === 'word' && offset + 4 <= bytes.length) bytes.writeUInt32BE(value >>> 0, offset);
    else if (kind === 'cut' && at > 0.2) bytes = bytes.subarray(0, offset);
    else if (kind === 'page') bytes.copyWithin(page, (value % Math.max(1, bytes.length >> 10)) * PAGE, page + PAGE);
  }
  return bytes;
}

describe.each(['utf8.db', 'utf16be.db'])('the reader of %s', (name) => {
  const original = file(name);
  it('comes to an end on a database that was changed, and says how it went', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const bytes = changed(original, changes);
        const started = performance.now();
        const { result, strings } = await readAs(readSqlite, bytes, { via: 'sqlite' });
        expect(performance.now() - started).toBeLessThan(LIMIT_MS);
        expect(['read', 'partial', 'skipped', 'failed']).toContain(result.status);
        expect(result.reason).not.toBe('');
        for (const { offset = 0 } of strings) expect(offset).toBeLessThan(bytes.length);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the columns of any statement', () => {
  it('come to an end', () => {
    const piece = fc.constantFrom(
      'CREATE TABLE t',
      '(',
      ')',
      ',',
      "'",
      '"',
      '[',
      ']',
      '`',
      '--',
      '/*',
      '*/',
      '\n',
      'a',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        expect(Array.isArray(columnsOf(`CREATE TABLE t (${pieces.join('')}`))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
