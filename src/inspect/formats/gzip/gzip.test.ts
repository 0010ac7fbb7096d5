import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import type { Limits } from '../../containers/budget.ts';
import { readContext } from '../../containers/read-content.ts';
import type { FoundString, PackageSink } from '../../source.ts';
import { writeRamBundle } from '../ram-bundle/testing/ram-bundle-writer.ts';
import type { ReadResult } from '../result.ts';
import { readGzip } from './index.ts';

async function collect(
  bytes: Buffer,
  entry = 'assets/index.android.bundle.gz',
  limits: Partial<Limits> = {},
): Promise<{ strings: FoundString[]; result: ReadResult }> {
  const strings: FoundString[] = [];
  const sink = { string: (found) => strings.push(found) } as Partial<PackageSink>;
  const context = readContext(sink as PackageSink, { ...LIMITS, ...limits }, entry, 'text');
  return { strings, result: await readGzip(bytes, context) };
}

const hermes = readFileSync(join(import.meta.dirname, '../hermes/testing/v96.hbc'));

describe('a gzip file', () => {
  it('of Hermes bytecode gives its strings, without offsets, which would be none in the entry', async () => {
    const { strings, result } = await collect(gzipSync(hermes));
    expect(strings).toContainEqual({
      text: 'https://api.bluemarket-shop.com/v2/orders',
      entry: 'assets/index.android.bundle.gz',
      via: 'hermes',
    });
    expect(result).toEqual({ status: 'read', reason: expect.stringMatching(/^gzip of Hermes bytecode v96/) });
  });

  it('of a script gives its literals with their line, read by the name inside', async () => {
    const { strings } = await collect(gzipSync('\nvar apiUrl = "https://a.example";'), 'www/main.js.gz');
    expect(strings).toEqual([
      { text: 'https://a.example', name: 'apiUrl', line: 2, entry: 'www/main.js.gz', via: 'text' },
    ]);
  });

  it('of a RAM bundle gives its modules', async () => {
    const { strings } = await collect(gzipSync(writeRamBundle('', ['u="https://m.example"'])));
    expect(strings.map(({ text, offset }) => [text, offset])).toEqual([['https://m.example', undefined]]);
  });

  it('of anything else is left alone, and that is said', async () => {
    const { strings, result } = await collect(gzipSync(Buffer.alloc(2000, 7)));
    expect(strings).toEqual([]);
    expect(result.status).toBe('skipped');
  });

  it('that is damaged or cut gives what came before', async () => {
    const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => 97 + ((i * i * 31 + (i >> 3)) % 26)));
    const packed = gzipSync(Buffer.concat([Buffer.from('a="https://first.example";'), noise]));
    const { strings, result } = await collect(packed.subarray(0, packed.length >> 1), 'x.js.gz');
    expect(strings.map(({ text }) => text)).toContain('https://first.example');
    expect(result).toMatchObject({ status: 'partial', code: 'GZIP_CORRUPT' });
    const empty = await collect(packed.subarray(0, 20));
    expect(empty.result).toMatchObject({ status: 'failed', code: 'GZIP_CORRUPT' });
    expect((await collect(hermes)).result.code).toBe('GZIP_BAD_MAGIC');
  });

  it('that unpacks to more than is allowed is read up to there', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('a="https://first.example";'), Buffer.alloc(8 << 20, 0x20)]));
    const { strings, result } = await collect(bomb, 'x.js.gz', { entryBytes: 2 << 20 });
    expect(strings.map(({ text }) => text)).toEqual(['https://first.example']);
    expect(result).toMatchObject({ status: 'partial', code: 'GZIP_LIMIT' });
    expect(result.reason).toContain('2097152');
  });
});
