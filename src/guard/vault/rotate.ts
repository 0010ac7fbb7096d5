/**
 * Rotation: everybody to the newest epoch, then the keys of older epochs are destroyed.
 *
 *   begin (if it is time) → say that the old epoch is retired → re-wrap its rows in batches until there are none
 *   → wait a moment, count again → destroy its key
 *
 * A gateway that adds a row looks afterwards whether the epoch was retired, and if so moves the row itself; so after the
 * retirement is on the disk no row can stay behind unseen. Documents are not touched: a person's key stays the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../contract/refusal.ts';
import type { SubjectId, SubjectRow, VaultStore } from '../contract/vault.ts';
import { unwrapDataKey, wrapDataKey } from './data-key.ts';
import type { EpochFacts, EpochKeys } from './epoch-keys.ts';

export interface RotateOptions {
  /** Begin a new epoch now, and retire all older ones. */
  readonly force?: boolean;
  /** How long after its end an epoch's key is kept, ms; default 0. Older than that it is retired. */
  readonly retain?: number;
  readonly onProgress?: (progress: RotateProgress) => void;
  readonly signal?: AbortSignal;
  /** Rows in one change of the store; default 500. */
  readonly batch?: number;
  /** Between the last re-wrap and the last count, for rows that a gateway was just adding, ms; default 2000. */
  readonly settle?: number;
}

export interface RotateProgress {
  readonly epoch: number;
  readonly rewrapped: number;
  /** People that it wrapped when this run began with it. */
  readonly total: number;
}

export interface Rotation {
  /** The one that wraps everything new. */
  readonly current: number;
  readonly begun: boolean;
  readonly destroyed: readonly DestroyedEpoch[];
  /** Retired ones whose key had to be kept, and why. */
  readonly kept: readonly { readonly epoch: number; readonly subjects: number; readonly reason: string }[];
}

export interface DestroyedEpoch {
  readonly epoch: number;
  readonly created: number;
  readonly ends: number;
  readonly rewrapped: number;
  readonly at: number;
  /** Copies of the key that this could not reach, in sentences. */
  readonly unreached: readonly string[];
}

interface Parts {
  readonly store: VaultStore;
  readonly keys: EpochKeys;
  now(): number;
}

const BATCH = 500;
const SETTLE = 2_000;
/** Rounds over one epoch; gateways that add rows to a retired epoch stop within one. */
const ROUNDS = 5;

export async function rotate({ store, keys, now }: Parts, options: RotateOptions): Promise<Rotation> {
  const { force = false, retain = 0, signal } = options;
  signal?.throwIfAborted();
  const before = new Set((await keys.list()).map(({ epoch }) => epoch));
  const current = force ? await keys.begin() : await keys.current();
  const destroyed: DestroyedEpoch[] = [];
  const kept: { epoch: number; subjects: number; reason: string }[] = [];
  for (const facts of await keys.list()) {
    if (facts.destroyed !== null || facts.epoch >= current.epoch) continue;
    if (!force && facts.retired === null && facts.ends + retain > now()) continue;
    signal?.throwIfAborted();
    const { rewrapped, unreadable, left } = await empty(store, keys, facts, options);
    if (left === 0) {
      const { at, unreached } = await keys.destroy(facts.epoch);
      const { epoch, created, ends } = facts;
      destroyed.push({ epoch, created, ends, rewrapped, at, unreached });
    } else {
      const reason = unreadable > 0 ? 'rows that its key does not open' : 'gateways still add rows to it';
      kept.push({ epoch: facts.epoch, subjects: left, reason });
    }
  }
  return { current: current.epoch, begun: !before.has(current.epoch), destroyed, kept };
}

/** @returns how many rows are left under it by the store's own count; only with 0 may the key be destroyed */
async function empty(
  store: VaultStore,
  keys: EpochKeys,
  facts: EpochFacts,
  options: RotateOptions,
): Promise<{ rewrapped: number; unreadable: number; left: number }> {
  const { epoch } = facts;
  await keys.retire(epoch);
  const total = await countOf(store, epoch);
  let rewrapped = 0;
  let unreadable = 0;
  for (let round = 1; ; round++) {
    unreadable = 0;
    for await (const batch of batches(store, keys, epoch, options)) {
      rewrapped += batch.rewrapped;
      unreadable += batch.unreadable;
      options.onProgress?.({ epoch, rewrapped, total: Math.max(total, rewrapped) });
    }
    if (unreadable === 0) await sleep(options.settle ?? SETTLE, undefined, { signal: options.signal });
    const left = await countOf(store, epoch);
    if (left === 0 || unreadable > 0 || round === ROUNDS) return { rewrapped, unreadable, left };
  }
}

async function* batches(
  store: VaultStore,
  keys: EpochKeys,
  epoch: number,
  { batch = BATCH, signal }: RotateOptions,
): AsyncGenerator<{ rewrapped: number; unreadable: number }> {
  let after: SubjectId | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const rows = await store.subjects(after, batch, epoch);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield await moveRows(store, keys, epoch, rows);
  }
}

async function moveRows(
  store: VaultStore,
  keys: EpochKeys,
  epoch: number,
  rows: readonly SubjectRow[],
): Promise<{ rewrapped: number; unreadable: number }> {
  const from = await keys.get(epoch);
  if (from === undefined) throw new Refusal('unavailable', `vault: the key of epoch ${epoch} was destroyed meanwhile`);
  const opened: { row: SubjectRow; key: Uint8Array }[] = [];
  let unreadable = 0;
  for (const row of rows) {
    if (row.wrapped === null || row.epoch !== epoch) continue;
    const key = unwrapDataKey(from, row, row.wrapped);
    if (key === undefined) unreadable++;
    else opened.push({ row, key });
  }
  try {
    let rewrapped = 0;
    let last = epoch;
    // Asked anew for every batch, and once more after it: somebody else may rotate at the same time, and retire, empty and
    // destroy the very epoch that this one moves rows to. The keys are at hand until that is ruled out.
    do {
      const to = await keys.current();
      if (to.epoch <= last) throw new Refusal('unavailable', `vault: rows of epoch ${last} have nowhere to go`);
      const moves = opened.map(({ row, key }) => {
        return { id: row.id, from: last, epoch: to.epoch, wrapped: wrapDataKey(to, row, key) };
      });
      const replaced = moves.length === 0 ? 0 : await store.rewrap(moves);
      if (last === epoch) rewrapped = replaced;
      last = to.epoch;
    } while (await keys.isRetired(last));
    return { rewrapped, unreadable };
  } finally {
    for (const { key } of opened) key.fill(0);
  }
}

async function countOf(store: VaultStore, epoch: number): Promise<number> {
  const { byEpoch } = await store.counts();
  return byEpoch.get(epoch) ?? 0;
}
