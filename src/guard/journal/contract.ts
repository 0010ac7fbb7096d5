import type { JournalKey } from './checkpoint.ts';
import type { DecisionEntry } from './entry.ts';
import type { Witness } from './witness.ts';

export interface JournalOptions {
  /** Path of the file that is written. */
  readonly file: string;
  readonly key: JournalKey;
  /** `fsync` (default): a commit resolves when the line is on the disk; `write`: when the kernel has it. */
  readonly durability?: 'fsync' | 'write';
  /** Entries between two checkpoints; 1,000 by default. */
  readonly checkpointEvery?: number;
  /** Milliseconds after which entries get a checkpoint even if they are few; 10,000 by default. */
  readonly checkpointAfter?: number;
  /** Bytes after which a new file begins; 256 MiB by default. */
  readonly rotateBytes?: number;
  /** Milliseconds after which a new file begins; never by default. */
  readonly rotateAfter?: number;
  readonly witness?: Witness | null;
  /** Mark of this process, where several write: one process, one file. */
  readonly worker?: string;
  /** Entries that may wait for the disk; 20,000 by default. */
  readonly pending?: number;
  /** Milliseconds that the disk may take for a batch; 5,000 by default. */
  readonly stallAfter?: number;
  readonly now?: () => number;
  /** A thing for the operator's log: never a value of a request. */
  readonly onEvent?: (event: JournalEvent) => void;
}

export type JournalEvent =
  | { readonly kind: 'torn-tail'; readonly bytes: number }
  /** Something stood in the journal's place that does not begin as one; it was moved. */
  | { readonly kind: 'unreadable'; readonly file: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'recovered' }
  | { readonly kind: 'rotated'; readonly segment: number }
  | { readonly kind: 'witness-failed'; readonly reason: string };

export interface JournalState {
  readonly healthy: boolean;
  readonly file: string;
  readonly entries: number;
  readonly batches: number;
  readonly bytes: number;
  /** Entries that wait for the disk. */
  readonly pending: number;
  /** Batches that could not be written. */
  readonly failures: number;
  readonly witnessFailures: number;
}

export interface Journal {
  /**
   * Resolves when the entry is kept. Entries that are written together share one promise.
   *
   * @throws Refusal `unavailable` when it could not be kept; what to do then is the caller's policy
   */
  readonly commit: (entry: DecisionEntry) => Promise<void>;
  /** False while entries cannot be written. */
  readonly healthy: boolean;
  state(): JournalState;
  /** Writes what waits and a last checkpoint. */
  close(): Promise<void>;
}
