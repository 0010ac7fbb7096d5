/** `postern fix` as people use it: asked at a terminal, told by options, and stopped by what is not as it was planned. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { type Ran, run } from './run.ts';

const REDIS = '# cache\nbind 0.0.0.0\nprotected-mode no\nenable-debug-command yes\n';
const COMPOSE =
  'services:\n  db:\n    image: postgres:16\n    ports:\n      - "5432:5432" # for now\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?}\n';
const BIND = 'audit/redis-listens-everywhere';
const PROTECTED = 'audit/redis-protected-mode-off';
const DEBUG = 'audit/redis-debug-command';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-fix-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, text: string): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

const text = (path: string): string => readFileSync(join(folder, path), 'utf8');
const fix = (...args: string[]): Promise<Ran> => run(['fix', ...args], { cwd: folder });

async function rulesOf(path: string): Promise<string[]> {
  const { stdout } = await run(['audit', path, '--format', 'json'], { cwd: folder });
  return JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule);
}

/** With somebody who answers each question once it is there; each may do something before. */
async function atTerminal(args: readonly string[], answers: readonly (string | (() => string))[]): Promise<Ran> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const printed = { stdout: '', stderr: '' };
  let answered = 0;
  function into(name: 'stdout' | 'stderr'): Writable {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        printed[name] += chunk.toString('utf8');
        done();
        // A question is a diff of its own, and then the prompt.
        const questions = printed.stderr.split('\n--- a/');
        if (questions.length - 1 <= answered || !questions.at(-1)?.includes('Apply?')) return;
        const answer = answers[answered++];
        if (answer === undefined) throw new Error('a question too many');
        // Once the prompt has not only drawn itself, but listens.
        setImmediate(() => stdin.write(`${typeof answer === 'string' ? answer : answer()}\n`));
      },
    });
    // A terminal stays open when a prompt is done with it.
    return Object.assign(stream, { end: () => stream });
  }
  const io = { stdout: into('stdout'), stderr: into('stderr'), stdin, env: { NO_COLOR: '1' }, cwd: folder };
  const code = await main(['fix', ...args], io);
  expect(answered).toBe(answers.length);
  return { code, ...printed };
}

describe('postern fix at a terminal', () => {
  it('shows each patch with whom it may cut off, and applies those that are agreed to', async () => {
    file('deploy/redis.conf', REDIS);
    const { code, stdout, stderr } = await atTerminal(['deploy'], ['n', 'y', 'y']);
    expect(code).toBe(0);
    expect(text('deploy/redis.conf')).toBe('# cache\nbind 0.0.0.0\nprotected-mode yes\nenable-debug-command no\n');
    expect(stderr).toContain(`[${BIND}]`);
    expect(stderr).toContain('-bind 0.0.0.0\n+bind 127.0.0.1 -::1\n');
    expect(stderr).toMatch(/2 patches applied, \d+ findings left to a person/);
    // What was done, and nothing of what was not.
    expect(stdout).toContain('+protected-mode yes');
    expect(stdout).not.toContain('+bind');
  });

  it('applies all that follow on a, and none on q or on Ctrl-C', async () => {
    file('deploy/redis.conf', REDIS);
    expect((await atTerminal(['deploy'], ['q'])).stderr).toContain('0 patches applied');
    expect(text('deploy/redis.conf')).toBe(REDIS);
    const stopped = await atTerminal(['deploy'], ['\x03']);
    expect([stopped.code, stopped.stderr]).toEqual([2, expect.stringContaining('Stopped at the question')]);
    expect(text('deploy/redis.conf')).toBe(REDIS);
    expect((await atTerminal(['deploy'], ['n', 'a'])).stderr).toContain('2 patches applied');
    expect(text('deploy/redis.conf')).toContain('bind 0.0.0.0\nprotected-mode yes\nenable-debug-command no');
    expect((await atTerminal(['deploy'], [''])).stderr).toContain('0 patches applied');
  });

  it('keeps what was agreed to on q', async () => {
    file('deploy/redis.conf', REDIS);
    await atTerminal(['deploy'], ['y', 'q']);
    expect(text('deploy/redis.conf')).toBe(REDIS.replace('0.0.0.0', '127.0.0.1 -::1'));
  });

  it('refuses to write over what was changed while it asked', async () => {
    const path = file('deploy/redis.conf', REDIS);
    const { code, stderr } = await atTerminal(
      ['deploy'],
      [
        'y',
        'y',
        () => {
          writeFileSync(path, `${REDIS}maxclients 10\n`);
          return 'y';
        },
      ],
    );
    expect(code).toBe(2);
    expect(stderr).toContain('E_PATCH_STALE');
    expect(text('deploy/redis.conf')).toBe(`${REDIS}maxclients 10\n`);
  });
});

describe('postern fix without a terminal', () => {
  it('leaves everything and says what is needed', async () => {
    file('deploy/redis.conf', REDIS);
    const { code, stdout, stderr } = await fix('deploy');
    expect([code, stdout, text('deploy/redis.conf')]).toEqual([0, '', REDIS]);
    expect(stderr).toContain('left: deploy/redis.conf: ');
    expect(stderr.match(/needs --yes/g)).toHaveLength(3);
  });

  it('writes nothing with --dry-run, and everything that can be proven with --yes', async () => {
    const path = file('deploy/redis.conf', REDIS);
    chmodSync(path, 0o640);
    const dry = await fix('deploy', '--dry-run');
    expect([dry.code, text('deploy/redis.conf'), readdirSync(join(folder, 'deploy'))]).toEqual([
      0,
      REDIS,
      ['redis.conf'],
    ]);
    const done = await fix('deploy', '--yes');
    expect([done.code, done.stdout]).toEqual([0, dry.stdout]);
    expect(await rulesOf('deploy')).not.toContain(BIND);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(folder, 'deploy'))).toEqual(['redis.conf']);
    const again = await fix('deploy', '--yes');
    expect([again.code, again.stdout]).toEqual([0, '']);
    expect(again.stderr).toContain('0 patches applied');
  });

  it('takes a rule or a finding with --only, and says when there is none', async () => {
    file('deploy/redis.conf', REDIS);
    const { stdout } = await run(['audit', 'deploy', '--format', 'json'], { cwd: folder });
    const finding = JSON.parse(stdout).findings.find(({ rule }: { rule: string }) => rule === DEBUG);
    await fix('deploy', '--yes', '--only', finding.fingerprint.slice(0, 8), '--only', PROTECTED);
    expect(text('deploy/redis.conf')).toBe('# cache\nbind 0.0.0.0\nprotected-mode yes\nenable-debug-command no\n');
    const none = await fix('deploy', '--yes', '--only', 'ffffffff');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('ffffffff')]);
    // Too short to be meant.
    expect((await fix('deploy', '--yes', '--only', finding.fingerprint.slice(0, 7))).code).toBe(2);
  });

  it.each([
    ['a folder that is not there', ['nowhere'], 'E_INPUT_NOT_FOUND'],
    ['nothing named and no postern.yaml', [], 'there is nothing to fix'],
    ['an unknown option', ['deploy', '--force'], '--force'],
    ['a file of rules that is not there', ['deploy', '--rules', 'none.yaml'], 'none.yaml'],
  ])('ends with 2 for %s', async (_what, args, said) => {
    file('deploy/redis.conf', REDIS);
    const { code, stderr } = await fix(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  it('judges by rules of the user, which have no patch and are left to a person', async () => {
    file('deploy/redis.conf', 'bind 127.0.0.1\nprotected-mode yes\nappendonly no\n');
    const rule = {
      id: 'own/redis-appendonly-off',
      title: 'Our caches keep a log of writes',
      severity: 'medium',
      owner: 'it',
      format: 'redis.conf',
      pointer: 'appendonly',
      value: { is: ['no'] },
      description: 'The house rule says that every Redis keeps an append-only file.',
      remediation: 'Set `appendonly yes`.',
      references: ['https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/'],
      cwe: ['CWE-1188'],
      examples: { bad: ['bind 127.0.0.1\nappendonly no\n'], good: ['bind 127.0.0.1\nappendonly yes\n'] },
    };
    file('own.yaml', JSON.stringify({ rules: [rule] }));
    const { code, stderr } = await fix('deploy', '--yes', '--rules', 'own.yaml', '--only', rule.id);
    expect([code, stderr]).toEqual([0, expect.stringContaining('0 patches applied, 1 findings left to a person')]);
    expect((await fix('deploy', '--yes', '--only', rule.id)).code).toBe(2);
  });

  it('fixes what postern.yaml lists, and several roots at once', async () => {
    file('a/redis.conf', REDIS);
    file('b/redis.conf', REDIS);
    file('c/docker-compose.yml', COMPOSE);
    file('postern.yaml', 'version: 1\nconfiguration: [c]\n');
    await fix('--yes');
    expect(text('c/docker-compose.yml')).toContain('"127.0.0.1:5432:5432" # for now');
    expect(text('a/redis.conf')).toBe(REDIS);
    const { stdout, stderr } = await fix('a', join(folder, 'b', 'redis.conf'), '--yes');
    expect(stderr).toContain('6 patches applied');
    expect(text('a/redis.conf')).toBe(text('b/redis.conf'));
    // Two files of the same name are told apart.
    expect(stdout).toContain('--- a/a/redis.conf');
    expect(stdout).toContain('--- a/b/redis.conf');
  });
});

describe('the diff of postern fix', () => {
  const hasPatch = spawnSync('patch', ['--version']).status === 0;
  if (!hasPatch) console.warn('SKIPPED: patch is not installed');

  it.skipIf(!hasPatch).each([
    ['line feeds', (source: string) => source],
    ['CRLF', (source: string) => source.replaceAll('\n', '\r\n')],
    ['no line feed at the end', (source: string) => source.trimEnd()],
    ['tabs', (source: string) => source.replaceAll(' no\n', '\t\tno\n')],
  ])('is taken by patch -p1 from where it was made: %s', async (_what, as) => {
    file('a/redis.conf', as(REDIS));
    // A comment may hold a password, and is masked.
    file('b/docker-compose.yml', as(COMPOSE.replace(' # for now', '')));
    const copies = ['a/redis.conf', 'b/docker-compose.yml'];
    for (const path of copies) file(`copy/${path}`, text(path));
    const { stdout } = await fix('a', 'b', '--dry-run');
    const patched = spawnSync('patch', ['-p1', '--binary', '--fuzz=0'], {
      cwd: join(folder, 'copy'),
      input: stdout,
      encoding: 'utf8',
    });
    expect([patched.status, patched.stdout]).toEqual([0, expect.not.stringContaining('FAILED')]);
    await fix('a', 'b', '--yes');
    for (const path of copies) expect(text(`copy/${path}`)).toBe(text(path));
    expect(text('a/redis.conf')).toContain('127.0.0.1');
  });

  it('masks what looks like a secret, and a file that is applied holds it still', async () => {
    file(
      'c/docker-compose.yml',
      'services:\n  r:\n    image: redis:7\n    command: redis-server --requirepass swordfish-example --protected-mode no\n    ports: ["6379:6379"]\n',
    );
    const { stdout, stderr } = await fix('c', '--yes');
    expect(stdout).toContain('127.0.0.1:6379');
    expect(stdout + stderr).not.toContain('swordfish');
    expect(text('c/docker-compose.yml')).toContain('swordfish-example');
  });
});

describe('files that postern fix leaves alone', () => {
  it('are those behind a symbolic link', async () => {
    const outside = file('outside/redis.conf', REDIS);
    mkdirSync(join(folder, 'deploy'));
    symlinkSync(outside, join(folder, 'deploy/redis.conf'));
    const { code } = await fix('deploy', '--yes');
    expect([code, text('outside/redis.conf')]).toEqual([0, REDIS]);
    // Named itself, it is the one that is meant, and the link stays one.
    await fix('deploy/redis.conf', '--yes');
    expect(text('outside/redis.conf')).toContain('bind 127.0.0.1');
    expect(readdirSync(join(folder, 'deploy'), { withFileTypes: true })[0]?.isSymbolicLink()).toBe(true);
  });

  it.each([
    ['a file that its owner made read-only', 'deploy/b/redis.conf', 0o444],
    ['a folder that cannot be written', 'deploy/b', 0o555],
  ])('are all, where there is %s', async (_what, locked, mode) => {
    file('deploy/a/redis.conf', REDIS);
    file('deploy/b/redis.conf', REDIS);
    chmodSync(join(folder, locked), mode);
    const { code, stderr } = await asNobody(() => fix('deploy', '--yes'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('(E_OUTPUT)')]);
    expect(stderr).toContain('no file of this folder was changed');
    chmodSync(join(folder, locked), 0o755);
    expect([text('deploy/a/redis.conf'), text('deploy/b/redis.conf')]).toEqual([REDIS, REDIS]);
    expect(readdirSync(join(folder, 'deploy/a'))).toEqual(['redis.conf']);
  });
});

/** Root may write everywhere. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    chownSync(join(folder, path), 65534, 65534);
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('what no patch can decide', () => {
  it('is told with its place and what to do, once for each rule, and not with --quiet', async () => {
    file('deploy/redis.conf', 'bind 0.0.0.0\nprotected-mode yes\nrequirepass foobared\n');
    const { stderr } = await fix('deploy', '--dry-run');
    expect(stderr).toMatch(/by hand {2}\[audit\/redis-weak-password\]\n {5}deploy\/redis\.conf:3: .+\n {5}do: \S+/);
    expect(stderr).not.toContain('foobared');
    const { stderr: quiet } = await fix('deploy', '--dry-run', '--quiet');
    expect(quiet).not.toContain('by hand');
  });
});
