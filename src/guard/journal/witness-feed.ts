import { reasonOf } from './failure.ts';
import type { Checkpoint } from './line.ts';
import type { Witness } from './witness.ts';

/** Tells a witness one checkpoint at a time, the newest first: it covers all before it. A witness that fails stops nobody. */
export class WitnessFeed {
  readonly #witness: Witness;
  readonly #onFailure: (reason: string) => void;
  #next: Checkpoint | null = null;
  #telling: Promise<void> | null = null;
  failures = 0;

  constructor(witness: Witness, onFailure: (reason: string) => void) {
    this.#witness = witness;
    this.#onFailure = onFailure;
  }

  tell(checkpoint: Checkpoint): void {
    this.#next = checkpoint;
    this.#telling ??= this.#tell();
  }

  async #tell(): Promise<void> {
    while (this.#next) {
      const checkpoint = this.#next;
      this.#next = null;
      try {
        await this.#witness.record(checkpoint);
      } catch (error) {
        this.failures++;
        this.#onFailure(reasonOf(error));
      }
    }
    // In the same step as the look at `#next`, so that nothing is told in between and forgotten.
    this.#telling = null;
  }

  /** Waits until it was told all, but no longer than so many milliseconds. */
  async settled(patienceMs: number): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, patienceMs);
    });
    await Promise.race([this.#telling, limit]);
    clearTimeout(patience);
  }
}
