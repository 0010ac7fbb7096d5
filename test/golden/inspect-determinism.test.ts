/** The same package gives the same report, byte for byte: whatever runs beside it, and in whatever order its files lie. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeDex } from '../../lab/apk/dex-writer.ts';
import { writeZip, type ZipFile } from '../../lab/apk/zip-writer.ts';
import { entryOf, fixture } from '../../src/inspect/containers/testing/fixture.ts';
import { inspectFolder } from '../../src/inspect/fleet/index.ts';
import { writeSnapshot } from '../../src/inspect/formats/dart/testing/snapshot-writer.ts';
import { writeElf } from '../../src/inspect/formats/elf/testing/elf-writer.ts';
import { inspectPackage } from '../../src/inspect/index.ts';
import { TEST_KEY } from './inspect-support.ts';

let folder: string;
let files: ZipFile[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-determinism-'));
  const read = (path: string) => entryOf(fixture('app.apk'), path);
  const pool = (seed: number) =>
    // large enough that other threads inflate it
    Array.from({ length: 12_000 }, (_, at) =>
      at % 40 === 0
        ? `https://h${(at * seed) % 97}.bluemarket-shop.com/v${at % 3}/${at}`
        : `Lcom/bluemarket/shop/${((at * 2_654_435_761 * seed) >>> 0).toString(36)}/${at};`,
    );
  const flutter = writeElf({
    sections: [
      {
        name: '.rodata',
        bytes: writeSnapshot({
          layout: 'clusters',
          strings: ['https://f.bluemarket-shop.com/x', ...pool(7).slice(0, 200)],
        }),
      },
    ],
    symbols: { _kDartIsolateSnapshotData: '.rodata' },
  });
  files = [
    { name: 'AndroidManifest.xml', data: await read('AndroidManifest.xml'), compress: true },
    { name: 'resources.arsc', data: await read('resources.arsc'), compress: false },
    ...[1, 2, 3, 4, 5].map((n) => ({
      name: n === 1 ? 'classes.dex' : `classes${n}.dex`,
      data: writeDex(pool(n)),
      compress: true,
    })),
    { name: 'lib/arm64-v8a/libapp.so', data: flutter, compress: true },
    { name: 'lib/armeabi-v7a/libapp.so', data: flutter, compress: true },
    { name: 'assets/nested.apk', data: fixture('app.apk'), compress: false },
    {
      name: 'assets/www/app.js',
      data: Buffer.from('const a = "https://h1.bluemarket-shop.com/v0/40", k = {password: "tomatoes-and-basil-42"};'),
      compress: true,
    },
  ];
  writeFileSync(join(folder, 'a.apk'), writeZip(files));
  writeFileSync(join(folder, 'b.apk'), fixture('app.apk'));
  writeFileSync(join(folder, 'c.aab'), fixture('app.aab'));
  writeFileSync(join(folder, 'd.apks'), fixture('app.apks'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inspect = (name = 'a.apk') => inspectPackage(join(folder, name), { name, redactionKey: TEST_KEY });

it('when it is read alone, again, and beside others at the same time', async () => {
  const first = JSON.stringify(await inspect());
  expect(first.length).toBeGreaterThan(100_000);
  expect(JSON.stringify(await inspect())).toBe(first);
  const together = await Promise.all([inspect('c.aab'), inspect(), inspect('d.apks'), inspect(), inspect('b.apk')]);
  expect(JSON.stringify(together[1])).toBe(first);
  expect(JSON.stringify(together[3])).toBe(first);
});

it('when a folder is read by one, two or five workers, in any order of the files', async () => {
  const lines = async (workers: number) => {
    const found: string[] = [];
    await inspectFolder('apps', folder, {
      ...{ redactionKey: TEST_KEY, workers, signal: new AbortController().signal },
      onResult: (result) => void found.push(`${result.path} ${'report' in result ? result.report : 'failed'}`),
    });
    return found.sort();
  };
  const one = await lines(1);
  expect(one).toHaveLength(4);
  expect(one[0]).toBe(`a.apk ${JSON.stringify(await inspect())}`);
  for (const workers of [2, 5]) expect(await lines(workers)).toEqual(one);
});

it('when its files lie in another order', async () => {
  const first = await inspect();
  for (const order of [[...files].reverse(), [...files.slice(4), ...files.slice(0, 4)]]) {
    writeFileSync(join(folder, 'a.apk'), writeZip(order));
    const report = await inspect();
    expect({ ...report, app: { ...report.app, sha256: '' } }).toEqual({ ...first, app: { ...first.app, sha256: '' } });
  }
});
