/** Two bounds on how hard hosts and this machine are worked: how much at once, and how fast. */

/** At most `width` holders at once; the others wait in line. */
export class Gate {
  readonly #width: number;
  #held = 0;
  readonly #line: (() => void)[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /** Resolves when there is a place; call the result once to give the place back. */
  async enter(): Promise<() => void> {
    if (this.#held < this.#width) this.#held++;
    else await new Promise<void>((resolve) => this.#line.push(resolve));
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#line.shift();
      if (next === undefined) this.#held--;
      else next();
    };
  }
}

/** A token bucket: `burst` at once, then `rate` a second. */
export class Bucket {
  #rate: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;
  readonly #now: () => number;

  /** @param now milliseconds, monotonic */
  constructor(rate: number, burst: number, now: () => number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
    this.#now = now;
    this.#at = now();
  }

  /** Takes one token; the milliseconds to wait until it is there. */
  take(): number {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#rate) - 1;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#rate) * 1000;
  }

  /** The host showed that it is too fast for it (reset, 429, 5xx). */
  halve(): void {
    this.#rate = Math.max(1, this.#rate / 2);
  }
}
