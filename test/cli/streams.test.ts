/** What happens when results cannot go where they should, and when what is read back is not what it should be. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { findProgram } from '../servers/harness/require-server.ts';
import { run } from './run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-streams-'));
  writeFileSync(
    join(folder, 'docker-compose.yml'),
    'services:\n  cache:\n    image: redis:7\n    ports: ["6379:6379"]\n',
  );
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs with a stdout that fails every write with `code`, as a closed pipe or a full disk does. */
async function runInto(
  code: string,
  args: readonly string[],
): Promise<{ code: number; stderr: string; writes: number }> {
  let stderr = '';
  let writes = 0;
  const broken = new Writable({
    write(_chunk, _encoding, done) {
      writes++;
      done(Object.assign(new Error('refused'), { code }));
    },
  });
  const collected = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stderr += chunk.toString('utf8');
      done();
    },
  });
  const io = { stdout: broken, stderr: collected, stdin: Readable.from([]), env: {}, cwd: folder };
  return { code: await main(args, io), stderr, writes };
}

describe('stdout', () => {
  it('that is closed early changes no exit code', async () => {
    expect(await runInto('EPIPE', ['audit', '.'])).toMatchObject({ code: 1, stderr: '' });
    expect(await runInto('EPIPE', ['--help'])).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([['audit', '.'], ['explain'], ['--help']])(
    'that takes nothing is an error with its reason: %s',
    async (...args) => {
      const { code, stderr } = await runInto('ENOSPC', args);
      expect(code).toBe(2);
      expect(stderr).toContain('stdout could not be written');
      expect(stderr).toContain('E_OUTPUT');
    },
  );

  it('that is closed early ends a probe whose answers go there alone', async () => {
    writeFileSync(join(folder, 'hosts'), Array.from({ length: 400 }, (_, at) => `127.9.0.${at % 250}:1\n`).join(''));
    const { code, writes } = await runInto('EPIPE', ['probe', '--targets', 'hosts', '--format', 'jsonl']);
    expect(code).toBe(3);
    expect(writes).toBeLessThan(400);
  });
});

describe('--output', () => {
  it('that cannot be written costs neither the result on stdout nor the other files', async () => {
    writeFileSync(join(folder, 'file'), '');
    const outputs = ['--output', 'json=file/below.json', '--output', 'sarif=new/folder/a.sarif'];
    const { code, stdout, stderr } = await run(['audit', '.', '--format', 'json', ...outputs], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('E_OUTPUT');
    expect(JSON.parse(stdout).findings).not.toHaveLength(0);
    expect(existsSync(join(folder, 'new/folder/a.sarif'))).toBe(true);
  });

  it('that is a folder is refused before any work', async () => {
    mkdirSync(join(folder, 'out'));
    const { code, stdout, stderr } = await run(['inspect', 'none.apk', '--output', 'json=out'], { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('is a folder');
  });

  it.runIf(process.platform === 'linux')('into a file system that takes no new names ends', async () => {
    const { code, stderr } = await run(['audit', '.', '--output', 'json=/proc/postern/a.json'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('/proc/postern');
  });
});

describe('what is read', () => {
  it.runIf(findProgram(['mkfifo']))('may be a pipe that nobody writes to, which is no package', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.apk')]);
    const { code, stderr } = await run(['inspect', 'pipe.apk'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('is not a file');
  });

  it('may be a report of brackets alone, which is refused before it is parsed', async () => {
    writeFileSync(join(folder, 'deep.json'), '['.repeat(1_000_000));
    for (const args of [
      ['verify', 'deep.json'],
      ['verify', '--receipt', 'deep.json'],
      ['check', '.', '--baseline', 'deep.json'],
    ]) {
      const { code, stderr } = await run(args, { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain('nested deeper than 100 levels');
    }
  });

  it.runIf(process.platform === 'linux')('may have no end', async () => {
    const { code, stderr } = await run(['probe', '--targets', '/dev/zero'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('E_INPUT_LIMIT');
  });
});

describe('Ctrl-C', () => {
  it('ends an inspection as incomplete, and names the packages that were not read', async () => {
    const once = process.once.bind(process);
    const spy = vi.spyOn(process, 'once').mockImplementation((event, listener) => {
      if (event !== 'SIGINT') return once(event, listener);
      listener();
      return process;
    });
    writeFileSync(join(folder, 'a.apk'), 'PK');
    const { code, stderr } = await run(['inspect', 'a.apk', 'b.apk'], { cwd: folder });
    spy.mockRestore();
    expect(code).toBe(3);
    expect(stderr).toContain('not read: b.apk: stopped');
  });
});

describe('several packages', () => {
  it.each(['json', 'sarif', 'table'])('that all fail end with their reasons and nothing else: %s', async (format) => {
    const { code, stdout, stderr } = await run(['inspect', 'a.apk', 'b.apk', '--format', format], { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('b.apk');
    expect(stderr).not.toContain('E_INTERNAL');
  });
});

describe('nothing is never called clean', () => {
  it('when the configuration lists nothing to check', async () => {
    writeFileSync(join(folder, 'postern.yaml'), 'version: 1\n');
    const { code, stderr } = await run(['check'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('postern.yaml: there is nothing to check');
  });

  it('when a folder holds no configuration', async () => {
    mkdirSync(join(folder, 'empty'));
    for (const verb of ['audit', 'check']) {
      const { code, stdout } = await run([verb, 'empty'], { cwd: folder });
      expect(code).toBe(3);
      expect(stdout).toContain('AUDIT_NOTHING_READ');
    }
  });

  it('when verify is asked for a story that the report does not have', async () => {
    await run(['check', '.', '--output', 'json=report.json'], { cwd: folder });
    const { code, stderr } = await run(['verify', 'report.json', '--only', 'mistyped'], { cwd: folder });
    const [story] = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).stories;
    expect(code).toBe(2);
    expect(stderr).toContain(story.id);
    expect(existsSync(join(folder, 'postern-receipt.json'))).toBe(false);
  });

  it('when the ignore file that was named is not there', async () => {
    const { code, stderr } = await run(['check', '.', '--ignore-file', 'gone.yaml'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('gone.yaml');
  });

  it('when a finding decides the exit code, though no host in scope was asked', async () => {
    const { code, stdout } = await run(['check', '.'], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toMatch(/\[(?:critical|high)\] unknown/);
  });
});
