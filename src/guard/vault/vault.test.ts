import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openEpochKeys, openRootKey } from '../../crypto/keyring/index.ts';
import { Refusal } from '../contract/refusal.ts';
import type { SubjectKey, ValuePlace, Vault } from '../contract/vault.ts';
import type { VaultAdmin } from './admin.ts';
import { createMemoryEpochKeys, type MemoryEpochKeys } from './testing/memory-keys.ts';
import { createMemoryVaultStore, type MemoryVaultStore, type MemoryVaultStoreOptions } from './testing/memory-store.ts';
import { createVault, type VaultOptions } from './vault.ts';

const PHONE: ValuePlace = { store: 'elasticsearch', column: 'phone' };

const opened: Vault[] = [];
afterEach(async () => {
  for (const vault of opened.splice(0)) await vault.close();
});

async function open(
  options: Partial<VaultOptions> & Pick<VaultOptions, 'store' | 'keys'>,
): Promise<Vault & VaultAdmin> {
  const vault = await createVault({ gateway: 'one', cache: { subjects: 100, ttl: 60_000 }, ...options });
  opened.push(vault);
  return vault;
}

interface World {
  readonly store: MemoryVaultStore;
  readonly keys: MemoryEpochKeys;
  readonly vault: Vault & VaultAdmin;
}

async function world(options: MemoryVaultStoreOptions & Partial<VaultOptions> = {}): Promise<World> {
  const store = createMemoryVaultStore(options);
  const keys = createMemoryEpochKeys({ now: options.now });
  return { store, keys, vault: await open({ store, keys, ...options }) };
}

/** What is there without waiting; fails when a promise came. */
function atOnce<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error('it has to be waited for');
  return value;
}

async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'none';
}

describe('a person’s key', () => {
  it('is made on first use, and found again by person and by reference', async () => {
    const { vault } = await world();
    expect(await vault.find('anna')).toBeUndefined();
    const key = await vault.open('anna');
    expect(key.reference).toMatch(/^[\w-]{22}$/);
    expect(key.key).toHaveLength(32);
    expect(await vault.find('anna')).toBe(key);
    expect((await vault.byReferences([key.reference])).get(key.reference)).toBe(key);
    expect(await vault.find('berta')).toBeUndefined();
  });

  it('is the same after a restart with a folder of keys and a key file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-vault-'));
    const store = createMemoryVaultStore();
    const start = async () =>
      await open({
        store,
        keys: await openEpochKeys(
          join(folder, 'keys'),
          await openRootKey({ kind: 'file', path: join(folder, 'root.key') }, async () => ''),
          { epochMs: 60_000 },
        ),
      });
    const first = await start();
    const sealed = first.seal(await first.open('anna'), PHONE, '+49 30 5550100');
    const second = await start();
    const key = await second.find('anna');
    expect(key && second.unseal(key, PHONE, sealed)).toBe('+49 30 5550100');
  });

  it('is one, however many ask for it at once', async () => {
    const { store, keys, vault } = await world();
    const other = await open({ store, keys: keys.clone(), gateway: 'two' });
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? vault : other).open('anna')));
    expect(new Set(all.map(({ reference }) => reference)).size).toBe(1);
    expect(new Set(all.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect(store.calls.filter((call) => call === 'addSubject').length).toBeLessThanOrEqual(2);
  });

  it('comes without a promise from an embedded store and from the cache', async () => {
    const embedded = await world({ embedded: true });
    const made = await embedded.vault.open('anna');
    const again = await open({ store: embedded.store, keys: embedded.keys.clone(), gateway: 'two' });
    expect(atOnce(again.find('anna'))?.reference).toBe(made.reference);
    const third = await open({ store: embedded.store, keys: embedded.keys.clone(), gateway: 'three' });
    expect(atOnce(third.byReferences([made.reference])).size).toBe(1);
    expect(atOnce(third.open('anna')).reference).toBe(made.reference);
    expect(atOnce(third.lookUp('orders.phone', '1'))).toEqual([]);
  });

  it('is read once for a thousand requests at the same time', async () => {
    const { store, keys, vault } = await world();
    const { reference } = await vault.open('anna');
    const other = await open({ store, keys: keys.clone(), gateway: 'two' });
    const before = store.calls.length;
    await Promise.all([
      ...Array.from({ length: 500 }, () => other.find('anna')),
      ...Array.from({ length: 500 }, () => other.byReferences([reference])),
    ]);
    expect(store.calls.slice(before)).toEqual(['subject', 'subjectsOf']);
  });

  it('of a page of documents is read in one read, whoever else reads some of them meanwhile', async () => {
    const { store, keys, vault } = await world();
    const references: string[] = [];
    for (let i = 0; i < 30; i++) references.push((await vault.open(`person ${i}`)).reference);
    const other = await open({ store, keys: keys.clone(), gateway: 'two' });
    const before = store.calls.length;
    const [half, all] = await Promise.all([
      other.byReferences(references.slice(0, 20)),
      other.byReferences([...references, ...references, 'unknown']),
    ]);
    expect(half.size).toBe(20);
    expect([...all.keys()].sort()).toEqual([...references].sort());
    expect(store.calls.slice(before)).toEqual(['subjectsOf', 'subjectsOf']);
  });
});

describe('the cache', () => {
  it('holds no more people than it may, and zeroes what it forgot after a while', async () => {
    let time = 0;
    const { vault } = await world({ cache: { subjects: 10, ttl: 1e9 }, now: () => time });
    const keys: SubjectKey[] = [];
    for (let i = 0; i < 15; i++) keys.push(await vault.open(`person ${i}`));
    expect((await vault.status()).cached).toBe(10);
    expect(keys.filter(({ key }) => key.every((byte) => byte === 0))).toEqual([]);
    for (let i = 15; i < 40; i++) keys.push(await vault.open(`person ${i}`));
    // Never more than twice as many: the oldest are zeroed before their time.
    expect(keys.slice(0, 20).every(({ key }) => key.every((byte) => byte === 0))).toBe(true);
    expect(keys.slice(20).every(({ key }) => key.some((byte) => byte !== 0))).toBe(true);
    expect(await refusalOf(() => vault.seal(keys[0] as SubjectKey, PHONE, 'x'))).toBe('unavailable');
    time += 1;
  });

  it('reads a person again after the time that one is kept', async () => {
    let time = 1000;
    const { store, vault } = await world({ cache: { subjects: 10, ttl: 500 }, now: () => time });
    await vault.open('anna');
    const before = store.calls.length;
    time += 499;
    await vault.find('anna');
    expect(store.calls.length).toBe(before);
    time += 2;
    expect(await vault.find('anna')).toBeDefined();
    expect(store.calls.length).toBe(before + 1);
  });

  it('is zeroed when the vault is closed', async () => {
    const { keys, vault } = await world();
    const key = await vault.open('anna');
    await vault.close();
    expect(key.key.every((byte) => byte === 0)).toBe(true);
    expect(keys.made.every((epoch) => epoch.key.every((byte) => byte === 0))).toBe(true);
    expect(await refusalOf(() => vault.find('anna'))).toBe('unavailable');
    expect(vault.ready()).toBe(false);
  });

  it('remembers nobody who is not there', async () => {
    const { store, vault } = await world();
    await vault.find('anna');
    await vault.byReferences(['x'.repeat(22)]);
    const before = store.calls.length;
    await vault.find('anna');
    await vault.byReferences(['x'.repeat(22)]);
    expect(store.calls.length).toBe(before + 2);
  });
});

describe('a purge', () => {
  it('reaches every gateway that shares the store, and zeroes the key in all of them', async () => {
    const { store, keys, vault } = await world();
    const other = await open({ store, keys: keys.clone(), gateway: 'two' });
    const [one, two] = [await vault.open('anna'), await other.open('anna')];
    await vault.tombstone(vault.subjectId('anna'));
    expect(await vault.purge(one.reference)).toEqual({ confirmed: 2, expired: 0 });
    for (const key of [one, two]) expect(key.key.every((byte) => byte === 0)).toBe(true);
    for (const gateway of [vault, other]) {
      expect(await gateway.find('anna')).toBeUndefined();
      expect((await gateway.byReferences([one.reference])).size).toBe(0);
      expect(await refusalOf(() => gateway.open('anna'))).toBe('erased');
      expect(await refusalOf(() => gateway.seal(two, PHONE, 'late'))).toBe('erased');
      expect(gateway.unseal(two, PHONE, 'pv1.late')).toBeUndefined();
    }
  });

  it('of a living person makes it read again, no more', async () => {
    const { vault } = await world();
    const key = await vault.open('anna');
    const sealed = vault.seal(key, PHONE, 'x');
    await vault.purge(key.reference);
    const again = await vault.open('anna');
    expect(again.reference).toBe(key.reference);
    expect(vault.unseal(again, PHONE, sealed)).toBe('x');
  });

  it.each(['find', 'open', 'byReferences'] as const)(
    'that arrives while a key is being read makes %s read it again',
    async (call) => {
      let hold: (() => void) | undefined;
      let slow = false;
      const { store, keys, vault } = await world();
      const { reference } = await vault.open('anna');
      // Between what the store read and what this gateway hears of it.
      const delayed = Object.assign(Object.create(store), {
        subject: async (id: string) => await late(() => store.subject(id)),
        subjectsOf: async (all: string[]) => await late(() => store.subjectsOf(all)),
      });
      async function late<T>(read: () => T | Promise<T>): Promise<T> {
        const row = await read();
        if (slow) {
          slow = false;
          await new Promise<void>((resolve) => {
            hold = resolve;
          });
        }
        return row;
      }
      const other = await open({ store: delayed, keys: keys.clone(), gateway: 'two' });
      slow = true;
      const reading =
        call === 'byReferences'
          ? Promise.resolve(other.byReferences([reference])).then((map) => map.get(reference))
          : refusedOr(() => other[call]('anna'));
      await expect.poll(() => hold).toBeDefined();
      await vault.tombstone(vault.subjectId('anna'));
      await vault.purge(reference);
      hold?.();
      expect(await reading).toBe(call === 'open' ? 'erased' : undefined);
    },
  );
});

async function refusedOr<T>(work: () => T | Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('a gateway without its lease', () => {
  it('uses no key that it has at hand, and keeps none', async () => {
    const { store, keys, vault } = await world();
    const other = await open({ store, keys: keys.clone(), gateway: 'two' });
    const { reference } = await other.open('anna');
    store.cutOff('two');
    const before = store.calls.length;
    await other.find('anna');
    await other.find('anna');
    await other.byReferences([reference]);
    expect(store.calls.slice(before)).toEqual(['subject', 'subject', 'subjectsOf']);
    expect((await other.status()).lease).toBe(false);
    expect((await other.status()).cached).toBe(0);

    await vault.tombstone(vault.subjectId('anna'));
    expect(await vault.purge(reference)).toEqual({ confirmed: 1, expired: 1 });
    expect(await other.find('anna')).toBeUndefined();
    expect(await refusalOf(() => other.open('anna'))).toBe('erased');
  });

  it('hears what it missed before it uses keys again', async () => {
    const { store, keys, vault } = await world();
    const other = await open({ store, keys: keys.clone(), gateway: 'two' });
    const { reference } = await other.open('anna');
    store.cutOff('two');
    await vault.tombstone(vault.subjectId('anna'));
    await vault.purge(reference);
    store.cutOff('two', false);
    expect(await other.find('anna')).toBeUndefined();
  });
});

describe('a vault that cannot read', () => {
  it('refuses what it does not have at hand, says so, and goes on when it can again', async () => {
    let away = false;
    const { vault } = await world({
      before: () => {
        if (away) throw new Error('connection refused');
      },
    });
    const key = await vault.open('anna');
    away = true;
    expect(await vault.find('anna')).toBe(key);
    expect(vault.ready()).toBe(true);
    expect(await refusalOf(() => vault.find('berta'))).toBe('unavailable');
    expect(await refusalOf(() => vault.open('berta'))).toBe('unavailable');
    expect(await refusalOf(() => vault.byReferences(['x'.repeat(22)]))).toBe('unavailable');
    expect(await refusalOf(() => vault.lookUp('orders.phone', '1'))).toBe('unavailable');
    expect(await refusalOf(() => vault.remember('orders.phone', '1', key))).toBe('unavailable');
    expect(await refusalOf(() => vault.status())).toBe('unavailable');
    expect(vault.ready()).toBe(false);
    away = false;
    expect(await vault.find('berta')).toBeUndefined();
    expect(vault.ready()).toBe(true);
  });

  it.each([false, true])('refuses while the key of an epoch cannot be had (slow: %s)', async (slow) => {
    const store = createMemoryVaultStore({ embedded: true });
    const keys = createMemoryEpochKeys({ slow });
    const vault = await open({ store, keys });
    const { reference } = await vault.open('anna');
    const others = keys.clone();
    const other = await open({ store, keys: others, gateway: 'two' });
    others.fail('the key service cannot be reached');
    expect(await refusalOf(() => other.find('anna'))).toBe('unavailable');
    expect(await refusalOf(() => other.byReferences([reference]))).toBe('unavailable');
    expect(await refusalOf(() => other.open('berta'))).toBe('unavailable');
    expect(other.ready()).toBe(false);
    others.fail(null);
    expect((await other.find('anna'))?.reference).toBe(reference);
    expect(other.ready()).toBe(true);
  });

  it('does not start with the keys of another vault', async () => {
    const { store, vault } = await world();
    await vault.open('anna');
    const foreign = createMemoryEpochKeys();
    await expect(open({ store, keys: foreign })).rejects.toThrow('not those of its store: there is no key of epoch 1');
    await foreign.begin();
    await expect(open({ store, keys: foreign })).rejects.toThrow('does not open with its key');
  });

  it('does not start with an empty store where the keys were made for another: rotating would destroy keys in use', async () => {
    const { store, keys, vault } = await world();
    await vault.open('anna');
    await expect(open({ store: createMemoryVaultStore(), keys: keys.clone() })).rejects.toThrow(
      'the store is a new one',
    );
    const other = await world();
    const empty = createMemoryVaultStore();
    const { shreds } = other.store.backup();
    empty.restore({
      subjects: [],
      lookUps: [],
      shreds: shreds.map((row) => ({ ...row, id: store.backup().shreds[0]?.id ?? '' })),
    });
    await expect(open({ store: empty, keys: keys.clone() })).rejects.toThrow('that of other keys');
    expect(await vault.pendingShreds()).toEqual([]);
    expect((await vault.status()).subjects).toBe(1);
  });

  it('starts with a store that was restored from its backup, and after a crash before the keys knew the store', async () => {
    const { store, keys } = await world();
    const backup = store.backup();
    const restored = createMemoryVaultStore();
    restored.restore(backup);
    await open({ store: restored, keys: keys.clone() });
    const dying = createMemoryEpochKeys();
    const half = createMemoryVaultStore();
    await expect(
      open({ store: half, keys: { ...dying.clone(), bind: () => Promise.reject(new Error('killed')) } }),
    ).rejects.toThrow();
    await open({ store: half, keys: dying });
    await open({ store: half, keys: dying.clone(), gateway: 'two' });
  });

  it('starts several gateways on a new store at once', async () => {
    const store = createMemoryVaultStore();
    const keys = createMemoryEpochKeys();
    await Promise.all(['one', 'two', 'three'].map((gateway) => open({ store, keys: keys.clone(), gateway })));
    await open({ store, keys: keys.clone(), gateway: 'four' });
  });

  it('refuses a row that took another’s wrapped key', async () => {
    const { store, keys, vault } = await world();
    await vault.open('anna');
    await vault.open('berta');
    const { subjects, ...rest } = store.backup();
    const [a, b] = subjects;
    if (a === undefined || b === undefined) throw new Error('two rows');
    const other = await open({ store, keys: keys.clone(), gateway: 'two' });
    store.restore({
      ...rest,
      subjects: [
        { ...a, wrapped: b.wrapped },
        { ...b, reference: a.reference.toUpperCase() },
      ],
    });
    expect(await refusalOf(() => other.find('anna'))).toBe('unavailable');
    expect(await refusalOf(() => other.find('berta'))).toBe('unavailable');
    // One row is no reason to take the gateway out of service.
    expect(other.ready()).toBe(true);
  });
});

describe('look-ups', () => {
  it('find the people who have a value, in one map, until it is forgotten', async () => {
    const { vault } = await world();
    const [anna, berta] = [await vault.open('anna'), await vault.open('berta')];
    await vault.remember('orders.phone', '+49305550100', anna);
    await vault.remember('orders.phone', '+49305550100', berta);
    expect([...(await vault.lookUp('orders.phone', '+49305550100'))].sort()).toEqual(
      [anna.reference, berta.reference].sort(),
    );
    expect(await vault.lookUp('orders.mail', '+49305550100')).toEqual([]);
    expect(await vault.lookUp('orders.phon', 'e+49305550100')).toEqual([]);
    await vault.forget('orders.phone', '+49305550100', anna.reference);
    expect(await vault.lookUp('orders.phone', '+49305550100')).toEqual([berta.reference]);
  });

  it('stand in the store as hashes alone', async () => {
    const { store, vault } = await world();
    await vault.remember('orders.phone', '+49305550100', await vault.open('anna@example.org'));
    const text = JSON.stringify(store.backup());
    expect(text).not.toContain('anna');
    expect(text).not.toContain('5550100');
    expect(text).not.toContain('phone');
  });

  it('are not made for someone who is being shredded, also when that happens in between', async () => {
    const { store, keys, vault } = await world();
    const anna = await vault.open('anna');
    const other = await open({
      store: Object.assign(Object.create(store), {
        addLookUp: async (token: string, reference: string) => {
          await store.tombstone(vault.subjectId('anna'), 1, 'unused');
          await store.dropKey(vault.subjectId('anna'));
          await store.addLookUp(token, reference);
        },
      }),
      keys: keys.clone(),
      gateway: 'two',
    });
    expect(await refusalOf(() => other.remember('orders.phone', '1', anna))).toBe('erased');
    expect(await vault.lookUp('orders.phone', '1')).toEqual([]);
    expect(await refusalOf(() => vault.remember('orders.phone', '1', anna))).toBe('erased');
  });
});

describe('a beacon', () => {
  it('has the bits that were asked for, the same for equal values', async () => {
    const { vault } = await world();
    const whole = vault.beacon('orders.phone', '1', 256);
    expect(whole).toMatch(/^[0-9a-f]{64}$/);
    for (let bits = 1; bits <= 256; bits++) {
      const text = vault.beacon('orders.phone', '1', bits);
      expect(text).toHaveLength(Math.ceil(bits / 4));
      const spare = BigInt(text.length * 4 - bits);
      expect(BigInt(`0x${text}`)).toBe((BigInt(`0x${whole}`) >> BigInt(256 - bits)) << spare);
    }
    expect(vault.beacon('orders.mail', '1', 256)).not.toBe(whole);
    expect(() => vault.beacon('orders.phone', '1', 0)).toThrow(RangeError);
    expect(() => vault.beacon('orders.phone', '1', 257)).toThrow(RangeError);
  });

  it('of few bits is shared by many values', async () => {
    const { vault } = await world();
    const seen = new Set(Array.from({ length: 2000 }, (_, i) => vault.beacon('orders.phone', String(i), 4)));
    expect(seen.size).toBe(16);
  });
});
