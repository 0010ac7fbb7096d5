import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeDex } from '../../../lab/apk/dex-writer.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Limits } from '../containers/budget.ts';
import { readDex } from './dex.ts';
import type { ReadResult } from './result.ts';

function readAll(
  bytes: Buffer,
  limits: Partial<Limits> = {},
): { result: ReadResult; strings: string[]; offsets: number[] } {
  const strings: string[] = [];
  const offsets: number[] = [];
  const result = readDex(bytes, { ...LIMITS, ...limits }, (text, offset) => {
    strings.push(text);
    offsets.push(offset);
  });
  return { result, strings, offsets };
}

/** A version 041 container: each header has string ids of its own, all point into string data that they share. */
function container(pools: string[][]): Buffer {
  const parts = pools.map((pool) => writeDex(pool));
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.length + 8;
  }
  return Buffer.concat(
    parts.map((part, index) => {
      const start = starts[index] ?? 0;
      const grown = Buffer.concat([part.subarray(0, 0x70), Buffer.alloc(8), part.subarray(0x70)]);
      grown.write('041', 4, 'latin1');
      grown.writeUInt32LE(grown.length, 0x20);
      grown.writeUInt32LE(0x78, 0x24);
      grown.writeUInt32LE(start + 0x78, 0x3c);
      grown.writeUInt32LE(size, 0x70);
      grown.writeUInt32LE(start, 0x74);
      for (let i = 0; i < grown.readUInt32LE(0x38); i++) {
        grown.writeUInt32LE(grown.readUInt32LE(0x78 + i * 4) + start + 8, 0x78 + i * 4);
      }
      return grown;
    }),
  );
}

describe('a DEX file', () => {
  it('gives back the strings that were written, whatever they hold', () => {
    const strings = fc.array(fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${text}://x`));
    fc.assert(
      fc.property(strings, (written) => {
        const { result, strings: found } = readAll(writeDex(written));
        expect(result.status).toBe('read');
        expect(found.sort()).toEqual([...new Set(written)].sort());
      }),
    );
  });

  it('decodes NUL, surrogates and broken bytes of MUTF-8', () => {
    expect(readAll(writeDex(['a\u0000.b', '\u{1f600}.x', 'ü.ß'])).strings).toEqual(['a\u0000.b', 'ü.ß', '\u{1f600}.x']);
    const broken = writeDex(['ab.cd']);
    broken[broken.indexOf('ab.cd')] = 0xe9;
    expect(readAll(broken).strings).toEqual(['\ufffdb.cd']);
  });

  it('of version 041 gives the strings of all its files, shared ones once', () => {
    const bytes = container([['https://a.example'], ['https://b.example'], ['https://c.example']]);
    const { result, strings, offsets } = readAll(bytes);
    expect(result).toEqual({ status: 'read', reason: '3 strings of 3 DEX files' });
    expect(strings).toEqual(['https://a.example', 'https://b.example', 'https://c.example']);
    expect(offsets.map((at) => bytes.toString('latin1', at, at + 17))).toEqual(strings);
    // the third file's only string id now points to the first file's string
    const third = bytes.lastIndexOf('dex\n041', undefined, 'latin1');
    bytes.copy(bytes, third + 0x78, 0x78, 0x7c);
    expect(readAll(bytes).strings).toEqual(['https://a.example', 'https://b.example']);
  });

  it('hands on a string beyond the limit in pieces that overlap', () => {
    const text = `${'x'.repeat(40_000)}https://example.org/`;
    const { strings } = readAll(writeDex([text]), { stringLength: 10_000 });
    expect(strings.length).toBeGreaterThan(1);
    expect(strings.at(-1)).toContain('https://example.org/');
    expect(strings.every((piece) => piece.length <= 30_000)).toBe(true);
  });

  it('whose table is cut off or forged gives what can be there', () => {
    const dex = writeDex(Array.from({ length: 100 }, (_, i) => `https://example.org/${i}`));
    const absurd = Buffer.from(dex);
    absurd.writeUInt32LE(0xffffffff, 0x38);
    const found = readAll(absurd);
    expect(found.result).toMatchObject({ status: 'partial', code: 'DEX_BAD_COUNT' });
    expect(found.strings.length).toBeGreaterThanOrEqual(100);
    const outside = Buffer.from(dex);
    outside.writeUInt32LE(0xfffffff0, 0x70);
    expect(readAll(outside)).toMatchObject({ result: { status: 'partial', code: 'DEX_BAD_OFFSET' } });
    expect(readAll(outside).strings).toHaveLength(99);
    const nowhere = Buffer.from(dex);
    nowhere.writeUInt32LE(0xfffffff0, 0x3c);
    expect(readAll(nowhere).strings).toEqual([]);
    expect(readAll(nowhere).result.status).toBe('partial');
    expect(readAll(dex.subarray(0, 600)).result.status).toBe('partial');
  });

  it('whose strings all share the same bytes is given up, quickly', () => {
    const dex = writeDex([
      `${'x'.repeat(60_000)}://`,
      ...Array.from({ length: 50_000 }, (_, i) => `https://example.org/${i}`),
    ]);
    const target = dex.readUInt32LE(0x70 + 50_000 * 4);
    for (let i = 0; i <= 50_000; i++) dex.writeUInt32LE(target, 0x70 + i * 4);
    const started = performance.now();
    const { result, strings } = readAll(dex);
    expect(result).toMatchObject({ status: 'partial', code: 'DEX_OVERLAP' });
    expect(strings.length).toBeLessThan(50);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('that is none, or big-endian, says so', () => {
    expect(readAll(Buffer.from('PK\x03\x04 nothing here', 'latin1')).result.code).toBe('DEX_BAD_MAGIC');
    expect(readAll(Buffer.from('dex\n035\0', 'latin1')).result.code).toBe('DEX_TRUNCATED');
    const big = writeDex(['https://a.example']);
    big.writeUInt32BE(0x12345678, 0x28);
    expect(readAll(big).result.code).toBe('DEX_BIG_ENDIAN');
  });
});
