/**
 * Which proofs were used (RFC 9449 section 11.1).
 *
 * The store is handed in. The one here remembers for one process: where several workers or gateways share an address, a proof
 * that was used at one would still be taken once by each of the others, so they need a store that they share.
 */
import { hash } from 'node:crypto';
import { Refusal } from '../contract/refusal.ts';

export interface ReplayStore {
  /**
   * Remembers the proof's id under its key until `expiresAt` (ms), and says whether it was there already. One step: of two
   * equal proofs at once, one is told false.
   *
   * @throws Refusal `unavailable` when it cannot be known
   */
  seen(jkt: string, jti: string, expiresAt: number): boolean | Promise<boolean>;
}

interface MemoryReplayOptions {
  readonly now?: () => number;
  /** Proofs that are remembered at once; about 100 bytes each. */
  readonly maxProofs?: number;
  /** Of these, by one key. */
  readonly maxPerKey?: number;
}

/** Milliseconds that end together. A generation is forgotten as a whole, so nothing is searched for what is over. */
const GENERATION = 30_000;

interface Generation {
  readonly proofs: Set<string>;
  readonly perKey: Map<string, number>;
}

export function createMemoryReplayStore(options: MemoryReplayOptions = {}): ReplayStore & { readonly size: number } {
  return new Memory(options);
}

class Memory implements ReplayStore {
  readonly #now: () => number;
  readonly #maxProofs: number;
  readonly #maxPerKey: number;
  /** By the end of their time. At most a few live at once: proofs live for minutes. */
  readonly #generations = new Map<number, Generation>();
  #size = 0;

  constructor(options: MemoryReplayOptions) {
    this.#now = options.now ?? Date.now;
    this.#maxProofs = options.maxProofs ?? 1_000_000;
    this.#maxPerKey = options.maxPerKey ?? 500_000;
  }

  get size(): number {
    return this.#size;
  }

  seen(jkt: string, jti: string, expiresAt: number): boolean {
    this.#forget(this.#now());
    // Hashed, so that every id takes the same room.
    const proof = hash('sha256', `${jkt}.${jti}`, 'binary');
    let ofKey = 0;
    for (const generation of this.#generations.values()) {
      if (generation.proofs.has(proof)) return true;
      ofKey += generation.perKey.get(jkt) ?? 0;
    }
    // Full means full: to forget a living proof would let it in again.
    if (this.#size >= this.#maxProofs || ofKey >= this.#maxPerKey)
      throw new Refusal('unavailable', 'dpop: too many proofs to remember');
    const generation = this.#generationOf(expiresAt);
    generation.proofs.add(proof);
    generation.perKey.set(jkt, (generation.perKey.get(jkt) ?? 0) + 1);
    this.#size += 1;
    return false;
  }

  #generationOf(expiresAt: number): Generation {
    const end = Math.ceil(expiresAt / GENERATION) * GENERATION;
    const existing = this.#generations.get(end);
    if (existing) return existing;
    const made: Generation = { proofs: new Set(), perKey: new Map() };
    this.#generations.set(end, made);
    return made;
  }

  #forget(now: number): void {
    for (const [end, generation] of this.#generations) {
      if (end > now) continue;
      this.#generations.delete(end);
      this.#size -= generation.proofs.size;
    }
  }
}
