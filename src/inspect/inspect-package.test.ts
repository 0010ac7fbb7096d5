import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { createCollector, inspectPackage } from './inspect-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'inspect-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function skipsOf(name: string, bytes: Uint8Array): Promise<unknown[]> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return (await inspectPackage(path, { redactionKey: Buffer.alloc(32) })).skips;
}

describe('an archive that is named like an app', () => {
  const readme = writeZip([{ name: 'readme.txt', data: Buffer.from('no app at all'), compress: true }]);

  it.each(['a.apk', 'a.AAB', 'a.ipa', 'a.zip'])('and holds none is incomplete, not clean: %s', async (name) => {
    expect(await skipsOf(name, readme)).toEqual([
      expect.objectContaining({ code: 'INSPECT_NO_MANIFEST', severity: 'incomplete' }),
    ]);
  });

  it('and is one is whole', async () => {
    const manifest = Buffer.from('<manifest package="com.bluemarket.shop"><application/></manifest>');
    const library = writeZip([{ name: 'AndroidManifest.xml', data: manifest, compress: true }]);
    expect(await skipsOf('whole.aar', library)).toEqual([]);
  });
});

describe('a file by itself', () => {
  it.each(['notes.txt', 'README', 'README.md'])('that is a text for people is refused: %s', async (name) => {
    const reading = skipsOf(
      name,
      Buffer.from('Dear all, the server moves to https://new.bluemarket-shop.com next week.'),
    );
    await expect(reading).rejects.toMatchObject({ code: 'E_INPUT_UNSUPPORTED' });
  });

  it.each([
    ['app.js', `fetch('https://api.bluemarket-shop.com')`],
    ['bundle', `var a = 'https://api.bluemarket-shop.com';`],
    ['strings.txt', '{"api": "https://api.bluemarket-shop.com"}'],
  ])('that is one of an app is read: %s', async (name, text) => {
    expect(await skipsOf(name, Buffer.from(text))).toEqual([]);
  });
});

describe('a package with more facts than are kept', () => {
  it('says so', () => {
    const { sink, report } = createCollector();
    const call = { api: 'webview.javascript', args: [1], entry: 'classes.dex', class: 'a.B', method: 'c' };
    for (let index = 0; index <= 50_000; index++) sink.call(call);
    const facts = { platform: 'android', sha256: '0'.repeat(64), bytes: 1 } as const;
    const { skips } = report('a.apk', facts, { redactionKey: Buffer.alloc(32) });
    expect(skips).toContainEqual(expect.objectContaining({ code: 'INSPECT_TOO_MANY_FACTS', severity: 'incomplete' }));
  });
});
