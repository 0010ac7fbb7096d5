import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTIVATION_DELAY, loadSealKeys, MAX_KEEP_ALIVE, ROTATION_AGE } from './key-file.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-seal-'));
  path = join(folder, 'guard-seal.key');
});
afterEach(() => rm(folder, { recursive: true }));

describe('loadSealKeys', () => {
  it('makes a file that only its owner can read, and reads the same key again', async () => {
    const made = await loadSealKeys(path, START);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(made.previous).toEqual([]);
    expect(await loadSealKeys(path, START + 1)).toEqual(made);
  });

  it('adds a key after a week, which opens at once and seals when every process has had time to read it', async () => {
    const { current: first } = await loadSealKeys(path, START);
    const later = START + ROTATION_AGE;
    const staged = await loadSealKeys(path, later);
    expect(staged.current).toEqual(first);
    expect(staged.previous).toHaveLength(1);
    const active = await loadSealKeys(path, later + ACTIVATION_DELAY);
    expect(active.current).toEqual(staged.previous[0]);
    expect(active.previous).toEqual([first]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps a replaced key for as long as an id that it sealed may live, and then drops it', async () => {
    const { current: first } = await loadSealKeys(path, START);
    const later = START + ROTATION_AGE;
    await loadSealKeys(path, later);
    const lastSeal = later + ACTIVATION_DELAY;
    const kept = await loadSealKeys(path, lastSeal + MAX_KEEP_ALIVE);
    expect(kept.previous).toEqual([first]);
    const dropped = await loadSealKeys(path, lastSeal + MAX_KEEP_ALIVE + ACTIVATION_DELAY);
    expect(dropped.previous).toEqual([]);
    expect(dropped.current).toEqual(kept.current);
  });

  it('adds one key when several processes find the week over', async () => {
    await loadSealKeys(path, START);
    const later = START + ROTATION_AGE;
    await Promise.all([1, 2, 3, 4, 5].map(() => loadSealKeys(path, later)));
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(await readdir(folder)).toEqual(['guard-seal.key']);
  });

  it('refuses a file that others can read, or that holds something else', async () => {
    await loadSealKeys(path, START);
    await chmod(path, 0o640);
    await expect(loadSealKeys(path, START)).rejects.toMatchObject({ code: 'E_KEY' });
    await chmod(path, 0o600);
    await writeFile(path, 'postern-guard-seal-key-1 zz\n');
    await expect(loadSealKeys(path, START)).rejects.toMatchObject({ code: 'E_KEY' });
    await writeFile(path, '');
    await expect(loadSealKeys(path, START)).rejects.toMatchObject({ code: 'E_KEY' });
  });
});
