/**
 * People's keys in use, bounded in number and age.
 *
 * A key that is forgotten because there are too many, or because it is old, is zeroed a little later: a request may be in
 * the middle of using it. A key that was purged is zeroed at once: whoever still holds it must not use it any more. Both are
 * marked, so that nothing is ever sealed under zeros.
 */
import { LRUCache } from 'lru-cache';
import type { Reference, SubjectId, SubjectKey } from '../contract/vault.ts';

export interface KeyCacheOptions {
  /** Most people at a time. */
  readonly subjects: number;
  /** Longest that one is kept, ms. */
  readonly ttl: number;
  /** Between forgetting and zeroing, ms. */
  readonly grace: number;
  /** ms; only differences count. */
  readonly now: () => number;
}

export interface KeyCache {
  get(reference: Reference): SubjectKey | undefined;
  of(id: SubjectId): SubjectKey | undefined;
  /** Takes the key over. @returns the one that is kept: the one that is there already wins, and the other is zeroed */
  add(id: SubjectId, key: SubjectKey): SubjectKey;
  /** For one use: kept nowhere, and zeroed after the grace. */
  lend(key: SubjectKey): SubjectKey;
  /** Forgets and zeroes it now. */
  purge(reference: Reference): void;
  /** Forgets everything; zeroed after the grace, or now. */
  clear(at: 'later' | 'now'): void;
  /** Zeroes what was forgotten long enough ago, all of it with `now`. */
  sweep(at: 'due' | 'now'): void;
  size(): number;
}

interface Entry {
  readonly id: SubjectId;
  readonly key: SubjectKey;
}

export type Gone = 'purged' | 'dropped';

const gone = new WeakMap<SubjectKey, Gone>();

/** Why a key was zeroed, and can be used for nothing any more; undefined: it can. */
export function whyGone(key: SubjectKey): Gone | undefined {
  return gone.get(key);
}

/** Zeroes a key that nobody may use any more. */
export function zeroKey(key: SubjectKey, why: Gone): void {
  gone.set(key, why);
  key.key.fill(0);
}

export function createKeyCache({ subjects, ttl, grace, now }: KeyCacheOptions): KeyCache {
  const references = new Map<SubjectId, Reference>();
  /** Forgotten, not zeroed yet; oldest first. Never more than the cache itself holds. */
  const forgotten = new Map<SubjectKey, number>();
  const entries = new LRUCache<Reference, Entry>({
    max: subjects,
    ttl,
    ttlResolution: 0,
    perf: { now },
    dispose: ({ id, key }, reference) => {
      if (references.get(id) === reference) references.delete(id);
      forget(key);
    },
  });

  function forget(key: SubjectKey): void {
    forgotten.set(key, now() + grace);
    // A flood of people is no reason to hold more keys than twice what was asked for.
    for (const oldest of forgotten.keys()) {
      if (forgotten.size <= subjects) return;
      forgotten.delete(oldest);
      zeroKey(oldest, 'dropped');
    }
  }

  function sweep(at: 'due' | 'now'): void {
    entries.purgeStale();
    const time = now();
    for (const [key, due] of forgotten) {
      if (at === 'due' && due > time) return;
      forgotten.delete(key);
      zeroKey(key, 'dropped');
    }
  }

  function get(reference: Reference): SubjectKey | undefined {
    return entries.get(reference)?.key;
  }

  return {
    get,
    of(id) {
      const reference = references.get(id);
      return reference === undefined ? undefined : get(reference);
    },
    add(id, key) {
      const there = get(key.reference);
      if (there !== undefined) {
        if (there !== key) zeroKey(key, 'dropped');
        return there;
      }
      entries.set(key.reference, { id, key });
      references.set(id, key.reference);
      return key;
    },
    lend(key) {
      forget(key);
      return key;
    },
    purge(reference) {
      entries.delete(reference);
      for (const other of forgotten.keys()) {
        if (other.reference === reference) {
          forgotten.delete(other);
          zeroKey(other, 'purged');
        }
      }
    },
    clear(at) {
      entries.clear();
      sweep(at === 'now' ? 'now' : 'due');
    },
    sweep,
    size: () => entries.size,
  };
}
