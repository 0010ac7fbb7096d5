/** Keys of epochs in memory, for tests: no folder, no root key. What was destroyed is gone, as from a disk. */
import { hkdfSync, randomBytes } from 'node:crypto';
import type { EpochFacts, EpochKey, EpochKeys } from '../epoch-keys.ts';

export interface MemoryEpochKeys extends EpochKeys {
  /** Of every key that was given out: the same bytes, so that a test sees whether they were zeroed. */
  readonly made: readonly EpochKey[];
  /** From now on every call throws, as with a key service that is away; null: no more. */
  fail(message: string | null): void;
  /** As another process that reads the same folder. */
  clone(): MemoryEpochKeys;
}

export interface MemoryEpochKeysOptions {
  readonly epochMs?: number;
  readonly now?: () => number;
  /** Keys are read with a promise, as from a key service. */
  readonly slow?: boolean;
}

interface Shared {
  readonly vault: string;
  readonly index: Buffer;
  readonly epochs: Map<number, { facts: EpochFacts; key: Buffer }>;
  store: string | null;
}

export function createMemoryEpochKeys(options: MemoryEpochKeysOptions = {}, shared?: Shared): MemoryEpochKeys {
  const { epochMs = 7 * 86_400_000, now = Date.now, slow = false } = options;
  const state: Shared = shared ?? {
    vault: randomBytes(16).toString('base64url'),
    index: randomBytes(32),
    epochs: new Map(),
    store: null,
  };
  const made: EpochKey[] = [];
  const held = new Map<number, EpochKey>();
  let failure: string | null = null;

  function ready(): void {
    if (failure !== null) throw new Error(failure);
  }

  function begin(): EpochKey {
    const epoch = state.epochs.size + 1;
    const facts = { epoch, created: now(), ends: now() + epochMs, retired: null, destroyed: null };
    state.epochs.set(epoch, { facts, key: randomBytes(32) });
    return take(epoch);
  }

  function take(epoch: number): EpochKey {
    const known = held.get(epoch);
    if (known !== undefined) return known;
    const there = state.epochs.get(epoch);
    if (there === undefined) throw new Error(`the key of epoch ${epoch} is missing`);
    const { created, ends } = there.facts;
    const key = { epoch, key: Uint8Array.from(there.key), created, ends };
    held.set(epoch, key);
    made.push(key);
    return key;
  }

  function change(epoch: number, changed: Partial<EpochFacts>): void {
    const there = state.epochs.get(epoch);
    if (there === undefined) throw new Error(`there is no key of epoch ${epoch}`);
    there.facts = { ...there.facts, ...changed };
  }

  function answer<T>(value: () => T): T | Promise<T> {
    ready();
    return slow ? Promise.resolve().then(value) : value();
  }

  return {
    vault: state.vault,
    made,
    derive: (label) => Buffer.from(hkdfSync('sha256', state.index, '', label, 32)),
    current: () =>
      answer(() => {
        const newest = [...state.epochs.values()].findLast(({ facts }) => facts.retired === null);
        return newest === undefined || newest.facts.ends <= now() ? begin() : take(newest.facts.epoch);
      }),
    get: (epoch) =>
      answer(() => ((state.epochs.get(epoch)?.facts.destroyed ?? null) === null ? take(epoch) : undefined)),
    list: async () => {
      ready();
      return [...state.epochs.values()].map(({ facts }) => facts);
    },
    begin: async () => {
      ready();
      return begin();
    },
    retire: async (epoch) => {
      ready();
      if (state.epochs.get(epoch)?.facts.retired === null) change(epoch, { retired: now() });
    },
    isRetired: async (epoch) => {
      ready();
      return (state.epochs.get(epoch)?.facts.retired ?? null) !== null;
    },
    destroy: async (epoch) => {
      ready();
      change(epoch, { destroyed: now() });
      state.epochs.get(epoch)?.key.fill(0);
      held.get(epoch)?.key.fill(0);
      held.delete(epoch);
      return { at: now(), unreached: [] };
    },
    binding: async () => state.store,
    bind: async (store) => {
      state.store ??= store;
      return state.store;
    },
    trouble: () => failure,
    fail(message) {
      failure = message;
    },
    clone: () => createMemoryEpochKeys(options, state),
    close() {
      for (const { key } of held.values()) key.fill(0);
      held.clear();
    },
  };
}
