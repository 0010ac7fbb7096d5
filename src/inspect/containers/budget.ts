import { LIMITS } from '../../core/limits.ts';

export type Limits = { [name in keyof typeof LIMITS]: number };

/** What one package may still cost, shared by the archive and the archives inside it. */
export interface Budget {
  readonly limits: Limits;
  /** Bytes that may still be inflated. */
  bytes: number;
  /** Entries that may still be listed. */
  entries: number;
}

export function createBudget(limits: Partial<Limits> = {}): Budget {
  const all = { ...LIMITS, ...limits };
  return { limits: all, bytes: all.archiveBytes, entries: all.archiveEntries };
}
