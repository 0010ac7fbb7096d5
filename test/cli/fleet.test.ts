import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { fleetLineSchema, fleetReportSchema } from '../../src/core/contract/fleet.ts';
import { inspectDiffSchema } from '../../src/core/contract/inspect-diff.ts';
import { run } from './run.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cli-fleet-'));
  mkdirSync(join(folder, 'apps'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function app(name: string, version: string, script: string, attributes = 'android:allowBackup="false"'): void {
  const manifest = `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.bluemarket.shop" android:versionName="${version}"><uses-sdk android:minSdkVersion="28" android:targetSdkVersion="34"/><application ${attributes}/></manifest>`;
  const files = { 'AndroidManifest.xml': manifest, 'assets/www/app.js': script };
  const entries = Object.entries(files).map(([entry, text]) => ({
    name: entry,
    data: Buffer.from(text),
    compress: true,
  }));
  writeFileSync(join(folder, 'apps', name), writeZip(entries));
}

const cached = () => ['--cache', join(folder, 'cache')];
const inFolder = () => ({ cwd: folder });

describe('inspect of a folder', () => {
  it('prints which apps share a back end', async () => {
    app('a.apk', '1', `fetch('https://api.bluemarket-shop.com/v1')`);
    app('b.apk', '2', `fetch('https://api.bluemarket-shop.com/v1')`);
    const { code, stdout } = await run(['inspect', 'apps', ...cached()], inFolder());
    expect(stdout).toContain('2 packages of 1 app: 2 read, 0 failed');
    expect(stdout).toMatch(/1 app\s+api\.bluemarket-shop\.com\s+https\s+com\.bluemarket\.shop 1, 2/);
    expect(code).toBe(0);
  });

  it('prints a report that follows its schema', async () => {
    app('a.apk', '1', `fetch('https://api.bluemarket-shop.com/v1')`);
    const { stdout } = await run(['inspect', 'apps', '--format', 'json', ...cached()], inFolder());
    expect(fleetReportSchema.parse(JSON.parse(stdout)).backends).toHaveLength(1);
  });

  it('prints one line per package, and the same to a file', async () => {
    app('a.apk', '1', `fetch('https://api.bluemarket-shop.com/v1')`);
    writeFileSync(join(folder, 'apps', 'b.apk'), 'no archive');
    const output = ['--output', 'jsonl=lines.jsonl', '--output', 'markdown=fleet.md'];
    const { code, stdout } = await run(['inspect', 'apps', '--format', 'jsonl', ...output, ...cached()], inFolder());
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => fleetLineSchema.parse(JSON.parse(line)));
    expect(lines.map(({ path, report, error }) => [path, report?.app.id, error?.code]).sort()).toEqual([
      ['a.apk', 'com.bluemarket.shop', undefined],
      ['b.apk', undefined, 'E_INPUT_UNSUPPORTED'],
    ]);
    expect(readFileSync(join(folder, 'lines.jsonl'), 'utf8')).toBe(stdout);
    expect(readFileSync(join(folder, 'fleet.md'), 'utf8')).toContain('api.bluemarket-shop.com');
    expect(code).toBe(3);
  });

  it('ends with 1 when a package has a finding at the floor', async () => {
    app('a.apk', '1', '', 'android:debuggable="true"');
    expect((await run(['inspect', 'apps', ...cached()], inFolder())).code).toBe(1);
    expect((await run(['inspect', 'apps', '--fail-on', 'never', ...cached()], inFolder())).code).toBe(0);
  });

  it.each([
    ['secrets in clear', ['--reveal-secrets'], 'for single packages'],
    ['no workers', ['--workers', '0'], 'a whole number above 0'],
    ['a second argument', ['apps'], 'it is inspected by itself'],
    ['the declaration of one app', ['--data-safety', 'data.csv'], 'is the declaration of one app'],
    ['a format of single packages', ['--format', 'sarif'], 'no format "sarif"'],
  ])('refuses %s', async (_, more, message) => {
    const { code, stderr } = await run(['inspect', 'apps', ...more, ...cached()], inFolder());
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('a folder in which something is not read', () => {
  it('is never called clean when it holds no package', async () => {
    writeFileSync(join(folder, 'apps', 'notes.txt'), 'nothing');
    const { code, stdout, stderr } = await run(['inspect', 'apps', ...cached()], inFolder());
    expect(code).toBe(3);
    expect(stdout).toContain('0 packages');
    expect(stderr).toContain('not read: apps: holds no package (APK, APKS, XAPK, APKM, AAB, AAR, IPA)');
  });

  it('tells of links that lead to no package of its own, and of no others', async () => {
    app('a.apk', '1', '');
    writeFileSync(join(folder, 'outside.apk'), 'elsewhere');
    symlinkSync('a.apk', join(folder, 'apps', 'latest.apk'));
    expect((await run(['inspect', 'apps', ...cached()], inFolder())).code).toBe(0);
    symlinkSync('../outside.apk', join(folder, 'apps', 'out.apk'));
    symlinkSync('nowhere', join(folder, 'apps', 'gone.apk'));
    const { code, stdout, stderr } = await run(['inspect', 'apps', ...cached()], inFolder());
    expect(code).toBe(3);
    expect(stdout).toContain('1 package of 1 app');
    expect(stderr.match(/not read: \S+/g)?.sort()).toEqual(['not read: gone.apk:', 'not read: out.apk:']);
  });

  it('does not take a place where no cache can be made for a failure', async () => {
    app('a.apk', '1', '');
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await run(['inspect', 'apps', '--cache', 'file/below'], inFolder());
    expect(code).toBe(0);
    expect(stderr).toContain('results are not kept for the next run');
  });
});

describe('an HTML page', () => {
  it('is written of a folder and of a difference', async () => {
    app('a.apk', '1', `fetch('https://api.bluemarket-shop.com/v1')`);
    app('b.apk', '2', `fetch('https://new.bluemarket-shop.com/v1')`);
    await run(['inspect', 'apps', '--output', 'html=fleet.html', ...cached()], inFolder());
    expect(readFileSync(join(folder, 'fleet.html'), 'utf8')).toContain('No back end is shared by several apps.');
    const { stdout } = await run(['diff', 'apps/a.apk', 'apps/b.apk', '--format', 'html'], inFolder());
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<h1 id="verdict">3 things changed/);
  });
});

describe('diff', () => {
  it('compares two packages and fails for a new finding', async () => {
    app('a.apk', '1', `fetch('https://old.bluemarket-shop.com/v1')`);
    app('b.apk', '2', `fetch('https://new.bluemarket-shop.com/v1')`, 'android:debuggable="true"');
    const { code, stdout } = await run(['diff', 'apps/a.apk', 'apps/b.apk'], inFolder());
    expect(stdout).toContain('+ https://new.bluemarket-shop.com/v1');
    expect(stdout).toContain('- https://old.bluemarket-shop.com/v1');
    expect(stdout).toContain('android.debuggable');
    expect(code).toBe(1);
    expect((await run(['diff', 'apps/b.apk', 'apps/a.apk', '--quiet'], inFolder())).code).toBe(0);
  });

  it('compares a saved report with a package', async () => {
    app('a.apk', '1', `fetch('https://old.bluemarket-shop.com/v1')`);
    app('b.apk', '2', `fetch('https://new.bluemarket-shop.com/v1')`);
    await run(['inspect', 'apps/a.apk', '--output', 'json=a.json'], inFolder());
    const { stdout } = await run(['diff', 'a.json', 'apps/b.apk', '--format', 'json'], inFolder());
    const diff = inspectDiffSchema.parse(JSON.parse(stdout));
    expect(diff.summary).toEqual({ new: 1, gone: 1, changed: 1 });
    const markdown = await run(['diff', 'a.json', 'apps/b.apk', '--format', 'markdown'], inFolder());
    expect(markdown.stdout).toContain('`https://new.bluemarket-shop.com/v1`');
  });

  it('says what is wrong with a file that is no report', async () => {
    writeFileSync(join(folder, 'a.json'), '{"schema":"x"}');
    const { code, stderr } = await run(['diff', 'a.json', 'a.json'], inFolder());
    expect(code).toBe(2);
    expect(stderr).toContain('is no report of one package');
  });

  it('of a package with itself is nothing', async () => {
    app('a.apk', '1', `fetch('https://api.bluemarket-shop.com/v1')`);
    const { code, stdout } = await run(['diff', 'apps/a.apk', 'apps/a.apk'], inFolder());
    expect(code).toBe(0);
    expect(stdout).toContain('No difference.');
  });

  it('refuses folders and reports of other commands, and says what it takes', async () => {
    app('a.apk', '1', '');
    const folders = await run(['diff', 'apps', 'apps/a.apk'], inFolder());
    expect(folders.code).toBe(2);
    expect(folders.stderr).toContain('apps is a folder');
    expect(folders.stderr).toContain('Name two packages');
    for (const [schema, what] of [
      ['audit-1', 'a report of `postern audit`'],
      ['fleet-1', 'a report of a whole folder'],
    ]) {
      writeFileSync(join(folder, 'a.json'), JSON.stringify({ schema: `https://postern.dev/schema/${schema}.json` }));
      const { code, stderr } = await run(['diff', 'a.json', 'apps/a.apk'], inFolder());
      expect(code).toBe(2);
      expect(stderr).toContain(`is ${what}: only reports of one package are compared`);
      expect(stderr).toContain('postern inspect FILE --format json');
    }
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ schema: 'https://postern.dev/schema/check-1.json' }));
    const mixed = await run(['diff', 'a.json', 'apps/a.apk'], inFolder());
    expect(mixed.code).toBe(2);
    expect(mixed.stderr).toContain('a.json is a report of `postern check`, and apps/a.apk is none');
  });

  it('cuts what is too much to read, and says how much there is', async () => {
    const calls = Array.from({ length: 80 }, (_, at) => `fetch('https://api${at}.bluemarket-shop.com/v1');`).join('');
    app('a.apk', '1', '');
    app('b.apk', '1', calls);
    const some = await run(['diff', 'apps/a.apk', 'apps/b.apk'], inFolder());
    expect(some.stdout.match(/\+ https:/g)).toHaveLength(50);
    expect(some.stdout).toContain('Show 30 more: --all');
    const all = await run(['diff', 'apps/a.apk', 'apps/b.apk', '--all'], inFolder());
    expect(all.stdout.match(/\+ https:/g)).toHaveLength(80);
  });

  it.each([
    ['app.apks', []],
    ['app.xapk', []],
    // a module that is delivered on demand is in the bundle alone
    ['app.aab', [{ kind: 'endpoint', change: 'new', id: 'https://feature.bluemarket-shop.com/' }]],
  ])('of one build as APK and %s shows no more than what the other file holds', async (other, expected) => {
    const fixtures = join(import.meta.dirname, '../../src/inspect/containers/testing/fixtures');
    const args = ['diff', join(fixtures, 'app.apk'), join(fixtures, other), '--all', '--format', 'json'];
    const { changes } = inspectDiffSchema.parse(JSON.parse((await run(args, inFolder())).stdout));
    expect(changes).toMatchObject(expected);
    expect(changes).toHaveLength(expected.length);
  });
});
