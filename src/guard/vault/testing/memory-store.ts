/**
 * A store of the vault's rows in memory, for tests: nothing of it survives the process, and `purge` waits for nobody's disk.
 * One store may serve several gateways. With `embedded` reads answer without a promise, as the embedded store does.
 */
import type { PurgeMember, Reference, ShredRow, SubjectId, SubjectRow, VaultStore } from '../../contract/vault.ts';

export interface MemoryVaultStore extends VaultStore {
  /** Every call so far: its name. */
  readonly calls: readonly string[];
  /** The gateway cannot renew its lease any more, and hears nothing; `false`: it can again, and hears what it missed. */
  cutOff(gateway: string, cut?: boolean): void;
  /** A copy of everything, as a backup would hold it. */
  backup(): MemoryBackup;
  restore(backup: MemoryBackup): void;
}

export interface MemoryBackup {
  readonly subjects: readonly SubjectRow[];
  readonly lookUps: readonly (readonly [token: string, references: readonly Reference[]])[];
  readonly shreds: readonly ShredRow[];
}

export interface MemoryVaultStoreOptions {
  readonly embedded?: boolean;
  /** Before each call: may throw, as a store that is away does, or wait. */
  readonly before?: (call: string) => void | Promise<void>;
  /** After each call that changed something, before its promise resolves: may throw, as a process that is killed does. */
  readonly done?: (call: string) => void | Promise<void>;
}

interface Member {
  readonly gateway: string;
  readonly onPurge: (reference: Reference) => void;
  cut: boolean;
  readonly missed: Reference[];
}

export function createMemoryVaultStore(options: MemoryVaultStoreOptions = {}): MemoryVaultStore {
  const subjects = new Map<SubjectId, SubjectRow>();
  const byReference = new Map<Reference, SubjectId>();
  const lookUps = new Map<string, Set<Reference>>();
  const shreds = new Map<SubjectId, ShredRow>();
  const members = new Set<Member>();
  const calls: string[] = [];

  function read<T>(call: string, answer: () => T): T | Promise<T> {
    calls.push(call);
    if (options.embedded === true) {
      options.before?.(call);
      return answer();
    }
    return (async () => {
      await options.before?.(call);
      return answer();
    })();
  }

  async function change<T>(call: string, apply: () => T): Promise<T> {
    calls.push(call);
    await options.before?.(call);
    const result = apply();
    await options.done?.(call);
    return result;
  }

  function put(row: SubjectRow): void {
    subjects.set(row.id, copyOf(row));
    byReference.set(row.reference, row.id);
  }

  function rowOf(reference: Reference): SubjectRow | undefined {
    const id = byReference.get(reference);
    const row = id === undefined ? undefined : subjects.get(id);
    return row === undefined ? undefined : copyOf(row);
  }

  return {
    calls,
    subject: (id) =>
      read('subject', () => {
        const row = subjects.get(id);
        return row === undefined ? undefined : copyOf(row);
      }),
    subjectOf: (reference) => read('subjectOf', () => rowOf(reference)),
    subjectsOf: (references) =>
      read('subjectsOf', () => [...new Set(references)].map(rowOf).filter((row) => row !== undefined)),
    addSubject: (row) =>
      change('addSubject', () => {
        if (!subjects.has(row.id)) put(row);
        return copyOf(subjects.get(row.id) ?? row);
      }),
    tombstone: (id, at, reference) =>
      change('tombstone', () => {
        const row = subjects.get(id) ?? { id, reference, epoch: 0, wrapped: null, shreddedAt: null };
        if (row.shreddedAt === null) put({ ...row, shreddedAt: at });
        return copyOf(subjects.get(id) ?? row);
      }),
    dropKey: (id) =>
      change('dropKey', () => {
        const row = subjects.get(id);
        if (row === undefined) return;
        row.wrapped?.fill(0);
        put({ ...row, wrapped: null });
        for (const references of lookUps.values()) references.delete(row.reference);
      }),
    rewrap: (rows) =>
      change('rewrap', () => {
        let replaced = 0;
        for (const { id, from, epoch, wrapped } of rows) {
          const row = subjects.get(id);
          if (row === undefined || row.wrapped === null || row.epoch !== from) continue;
          put({ ...row, epoch, wrapped });
          replaced++;
        }
        return replaced;
      }),
    subjects: async (after, limit, epoch) =>
      await read('subjects', () =>
        [...subjects.values()]
          .filter(
            (row) => row.wrapped !== null && (after === null || row.id > after) && (epoch ?? row.epoch) === row.epoch,
          )
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .slice(0, limit)
          .map(copyOf),
      ),
    counts: async () =>
      await read('counts', () => {
        const byEpoch = new Map<number, number>();
        let shredded = 0;
        for (const row of subjects.values()) {
          if (row.shreddedAt !== null) shredded++;
          if (row.wrapped !== null) byEpoch.set(row.epoch, (byEpoch.get(row.epoch) ?? 0) + 1);
        }
        return { subjects: subjects.size - shredded, shredded, byEpoch };
      }),
    lookUp: (token) => read('lookUp', () => [...(lookUps.get(token) ?? [])]),
    addLookUp: (token, reference) =>
      change('addLookUp', () => {
        lookUps.set(token, (lookUps.get(token) ?? new Set()).add(reference));
      }),
    removeLookUp: (token, reference) =>
      change('removeLookUp', () => {
        lookUps.get(token)?.delete(reference);
      }),
    shred: async (id) => await read('shred', () => shreds.get(id)),
    saveShred: (row) =>
      change('saveShred', () => {
        shreds.set(row.id, row);
      }),
    shreds: async () => await read('shreds', () => [...shreds.values()].filter(({ step }) => step !== 'receipt')),
    join: (gateway, _leaseMs, onPurge) =>
      change('join', (): PurgeMember => {
        const member: Member = { gateway, onPurge, cut: false, missed: [] };
        members.add(member);
        return {
          held: () => members.has(member) && !member.cut,
          leave: async () => {
            members.delete(member);
          },
        };
      }),
    purge: (reference) =>
      change('purge', () => {
        let expired = 0;
        for (const member of members) {
          if (member.cut) {
            member.missed.push(reference);
            expired++;
          } else member.onPurge(reference);
        }
        return { confirmed: members.size - expired, expired };
      }),
    cutOff(gateway, cut = true) {
      for (const member of members) {
        if (member.gateway !== gateway) continue;
        if (!cut) for (const reference of member.missed.splice(0)) member.onPurge(reference);
        member.cut = cut;
      }
    },
    backup: () => ({
      subjects: [...subjects.values()].map(copyOf),
      lookUps: [...lookUps].map(([token, references]) => [token, [...references]] as const),
      shreds: [...shreds.values()],
    }),
    restore(backup) {
      subjects.clear();
      byReference.clear();
      lookUps.clear();
      shreds.clear();
      for (const row of backup.subjects) put(row);
      for (const [token, references] of backup.lookUps) lookUps.set(token, new Set(references));
      for (const row of backup.shreds) shreds.set(row.id, row);
    },
    close: async () => {
      members.clear();
    },
  };
}

function copyOf(row: SubjectRow): SubjectRow {
  return { ...row, wrapped: row.wrapped === null ? null : Uint8Array.from(row.wrapped) };
}
