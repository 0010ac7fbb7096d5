import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeRootKey } from './change-root-key.ts';
import { openEpochKeys } from './epoch-keys.ts';
import { openFileRoot } from './file-root.ts';
import type { RootKey } from './root-key.ts';

async function place(): Promise<{ keys: string; one: () => Promise<RootKey>; two: () => Promise<RootKey> }> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-change-'));
  const keys = join(folder, 'keys');
  const one = () => openFileRoot(join(folder, 'one.key'));
  const opened = await openEpochKeys(keys, await one(), { epochMs: 60_000 });
  await opened.begin();
  await opened.begin();
  await opened.destroy(1);
  opened.close();
  return { keys, one, two: () => openFileRoot(join(folder, 'two.key')) };
}

async function keysOf(folder: string, root: RootKey): Promise<string> {
  const keys = await openEpochKeys(folder, root, { epochMs: 60_000 });
  const all = await Promise.all(
    [2, 3].map(async (epoch) => Buffer.from((await keys.get(epoch))?.key ?? []).toString('hex')),
  );
  const text = JSON.stringify([keys.vault, Buffer.from(keys.derive('a')).toString('hex'), ...all, await keys.get(1)]);
  keys.close();
  return text;
}

describe('a change of the root key', () => {
  it('leaves every key as it is, under the new one alone', async () => {
    const { keys, one, two } = await place();
    const before = await keysOf(keys, await one());
    expect(await changeRootKey(keys, await one(), await two())).toBe(3);
    expect(await keysOf(keys, await two())).toBe(before);
    await expect(keysOf(keys, await one())).rejects.toThrow('was wrapped by root key');
    expect(readdirSync(keys).sort()).toEqual(['epoch-1.destroyed.json', 'epoch-2.json', 'epoch-3.json', 'vault.json']);
    expect(await changeRootKey(keys, await one(), await two())).toBe(0);
  });

  it('goes on where it was when the new key service failed in the middle', async () => {
    const { keys, one, two } = await place();
    const before = await keysOf(keys, await one());
    for (let failing = 0; failing < 3; failing++) {
      const target = await two();
      let wraps = 0;
      const faulty: RootKey = {
        ...target,
        wrap: async (plain, context) => {
          if (wraps++ === 1) throw new Error('away');
          return await target.wrap(plain, context);
        },
      };
      await changeRootKey(keys, await one(), faulty).catch(() => {});
    }
    expect(await keysOf(keys, await two())).toBe(before);
  });

  it('writes nothing that the new root key does not give back', async () => {
    const { keys, one, two } = await place();
    const text = () => readdirSync(keys).map((name) => readFileSync(join(keys, name), 'utf8'));
    const before = text();
    const lying: RootKey = { ...(await two()), unwrap: async () => new Uint8Array(32) };
    await expect(changeRootKey(keys, await one(), lying)).rejects.toThrow('does not give back');
    expect(text()).toEqual(before);
    await expect(changeRootKey(keys, await one(), await one())).rejects.toThrow('is the old one');
    const three = await openFileRoot(join(mkdtempSync(join(tmpdir(), 'postern-change-')), 'three.key'));
    await expect(changeRootKey(keys, await two(), three)).rejects.toThrow('did not wrap this');
    expect(text()).toEqual(before);
  });
});
