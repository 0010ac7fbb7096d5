/** When each document was last shown; the oldest first. */
interface Shown {
  readonly times: Map<string, number>;
  windowMs: number;
}

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

  /** @returns 0, or ms until they may fit; undefined when no more can be remembered */
  spend(
    principal: string,
    documents: readonly string[],
    count: number,
    windowMs: number,
    now: number,
  ): number | undefined {
    this.#forget(now);
    let shown = this.#principals.get(principal);
    if (shown) {
      shown.windowMs = windowMs;
      this.#expire(shown, now);
    } else {
      shown = { times: new Map(), windowMs };
    }
    const { times } = shown;
    const at = stamp(now, windowMs);
    const before = times.size;
    const added: string[] = [];
    const again: string[] = [];
    for (const document of documents) {
      const known = times.get(document);
      if (known === undefined) {
        times.set(document, at);
        added.push(document);
      } else if (known !== at) again.push(document);
    }
    const fits = added.length === 0 || times.size <= count;
    const full = this.#documents + added.length > this.#cap;
    if (!fits || full) {
      for (const document of added) times.delete(document);
      return full && fits ? undefined : untilRoom(times, before + added.length - count, windowMs, now);
    }
    for (const document of again) {
      times.delete(document);
      times.set(document, at);
    }
    this.#documents += added.length;
    if (times.size > 0) this.#principals.set(principal, shown);
    return 0;
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
