import { describe, expect, it } from 'vitest';
import type { SubjectKey, ValuePlace, Vault, VaultStore } from '../contract/vault.ts';
import type { VaultAdmin } from './admin.ts';
import { createMemoryEpochKeys, type MemoryEpochKeys } from './testing/memory-keys.ts';
import { createMemoryVaultStore, type MemoryVaultStore } from './testing/memory-store.ts';
import { createVault } from './vault.ts';

const DAY = 86_400_000;
const NOTE: ValuePlace = { store: 'postgresql', column: 'note' };

async function open(store: VaultStore, keys: MemoryEpochKeys, gateway = 'one'): Promise<Vault & VaultAdmin> {
  return await createVault({ store, keys, gateway, cache: { subjects: 1000, ttl: 60_000 } });
}

/** Waits for a number of turns of the event loop that differs from call to call, the same in every run. */
function jitter(seed: number): () => Promise<void> {
  let state = seed;
  return async () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    for (let turns = (state >> 8) % 4; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  };
}

async function epochsOf(store: MemoryVaultStore): Promise<Record<number, number>> {
  return Object.fromEntries((await store.counts()).byEpoch);
}

describe('a rotation', () => {
  it('does nothing while nothing is over', async () => {
    const store = createMemoryVaultStore();
    const vault = await open(store, createMemoryEpochKeys());
    await vault.open('anna');
    expect(await vault.rotate({ settle: 0 })).toEqual({ current: 1, begun: false, destroyed: [], kept: [] });
  });

  it('waits until an epoch was over for as long as it is kept', async () => {
    let time = 0;
    const keys = createMemoryEpochKeys({ epochMs: DAY, now: () => time });
    const store = createMemoryVaultStore();
    const vault = await createVault({
      store,
      keys,
      gateway: 'one',
      cache: { subjects: 10, ttl: 1e12 },
      now: () => time,
    });
    await vault.open('anna');
    time = 2 * DAY - 1;
    expect(await vault.rotate({ retain: DAY, settle: 0 })).toEqual({
      current: 2,
      begun: true,
      destroyed: [],
      kept: [],
    });
    expect(await epochsOf(store)).toEqual({ 1: 1 });
    time = 2 * DAY;
    const done = await vault.rotate({ retain: DAY, settle: 0 });
    expect(done.destroyed).toEqual([{ epoch: 1, created: 0, ends: DAY, rewrapped: 1, at: time, unreached: [] }]);
    expect(await epochsOf(store)).toEqual({ 2: 1 });
    expect((await vault.status()).epochs.map(({ destroyed, subjects }) => [destroyed, subjects])).toEqual([
      [time, 0],
      [null, 1],
    ]);
  });

  it('moves everybody in batches and leaves what they sealed readable', async () => {
    const store = createMemoryVaultStore();
    const keys = createMemoryEpochKeys();
    const vault = await open(store, keys);
    const sealed = new Map<string, string>();
    for (let i = 0; i < 53; i++) {
      const person = `person ${i}`;
      sealed.set(person, vault.seal(await vault.open(person), NOTE, person));
    }
    const progress: number[] = [];
    const before = store.backup();
    const done = await vault.rotate({
      force: true,
      settle: 0,
      batch: 10,
      onProgress: (now) => progress.push(now.rewrapped),
    });
    expect(done).toMatchObject({ current: 2, begun: true, destroyed: [{ epoch: 1, rewrapped: 53 }], kept: [] });
    expect(progress).toEqual([10, 20, 30, 40, 50, 53]);
    const fresh = await open(store, keys.clone(), 'two');
    for (const [person, text] of sealed) {
      const key = await fresh.find(person);
      expect(key && fresh.unseal(key, NOTE, text)).toBe(person);
    }
    // A backup of the store from before it is worth nothing any more.
    store.restore(before);
    const late = await open(store, keys.clone(), 'three');
    expect((await late.status()).stranded).toBe(53);
    expect(await late.find('person 1')).toBeUndefined();
    expect((await late.byReferences(before.subjects.map(({ reference }) => reference))).size).toBe(0);
    await expect((async () => late.open('person 1'))()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([1, 2, 3, 4, 5])('loses nobody who comes while it runs (%i)', async (seed) => {
    const wait = jitter(seed);
    const store = createMemoryVaultStore({ before: wait, done: wait });
    const keys = createMemoryEpochKeys({ slow: true });
    const vaults = [
      await open(store, keys),
      await open(store, keys.clone(), 'two'),
      await open(store, keys.clone(), 'three'),
    ];
    const sealed: [person: string, text: string][] = [];
    let running = true;
    const gateway = async (vault: Vault, name: string): Promise<void> => {
      for (let i = 0; running || i < 40; i++) {
        const person = `${name} ${i % 3 === 0 ? i : i >> 2}`;
        const key: SubjectKey = await vault.open(person);
        sealed.push([person, vault.seal(key, NOTE, person)]);
        await wait();
      }
    };
    const working = vaults.map((vault, i) => gateway(vault, `gateway ${i % 2}`));
    const operator = await open(store, keys.clone(), 'operator');
    for (let i = 0; i < 4; i++) {
      const { kept } = await operator.rotate({ force: true, settle: 5, batch: 7 });
      expect(kept).toEqual([]);
    }
    running = false;
    await Promise.all(working);
    expect((await operator.status()).stranded).toBe(0);
    const fresh = await open(store, keys.clone(), 'fresh');
    for (const [person, text] of sealed) {
      const key = await fresh.find(person);
      expect(key && fresh.unseal(key, NOTE, text)).toBe(person);
    }
  });

  it('follows where another rotation retires and destroys the epoch that it moves rows to', async () => {
    const store = createMemoryVaultStore();
    const keys = createMemoryEpochKeys();
    const second = await open(store, keys.clone(), 'second');
    let overtaken = false;
    const slow: VaultStore = Object.assign(Object.create(store), {
      rewrap: async (rows: Parameters<VaultStore['rewrap']>[0]) => {
        if (!overtaken) {
          overtaken = true;
          // All of epoch 2, in which nobody is yet.
          await keys.clone().begin();
          await keys.retire(2);
          await keys.destroy(2);
        }
        return await store.rewrap(rows);
      },
    });
    const first = await open(slow, keys, 'first');
    const sealed = first.seal(await first.open('anna'), NOTE, 'x');
    expect(await first.rotate({ force: true, settle: 0 })).toMatchObject({ destroyed: [{ epoch: 1, rewrapped: 1 }] });
    expect(overtaken).toBe(true);
    expect(await epochsOf(store)).toEqual({ 3: 1 });
    const key = await second.find('anna');
    expect(key && second.unseal(key, NOTE, sealed)).toBe('x');
  });

  it.each([1, 2, 3])('may be run by two operators at once (%i)', async (seed) => {
    const wait = jitter(seed);
    const store = createMemoryVaultStore({ before: wait, done: wait });
    const keys = createMemoryEpochKeys({ slow: true });
    const [one, two] = [await open(store, keys), await open(store, keys.clone(), 'two')];
    for (let i = 0; i < 40; i++) await one.open(`person ${i}`);
    const options = { force: true, settle: 5, batch: 3 };
    await Promise.allSettled([one.rotate(options), two.rotate(options), one.rotate(options)]);
    expect((await one.rotate({ settle: 0 })).kept).toEqual([]);
    const fresh = await open(store, keys.clone(), 'fresh');
    expect((await fresh.status()).stranded).toBe(0);
    for (let i = 0; i < 40; i++) expect(await fresh.find(`person ${i}`)).toBeDefined();
  });

  it('moves a row itself whose epoch was retired and destroyed while it was being added', async () => {
    const store = createMemoryVaultStore();
    const keys = createMemoryEpochKeys();
    const operator = await open(store, keys.clone(), 'operator');
    const slow: VaultStore = Object.assign(Object.create(store), {
      addSubject: async (row: Parameters<VaultStore['addSubject']>[0]) => {
        await operator.rotate({ force: true, settle: 0 });
        return await store.addSubject(row);
      },
    });
    const vault = await open(slow, keys);
    const key = await vault.open('anna');
    expect(key.epoch).toBe(2);
    expect(await epochsOf(store)).toEqual({ 2: 1 });
    const sealed = vault.seal(key, NOTE, 'x');
    const found = await operator.find('anna');
    expect(found && operator.unseal(found, NOTE, sealed)).toBe('x');
  });

  it('keeps a key while one row is left that it does not open, and says so', async () => {
    const store = createMemoryVaultStore();
    const keys = createMemoryEpochKeys();
    const vault = await open(store, keys);
    for (const person of ['anna', 'berta', 'clara']) await vault.open(person);
    const backup = store.backup();
    const [first, ...others] = backup.subjects;
    if (first === undefined) throw new Error('a row');
    store.restore({ ...backup, subjects: [{ ...first, wrapped: new Uint8Array(60) }, ...others] });
    const done = await vault.rotate({ force: true, settle: 0 });
    expect(done).toMatchObject({
      destroyed: [],
      kept: [{ epoch: 1, subjects: 1, reason: 'rows that its key does not open' }],
    });
    expect(await epochsOf(store)).toEqual({ 1: 1, 2: 2 });
    store.restore(backup);
    expect(await vault.rotate({ settle: 0 })).toMatchObject({ destroyed: [{ epoch: 1, rewrapped: 3 }], kept: [] });
  });

  it('can be stopped, and goes on when it is run again', async () => {
    const store = createMemoryVaultStore();
    const keys = createMemoryEpochKeys();
    const vault = await open(store, keys);
    for (let i = 0; i < 25; i++) await vault.open(`person ${i}`);
    const stop = new AbortController();
    const stopped = vault.rotate({
      force: true,
      settle: 0,
      batch: 10,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(await epochsOf(store)).toEqual({ 1: 15, 2: 10 });
    expect(await vault.rotate({ settle: 0 })).toMatchObject({ current: 2, destroyed: [{ epoch: 1, rewrapped: 15 }] });
  });

  it('goes on after a crash at any of its changes', async () => {
    for (let crash = 1; ; crash++) {
      let changes = 0;
      let armed = false;
      const hook = () => {
        if (armed && ++changes === crash) throw new Error('killed');
      };
      const store = createMemoryVaultStore({ before: (call) => void (call === 'rewrap' && hook()), done: hook });
      const keys = createMemoryEpochKeys();
      const vault = await open(store, keys);
      for (let i = 0; i < 6; i++) await vault.open(`person ${i}`);
      armed = true;
      const whole = await vault.rotate({ force: true, settle: 0, batch: 2 }).then(
        () => true,
        () => false,
      );
      armed = false;
      if (whole) {
        expect(crash).toBeGreaterThan(5);
        return;
      }
      const again = await open(store, keys.clone(), 'again');
      expect((await again.rotate({ settle: 0, batch: 2 })).kept).toEqual([]);
      expect(await epochsOf(store)).toEqual({ 2: 6 });
      for (let i = 0; i < 6; i++) expect(await again.find(`person ${i}`)).toBeDefined();
    }
  });
});
