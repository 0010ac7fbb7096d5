import { Refusal } from '../contract/refusal.ts';
import { DocumentBudgets } from './document-budgets.ts';
import { RateBuckets } from './rate-buckets.ts';
import type { Gate, LimitStore, Pass } from './store.ts';

export interface MemoryStoreOptions {
  /** Principals, devices and peers, each, whose rate is remembered at a time; 500,000 by default. */
  readonly buckets?: number;
  /** Documents that are remembered at a time, over all principals; 2,000,000 by default (about 100 bytes each). */
  readonly documents?: number;
}

/**
 * Counts in this process. Nothing that still limits somebody is ever dropped to make room: at the cap newcomers are
 * refused.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): LimitStore {
  const cap = options.buckets ?? 500_000;
  const rates = { principal: new RateBuckets(cap), device: new RateBuckets(cap), peer: new RateBuckets(cap) };
  // A name stands here only while it has a request under way: bounded by the requests.
  const running = {
    principal: new Map<string, number>(),
    device: new Map<string, number>(),
    peer: new Map<string, number>(),
  };
  const budgets = new DocumentBudgets(options.documents ?? 2_000_000);

  function wait(gate: Gate, now: number): number {
    if (gate.concurrent !== null && (running[gate.scope].get(gate.id) ?? 0) >= gate.concurrent) return BUSY_MS;
    return gate.rate === null ? 0 : rates[gate.scope].wait(gate.id, gate.rate, now);
  }

  return {
    inProcess: true,
    enter(gates, now) {
      let longest = 0;
      let closed: Gate['scope'] | null = null;
      for (const gate of gates) {
        const ms = wait(gate, now);
        if (ms <= longest) continue;
        longest = ms;
        closed = gate.scope;
      }
      if (longest > 0) return { waitMs: longest, closed, leave: nothing };
      let counted = false;
      for (const gate of gates) {
        if (gate.rate !== null) rates[gate.scope].take(gate.id, gate.rate, now);
        if (gate.concurrent === null) continue;
        const names = running[gate.scope];
        names.set(gate.id, (names.get(gate.id) ?? 0) + 1);
        counted = true;
      }
      return counted ? new MemoryPass(gates, running) : FREE;
    },
    spend(spenders, documents, now) {
      const spent = budgets.spend(spenders, documents, now);
      if (spent === undefined) throw new Refusal('unavailable', 'limits: too many documents are remembered');
      return spent;
    },
    ready: () => true,
    close: async () => {},
  };
}

/** Nobody knows when a running request ends; this is what its principal is told to wait. */
const BUSY_MS = 1000;

function nothing(): void {}

const FREE: Pass = { waitMs: 0, closed: null, leave: nothing };

class MemoryPass implements Pass {
  readonly waitMs = 0;
  readonly closed = null;
  #gates: readonly Gate[] | null;
  readonly #running: Readonly<Record<Gate['scope'], Map<string, number>>>;

  constructor(gates: readonly Gate[], running: Readonly<Record<Gate['scope'], Map<string, number>>>) {
    this.#gates = gates;
    this.#running = running;
  }

  leave(): void {
    const gates = this.#gates;
    this.#gates = null;
    for (const gate of gates ?? []) {
      if (gate.concurrent === null) continue;
      const names = this.#running[gate.scope];
      const left = (names.get(gate.id) ?? 1) - 1;
      if (left > 0) names.set(gate.id, left);
      else names.delete(gate.id);
    }
  }
}
