import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { type EpochKeys, openEpochKeys } from './epoch-keys.ts';
import { openFileRoot } from './file-root.ts';
import type { RootKey } from './root-key.ts';

const DAY = 86_400_000;

interface Place {
  readonly keys: string;
  readonly root: string;
}

function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
  return { keys: join(folder, 'keys'), root: join(folder, 'root.key') };
}

async function open(place: Place, now?: () => number): Promise<EpochKeys> {
  return await openEpochKeys(place.keys, await openFileRoot(place.root), { epochMs: DAY, ...(now && { now }) });
}

function hex(key: { readonly key: Uint8Array } | undefined): string {
  return Buffer.from(key?.key ?? []).toString('hex');
}

async function errorOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof PosternError && error.code === 'E_KEY') return error.message;
  throw error ?? new Error('nothing was thrown');
}

/** What the files are, byte by byte. */
function contents(folder: string): string {
  return JSON.stringify(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('the folder of keys', () => {
  it('is made for this user alone, with the vault’s id, its index key and a first epoch', async () => {
    const place = newPlace();
    const keys = await open(place);
    expect(readdirSync(place.keys).sort()).toEqual(['epoch-1.json', 'vault.json']);
    expect(statSync(place.keys).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(place.keys)) expect(statSync(join(place.keys, name)).mode & 0o777).toBe(0o600);
    expect(keys.vault).toMatch(/^[\w-]{22}$/);
    expect((await keys.current()).epoch).toBe(1);
    expect((await keys.current()).key).toHaveLength(32);
  });

  it('holds no key in plain', async () => {
    const place = newPlace();
    const keys = await open(place);
    const { key } = await keys.current();
    const text = contents(place.keys);
    for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      expect(text).not.toContain(Buffer.from(key).toString(encoding).slice(0, 40));
    }
  });

  it('gives the same keys to whoever opens it later', async () => {
    const place = newPlace();
    const [one, two] = [await open(place), await open(place)];
    expect(two.vault).toBe(one.vault);
    expect(hex(await two.current())).toBe(hex(await one.current()));
    expect(two.derive('a')).toEqual(one.derive('a'));
    expect(one.derive('b')).not.toEqual(one.derive('a'));
    expect((await open(newPlace())).derive('a')).not.toEqual(one.derive('a'));
  });

  it('is not used when others may look into it', async () => {
    const place = newPlace();
    await open(place);
    chmodSync(place.keys, 0o750);
    expect(await errorOf(open(place))).toContain('open to others');
    chmodSync(place.keys, 0o700);
    chmodSync(join(place.keys, 'epoch-1.json'), 0o640);
    expect(await errorOf(open(place))).toContain('can be read by others');
  });

  it('is not used when it is a file, and nothing is made in a place that cannot be written', async () => {
    const place = newPlace();
    writeFileSync(place.keys, 'x');
    expect(await errorOf(open(place))).toContain('is not a folder');
  });

  it('leaves alone what it does not know', async () => {
    const place = newPlace();
    mkdirSync(place.keys, { mode: 0o700 });
    for (const name of ['README', 'epoch-0.json', 'epoch-01.json', 'epoch-1.json~', '.vault.json.abc']) {
      writeFileSync(join(place.keys, name), 'x', { mode: 0o600 });
    }
    const keys = await open(place);
    expect((await keys.current()).epoch).toBe(1);
  });

  it.each(['vault.json', 'epoch-1.json'])('says when %s is damaged, and overwrites nothing', async (name) => {
    const place = newPlace();
    await open(place);
    const path = join(place.keys, name);
    const text = readFileSync(path, 'utf8');
    const fields = JSON.parse(text);
    const wrapped = Buffer.from(fields.wrapped, 'base64url');
    wrapped[20] = (wrapped[20] ?? 0) ^ 1;
    const damages = [
      '',
      'garbage',
      text.slice(0, text.length / 2),
      '[]',
      'null',
      JSON.stringify({ ...fields, schema: 'postern-vault-keys-2' }),
      JSON.stringify({ ...fields, wrapped: '' }),
      JSON.stringify({ ...fields, wrapped: `${fields.wrapped}=` }),
      JSON.stringify({ ...fields, wrapped: wrapped.toString('base64url') }),
      JSON.stringify({ ...fields, vault: 'x' }),
      JSON.stringify({ ...fields, vault: Buffer.alloc(16).toString('base64url') }),
      JSON.stringify({ ...fields, created: 'yesterday' }),
      'x'.repeat(20_000),
    ];
    for (const damage of damages) {
      writeFileSync(path, damage);
      const before = contents(place.keys);
      expect(await errorOf(open(place)), damage.slice(0, 60)).toMatch(
        /damaged|did not wrap|belongs to another|too large/,
      );
      expect(contents(place.keys)).toBe(before);
    }
    writeFileSync(path, text);
    await open(place);
  });

  it('says when a date of an epoch was moved', async () => {
    const place = newPlace();
    await open(place);
    const path = join(place.keys, 'epoch-1.json');
    const fields = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...fields, ends: '2999-01-01T00:00:00.000Z' }));
    expect(await errorOf(open(place))).toContain('its dates are not those of its key');
  });

  it('says when files of two vaults were mixed, or the file of the vault is missing', async () => {
    const [one, two] = [newPlace(), newPlace()];
    await open(one);
    await open(two);
    cpSync(join(one.keys, 'epoch-1.json'), join(two.keys, 'epoch-1.json'));
    expect(await errorOf(open(two))).toContain('belongs to another vault');
    const fresh = newPlace();
    mkdirSync(fresh.keys, { mode: 0o700 });
    cpSync(join(one.keys, 'epoch-1.json'), join(fresh.keys, 'epoch-1.json'));
    expect(await errorOf(open(fresh))).toContain('vault.json is missing');
    expect(readdirSync(fresh.keys)).toEqual(['epoch-1.json']);
  });

  it('says which root key it was made with when it is opened with another', async () => {
    const [one, two] = [newPlace(), newPlace()];
    await open(one);
    await open(two);
    expect(await errorOf(open({ keys: one.keys, root: two.root }))).toMatch(
      /wrapped by root key file:\w{16}, and this is file:\w{16}/,
    );
  });

  it('does not take the key of one epoch for another’s', async () => {
    const place = newPlace();
    let time = 0;
    await open(place, () => time);
    time = DAY;
    await open(place, () => time);
    const second = JSON.parse(readFileSync(join(place.keys, 'epoch-2.json'), 'utf8'));
    const first = JSON.parse(readFileSync(join(place.keys, 'epoch-1.json'), 'utf8'));
    writeFileSync(join(place.keys, 'epoch-2.json'), JSON.stringify({ ...second, wrapped: first.wrapped }));
    expect(await errorOf(open(place, () => time))).toContain('did not wrap this');
  });
});

describe('epochs', () => {
  it('end, and the next begins when a key is asked for', async () => {
    let time = 1_000_000;
    const place = newPlace();
    const keys = await open(place, () => time);
    const first = await keys.current();
    expect(first).toMatchObject({ epoch: 1, created: 1_000_000, ends: 1_000_000 + DAY });
    time += DAY - 1;
    expect((await keys.current()).epoch).toBe(1);
    time += 1;
    const second = await keys.current();
    expect(second).toMatchObject({ epoch: 2, created: time });
    expect(hex(second)).not.toBe(hex(first));
    expect(hex(await keys.get(1))).toBe(hex(first));
    expect((await keys.list()).map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('need no promise while nothing is due', async () => {
    const keys = await open(newPlace());
    expect(keys.current()).not.toBeInstanceOf(Promise);
    expect(keys.get(1)).not.toBeInstanceOf(Promise);
  });

  it('are seen when another process began them', async () => {
    let time = 0;
    const place = newPlace();
    const [one, two] = [await open(place, () => time), await open(place, () => time)];
    const begun = await one.begin();
    expect(begun.epoch).toBe(2);
    expect(hex(await two.get(2))).toBe(hex(begun));
    expect((await two.current()).epoch).toBe(1);
    time += 30_000;
    expect((await two.current()).epoch).toBe(2);
  });

  it('are begun once by two that share the folder in one process', async () => {
    let time = 0;
    const place = newPlace();
    const all = await Promise.all(Array.from({ length: 5 }, () => open(place, () => time)));
    time = DAY;
    const keys = await Promise.all(all.map((one) => one.current()));
    expect(new Set(keys.map(hex)).size).toBe(1);
    expect(keys.every(({ epoch }) => epoch === 2)).toBe(true);
    expect(readdirSync(place.keys).sort()).toEqual(['epoch-1.json', 'epoch-2.json', 'vault.json']);
  });

  it('go on under the old key while the root key cannot be asked for a new one, and say so', async () => {
    let time = 0;
    const place = newPlace();
    const file = await openFileRoot(place.root);
    let away = false;
    const root: RootKey = {
      ...file,
      wrap: async (plain, context) => {
        if (away) throw new PosternError('E_KEY', 'the key service cannot be reached');
        return await file.wrap(plain, context);
      },
    };
    const keys = await openEpochKeys(place.keys, root, { epochMs: DAY, now: () => time });
    expect(keys.trouble()).toBeNull();
    time = DAY;
    away = true;
    expect((await keys.current()).epoch).toBe(1);
    expect(keys.trouble()).toContain('no new one can be begun: the key service cannot be reached');
    expect(keys.current()).not.toBeInstanceOf(Promise);
    away = false;
    time += 19_999;
    expect((await keys.current()).epoch).toBe(1);
    time += 1;
    expect((await keys.current()).epoch).toBe(2);
    expect(keys.trouble()).toBeNull();
  });

  it('are not current once they are retired, in no process', async () => {
    let time = 0;
    const place = newPlace();
    const [one, two] = [await open(place, () => time), await open(place, () => time)];
    await one.retire(1);
    expect(await two.isRetired(1)).toBe(true);
    expect((await two.current()).epoch).toBe(2);
    expect((await one.current()).epoch).toBe(2);
    expect(await one.isRetired(2)).toBe(false);
    time += 5;
    await one.retire(1);
    expect((await one.list())[0]).toMatchObject({ retired: 0, destroyed: null });
  });

  it('leave a mark when their key is destroyed: it is zeroed, gone from the folder, and its number is not used again', async () => {
    let time = 0;
    const place = newPlace();
    const [one, two] = [await open(place, () => time), await open(place, () => time)];
    const [first, same] = [await one.current(), await two.current()];
    await one.begin();
    time = 7;
    const { at, unreached } = await one.destroy(1);
    expect(at).toBe(7);
    expect(unreached.join(' ')).toContain('backups');
    expect(existsSync(join(place.keys, 'epoch-1.json'))).toBe(false);
    expect(first.key.every((byte) => byte === 0)).toBe(true);
    expect(await one.get(1)).toBeUndefined();
    time += 30_000;
    await two.current();
    expect(same.key.every((byte) => byte === 0)).toBe(true);
    expect(await two.get(1)).toBeUndefined();
    expect(await one.destroy(1)).toMatchObject({ at: 7 });
    expect((await two.list())[0]).toMatchObject({ epoch: 1, created: 0, ends: DAY, destroyed: 7 });
    await one.destroy(2);
    expect((await one.begin()).epoch).toBe(3);
    expect((await open(place, () => time)).vault).toBe(one.vault);
  });

  it('are destroyed at the next start when a process was killed in the middle of it', async () => {
    const place = newPlace();
    const keys = await open(place, () => 0);
    const copy = readFileSync(join(place.keys, 'epoch-1.json'));
    await keys.begin();
    await keys.destroy(1);
    writeFileSync(join(place.keys, 'epoch-1.json'), copy, { mode: 0o600 });
    await open(place, () => 0);
    expect(existsSync(join(place.keys, 'epoch-1.json'))).toBe(false);
  });

  it('whose file is lost are an error, not a destroyed key', async () => {
    const place = newPlace();
    const keys = await open(place);
    expect(await errorOf(Promise.resolve(keys.get(9)))).toContain('the key of epoch 9 is missing');
  });

  it('have no key any more after the keyring was closed', async () => {
    const keys = await open(newPlace());
    const { key } = await keys.current();
    keys.close();
    expect(key.every((byte) => byte === 0)).toBe(true);
    expect(() => keys.current()).toThrow('closed');
    expect(() => keys.derive('a')).toThrow('closed');
  });
});

describe('processes that start together', () => {
  it('make one vault, one root key and one first epoch between them, and no two keys for one epoch', async () => {
    const place = newPlace();
    const program = await bundled();
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [program, place.keys, place.root], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const outputs = children.map((child) => {
      const output = { text: '' };
      child.stdout.on('data', (chunk: Buffer) => {
        output.text += chunk;
      });
      return output;
    });
    await expect.poll(() => outputs.every(({ text }) => text.includes('ready')), { timeout: 30_000 }).toBe(true);
    for (const child of children) child.stdin.write('go\n');
    await Promise.all(children.map((child) => once(child, 'close')));
    const lines = outputs.map(({ text }) => text.trim().split('\n'));
    const first = lines.map(([, said = '{}']) => JSON.parse(said));
    expect(new Set(first.map(({ vault, root }) => `${vault} ${root}`)).size).toBe(1);
    // Who comes late may find that others have begun the next epoch.
    const keyOf = new Map<number, Set<string>>();
    const add = (epoch: number, key: string) => keyOf.set(epoch, (keyOf.get(epoch) ?? new Set()).add(key));
    for (const { epoch, key } of first) add(epoch, key);
    for (const [, , begun = ''] of lines) add(Number(begun.split(' ')[0]), begun.split(' ')[1] ?? '');
    expect([...keyOf.values()].every((keys) => keys.size === 1)).toBe(true);
    expect(keyOf.size).toBeGreaterThan(1);
    expect(readdirSync(place.keys).filter((name) => name.startsWith('.'))).toEqual([]);
    const later = await open(place);
    for (const [epoch, keys] of keyOf) expect(keys.has(hex(await later.get(epoch)))).toBe(true);
  });
});

/** Node 20 does not read TypeScript. */
async function bundled(): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'postern-keys-')), 'starter.mjs');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./testing/starter.ts', import.meta.url)),
    platform: 'node',
    external: /^node:|^[a-z]/,
  });
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  return file;
}
