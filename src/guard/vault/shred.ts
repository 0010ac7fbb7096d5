/**
 * Shredding a person:
 *
 *   tombstone   no key is made for this person any more, and every gateway forgets the one it has: late writes find `erased`
 *   documents   deleted by whoever knows the stores, and asked again until none is left that may not be kept
 *   key         the wrapped key and the look-ups leave the vault's store
 *   purge       every gateway confirms that it forgot the key, or its lease is over; documents that were just being written
 *               are deleted as well; what was sealed is tried, and must fail
 *   receipt     signed and kept by the caller
 *
 * Each step is written to the store, durably, before the next begins, and every step may be done twice. What remains is in
 * backups: they can be read as long as they are kept together with the epoch's key, so a second date is when that key is
 * destroyed (`rotate`).
 */
import { Refusal } from '../contract/refusal.ts';
import type { Reference, ShredRow, SubjectId, SubjectRow, ValuePlace, Vault, VaultStore } from '../contract/vault.ts';
import type { PurgeCounts } from './admin.ts';
import { unwrapDataKey } from './data-key.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { unsealValue } from './value.ts';

/** Documents of one resource. Counts and names, nothing personal. */
export interface DocumentCounts {
  /** Name of the resource. */
  readonly resource: string;
  readonly before: number;
  readonly deleted: number;
  /** Still there when asked again; more than `retained` is a failure. */
  readonly after: number;
  /** Kept on purpose. */
  readonly retained: number;
  /** Why they are kept, in the operator's words; null when none is. */
  readonly reason: string | null;
}

/** One encrypted value, as it stands in a store, an export or a backup. */
export interface SampleCiphertext {
  readonly place: ValuePlace;
  readonly text: string;
}

export interface ShredOptions {
  /**
   * Deletes the person's documents and asks again. Called twice, the second time for what was just being written, and again
   * after a crash in it. The reference is what documents say instead of the person; a person who never had a key has a fresh
   * one that no document holds.
   */
  readonly deleteDocuments: (reference: Reference) => Promise<readonly DocumentCounts[]>;
  /** Some encrypted values of the person, read before documents are deleted: they must open then, and not at the end. */
  readonly sampleCiphertexts?: (reference: Reference) => Promise<readonly SampleCiphertext[]>;
  /** How long the key of an epoch is kept after its end, ms: tells when backups become unreadable at the latest. */
  readonly retain: number;
  /**
   * Signs and keeps the receipt; called with the finished body, also again after a crash in it, so it must find the one that it
   * wrote. Its answer (a name or a hash, nothing personal) is kept with the shred.
   */
  readonly issueReceipt?: (body: ShredReport) => Promise<string>;
  readonly onStep?: (step: ShredRow['step']) => void;
}

/** What a receipt says. No personal data: the person is named by a keyed hash alone. */
export interface ShredReport {
  readonly subject: SubjectId;
  /** Whether the vault held a key of this person. */
  readonly hadKey: boolean;
  /** When each step was done, ms since the epoch. */
  readonly times: Readonly<Record<'tombstone' | 'documents' | 'key' | 'purge', number>>;
  readonly documents: readonly DocumentCounts[];
  /** Values that were tried: all readable before, none after. */
  readonly samples: ShredSamples;
  readonly gateways: PurgeCounts;
  /** From then on nothing in the live stores can be read: the last gateway had forgotten the key. ms since the epoch. */
  readonly liveUnreadableAt: number;
  readonly backups: BackupDate;
  /** What `issueReceipt` answered; null: not issued yet. */
  readonly receipt: string | null;
}

export interface ShredSamples {
  /** Read before the documents were deleted. */
  readonly taken: number;
  /** Of these, opened with the person's key. */
  readonly readableBefore: number;
  /** Tried again at the end; fewer when the shred was interrupted and the values are gone. */
  readonly triedAfter: number;
  /** Always 0: otherwise there is no report. */
  readonly readableAfter: number;
}

export interface BackupDate {
  /** Epochs whose keys may open copies of the person's wrapped key, oldest first. */
  readonly epochs: readonly number[];
  /** When the last of these keys was destroyed; null: some stand. ms since the epoch. */
  readonly unreadableAt: number | null;
  /** When it will be time to destroy the last that stands; null: none stands. ms since the epoch. */
  readonly due: number | null;
}

export interface ShredParts {
  readonly store: VaultStore;
  readonly keys: EpochKeys;
  readonly vault: Vault;
  now(): number;
  tombstone(id: SubjectId): Promise<SubjectRow>;
  dropKey(id: SubjectId): Promise<void>;
  purge(reference: Reference): Promise<PurgeCounts>;
}

/** What is written down between steps. */
interface Notes {
  readonly hadKey: boolean;
  readonly documents: readonly DocumentCounts[];
  readonly samples: ShredSamples;
  readonly gateways: PurgeCounts;
  readonly epochs: readonly number[];
  readonly receipt: string | null;
}

const STEPS = ['tombstone', 'documents', 'key', 'purge', 'receipt'] as const satisfies readonly ShredRow['step'][];

const NOTHING: Notes = {
  hadKey: false,
  documents: [],
  samples: { taken: 0, readableBefore: 0, triedAfter: 0, readableAfter: 0 },
  gateways: { confirmed: 0, expired: 0 },
  epochs: [],
  receipt: null,
};

/**
 * @throws Refusal `unavailable` when a step failed; the shred stays pending and may be run again
 * @throws Refusal `conflict` when documents are left that nothing says may be kept
 */
export async function shredSubject(parts: ShredParts, id: SubjectId, options: ShredOptions): Promise<ShredReport> {
  const { store, keys, now } = parts;
  let row = await store.shred(id);
  let notes = row === undefined ? NOTHING : readNotes(row);

  function isDone(step: ShredRow['step']): boolean {
    return row !== undefined && STEPS.indexOf(row.step) >= STEPS.indexOf(step);
  }

  async function done(step: ShredRow['step'], reference: Reference, changed: Partial<Notes>): Promise<void> {
    notes = { ...notes, ...changed };
    const times = { ...row?.times, [step]: now() };
    row = { id, reference, step, times, epoch: notes.epochs.at(-1) ?? null, notes: JSON.stringify(notes) };
    await store.saveShred(row);
    options.onStep?.(step);
  }

  // Done again it changes nothing; a person whom the vault never knew gets a row here, which stays a tombstone.
  const subject = await parts.tombstone(id);
  const { reference } = subject;
  const samples = isDone('purge') ? undefined : await takeSamples(keys, subject, options);

  if (!isDone('tombstone')) {
    // A gateway that has the key at hand would go on to write with it, after the documents are gone.
    const gateways = await parts.purge(reference);
    const hadKey = subject.wrapped !== null;
    await done('tombstone', reference, { hadKey, gateways, epochs: hadKey ? [subject.epoch] : [] });
  }
  if (!isDone('documents')) {
    const documents = await deleteAll(options, reference);
    const taken = samples?.all.length ?? 0;
    const readableBefore = samples?.readable?.length ?? 0;
    await done('documents', reference, { documents, samples: { ...notes.samples, taken, readableBefore } });
  }
  if (!isDone('key')) {
    const last = await store.subject(id);
    const epochs = last?.wrapped == null ? notes.epochs : await epochsThatMayOpen(keys, last.epoch);
    await parts.dropKey(id);
    await done('key', reference, { epochs });
  }
  if (!isDone('purge')) {
    const { confirmed, expired } = await parts.purge(reference);
    // One that was waited for in vain the first time has no lease any more, and is not met here.
    const gateways = { confirmed, expired: notes.gateways.expired + expired };
    // A request that was under way when the tombstone came may have written since: a document, or a look-up.
    const documents = withLate(notes.documents, await deleteAll(options, reference));
    await parts.dropKey(id);
    const tried = samples?.readable ?? samples?.all ?? [];
    const readableAfter = await countReadable(parts, id, reference, tried);
    if (readableAfter > 0) throw new Refusal('internal', 'vault: a value of a shredded person can still be read');
    await done('purge', reference, {
      gateways,
      documents,
      samples: { ...notes.samples, triedAfter: tried.length, readableAfter },
    });
  }
  const report = await reportOf(keys, id, row, notes, options.retain);
  if (isDone('receipt') || options.issueReceipt === undefined) return report;
  const receipt = await options.issueReceipt(report);
  await done('receipt', reference, { receipt });
  return { ...report, receipt };
}

async function deleteAll(options: ShredOptions, reference: Reference): Promise<readonly DocumentCounts[]> {
  const documents = await options.deleteDocuments(reference);
  if (documents.some(({ after, retained }) => after > retained)) {
    throw new Refusal('conflict', 'vault: documents of the person are left; run it again');
  }
  return documents;
}

/** What was there at first, what both rounds deleted, and what is there now. */
function withLate(first: readonly DocumentCounts[], late: readonly DocumentCounts[]): readonly DocumentCounts[] {
  return late.map((now) => {
    const then = first.find(({ resource }) => resource === now.resource);
    if (then === undefined) return now;
    return { ...now, before: then.before, deleted: then.deleted + now.deleted, reason: now.reason ?? then.reason };
  });
}

interface Samples {
  readonly all: readonly SampleCiphertext[];
  /** Those that the person's key opens; undefined when the key is gone already, and nothing can be said. */
  readonly readable: readonly SampleCiphertext[] | undefined;
}

/** While the wrapped key is there, also a tombstone's opens what it sealed. */
async function takeSamples(keys: EpochKeys, row: SubjectRow, options: ShredOptions): Promise<Samples> {
  const all = (await options.sampleCiphertexts?.(row.reference)) ?? [];
  const key = all.length === 0 ? undefined : await keyOfRow(keys, row);
  if (key === undefined) return { all, readable: undefined };
  const readable = all.filter(({ place, text }) => unsealValue(key, row.reference, place, text) !== undefined);
  key.fill(0);
  return { all, readable };
}

/** What opens with what the live stores and this gateway still have. */
async function countReadable(
  { store, keys, vault }: ShredParts,
  id: SubjectId,
  reference: Reference,
  samples: readonly SampleCiphertext[],
): Promise<number> {
  const row = await store.subject(id);
  const fromRow = row === undefined ? undefined : await keyOfRow(keys, row);
  const fromVault = (await vault.byReferences([reference])).get(reference);
  // Without any sample a key that is still there is failure enough.
  if (samples.length === 0) return fromRow === undefined && fromVault === undefined ? 0 : 1;
  let readable = 0;
  for (const { place, text } of samples) {
    const opened =
      (fromRow !== undefined && unsealValue(fromRow, reference, place, text) !== undefined) ||
      (fromVault !== undefined && vault.unseal(fromVault, place, text) !== undefined);
    if (opened) readable++;
  }
  fromRow?.fill(0);
  return readable;
}

async function keyOfRow(keys: EpochKeys, row: SubjectRow): Promise<Uint8Array | undefined> {
  if (row.wrapped === null) return undefined;
  const under = await keys.get(row.epoch);
  return under === undefined ? undefined : unwrapDataKey(under, row, row.wrapped);
}

/**
 * Backups hold the wrapped key as it was on their day: under any older epoch's key that still stands, and, where the row is
 * just being moved, under a newer one.
 */
async function epochsThatMayOpen(keys: EpochKeys, last: number): Promise<readonly number[]> {
  const facts = await keys.list();
  const moving = facts.some(({ epoch, retired }) => epoch === last && retired !== null);
  return facts
    .filter(({ epoch, destroyed }) => epoch === last || (destroyed === null && (epoch < last || moving)))
    .map(({ epoch }) => epoch);
}

async function reportOf(
  keys: EpochKeys,
  subject: SubjectId,
  row: ShredRow | undefined,
  notes: Notes,
  retain: number,
): Promise<ShredReport> {
  const { tombstone, documents, key, purge } = row?.times ?? {};
  if (tombstone === undefined || documents === undefined || key === undefined || purge === undefined) throw damaged();
  const { epochs, ...counts } = notes;
  return {
    subject,
    ...counts,
    times: { tombstone, documents, key, purge },
    liveUnreadableAt: purge,
    backups: await backupDate(keys, epochs, purge, retain),
  };
}

async function backupDate(
  keys: EpochKeys,
  epochs: readonly number[],
  purge: number,
  retain: number,
): Promise<BackupDate> {
  const facts = (await keys.list()).filter(({ epoch }) => epochs.includes(epoch));
  const standing = facts.filter(({ destroyed }) => destroyed === null);
  if (standing.length > 0) {
    return { epochs, unreadableAt: null, due: Math.max(...standing.map(({ ends }) => ends)) + retain };
  }
  return { epochs, unreadableAt: Math.max(purge, ...facts.map(({ destroyed }) => destroyed ?? 0)), due: null };
}

function readNotes({ notes }: ShredRow): Notes {
  try {
    const value: Notes = JSON.parse(notes);
    if (Array.isArray(value.documents) && Array.isArray(value.epochs)) return { ...NOTHING, ...value };
  } catch {
    // As below.
  }
  throw damaged();
}

function damaged(): Refusal {
  return new Refusal('unavailable', 'vault: the record of a shred is damaged');
}
