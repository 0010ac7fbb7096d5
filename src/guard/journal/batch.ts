import type { DecisionEntry } from './entry.ts';

/** Lines of one write. */
export const BATCH = 2048;

/** Entries that are written together, and share one promise. */
export interface Batch {
  readonly entries: DecisionEntry[];
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

export function newBatch(): Batch {
  let settle: Pick<Batch, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (!settle) throw new Error('a promise runs its executor at once');
  return { entries: [], promise, ...settle };
}
