import { Refusal } from '../contract/refusal.ts';
import type { Rate } from '../policy/limits-config.ts';

/** What a difference of two times may be off by, in ms. */
const EPSILON = 1e-6;

/**
 * Token buckets in the form of the generic cell rate algorithm (ITU-T I.371): per name one number, the time at which the
 * bucket is full again. A name whose time has come is as good as new, and is forgotten.
 */
export class RateBuckets {
  readonly #full = new Map<string, number>();
  readonly #cap: number;
  #sweep: IterableIterator<[string, number]> | undefined;

  constructor(cap: number) {
    this.#cap = cap;
  }

  get size(): number {
    return this.#full.size;
  }

  /**
   * Milliseconds until a token is there; 0 when one is.
   *
   * @throws Refusal `unavailable` when too many names are being limited at once
   */
  wait(name: string, rate: Rate, now: number): number {
    this.#forget(now);
    if (this.#full.size >= this.#cap && !this.#full.has(name)) {
      throw new Refusal('unavailable', 'limits: too many callers are remembered');
    }
    const interval = 1000 / rate.perSecond;
    const over = this.#fullAt(name, rate, now) - now - interval * (rate.burst - 1);
    return over > EPSILON ? over : 0;
  }

  /** Takes a token that `wait` said is there. */
  take(name: string, rate: Rate, now: number): void {
    this.#full.set(name, this.#fullAt(name, rate, now) + 1000 / rate.perSecond);
  }

  #fullAt(name: string, rate: Rate, now: number): number {
    const at = this.#full.get(name);
    if (at === undefined || at <= now) return now;
    // An empty bucket is the most there can be, whatever the clock or an earlier policy said.
    const empty = now + (rate.burst * 1000) / rate.perSecond;
    if (at <= empty) return at;
    this.#full.set(name, empty);
    return empty;
  }

  /** A few steps of a walk around all names: each call frees more than it can add. */
  #forget(now: number): void {
    for (let i = 0; i < 3; i++) {
      this.#sweep ??= this.#full.entries();
      const { done, value } = this.#sweep.next();
      if (done) {
        this.#sweep = undefined;
        return;
      }
      if (value[1] <= now) this.#full.delete(value[0]);
    }
  }
}
