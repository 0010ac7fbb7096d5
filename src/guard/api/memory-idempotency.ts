import { LRUCache } from 'lru-cache';
import type { IdempotencyStore } from './contract.ts';

export interface MemoryIdempotencyOptions {
  /** Keys remembered; the oldest go first. */
  readonly max?: number;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** How long a creation that never ended keeps its key, ms. */
  readonly lease?: number;
}

interface Entry {
  readonly fingerprint: string;
  readonly expiresAt: number;
  readonly done: boolean;
  /** When a running one is given up. */
  readonly until: number;
}

const LEASE = 60_000;

/** Keys of one process. A key that went is no danger: the id that it stands for is the same, and is there. */
export function createMemoryIdempotency(options: MemoryIdempotencyOptions = {}): IdempotencyStore {
  const { max = 100_000, now = Date.now, lease = LEASE } = options;
  const entries = new LRUCache<string, Entry>({ max });
  return {
    async begin(key, fingerprint, expiresAt) {
      const at = now();
      const entry = entries.get(key);
      const stands = entry !== undefined && entry.expiresAt > at && (entry.done || entry.until > at);
      if (stands) {
        if (!entry.done) return 'running';
        return entry.fingerprint === fingerprint ? 'same' : 'different';
      }
      entries.set(key, { fingerprint, expiresAt, done: false, until: at + lease });
      return 'new';
    },
    async done(key) {
      const entry = entries.get(key);
      if (entry !== undefined) entries.set(key, { ...entry, done: true });
    },
    async abandon(key) {
      if (entries.get(key)?.done === false) entries.delete(key);
    },
  };
}
