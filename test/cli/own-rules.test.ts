import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-own-rules-'));

function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const RULE = {
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

beforeAll(() => {
  file('deploy/redis.conf', 'bind 127.0.0.1 -::1\nprotected-mode yes\nappendonly no\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** JSON is YAML. */
function rules(name: string, ...list: readonly object[]): string {
  file(name, JSON.stringify({ rules: list }));
  return name;
}

async function raised(args: readonly string[]): Promise<{ rule: string; line: number; severity: string }[]> {
  const { stdout, code } = await run(['audit', 'deploy', '--format', 'json', ...args], { cwd: folder });
  expect(code).not.toBe(2);
  return JSON.parse(stdout).findings;
}

describe('rules of the user', () => {
  it('judge beside the built-in ones, named on the command line or in postern.yaml', async () => {
    expect((await raised([])).map(({ rule }) => rule)).not.toContain(RULE.id);
    const named = await raised(['--rules', rules('own.yaml', RULE)]);
    expect(named).toContainEqual(expect.objectContaining({ rule: RULE.id, line: 3, severity: 'medium' }));
    file('postern.yaml', 'version: 1\naudit:\n  rules: [own.yaml]\n');
    expect((await raised([])).map(({ rule }) => rule)).toContain(RULE.id);
    rmSync(join(folder, 'postern.yaml'));
  });

  it('are described in SARIF as the others are', async () => {
    const { stdout } = await run(['audit', 'deploy', '--format', 'sarif', '--rules', rules('own.yaml', RULE)], {
      cwd: folder,
    });
    const [first] = JSON.parse(stdout).runs;
    const described = first.tool.driver.rules.find(({ id }: { id: string }) => id === RULE.id);
    expect(described.shortDescription.text).toBe(RULE.title);
  });

  it('match any part of a pointer, numbers, patterns and absence', async () => {
    const own = (id: string, pointer: string, value: object, bad: string, good: string) => ({
      ...RULE,
      id: `own/${id}`,
      pointer,
      value,
      examples: { bad: [bad], good: [good] },
    });
    const found = await raised([
      '--rules',
      rules(
        'more.yaml',
        own(
          'any-append',
          'append*',
          { isNot: ['yes'] },
          'appendonly no\nappendfsync yes\n',
          'appendonly yes\nport 1\n',
        ),
        own('too-few', 'maxclients', { below: 10 }, 'maxclients 5\nport 1\n', 'maxclients 50\nport 1\n'),
        own(
          'odd-bind',
          'bind',
          { matches: '^127\\.[0-9.]{1,11}$' },
          'bind 127.0.0.1\nport 1\n',
          'bind 10.0.0.1\nport 1\n',
        ),
        own('no-log', 'logfile', { absent: true }, 'bind 127.0.0.1\nport 1\n', 'logfile /x\nport 1\n'),
      ),
    ]);
    const ids = found.map(({ rule }) => rule).filter((rule) => rule.startsWith('own/'));
    expect(ids.sort()).toEqual(['own/any-append', 'own/no-log', 'own/odd-bind']);
  });

  it.each([
    [
      'a bad example that raises nothing',
      { ...RULE, examples: { ...RULE.examples, bad: ['appendonly yes\nport 1\n'] } },
      'bad example 1',
    ],
    [
      'a good example that raises it',
      { ...RULE, examples: { ...RULE.examples, good: ['appendonly no\nport 1\n'] } },
      'good example 1',
    ],
    ['a format that there is not', { ...RULE, format: 'redis.cnf' }, 'redis.cnf'],
    ['a pattern that could run for ever', { ...RULE, value: { matches: '^(a+)+$' } }, 'the pattern'],
    ['no condition', { ...RULE, value: {} }, 'exactly one of'],
    ['an id of ours', { ...RULE, id: 'audit/redis-no-password' }, 'own/words-with-hyphens'],
    ['an unknown key', { ...RULE, severty: 'low' }, 'severty'],
  ])('are refused with %s', async (_what, rule, said) => {
    const { code, stderr } = await run(['audit', 'deploy', '--rules', rules('wrong.yaml', rule)], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).toContain('wrong.yaml');
  });

  it('never show a secret that they are about', async () => {
    file('deploy/secret/redis.conf', 'bind 127.0.0.1\nprotected-mode yes\nrequirepass swordfish-example-1\n');
    const about = {
      ...RULE,
      id: 'own/any-password',
      pointer: 'requirepass',
      value: { isNot: [''] },
      examples: { bad: ['requirepass x\nport 1\n'], good: ['port 1\nbind 127.0.0.1\n'] },
    };
    const { stdout } = await run(['audit', 'deploy', '--format', 'json', '--rules', rules('secret.yaml', about)], {
      cwd: folder,
    });
    expect(stdout).toContain('own/any-password');
    expect(stdout).not.toContain('swordfish');
    rmSync(join(folder, 'deploy/secret'), { recursive: true });
  });
});
