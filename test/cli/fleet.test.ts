import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    ['a format of single packages', ['--format', 'sarif'], 'no format "sarif"'],
  ])('refuses %s', async (_, more, message) => {
    const { code, stderr } = await run(['inspect', 'apps', ...more, ...cached()], inFolder());
    expect(code).toBe(2);
    expect(stderr).toContain(message);
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
});
