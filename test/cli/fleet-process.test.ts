/** `postern inspect FOLDER` as its users meet it: the compiled command as a process, with threads, signals and pipes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { fleetLineSchema, fleetReportSchema } from '../../src/core/contract/fleet.ts';
import { COMMAND, whyNotBuilt } from '../built.ts';

const missing = whyNotBuilt();
if (missing !== undefined) console.warn(`SKIPPED: inspect of a folder is not tested as a process: ${missing}`);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-fleet-process-'));
  mkdirSync(join(folder, 'apps'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function packages(count: number, from = 0): void {
  for (let at = from; at < from + count; at++) {
    const manifest = `<manifest package="com.maker${at}.app" versionName="1"><application/></manifest>`;
    const script = `fetch('https://api${at % 50}.bluemarket-shop.com/v1/orders')`;
    const files = { 'AndroidManifest.xml': manifest, 'assets/www/app.js': script };
    const entries = Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text), compress: true }));
    writeFileSync(join(folder, 'apps', `${at}.apk`), writeZip(entries));
  }
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

function start(...args: string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const node = spawn(process.execPath, [COMMAND, 'inspect', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: join(folder, 'cache') },
  });
  let stdout = '';
  let stderr = '';
  node.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  node.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((done) => {
    node.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { process: node, ended };
}

const run = (...args: string[]): Promise<Ended> => start(...args).ended;
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => fleetLineSchema.parse(JSON.parse(line)));

describe.skipIf(missing !== undefined)('inspect of a folder, as a process', () => {
  it('stopped with Ctrl-C keeps what is known, and the next run goes on from there', async () => {
    packages(1500);
    const stopped = start('apps', '--format', 'jsonl', '--output', 'json=fleet.json', '--workers', '2');
    stopped.process.stdout?.once('data', () => stopped.process.kill('SIGINT'));
    const first = await stopped.ended;
    const known = linesOf(first.stdout).length;
    expect([first.code, first.signal]).toEqual([3, null]);
    expect(known).toBeGreaterThan(0);
    expect(known).toBeLessThan(1500);
    expect(first.stderr).toContain(`stopped ${1500 - known} packages were not looked at. Run the same command again`);
    const kept = fleetReportSchema.parse(JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8')));
    expect(kept.summary).toMatchObject({ packages: 1500, read: known });

    const second = await run('apps', '--format', 'json', '--workers', '2');
    const { summary } = fleetReportSchema.parse(JSON.parse(second.stdout));
    expect(second.code).toBe(0);
    expect(summary).toMatchObject({ packages: 1500, read: 1500, failed: 0 });
    expect(summary.cached).toBeGreaterThanOrEqual(known);
    expect(summary.cached).toBeLessThan(1500);
  });

  it('ends when nobody reads its lines any more', async () => {
    packages(1500);
    const { process: node, ended } = start('apps', '--format', 'jsonl', '--workers', '2');
    node.stdout?.once('data', () => node.stdout?.destroy());
    const { code, stderr } = await ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/^stopped \d+ packages were not looked at\./);
  });

  it('reads on past packages that are damaged, empty or unreadable', async () => {
    packages(3);
    const whole = readFileSync(join(folder, 'apps', '0.apk'));
    writeFileSync(join(folder, 'apps', 'cut.apk'), whole.subarray(0, whole.length - 30));
    writeFileSync(join(folder, 'apps', 'empty.ipa'), '');
    const broken = Buffer.from(whole);
    broken.fill(0xff, 40, 90);
    writeFileSync(join(folder, 'apps', 'broken.apk'), broken);
    writeFileSync(join(folder, 'apps', 'shut.apk'), whole);
    chmodSync(join(folder, 'apps', 'shut.apk'), 0);
    const { code, stdout } = await run('apps', '--format', 'jsonl', '--workers', '2');
    const lines = linesOf(stdout);
    expect(lines.map(({ path }) => path).sort()).toEqual(readdirSync(join(folder, 'apps')).sort());
    expect(lines.filter(({ error }) => error !== undefined).map(({ error }) => error?.code)).not.toContain(
      'E_INTERNAL',
    );
    expect(lines.find(({ path }) => path === 'empty.ipa')?.error?.code).toMatch(/^E_INPUT/);
    expect(code).toBe(3);
  });

  it('may run twice at once on one cache', async () => {
    packages(200);
    const both = await Promise.all([run('apps', '--format', 'json'), run('apps', '--format', 'json')]);
    const reports = both.map(({ stdout }) => fleetReportSchema.parse(JSON.parse(stdout)));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(reports[0]?.backends).toEqual(reports[1]?.backends);
    const third = fleetReportSchema.parse(JSON.parse((await run('apps', '--format', 'json')).stdout));
    expect(third.summary.cached).toBe(200);
    const left = readdirSync(join(folder, 'cache'), { recursive: true }).map(String);
    expect(left.filter((name) => /\.json\.gz\./.test(name))).toEqual([]);
  });

  it('reads without a cache where none can be made, and says so', async () => {
    packages(2);
    writeFileSync(join(folder, 'cache'), 'a file');
    const { code, stdout, stderr } = await run('apps');
    expect(code).toBe(0);
    expect(stdout).toContain('2 read, 0 failed');
    expect(stderr).toContain('warning results are not kept for the next run');
  });

  it('tells of results that the cache could not take', async () => {
    packages(2);
    await run('apps');
    const cache = join(folder, 'cache', 'postern', 'inspect');
    for (const name of readdirSync(cache).filter((one) => one !== 'redaction.key')) {
      rmSync(join(cache, name), { recursive: true });
      writeFileSync(join(cache, name), 'a file in the way');
    }
    const { code, stderr } = await run('apps');
    expect(code).toBe(0);
    expect(stderr).toContain('warning 2 results could not be kept');
  });
});
