import type { AnomalyRule } from '../policy/devices-config.ts';

/** What is held against a principal until it is over. */
export interface Hold {
  readonly action: Exclude<AnomalyRule['action'], 'alarm'>;
  /** Index of the policy's rule. */
  readonly rule: number;
  /** ms until it is over. */
  readonly leftMs: number;
}

/** A throttle of an hour is no shelter from a block of a minute: each action holds by itself. */
export const STRICTEST_FIRST = ['block', 'step-up', 'throttle'] as const satisfies readonly Hold['action'][];

/** Where events and holds are remembered: this process, or a Valkey or Redis that several gateways share. */
export interface AnomalyStore {
  /**
   * Adds distinct items to what a principal did under a rule, and says how many there are within the window.
   *
   * @param key rule and source, e.g. `0:orders`
   * @param who keyed hash
   * @throws Refusal `unavailable`
   */
  add(key: string, who: string, items: readonly string[], windowMs: number, now: number): number | Promise<number>;
  /** Holds an action against a principal, beside other actions; a longer one of the same action stays. */
  hold(who: string, hold: Hold, now: number): void | Promise<void>;
  /** The strictest. @throws Refusal `unavailable` */
  held(who: string, now: number): Hold | null | Promise<Hold | null>;
  /** Ends a `step-up`: the principal has proven itself. */
  release(who: string): void | Promise<void>;
}
