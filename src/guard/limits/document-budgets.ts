import type { Spender, Spending } from './store.ts';

/** When each document was last shown; the oldest first. */
interface Shown {
  readonly times: Map<string, number>;
  windowMs: number;
}

interface Try {
  readonly id: string;
  readonly shown: Shown;
  readonly added: readonly string[];
  readonly again: readonly string[];
  readonly at: number;
}

const SPENT: Spending = Object.freeze({ waitMs: 0, closed: null });

/** How far ahead it is worked out when a budget has room again. */
const LOOK_AHEAD = 10_000;

/**
 * Which documents each principal was shown within a window: exact, and rolling – at no time have more than `count`
 * distinct documents been shown within the last `windowMs`.
 */
export class DocumentBudgets {
  readonly #principals = new Map<string, Shown>();
  readonly #cap: number;
  #documents = 0;
  #sweep: IterableIterator<[string, Shown]> | undefined;

  constructor(cap: number) {
    this.#cap = cap;
  }

  /** Documents that are remembered. */
  get size(): number {
    return this.#documents;
  }

  /** All or none. @returns undefined when no more can be remembered */
  spend(spenders: readonly Spender[], documents: readonly string[], now: number): Spending | undefined {
    this.#forget(now);
    const tries: Try[] = [];
    let fresh = 0;
    for (const spender of spenders) {
      const one = this.#try(spender, documents, now);
      tries.push(one);
      fresh += one.added.length;
      const full = this.#documents + fresh > this.#cap;
      const fits = one.added.length === 0 || one.shown.times.size <= spender.count;
      if (fits && !full) continue;
      for (const { shown, added } of tries) for (const document of added) shown.times.delete(document);
      if (fits) return undefined;
      const { times } = one.shown;
      const excess = times.size + one.added.length - spender.count;
      return { waitMs: untilRoom(times, excess, spender.windowMs, now), closed: spender };
    }
    for (const { id, shown, again, at } of tries) {
      for (const document of again) {
        shown.times.delete(document);
        shown.times.set(document, at);
      }
      if (shown.times.size > 0) this.#principals.set(id, shown);
    }
    this.#documents += fresh;
    return SPENT;
  }

  #try({ id, windowMs }: Spender, documents: readonly string[], now: number): Try {
    let shown = this.#principals.get(id);
    if (shown) {
      shown.windowMs = windowMs;
      this.#expire(shown, now);
    } else {
      shown = { times: new Map(), windowMs };
    }
    const at = stamp(now, windowMs);
    const added: string[] = [];
    const again: string[] = [];
    for (const document of documents) {
      const known = shown.times.get(document);
      if (known === undefined) {
        shown.times.set(document, at);
        added.push(document);
      } else if (known !== at) again.push(document);
    }
    return { id, shown, added, again, at };
  }

  #expire(shown: Shown, now: number): void {
    const until = now - shown.windowMs;
    for (const [document, time] of shown.times) {
      if (time > until) return;
      shown.times.delete(document);
      this.#documents--;
    }
  }

  /** A step of a walk around all principals, so that one who never comes back is forgotten too. */
  #forget(now: number): void {
    for (let i = 0; i < 2; i++) {
      this.#sweep ??= this.#principals.entries();
      const { done, value } = this.#sweep.next();
      if (done) {
        this.#sweep = undefined;
        return;
      }
      this.#expire(value[1], now);
      if (value[1].times.size === 0) this.#principals.delete(value[0]);
    }
  }
}

/**
 * The time that a document is remembered as shown at: rounded up, so that nothing is forgotten before its window is over, to
 * 1/3600 of the window, so that one that is shown again and again moves once in that time. Whole numbers take no room of
 * their own in a Map.
 */
function stamp(now: number, windowMs: number): number {
  const step = Math.max(1, Math.floor(windowMs / 3600));
  return Math.ceil(now / step) * step;
}

/** When the `excess` oldest documents will have left the window. */
function untilRoom(times: ReadonlyMap<string, number>, excess: number, windowMs: number, now: number): number {
  if (excess > times.size || excess > LOOK_AHEAD) return windowMs;
  let left = excess;
  for (const time of times.values()) {
    left--;
    if (left === 0) return Math.max(1, time + windowMs - now);
  }
  return windowMs;
}
