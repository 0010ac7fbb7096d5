import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeZip } from '../../../lab/apk/zip-writer.ts';
import { PosternError } from '../../core/errors.ts';
import { readPackage } from '../read-package.ts';
import type { PackageSink } from '../source.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const script = (host: string) => Buffer.from(`var a = 'https://${host}.bluemarket-shop.com';`);
const path = join(folder, 'app.apk');
writeFileSync(
  path,
  writeZip([
    { name: 'AndroidManifest.xml', data: Buffer.from('<manifest package="com.bluemarket.shop"/>'), compress: true },
    { name: 'assets/a.json', data: script('one'), compress: true },
    { name: 'assets/b.json', data: script('two'), compress: true },
  ]),
);

/** Throws where the first of two scripts is read. */
async function readWith(error: unknown) {
  const texts: string[] = [];
  const skips: Parameters<PackageSink['skip']>[0][] = [];
  const ignore = () => undefined;
  const sink: PackageSink = {
    string({ entry, text }) {
      if (entry.endsWith('a.json')) throw error;
      texts.push(text);
    },
    manifest: ignore,
    networkSecurityConfig: ignore,
    resourceXml: ignore,
    plist: ignore,
    call: ignore,
    library: ignore,
    code: ignore,
    signature: ignore,
    coverage: ignore,
    skip: (skip) => skips.push(skip),
  };
  await readPackage(path, sink, {});
  return { texts, skips };
}

describe('an error inside a reader', () => {
  it('costs that entry alone, and is told without what the entry holds', async () => {
    const { texts, skips } = await readWith(new TypeError('cannot read https://one.bluemarket-shop.com'));
    expect(texts).toContain('https://two.bluemarket-shop.com');
    expect(skips).toEqual([
      {
        subject: 'assets/a.json',
        code: 'READER_FAILED',
        reason: 'its reader stopped with an internal TypeError',
        severity: 'incomplete',
      },
    ]);
  });

  it('ends the run when it was meant to', async () => {
    const refusal = new PosternError('E_INPUT_CORRUPT', 'no more');
    await expect(readWith(refusal)).rejects.toBe(refusal);
  });
});
