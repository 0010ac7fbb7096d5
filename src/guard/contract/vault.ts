/**
 * The vault: keys of people, one each, and nothing else of them.
 *
 *   root key (key service, or a sealed file) → epoch key-encryption key (a folder outside the store) → per-subject data key (the store)
 *
 * A person is named by `subject` (what the policy's claim says); the store knows only `SubjectId`, a keyed hash of it, and
 * the random `reference` that documents carry.
 */

/** HMAC-SHA-256 of the subject under the vault's index key; 43 characters of base64url. */
export type SubjectId = string;
/** Random, 22 characters of base64url (128 bits). What documents say instead of who. */
export type Reference = string;

/** A person's key, in use. Never leaves the process. */
export interface SubjectKey {
  readonly reference: Reference;
  readonly epoch: number;
  /** AES-256; zeroed by the cache when it forgets it, so do not keep it. */
  readonly key: Uint8Array;
}

/** Where a value belongs; authenticated with it (AAD). Not the index name and not the document id: a reindex keeps both working. */
export interface ValuePlace {
  readonly store: 'elasticsearch' | 'postgresql';
  /** Column of the store. */
  readonly column: string;
}

/** The vault as the gateway's other rooms use it. */
export interface Vault {
  /** The person's key, if there is one. @throws Refusal `unavailable` when it cannot be read */
  find(subject: string): SubjectKey | undefined | Promise<SubjectKey | undefined>;
  /** The person's key, made on first use. @throws Refusal `erased` for one whose data was shredded, `unavailable` */
  open(subject: string): SubjectKey | Promise<SubjectKey>;
  /** Keys of a page of documents; shredded and unknown ones are missing. */
  byReferences(
    references: Iterable<Reference>,
  ): ReadonlyMap<Reference, SubjectKey> | Promise<ReadonlyMap<Reference, SubjectKey>>;
  /** `pv1.<nonce and ciphertext and tag, base64url>`; the reference is the AAD's and stands beside it in the document. */
  seal(key: SubjectKey, place: ValuePlace, value: string): string;
  /** Undefined for anything that this key did not seal for this place. */
  unseal(key: SubjectKey, place: ValuePlace, text: string): string | undefined;
  isSealed(text: unknown): boolean;
  /** People whose declared value is this one. @param map `resource.column`; @param value normalised */
  lookUp(map: string, value: string): readonly Reference[] | Promise<readonly Reference[]>;
  /** Remembers that a person has this value. @throws Refusal `erased` */
  remember(map: string, value: string, key: SubjectKey): void | Promise<void>;
  /** Forgets it again, where no document of the person has it any more. */
  forget(map: string, value: string, reference: Reference): void | Promise<void>;
  /** Truncated keyed hash of a normalised value, hex. Equal values are equal; with few bits so are others. */
  beacon(map: string, value: string, bits: number): string;
  /** False while keys cannot be read. */
  ready(): boolean;
  close(): Promise<void>;
}

/** One person in the store. */
export interface SubjectRow {
  readonly id: SubjectId;
  readonly reference: Reference;
  /** Epoch whose key wraps the data key. */
  readonly epoch: number;
  /** The data key under the epoch's (nonce, ciphertext, tag). Null: shredded. */
  readonly wrapped: Uint8Array | null;
  /** ms since the epoch. A tombstone: no key is made for this id ever again. */
  readonly shreddedAt: number | null;
}

/** How far a shred has come. Written before the next step begins, so that it goes on after a crash. */
export interface ShredRow {
  readonly id: SubjectId;
  readonly reference: Reference | null;
  /** Last step that is done. */
  readonly step: 'tombstone' | 'documents' | 'key' | 'purge' | 'receipt';
  /** When each step was done, ms since the epoch. */
  readonly times: Readonly<Partial<Record<ShredRow['step'], number>>>;
  /** Epoch whose key wrapped the data key: while that key stands, backups of the store can be read with it. */
  readonly epoch: number | null;
  /** Counts and names for the receipt; JSON without personal data. */
  readonly notes: string;
}

/**
 * Where the vault keeps rows: an embedded store, or PostgreSQL for several gateways. Every call that changes something is
 * atomic and durable (on the disk) when its promise resolves. Reads of an embedded store need no promise.
 *
 * @throws Refusal `unavailable`
 */
export interface VaultStore {
  subject(id: SubjectId): SubjectRow | undefined | Promise<SubjectRow | undefined>;
  subjectOf(reference: Reference): SubjectRow | undefined | Promise<SubjectRow | undefined>;
  /** In one read. */
  subjectsOf(references: readonly Reference[]): readonly SubjectRow[] | Promise<readonly SubjectRow[]>;
  /** Adds a row, or says which one is there already (also a tombstone). */
  addSubject(row: SubjectRow): Promise<SubjectRow>;
  /** Marks, keeps the key. A person without a row gets one that is a tombstone. */
  tombstone(id: SubjectId, at: number, reference: Reference): Promise<SubjectRow>;
  /** Removes the wrapped key and every look-up row of the person, and overwrites what the store can overwrite. */
  dropKey(id: SubjectId): Promise<void>;
  /** Replaces wrapped keys whose epoch is still `from`; rows that changed meanwhile stay. @returns how many were replaced */
  rewrap(
    rows: readonly {
      readonly id: SubjectId;
      readonly from: number;
      readonly epoch: number;
      readonly wrapped: Uint8Array;
    }[],
  ): Promise<number>;
  /** Rows with a key, in the order of ids, after `after`. */
  subjects(after: SubjectId | null, limit: number, epoch?: number): Promise<readonly SubjectRow[]>;
  counts(): Promise<{
    readonly subjects: number;
    readonly shredded: number;
    readonly byEpoch: ReadonlyMap<number, number>;
  }>;

  lookUp(token: string): readonly Reference[] | Promise<readonly Reference[]>;
  /** @param token keyed hash of map and value */
  addLookUp(token: string, reference: Reference): Promise<void>;
  removeLookUp(token: string, reference: Reference): Promise<void>;

  shred(id: SubjectId): Promise<ShredRow | undefined>;
  saveShred(row: ShredRow): Promise<void>;
  /** Those that are not done yet. */
  shreds(): Promise<readonly ShredRow[]>;

  /**
   * Purge messages. A gateway joins with a lease; while it cannot renew the lease it must use no cached key. `purge` resolves
   * when every gateway that held a lease has confirmed or its lease is over.
   */
  join(gateway: string, leaseMs: number, onPurge: (reference: Reference) => void): Promise<PurgeMember>;
  purge(reference: Reference, timeoutMs: number): Promise<{ readonly confirmed: number; readonly expired: number }>;

  close(): Promise<void>;
}

export interface PurgeMember {
  /** Whether its lease holds now: without it, cached keys must not be used. */
  held(): boolean;
  leave(): Promise<void>;
}
