import { PosternError } from '../../core/errors.ts';
import type { Checkpoint } from './line.ts';

/** Checkpoints that are kept in memory: a thousand million entries at one checkpoint per thousand. */
const LIMIT = 1_000_000;

export type Truncation = 'excluded' | 'excluded up to the last witnessed checkpoint' | 'not excluded';

interface Kept {
  readonly hashes: Map<number, string>;
  newest: Checkpoint;
  seen: boolean;
}

/** What a witness kept, asked line by line. */
export class Testimony {
  readonly #chains = new Map<string, Kept>();
  #count = 0;
  #contradicted = false;

  /** @returns false when the witness contradicts itself: two lines in one place of one chain */
  add(checkpoint: Checkpoint): boolean {
    if (++this.#count > LIMIT)
      throw new PosternError('E_INPUT_LIMIT', `the witness keeps more than ${LIMIT} checkpoints`);
    const { chain, seq, hash } = checkpoint;
    const kept = this.#chains.get(chain);
    if (!kept) {
      this.#chains.set(chain, { hashes: new Map([[seq, hash]]), newest: checkpoint, seen: false });
      return true;
    }
    if ((kept.hashes.get(seq) ?? hash) !== hash) {
      this.#contradicted = true;
      return false;
    }
    kept.hashes.set(seq, hash);
    if (seq >= kept.newest.seq) kept.newest = checkpoint;
    return true;
  }

  contradicts(chain: string, seq: number, hash: string): boolean {
    const expected = this.#chains.get(chain)?.hashes.get(seq);
    if (expected === undefined || expected === hash) return false;
    this.#contradicted = true;
    return true;
  }

  /** True when lines after the last one that was read are known. */
  isAfter(chain: string, lastSeq: number): boolean {
    const kept = this.#chains.get(chain);
    if (!kept) return false;
    kept.seen = true;
    const after = kept.newest.seq > lastSeq;
    if (after) this.#contradicted = true;
    return after;
  }

  /** Chains of which nothing was read. */
  unseen(): string[] {
    return [...this.#chains].filter(([, kept]) => !kept.seen).map(([chain]) => chain);
  }

  /** @param chains where each chain that was read ends */
  verdict(chains: ReadonlyMap<string, number>): Truncation {
    if (this.#contradicted || chains.size === 0) return 'not excluded';
    let complete = true;
    for (const [chain, lastSeq] of chains) {
      const newest = this.#chains.get(chain)?.newest;
      if (!newest) return 'not excluded';
      // The checkpoint itself is the line after the last one that it covers.
      if (newest.reason !== 'close' || lastSeq > newest.seq + 1) complete = false;
    }
    return complete ? 'excluded' : 'excluded up to the last witnessed checkpoint';
  }
}
