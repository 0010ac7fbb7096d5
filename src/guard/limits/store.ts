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
   * Counts documents as shown to a principal, all or none. One that was shown to it within the window costs nothing, and
   * is remembered for a window from now on.
   *
   * @param documents keyed hashes; of a store in this process the keys themselves
   * @returns 0, or milliseconds after which the same documents may fit
   * @throws Refusal `unavailable`
   */
  spend(
    principal: string,
    documents: readonly string[],
    budget: { readonly count: number; readonly windowMs: number },
    now: number,
  ): number | Promise<number>;
  /** False while nothing can be counted. */
  ready(): boolean;
  close(): Promise<void>;
}
