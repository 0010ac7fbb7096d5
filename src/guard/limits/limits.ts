import { hash } from 'node:crypto';
import { Refusal } from '../contract/refusal.ts';
import type { DocumentKey } from '../contract/store.ts';
import type { LimitsConfig, RoleLimits } from '../policy/limits-config.ts';
import type { Gate, LimitStore, Pass, Spender, Spending } from './store.ts';

/** One request that is under way. */
export interface Ticket {
  /** Called when its answer is complete or it failed; once or more. */
  leave(): void;
}

export interface Limits {
  /**
   * Counts a request before anyone is known.
   *
   * @param peer from `peerKey`
   * @throws Refusal `limited` with `retryAfter`, `unavailable`
   */
  arrive(peer: string, now?: number): Ticket | Promise<Ticket>;
  /**
   * Counts a request of a principal.
   *
   * @param principal keyed hash of `Principal.id`
   * @param device keyed hash of `Principal.confirmation`, if it has one
   * @param peer from `peerKey`; null where `arrive` has counted it
   * @param now ms on a steady clock; given in tests only
   * @throws Refusal `limited` with `retryAfter`, `unavailable`
   */
  enter(
    principal: string,
    device: string | null,
    peer: string | null,
    limits: RoleLimits,
    now?: number,
  ): Ticket | Promise<Ticket>;
  /**
   * Spends the budget for the documents of an answer, before the answer leaves.
   *
   * @throws Refusal `budget` with `retryAfter`: the answer must not be shown, not even in part; `unavailable`
   */
  spendDocuments(
    principal: string,
    keys: readonly DocumentKey[],
    budget: RoleLimits['documents'],
    now?: number,
  ): void | Promise<void>;
  /** As `spendDocuments`, from several budgets at once: all are taken from, or none is. */
  spendAll(spenders: readonly Spender[], keys: readonly DocumentKey[], now?: number): void | Promise<void>;
  ready(): boolean;
  close(): Promise<void>;
}

export type LimitsEvent =
  /** A principal asked for more documents than its budget: someone to look at. */
  | { readonly kind: 'budget'; readonly scope: Spender['scope']; readonly principal: string }
  | { readonly kind: 'limited'; readonly scope: Gate['scope'] }
  /** The store could not be asked, and the policy says that requests go on. */
  | { readonly kind: 'uncounted' };

export interface LimitsOptions {
  /** At least 32 bytes; documents are remembered under it. All gateways that share a store share it. */
  readonly key: Uint8Array;
  readonly onEvent?: (event: LimitsEvent) => void;
}

/** Characters of a document key that is remembered as it is. */
const LONGEST_KEY = 80;

const FREE: Ticket = { leave() {} };

/** Rate, concurrency and budgets of a policy over a store. */
export function createLimits(
  config: Pick<LimitsConfig, 'onFailure' | 'peer' | 'device'>,
  store: LimitStore,
  options: LimitsOptions,
): Limits {
  if (options.key.length < 32) throw new TypeError('the key of the limits has less than 32 bytes');
  const prefix = Buffer.from(options.key).toString('base64url');
  const { onEvent } = options;

  /** 66 bits of a keyed hash: the key is a secret prefix of fixed length, and most of the hash stays unseen. */
  function documentHash(key: DocumentKey): string {
    return hash('sha256', prefix + key, 'base64url').slice(0, 11);
  }

  /** Where they stay in this process a hash would only cost time; a long key is hashed to bound the room that it takes. */
  function bounded(keys: readonly DocumentKey[]): readonly string[] {
    for (const key of keys) {
      // Every key holds a `/`, and no hash does.
      if (key.length > LONGEST_KEY) return keys.map((one) => (one.length > LONGEST_KEY ? documentHash(one) : one));
    }
    return keys;
  }

  function admitted(pass: Pass): Ticket {
    if (pass.closed === null) return pass;
    onEvent?.({ kind: 'limited', scope: pass.closed });
    throw new Refusal('limited', `limits: ${pass.closed}`, { retryAfter: seconds(pass.waitMs) });
  }

  function paid({ waitMs, closed }: Spending): void {
    if (closed === null) return;
    onEvent?.({ kind: 'budget', scope: closed.scope, principal: closed.id });
    throw new Refusal('budget', `limits: distinct documents of the ${closed.scope}`, { retryAfter: seconds(waitMs) });
  }

  /** What happens while the store cannot be asked is the policy's word. */
  function uncounted(error: unknown): void {
    if (config.onFailure !== 'allow' || !(error instanceof Refusal) || error.code !== 'unavailable') throw error;
    onEvent?.({ kind: 'uncounted' });
  }

  function pass(gates: readonly Gate[], now: number): Ticket | Promise<Ticket> {
    if (gates.length === 0) return FREE;
    let entered: Pass | Promise<Pass>;
    try {
      entered = store.enter(gates, now);
    } catch (error) {
      uncounted(error);
      return FREE;
    }
    if (!(entered instanceof Promise)) return admitted(entered);
    return entered.then(admitted, (error: unknown) => {
      uncounted(error);
      return FREE;
    });
  }

  function spendAll(
    spenders: readonly Spender[],
    keys: readonly DocumentKey[],
    now = performance.now(),
  ): void | Promise<void> {
    if (spenders.length === 0 || keys.length === 0) return;
    let spent: Spending | Promise<Spending>;
    try {
      spent = store.spend(spenders, store.inProcess ? bounded(keys) : keys.map(documentHash), now);
    } catch (error) {
      uncounted(error);
      return;
    }
    if (!(spent instanceof Promise)) {
      paid(spent);
      return;
    }
    return spent.then(paid, uncounted);
  }

  return {
    arrive(peer, now = performance.now()) {
      const { peer: limits } = config;
      return limits === null ? FREE : pass([{ scope: 'peer', id: peer, ...limits }], now);
    },

    enter(principal, device, peer, limits, now = performance.now()) {
      const gates: Gate[] = [];
      if (limits.rate !== null || limits.concurrent !== null) {
        gates.push({ scope: 'principal', id: principal, rate: limits.rate, concurrent: limits.concurrent });
      }
      if (device !== null && config.device !== null) {
        gates.push({ scope: 'device', id: device, rate: config.device.rate, concurrent: config.device.concurrent });
      }
      if (peer !== null && config.peer !== null) {
        gates.push({ scope: 'peer', id: peer, rate: config.peer.rate, concurrent: config.peer.concurrent });
      }
      return pass(gates, now);
    },

    spendDocuments(principal, keys, budget, now = performance.now()) {
      if (budget === null) return;
      return spendAll([{ id: principal, scope: 'principal', counting: 'exact', ...budget }], keys, now);
    },

    spendAll,
    ready: () => config.onFailure === 'allow' || store.ready(),
    close: () => store.close(),
  };
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
