/**
 * Where the vault gets the keys that wrap people's keys. The vault declares what it needs; src/crypto/keyring has it. They live
 * outside the vault's store, so that destroying one makes every copy of the rows it wrapped unreadable, in backups too.
 */

/** The key of one epoch, in use. Belongs to the keyring, which zeroes it when the epoch is destroyed or the keyring is closed. */
export interface EpochKey {
  /** Counts up from 1; never used twice in one vault. */
  readonly epoch: number;
  /** AES-256. */
  readonly key: Uint8Array;
  /** ms since the epoch. */
  readonly created: number;
  /** From then on another epoch's key wraps what is new, ms since the epoch. */
  readonly ends: number;
}

export interface EpochFacts {
  readonly epoch: number;
  readonly created: number;
  readonly ends: number;
  /** Wraps nothing new any more: what it wraps is being moved to a newer one. ms since the epoch. */
  readonly retired: number | null;
  readonly destroyed: number | null;
}

/** @throws Error whose message says what is wrong, without a secret, from every call */
export interface EpochKeys {
  /** Random id of the vault, 22 characters of base64url. */
  readonly vault: string;
  /** 32 bytes that belong to the label: HKDF-SHA-256 of the vault's index key. The caller's own copy. */
  derive(label: string): Uint8Array;
  /** The key that wraps what is new; made when it is time. */
  current(): EpochKey | Promise<EpochKey>;
  /** Undefined for an epoch whose key was destroyed. */
  get(epoch: number): EpochKey | undefined | Promise<EpochKey | undefined>;
  /** All that ever were, oldest first. */
  list(): Promise<readonly EpochFacts[]>;
  /** A new epoch, before its time. */
  begin(): Promise<EpochKey>;
  /** From now on no process may wrap anything new under it. Durable. */
  retire(epoch: number): Promise<void>;
  /** Whether that was said, by any process, until now. Never from memory. */
  isRetired(epoch: number): Promise<boolean>;
  /** For good. @returns what this could not reach, in sentences */
  destroy(epoch: number): Promise<{ readonly at: number; readonly unreached: readonly string[] }>;
  /** The store that these keys are for, said once with the keys; null: nobody said yet. */
  binding(): Promise<string | null>;
  /** Says it, durably. @returns what was said first, by any process */
  bind(store: string): Promise<string>;
  /** What the operator should know about the root key or the folder; null: nothing. */
  trouble(): string | null;
  close(): void | Promise<void>;
}
