/**
 * The vault's rows in an environment.
 *
 *   subjects           id (32)         → flags, reference, epoch, wrapped key: vault-rows.ts
 *   references         reference (16)  → id
 *   look-ups           token, reference         a set
 *   look-ups-of        reference, token         a set: what goes with a person's key
 *   shreds             id              → JSON
 *   counts             what            → number
 *   purge-…            purge-embedded.ts
 *   zeros              nothing: embedded-scrub.ts
 */
import { Refusal } from '../guard/contract/refusal.ts';
import type { Reference, ShredRow, SubjectId, SubjectRow } from '../guard/contract/vault.ts';
import type { StoredVault } from './data.ts';
import { type Environment, entries, membersOf, PRESENT, setKey } from './embedded-environment.ts';
import { scrub } from './embedded-scrub.ts';
import { createPurging } from './purge.ts';
import { createEmbeddedBoard } from './purge-embedded.ts';
import { decodeShred, encodeShred } from './shred-rows.ts';
import {
  decodeSubject,
  encodeSubject,
  idBytes,
  idText,
  ownReferenceBytes,
  referenceBytes,
  referenceText,
  tokenBytes,
} from './vault-rows.ts';

const POLL_MS = 75;
/** Rows of one look at the table, so that a walk over millions leaves room for requests. */
const STRIDE = 1000;

/** @param pollMs how often gateways look for purge messages */
export function createEmbeddedVault(environment: Environment, pollMs = POLL_MS): StoredVault {
  const subjects = environment.table('subjects');
  const references = environment.table('references');
  const lookUps = environment.table('look-ups');
  const lookUpsOf = environment.table('look-ups-of');
  const shreds = environment.table('shreds');
  const counts = environment.table('counts');
  const board = createEmbeddedBoard(environment);
  const purging = createPurging(board, pollMs);
  const zeros = environment.table('zeros');
  let scrubbing: Promise<void> = Promise.resolve();
  const { read, write } = environment;

  function get(id: SubjectId, key: Buffer): SubjectRow | undefined {
    const bytes = subjects.getBinaryFast(key);
    return bytes && decodeSubject(id, bytes);
  }

  function getByReference(reference: Reference): SubjectRow | undefined {
    const key = referenceBytes(reference);
    const id = key && references.getBinary(key);
    return id && get(idText(id), id);
  }

  /** In a transaction: replaces a row and keeps the counts. */
  function put(key: Buffer, before: SubjectRow | undefined, after: SubjectRow): void {
    subjects.put(key, encodeSubject(after, before?.wrapped?.length));
    for (const [row, sign] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (row === undefined) continue;
      count(row.shreddedAt === null ? 'subjects' : 'shredded', sign);
      if (row.wrapped !== null) count(`epoch ${row.epoch}`, sign);
    }
  }

  function count(what: string, by: number): void {
    const key = Buffer.from(what);
    const value = (counts.getBinary(key)?.readDoubleLE() ?? 0) + by;
    if (value === 0) {
      counts.remove(key);
      return;
    }
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    counts.put(key, bytes);
  }

  function isAnothers(reference: Buffer, id: Buffer): boolean {
    const owner = references.getBinary(reference);
    return owner !== undefined && !owner.equals(id);
  }

  return {
    subject: (id) => read(() => get(id, idBytes(id))),
    subjectOf: (reference) => read(() => getByReference(reference)),
    subjectsOf: (all) => read(() => [...new Set(all)].map(getByReference).filter((row) => row !== undefined)),

    addSubject(row) {
      const key = idBytes(row.id);
      const reference = ownReferenceBytes(row.reference);
      return write(() => {
        const known = get(row.id, key);
        if (known) return known;
        if (isAnothers(reference, key)) throw new Refusal('internal', 'vault: a reference is taken');
        put(key, undefined, row);
        references.put(reference, key);
        return copy(row);
      });
    },

    tombstone(id, at, reference) {
      const key = idBytes(id);
      const bytes = ownReferenceBytes(reference);
      return write(() => {
        const before = get(id, key);
        if (before?.shreddedAt != null) return before;
        if (before === undefined && isAnothers(bytes, key))
          throw new Refusal('internal', 'vault: a reference is taken');
        const after: SubjectRow = before
          ? { ...before, shreddedAt: at }
          : { id, reference, epoch: 0, wrapped: null, shreddedAt: at };
        put(key, before, after);
        if (before === undefined) references.put(bytes, key);
        return after;
      });
    },

    async dropKey(id) {
      const key = idBytes(id);
      await write(() => {
        const before = get(id, key);
        if (before === undefined) return;
        const reference = ownReferenceBytes(before.reference);
        if (before.wrapped !== null) put(key, before, { ...before, wrapped: null });
        for (const token of membersOf(lookUpsOf, reference)) {
          lookUps.remove(setKey(token, reference));
          lookUpsOf.remove(setKey(reference, token));
        }
      });
      // The key is gone from the rows; that its old page is overwritten cannot be promised.
      scrubbing = scrubbing.then(() => scrub(environment, zeros)).then(nothing, nothing);
      await scrubbing;
    },

    rewrap(rows) {
      const keyed = rows.map((row) => ({ ...row, key: idBytes(row.id) }));
      return write(() => {
        let replaced = 0;
        for (const { id, key, from, epoch, wrapped } of keyed) {
          const before = get(id, key);
          if (before === undefined || before.wrapped === null || before.epoch !== from) continue;
          put(key, before, { ...before, epoch, wrapped });
          replaced++;
        }
        return replaced;
      });
    },

    async subjects(after, limit, epoch) {
      const found: SubjectRow[] = [];
      let position = after === null ? undefined : idBytes(after);
      while (found.length < limit) {
        const rows = read(() =>
          entries(subjects, { ...(position && { start: position, exclusiveStart: true }), limit: STRIDE }),
        );
        for (const { key, value } of rows) {
          const row = decodeSubject(idText(key), value);
          if (row.wrapped === null || (epoch !== undefined && row.epoch !== epoch)) continue;
          found.push(row);
          if (found.length === limit) break;
        }
        if (rows.length < STRIDE) break;
        position = rows.at(-1)?.key;
        await new Promise(setImmediate);
      }
      return found;
    },

    async counts() {
      return read(() => {
        const byEpoch = new Map<number, number>();
        const totals = { subjects: 0, shredded: 0 };
        for (const { key, value } of entries(counts, { limit: 100_000 })) {
          const what = key.toString('utf8');
          const number = value.readDoubleLE();
          if (what === 'subjects' || what === 'shredded') totals[what] = number;
          else byEpoch.set(Number(what.slice('epoch '.length)), number);
        }
        return { ...totals, byEpoch };
      });
    },

    lookUp: (token) => read(() => membersOf(lookUps, tokenBytes(token)).map(referenceText)),

    addLookUp(token, reference) {
      const key = tokenBytes(token);
      const bytes = ownReferenceBytes(reference);
      return write(() => {
        // A write that comes late must not leave a trace of somebody who was shredded meanwhile.
        if (getByReference(reference)?.shreddedAt != null)
          throw new Refusal('erased', 'vault: the person was shredded');
        lookUps.put(setKey(key, bytes), PRESENT);
        lookUpsOf.put(setKey(bytes, key), PRESENT);
      });
    },

    removeLookUp(token, reference) {
      const key = tokenBytes(token);
      const bytes = ownReferenceBytes(reference);
      return write(() => {
        lookUps.remove(setKey(key, bytes));
        lookUpsOf.remove(setKey(bytes, key));
      });
    },

    async shred(id) {
      const key = idBytes(id);
      return read(() => {
        const bytes = shreds.getBinary(key);
        return bytes && decodeShred(id, bytes.toString('utf8'));
      });
    },

    saveShred(row) {
      const key = idBytes(row.id);
      const bytes = Buffer.from(encodeShred(row));
      return write(() => {
        shreds.put(key, bytes);
      });
    },

    async shreds() {
      return read(() =>
        [...shreds.getRange()]
          .map(({ key, value }): ShredRow => decodeShred(idText(key), value.toString('utf8')))
          .filter(({ step }) => step !== 'receipt'),
      );
    },

    join: purging.join,
    purge: purging.purge,
    async gateways() {
      return (await board.members()).map(({ name, leaseMs, renewedAt }) => ({ name, leaseMs, renewedAt }));
    },
    close: purging.close,
  };
}

function nothing(): void {}

function copy(row: SubjectRow): SubjectRow {
  return { ...row, wrapped: row.wrapped && Uint8Array.from(row.wrapped) };
}
