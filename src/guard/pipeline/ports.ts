import type { DecisionEntry } from '../journal/entry.ts';

/** Keeps decisions. The promise settles when the entry is committed as the policy demands. */
export interface Decisions {
  commit(entry: DecisionEntry): Promise<void>;
  /** False while entries cannot be written. */
  readonly healthy: boolean;
}

/** Keyed hashes of what is personal, for the journal and the limits. */
export interface Pseudonyms {
  of(kind: 'principal' | 'device' | 'peer', value: string): string;
}
