import type { Rate } from '../policy/limits-config.ts';

/** One counter that a request passes. */
export interface Gate {
  readonly scope: 'principal' | 'device' | 'peer';
  /** Keyed hash, or for a peer its network. */
  readonly id: string;
  readonly rate: Rate | null;
  readonly concurrent: number | null;
}

/** What the gates said. */
export interface Pass {
  /** 0: the request is in. Otherwise milliseconds after which it may try again, and nothing was counted. */
  readonly waitMs: number;
  /** Which kind of gate is closed. */
  readonly closed: Gate['scope'] | null;
  /** The request is over. Further calls do nothing. */
  leave(): void;
}

/** Whose budget of distinct documents an answer is taken from. */
export interface Spender {
  /** Keyed hash of a principal or device, or name of an app version; unique over all kinds. */
  readonly id: string;
  readonly scope: 'principal' | 'device' | 'version';
  readonly count: number;
  readonly windowMs: number;
  /**
   * `exact`: every document is remembered. `estimate`: a shared store keeps HyperLogLogs of 12 kB each (standard error
   * 0.81 %) over eighths of the window, of which the last nine count: what it counts lies between one window and 9/8 of it.
   * In one process the count is exact either way.
   */
  readonly counting: 'exact' | 'estimate';
}

export interface Spending {
  /** 0: counted. Otherwise milliseconds after which the same documents may fit, and nothing was counted. */
  readonly waitMs: number;
  /** Whose budget is spent. */
  readonly closed: Spender | null;
}

/**
 * Where limits are counted: small enough for memory and for a Valkey or Redis that several gateways share.
 * Each call is one atomic step.
 */
export interface LimitStore {
  /** Nothing leaves this process: documents need no hash to be counted by. */
  readonly inProcess?: true;
  /**
   * Passes all gates or none.
   *
   * @param now ms on the store's clock; a shared store has a clock of its own and ignores it
   * @throws Refusal `unavailable` when nothing can be counted
   */
  enter(gates: readonly Gate[], now: number): Pass | Promise<Pass>;
  /**
   * Counts documents as shown, to all spenders or to none. One that was shown to a spender within its window costs it
   * nothing, and is remembered for a window from now on.
   *
   * @param documents keyed hashes; of a store in this process the keys themselves
   * @throws Refusal `unavailable`
   */
  spend(spenders: readonly Spender[], documents: readonly string[], now: number): Spending | Promise<Spending>;
  /** False while nothing can be counted. */
  ready(): boolean;
  close(): Promise<void>;
}
