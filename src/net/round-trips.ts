/** How far away the network is, learned from every host that answered: what a silent host is measured against. */

/** Answers that are remembered. */
const WINDOW = 256;
/** Fewer say nothing about the others. */
const ENOUGH = 8;

export class RoundTrips {
  readonly #seen: number[] = [];
  #next = 0;
  #slow: number | undefined;
  #since = 0;

  /** @param ms one round trip */
  add(ms: number): void {
    if (this.#seen.length < WINDOW) this.#seen.push(ms);
    else this.#seen[this.#next] = ms;
    this.#next = (this.#next + 1) % WINDOW;
    this.#since++;
    if (this.#slow === undefined || this.#since >= 16) this.#measure();
  }

  /** A round trip that nineteen of twenty hosts do not exceed; undefined before enough answered. Milliseconds. */
  get slow(): number | undefined {
    return this.#slow;
  }

  #measure(): void {
    this.#since = 0;
    if (this.#seen.length < ENOUGH) return;
    const sorted = [...this.#seen].sort((a, b) => a - b);
    this.#slow = sorted[Math.floor((sorted.length - 1) * 0.95)];
  }
}
