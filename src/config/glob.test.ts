import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandFiles, matchesGlob } from './glob.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'postern-glob-'));
  for (const name of [
    'a.apk',
    'b.ipa',
    'x/c.apk',
    'x/y/d.apk',
    'x/.h/e.apk',
    'node_modules/f.apk',
    '[odd].apk',
    'v1.apk',
  ]) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), '');
  }
});

async function names(...patterns: string[]): Promise<string[]> {
  return (await expandFiles(root, patterns)).files.map((file) => relative(root, file));
}

describe('expandFiles', () => {
  it('keeps * within one name and lets ** span folders, but not hidden ones or node_modules', async () => {
    expect(await names('*.apk')).toEqual(['[odd].apk', 'a.apk', 'v1.apk']);
    expect(await names('**/*.apk')).toEqual(['[odd].apk', 'a.apk', 'v1.apk', 'x/c.apk', 'x/y/d.apk']);
    expect(await names('x/**')).toEqual(['x/c.apk', 'x/y/d.apk']);
  });

  it('knows alternatives, sets and one-letter wildcards', async () => {
    expect(await names('*.{apk,ipa}')).toEqual(['[odd].apk', 'a.apk', 'b.ipa', 'v1.apk']);
    expect(await names('[ab].*')).toEqual(['a.apk', 'b.ipa']);
    expect(await names('v?.apk')).toEqual(['v1.apk']);
  });

  it('takes a path that exists as it stands, whatever letters it has', async () => {
    expect(await names('[odd].apk')).toEqual(['[odd].apk']);
    expect(await names('x')).toEqual(['x']);
  });

  it('reports what nothing matched', async () => {
    expect((await expandFiles(root, ['*.aab', 'a.apk', 'gone'])).unmatched).toEqual(['*.aab', 'gone']);
  });

  it('gives a file once that two patterns name', async () => {
    expect(await names('a.apk', '*.apk', './a.apk')).toEqual(['[odd].apk', 'a.apk', 'v1.apk']);
  });
});

describe('matchesGlob', () => {
  it.each([
    ['deploy/dev/redis.conf', 'deploy/dev/**', true],
    ['deploy/dev/redis.conf', 'deploy/*', false],
    ['deploy/dev/redis.conf', '**/redis.conf', true],
    ['redis.conf', '**/redis.conf', true],
    ['redisXconf', 'redis.conf', false],
    ['a/b', 'a/[!b]', false],
  ])('%s under %s: %s', (path, glob, expected) => {
    expect(matchesGlob(path, glob)).toBe(expected);
  });
});
