/** What the operator's verbs and the erasure do with the vault, beside what the gateway does. */
import { randomBytes } from 'node:crypto';
import type { Reference, ShredRow, SubjectId, SubjectRow, Vault, VaultStore } from '../contract/vault.ts';
import type { EpochFacts, EpochKeys } from './epoch-keys.ts';
import { type RotateOptions, type Rotation, rotate } from './rotate.ts';
import { type ShredOptions, type ShredReport, shredSubject } from './shred.ts';
import { unavailable } from './unavailable.ts';

export interface VaultAdmin {
  /** Id of the vault; the same for all that share its folder of keys. */
  readonly vaultId: string;
  /** What the store calls a person. */
  subjectId(subject: string): SubjectId;
  /** Whether somebody has, or had until a shred, this pseudonym. */
  knows(reference: Reference): Promise<boolean>;
  status(): Promise<VaultStatus>;
  /**
   * Begins a new epoch if it is time (or asked for), moves everybody from older ones to it, and destroys the keys that wrap
   * nothing any more. Gateways go on meanwhile; it can be stopped and run again at any point.
   */
  rotate(options?: RotateOptions): Promise<Rotation>;
  /** What the vault knows of a person: no keys, no values. Undefined: nothing. */
  exportSubject(subject: string): Promise<SubjectExport | undefined>;
  /**
   * Makes a person's data unreadable, step by step, each written down before the next. Run again with the same person it goes
   * on where it was; once it is done it only reports.
   */
  shredSubject(subject: string, options: ShredOptions): Promise<ShredReport>;
  /** As `shredSubject`, for an id out of `pendingShreds`. */
  shredId(id: SubjectId, options: ShredOptions): Promise<ShredReport>;
  /** Those that were begun and are not done. */
  pendingShreds(): Promise<readonly ShredRow[]>;

  /** Steps of a shred, one by one. @returns the row, which is a tombstone now */
  tombstone(id: SubjectId): Promise<SubjectRow>;
  dropKey(id: SubjectId): Promise<void>;
  /** Every gateway forgets the key. @throws Refusal `unavailable` when one neither confirms nor loses its lease in time */
  purge(reference: Reference): Promise<PurgeCounts>;
}

export interface PurgeCounts {
  readonly confirmed: number;
  readonly expired: number;
}

export interface VaultStatus {
  readonly ready: boolean;
  /** Whether this gateway may use cached keys. */
  readonly lease: boolean;
  /** Keys in this gateway's cache. */
  readonly cached: number;
  readonly subjects: number;
  readonly shredded: number;
  /** Oldest first, with how many people's keys each wraps. */
  readonly epochs: readonly (EpochFacts & { readonly subjects: number })[];
  /** People whose key is under an epoch's key that was destroyed: rows of an old backup. Unreadable for good. */
  readonly stranded: number;
  readonly pendingShreds: number;
  /** What the operator should act on; null: nothing. */
  readonly trouble: string | null;
}

export interface SubjectExport {
  readonly id: SubjectId;
  readonly reference: Reference;
  /** ms since the epoch; null: alive. */
  readonly shreddedAt: number | null;
  readonly hasKey: boolean;
  /** The one whose key wraps the person's; null for a tombstone that never had a key. */
  readonly epoch: EpochFacts | null;
  readonly shred: ShredRow | null;
}

export interface AdminParts {
  readonly store: VaultStore;
  readonly keys: EpochKeys;
  readonly vault: Vault;
  subjectId(subject: string): SubjectId;
  held(): boolean;
  cached(): number;
  readonly lease: number;
  now(): number;
}

export function createAdmin(parts: AdminParts): VaultAdmin {
  const { store, keys, vault, subjectId, now } = parts;

  /** Long enough for the lease of a gateway that does not answer to end. */
  const purgeTimeout = parts.lease * 3 + 5_000;

  const steps: Pick<VaultAdmin, 'tombstone' | 'dropKey' | 'purge'> = {
    tombstone: (id) => store.tombstone(id, now(), randomBytes(16).toString('base64url')),
    dropKey: (id) => store.dropKey(id),
    purge: (reference) => store.purge(reference, purgeTimeout),
  };

  const shredId = (id: SubjectId, options: ShredOptions): Promise<ShredReport> =>
    trusted(() => shredSubject({ store, keys, vault, now, ...steps }, id, options));

  return {
    ...steps,
    vaultId: keys.vault,
    subjectId,
    knows: (reference) => trusted(async () => (await store.subjectOf(reference)) !== undefined),
    status: () =>
      trusted(async () => {
        const [counts, facts, shreds] = await Promise.all([store.counts(), keys.list(), store.shreds()]);
        const known = new Map(facts.map((fact) => [fact.epoch, fact]));
        let stranded = 0;
        for (const [epoch, count] of counts.byEpoch) if (known.get(epoch)?.destroyed !== null) stranded += count;
        return {
          ready: vault.ready(),
          lease: parts.held(),
          cached: parts.cached(),
          subjects: counts.subjects,
          shredded: counts.shredded,
          epochs: facts.map((fact) => ({ ...fact, subjects: counts.byEpoch.get(fact.epoch) ?? 0 })),
          stranded,
          pendingShreds: shreds.length,
          trouble: keys.trouble(),
        };
      }),
    rotate: (options = {}) => trusted(() => rotate({ store, keys, now }, options)),
    exportSubject: (subject) =>
      trusted(async () => {
        const id = subjectId(subject);
        const row = await store.subject(id);
        if (row === undefined) return undefined;
        const { reference, shreddedAt, wrapped } = row;
        const facts = await keys.list();
        const epoch = facts.find((fact) => fact.epoch === row.epoch) ?? null;
        const shred = (await store.shred(id)) ?? null;
        return { id, reference, shreddedAt, hasKey: wrapped !== null, epoch, shred };
      }),
    shredSubject: (subject, options) => shredId(subjectId(subject), options),
    shredId,
    pendingShreds: () => trusted(() => store.shreds()),
  };
}

async function trusted<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw isAbort(cause) ? cause : unavailable(cause);
  }
}

function isAbort(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AbortError';
}
