import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeZip } from '../../../lab/apk/zip-writer.ts';
import type { FleetResult } from './inspect-one.ts';
import { listPackages } from './list-packages.ts';
import { type FleetOptions, inspectFolder } from './run.ts';

const KEY = new TextEncoder().encode('a key for tests, of no use elsewhere');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-fleet-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function app(path: string, id: string, version: string, script: string): void {
  const manifest = `<manifest package="${id}" versionName="${version}"><application/></manifest>`;
  mkdirSync(join(folder, path, '..'), { recursive: true });
  const files = { 'AndroidManifest.xml': manifest, 'assets/www/app.js': script };
  const entries = Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text), compress: true }));
  writeFileSync(join(folder, path), writeZip(entries));
}

async function run(more: Partial<FleetOptions> = {}) {
  const results: FleetResult[] = [];
  const options = { redactionKey: KEY, workers: 3, signal: new AbortController().signal, ...more };
  const done = await inspectFolder('apps', folder, { ...options, onResult: (result) => void results.push(result) });
  return { ...done, results };
}

describe('a folder of packages', () => {
  it('marks a host that most makers call, and lists it last', async () => {
    for (let at = 0; at < 10; at++) {
      const own = at < 2 ? `fetch('https://api.bluemarket-shop.com/v1');` : '';
      app(`${at}.apk`, `com.maker${at}.app`, '1', `${own}fetch('https://in.bluemarket-crash.com/v1')`);
    }
    const { report } = await run();
    expect(report.backends.map(({ id, common, apps }) => [id, common, apps.length])).toEqual([
      ['api.bluemarket-shop.com', undefined, 2],
      ['in.bluemarket-crash.com', true, 10],
    ]);
  });

  it('takes a package that cannot be opened for a failure of its own, not for a defect', async () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', '');
    mkdirSync(join(folder, 'a.apk.idsig'));
    const { report } = await run({ cache: { folder: join(folder, 'cache'), detectors: 'ab'.repeat(32) } });
    expect(report.failures).toMatchObject([{ path: 'a.apk', code: 'E_INPUT_NOT_FOUND' }]);
    expect(report.failures[0]?.message).toContain('a.apk.idsig cannot be read (EISDIR)');
  });

  it('loses no result where the cache cannot be written, and counts what it does not keep', async () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', '');
    writeFileSync(join(folder, 'cache'), 'a file in the way');
    const { report, unkept } = await run({ cache: { folder: join(folder, 'cache'), detectors: 'ab'.repeat(32) } });
    expect([report.summary.read, unkept]).toEqual([1, 1]);
  });

  it('is turned round: per back end, the apps and versions that share it', async () => {
    app('a-1.apk', 'com.bluemarket.shop', '1.0', `fetch('https://api.bluemarket-shop.com/v1/orders')`);
    app('old/a-2.apk', 'com.bluemarket.shop', '2.0', `fetch('https://api.bluemarket-shop.com/v2/orders')`);
    app('b.apk', 'com.greenfield.farm', '7', `fetch('http://api.bluemarket-shop.com/v1/stock')`);
    const { report } = await run();
    expect(report.summary).toEqual({ packages: 3, read: 3, partial: 0, failed: 0, cached: 0, apps: 2 });
    expect(report.backends).toEqual([
      {
        kind: 'host',
        id: 'api.bluemarket-shop.com',
        schemes: ['http', 'https'],
        apps: [
          { id: 'com.bluemarket.shop', versions: ['1.0', '2.0'] },
          { id: 'com.greenfield.farm', versions: ['7'] },
        ],
      },
    ]);
    expect(report.apps.map(({ path }) => path)).toEqual(['a-1.apk', 'b.apk', 'old/a-2.apk']);
  });

  it('is read on when one of them is broken', async () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', '');
    writeFileSync(join(folder, 'b.apk'), 'PK but not really');
    writeFileSync(join(folder, 'c.ipa'), '');
    writeFileSync(join(folder, 'notes.txt'), 'no package');
    const { report } = await run();
    expect(report.summary).toMatchObject({ packages: 3, read: 1, failed: 2 });
    expect(report.failures.map(({ path, code }) => [path, code])).toEqual([
      ['b.apk', 'E_INPUT_UNSUPPORTED'],
      ['c.ipa', 'E_INPUT_CORRUPT'],
    ]);
  });

  it('gives the same report whatever the number of workers', async () => {
    for (let index = 0; index < 12; index++)
      app(
        `${index}.apk`,
        `com.bluemarket.a${index % 5}`,
        `${index}`,
        `fetch('https://h${index % 3}.bluemarket-shop.com/x')`,
      );
    const [one, four] = [await run({ workers: 1 }), await run({ workers: 4 })];
    expect(four.report).toEqual(one.report);
    expect(one.results).toHaveLength(12);
  });

  it('comes from the cache the second time, and is read anew by other detectors or another key', async () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', `fetch('https://api.bluemarket-shop.com/')`);
    const cache = { folder: join(folder, '.cache'), detectors: 'a'.repeat(64) };
    const first = await run({ cache });
    const second = await run({ cache });
    expect([first.report.summary.cached, second.report.summary.cached]).toEqual([0, 1]);
    expect(second.report).toEqual({ ...first.report, summary: { ...first.report.summary, cached: 1 } });
    expect(await run({ cache: { ...cache, detectors: 'b'.repeat(64) } })).toMatchObject({
      report: { summary: { cached: 0 } },
    });
    const other = await run({ cache: { ...cache, detectors: 'b'.repeat(64) }, redactionKey: new Uint8Array(32) });
    expect(other.report.summary.cached).toBe(0);
  });

  it('names a package by where it lies now, also when its report comes from the cache', async () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', `fetch('http://api.bluemarket-shop.com/')`);
    const cache = { folder: join(folder, '.cache'), detectors: 'a'.repeat(64) };
    await run({ cache });
    mkdirSync(join(folder, 'moved'));
    renameSync(join(folder, 'a.apk'), join(folder, 'moved', 'b.apk'));
    const { report, results } = await run({ cache });
    expect(report.summary.cached).toBe(1);
    const text = results.map((result) => ('report' in result ? result.report : '')).join();
    expect(text).toContain('"path":"moved/b.apk"');
    expect(text).not.toContain('a.apk');
    expect(text).not.toContain(folder);
  });

  it('keeps what it caches for the user alone, and removes what earlier detectors left', async () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', '');
    const at = join(folder, '.cache');
    await run({ cache: { folder: at, detectors: 'a'.repeat(64) } });
    await run({ cache: { folder: at, detectors: 'b'.repeat(64) } });
    const generations = readdirSync(at);
    expect(generations).toHaveLength(1);
    expect(generations[0]).toMatch(/^b{16}-/);
    const files = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files).toHaveLength(1);
    for (const { parentPath, name } of files) expect(statSync(join(parentPath, name)).mode & 0o777).toBe(0o600);
  });

  it('reads a package anew whose cached report is damaged', async () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', '');
    const cache = { folder: join(folder, '.cache'), detectors: 'a'.repeat(64) };
    await run({ cache });
    for (const entry of readdirSync(cache.folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      writeFileSync(file, readFileSync(file).subarray(0, 40));
    }
    expect((await run({ cache })).report.summary).toMatchObject({ read: 1, cached: 0 });
  });

  it('keeps what it has when it is stopped, and says how many are left', async () => {
    for (let index = 0; index < 8; index++) app(`${index}.apk`, `com.bluemarket.a${index}`, '1', '');
    const stop = new AbortController();
    const done = await inspectFolder('apps', folder, {
      redactionKey: KEY,
      workers: 1,
      signal: stop.signal,
      onProgress: ({ done: through }) => void (through === 3 && stop.abort()),
    });
    expect(done.report.summary.read).toBe(3);
    expect(done.left).toBe(5);
  });

  it('does not follow links: they may lead round in a circle', () => {
    app('a.apk', 'com.bluemarket.shop', '1.0', '');
    symlinkSync(folder, join(folder, 'again'));
    expect(listPackages(folder).paths).toEqual(['a.apk']);
  });

  it('ends with the error of whoever takes the results', async () => {
    for (let index = 0; index < 4; index++) app(`${index}.apk`, `com.bluemarket.a${index}`, '1', '');
    const full = inspectFolder('apps', folder, {
      redactionKey: KEY,
      workers: 2,
      signal: new AbortController().signal,
      onResult: () => Promise.reject(new Error('no space left')),
    });
    await expect(full).rejects.toThrow('no space left');
  });
});
