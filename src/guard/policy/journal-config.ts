export interface JournalConfig {
  /** Absolute. Processes and rotations put their mark before the ending. */
  readonly file: string;
  /** `fsync`: an answer leaves after its entry is on the disk; `write`: after the kernel has it. */
  readonly durability: 'fsync' | 'write';
  /** Entries between two signed checkpoints. */
  readonly checkpointEvery: number;
  /** Bytes after which a new file begins. */
  readonly rotateBytes: number;
  /** What a request gets while no entry can be written. */
  readonly onFailure: 'refuse' | 'allow';
  /** Who keeps checkpoints elsewhere, so that a cut tail is noticed; null: nobody. */
  readonly witness:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'file'; readonly path: string }
    | null;
}

/** Absolute paths of key files of mode 0600, made on first use. */
export interface KeysConfig {
  readonly seal: string;
  readonly mask: string;
  readonly journal: string;
  readonly limits: string;
}
