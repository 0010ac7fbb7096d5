/**
 * The vault: finds, makes and forgets people's keys.
 *
 * Answers without a promise where everything is at hand. A cached key is used only while this gateway's purge lease holds;
 * without it every key is read from the store again, and kept nowhere. A key that was read before a purge arrived and would
 * be used after it is read again.
 */
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Refusal } from '../contract/refusal.ts';
import type { Reference, SubjectId, SubjectKey, SubjectRow, Vault, VaultStore } from '../contract/vault.ts';
import { createAdmin, type VaultAdmin } from './admin.ts';
import { after } from './after.ts';
import { checkBinding, checkOwnRows } from './check-own-rows.ts';
import { DATA_KEY_BYTES, unwrapDataKey, wrapDataKey } from './data-key.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { createIndexHashes } from './index-hashes.ts';
import { createKeyCache, whyGone, zeroKey } from './key-cache.ts';
import { epochKey, unavailable } from './unavailable.ts';
import { isSealedValue, sealValue, unsealValue } from './value.ts';

export interface VaultOptions {
  /** Closed by the vault. */
  readonly store: VaultStore;
  /** Closed by the vault. */
  readonly keys: EpochKeys;
  /** Name of this gateway among those that share the store. */
  readonly gateway: string;
  /** `ttl` in ms. */
  readonly cache: { readonly subjects: number; readonly ttl: number };
  /** ms since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** How long this gateway may use cached keys without hearing from the store, ms; default 5000. */
  readonly lease?: number;
}

const LEASE = 5_000;
/** A request may be in the middle of using a key that the cache forgets. */
const GRACE = 60_000;
/** Purges that are remembered for reads that began before them. */
const PURGES = 10_000;
/** How often one read is repeated because a purge came in between. */
const ATTEMPTS = 8;

type Maybe<T> = T | Promise<T>;

/**
 * @throws Refusal `unavailable` when the store or its keys cannot be read
 * @throws PosternError `E_KEY` when the keys are not those of this store
 */
export async function createVault(options: VaultOptions): Promise<Vault & VaultAdmin> {
  const { store, keys, gateway } = options;
  const now = options.now ?? Date.now;
  const lease = options.lease ?? LEASE;
  const hashes = createIndexHashes((label) => keys.derive(label));
  const cache = createKeyCache({ ...options.cache, grace: GRACE, now });
  const purged = new LRUCache<Reference, number>({ max: PURGES });
  let purges = 0;
  let closed = false;
  let trouble = false;
  const ofOnePerson = new WeakSet<Refusal>();

  try {
    await checkOwnRows(store, keys);
    await checkBinding(store, keys, hashes.bindingId);
  } catch (cause) {
    hashes.close();
    throw cause;
  }
  const member = await store.join(gateway, lease, (reference) => {
    purges++;
    purged.set(reference, purges);
    cache.purge(reference);
  });

  const sweeper = setInterval(() => {
    if (!member.held()) cache.clear('later');
    cache.sweep('due');
  }, GRACE / 2);
  sweeper.unref();

  /** Whether cached keys may be used now. */
  function cached(): boolean {
    if (closed) throw new Refusal('unavailable', 'vault: it is closed');
    if (member.held()) return true;
    cache.clear('later');
    return false;
  }

  /** Notes whether keys can be read, for `ready`. */
  function reading<T>(read: () => Maybe<T>, of: 'keys' | 'look-ups' = 'keys'): Maybe<T> {
    const succeeded = (value: T): T => {
      if (of === 'keys') trouble = false;
      return value;
    };
    try {
      const result = read();
      if (!(result instanceof Promise)) return succeeded(result);
      return result.then(succeeded, (cause) => {
        throw failed(cause);
      });
    } catch (cause) {
      throw failed(cause);
    }
  }

  function failed(cause: unknown): unknown {
    if (cause instanceof Refusal && (cause.code !== 'unavailable' || ofOnePerson.has(cause))) return cause;
    trouble = true;
    return unavailable(cause);
  }

  /** One person's row is at fault, not the store: no reason to say that keys cannot be read. */
  function faultOfRow(detail: string): Refusal {
    const refusal = new Refusal('unavailable', detail);
    ofOnePerson.add(refusal);
    return refusal;
  }

  /** Whether a purge of this person arrived since; then what was read before it counts no more. */
  function overtaken(reference: Reference, since: number): boolean {
    return purges - since >= PURGES || (purged.get(reference) ?? 0) > since;
  }

  /**
   * The key of a row that was read when there had been `since` purges; null when it must be read again. Undefined: shredded,
   * or under an epoch's key that was destroyed.
   */
  function keyOf(row: SubjectRow, since: number): Maybe<SubjectKey | undefined | null> {
    const { wrapped } = row;
    if (row.shreddedAt !== null || wrapped === null) return undefined;
    return after(epochKey(keys, row.epoch), (under) => {
      if (under === undefined) return undefined;
      const key = unwrapDataKey(under, row, wrapped);
      if (key === undefined) throw faultOfRow('vault: a row does not open with the key of its epoch');
      return admit(row.id, { reference: row.reference, epoch: row.epoch, key }, since);
    });
  }

  /** Into the cache, unless a purge came in between or the lease does not hold. */
  function admit(id: SubjectId, key: SubjectKey, since: number): SubjectKey | null {
    if (overtaken(key.reference, since)) {
      zeroKey(key, 'purged');
      return null;
    }
    return cached() ? cache.add(id, key) : cache.lend(key);
  }

  /** Reads again as long as purges come in between. */
  function settled<T>(read: (since: number) => Maybe<T | null>, attempt = 1): Maybe<T> {
    return after(read(purges), (value) => {
      if (value !== null) return value;
      if (attempt === ATTEMPTS) throw new Refusal('unavailable', 'vault: purges came faster than a key could be read');
      return settled(read, attempt + 1);
    });
  }

  /** Reads that are under way, so that a thousand requests of one person read once. */
  function coalesced<K, T>(running: Map<K, Promise<T>>, key: K, read: () => Maybe<T>): Maybe<T> {
    const there = running.get(key);
    if (there !== undefined) return there;
    const result = read();
    if (!(result instanceof Promise)) return result;
    const shared = result.finally(() => running.delete(key));
    running.set(key, shared);
    return shared;
  }

  const finding = new Map<SubjectId, Promise<SubjectKey | undefined>>();
  const opening = new Map<SubjectId, Promise<SubjectKey>>();

  function find(subject: string): Maybe<SubjectKey | undefined> {
    const id = hashes.subjectId(subject);
    const there = cached() ? cache.of(id) : undefined;
    if (there !== undefined) return there;
    return coalesced(finding, id, () =>
      reading(() =>
        settled((since) => after(store.subject(id), (row) => (row === undefined ? undefined : keyOf(row, since)))),
      ),
    );
  }

  function open(subject: string): Maybe<SubjectKey> {
    const id = hashes.subjectId(subject);
    const there = cached() ? cache.of(id) : undefined;
    if (there !== undefined) return there;
    return coalesced(opening, id, () =>
      reading(() =>
        settled((since) =>
          after(store.subject(id), (row) => (row === undefined ? make(id, since) : keyOfLiving(row, since))),
        ),
      ),
    );
  }

  function keyOfLiving(row: SubjectRow, since: number): Maybe<SubjectKey | null> {
    if (row.shreddedAt !== null || row.wrapped === null) throw new Refusal('erased', 'vault: the person was shredded');
    return after(keyOf(row, since), (key) => {
      if (key !== undefined) return key;
      throw faultOfRow(`vault: a row is under the key of epoch ${row.epoch}, which was destroyed`);
    });
  }

  /** Of several that make a key for one person at once, in any process, one wins and all use its key. */
  async function make(id: SubjectId, since: number): Promise<SubjectKey | null> {
    const reference = randomBytes(16).toString('base64url');
    const key = randomBytes(DATA_KEY_BYTES);
    const under = await keys.current();
    const row = {
      id,
      reference,
      epoch: under.epoch,
      wrapped: wrapDataKey(under, { id, reference }, key),
      shreddedAt: null,
    };
    const there = await store.addSubject(row);
    if (there.reference !== reference) {
      key.fill(0);
      return keyOfLiving(there, since);
    }
    const epoch = await moveOn(id, reference, under.epoch, key);
    return admit(id, { reference, epoch, key }, since);
  }

  /**
   * Whoever retires an epoch's key re-wraps the rows that are there, then destroys it. A row that was added just then is
   * seen either by them or here: they say that it is retired before they look for rows, and this looks after it added one.
   */
  async function moveOn(id: SubjectId, reference: Reference, from: number, key: Uint8Array): Promise<number> {
    let epoch = from;
    while (await keys.isRetired(epoch)) {
      const under = await keys.current();
      if (under.epoch === epoch) throw new Refusal('unavailable', 'vault: the current epoch is retired');
      await store.rewrap([
        { id, from: epoch, epoch: under.epoch, wrapped: wrapDataKey(under, { id, reference }, key) },
      ]);
      epoch = under.epoch;
    }
    return epoch;
  }

  const loading = new Map<Reference, Promise<SubjectKey | undefined>>();

  function byReferences(references: Iterable<Reference>): Maybe<ReadonlyMap<Reference, SubjectKey>> {
    const found = new Map<Reference, SubjectKey>();
    const missing = new Set<Reference>();
    const usable = cached();
    for (const reference of references) {
      if (found.has(reference) || missing.has(reference)) continue;
      const key = usable ? cache.get(reference) : undefined;
      if (key === undefined) missing.add(reference);
      else found.set(reference, key);
    }
    if (missing.size === 0) return found;
    return after(load([...missing]), (loaded) => {
      for (const [reference, key] of loaded) found.set(reference, key);
      return found;
    });
  }

  /** Those that nobody is reading yet in one read; waits for the others. */
  function load(references: readonly Reference[]): Maybe<Map<Reference, SubjectKey>> {
    const waiting = new Map<Reference, Promise<SubjectKey | undefined>>();
    const own: Reference[] = [];
    for (const reference of references) {
      const running = loading.get(reference);
      if (running === undefined) own.push(reference);
      else waiting.set(reference, running);
    }
    const result = own.length === 0 ? new Map<Reference, SubjectKey>() : reading(() => loadNow(own, 1));
    if (waiting.size === 0 && !(result instanceof Promise)) return result;
    const shared = Promise.resolve(result);
    if (result instanceof Promise) {
      for (const reference of own) {
        const one = shared.then((map) => map.get(reference)).finally(() => loading.delete(reference));
        one.catch(() => {});
        loading.set(reference, one);
      }
    }
    return shared.then(async (map) => {
      const all = new Map(map);
      for (const [reference, running] of waiting) {
        const key = await running;
        if (key !== undefined) all.set(reference, key);
      }
      return all;
    });
  }

  function loadNow(references: readonly Reference[], attempt: number): Maybe<Map<Reference, SubjectKey>> {
    const since = purges;
    return after(store.subjectsOf(references), (rows) => {
      const found = new Map<Reference, SubjectKey>();
      const again: Reference[] = [];
      const late: Promise<void>[] = [];
      for (const row of rows) {
        const take = (key: SubjectKey | undefined | null): void => {
          if (key === null) again.push(row.reference);
          else if (key !== undefined) found.set(row.reference, key);
        };
        const key = keyOf(row, since);
        if (key instanceof Promise) late.push(key.then(take));
        else take(key);
      }
      return after(late.length === 0 ? undefined : Promise.all(late).then(() => {}), () => {
        if (again.length === 0) return found;
        if (attempt === ATTEMPTS) throw new Refusal('unavailable', 'vault: purges came faster than keys could be read');
        return after(loadNow(again, attempt + 1), (rest) => new Map([...found, ...rest]));
      });
    });
  }

  async function living(reference: Reference): Promise<boolean> {
    const row = await store.subjectOf(reference);
    return row !== undefined && row.shreddedAt === null && row.wrapped !== null;
  }

  const vault: Vault = {
    find,
    open,
    byReferences,
    seal(key, place, value) {
      const gone = whyGone(key);
      if (gone === 'purged') throw new Refusal('erased', 'vault: the person was shredded');
      if (gone !== undefined) throw new Refusal('unavailable', 'vault: the key was dropped while it was in use');
      return sealValue(key.key, key.reference, place, value);
    },
    unseal(key, place, text) {
      const gone = whyGone(key);
      if (gone === 'purged') return undefined;
      if (gone !== undefined) throw new Refusal('unavailable', 'vault: the key was dropped while it was in use');
      return unsealValue(key.key, key.reference, place, text);
    },
    isSealed: isSealedValue,
    lookUp(map, value) {
      cached();
      return reading(() => store.lookUp(hashes.lookUpToken(map, value)), 'look-ups');
    },
    async remember(map, value, key) {
      cached();
      const token = hashes.lookUpToken(map, value);
      await reading(async () => {
        if (!(await living(key.reference))) throw new Refusal('erased', 'vault: the person was shredded');
        await store.addLookUp(token, key.reference);
        // A shred removes the look-ups that it finds; one that comes after it must remove itself.
        if (await living(key.reference)) return;
        await store.removeLookUp(token, key.reference);
        throw new Refusal('erased', 'vault: the person was shredded');
      }, 'look-ups');
    },
    async forget(map, value, reference) {
      cached();
      await reading(async () => store.removeLookUp(hashes.lookUpToken(map, value), reference), 'look-ups');
    },
    beacon: (map, value, bits) => hashes.beacon(map, value, bits),
    ready: () => !closed && !trouble,
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(sweeper);
      cache.clear('now');
      hashes.close();
      await member.leave();
      await keys.close();
      await store.close();
    },
  };

  return {
    ...vault,
    ...createAdmin({
      store,
      keys,
      vault,
      subjectId: hashes.subjectId,
      held: member.held,
      cached: cache.size,
      lease,
      now,
    }),
  };
}
