/**
 * One LMDB environment: many processes of one machine read it at once, one at a time writes. A write's promise resolves
 * when its transaction is on the disk: data and `fdatasync`, then the meta page that names them (`O_DSYNC`). lmdb-js'
 * `overlappingSync`, on by default, resolves before that and is therefore off.
 */
import { type Stats as FileFacts, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getSystemErrorName } from 'node:util';
import type { Database, RootDatabase } from 'lmdb';
import { PosternError } from '../core/errors.ts';
import { Refusal } from '../guard/contract/refusal.ts';
import { DATA_FILE, prepareFolder } from './embedded-file.ts';

/** What this version writes. A change that an older version cannot read counts it up. */
const FORMAT = 1;
const FORMAT_KEY = Buffer.from('format');
/** Addresses, not memory and not disk: the map never has to move. Windows would make the file as large as the map. */
const MAP_BYTES = 64 * 1024 ** 3;
/** Sparse in use: a slot for each process that reads, and for those that died since the last check. */
const MAX_READERS = 512;
const REASON_MS = 200;
/** How long reads may go on in a file that was removed or replaced; writes never do. */
const IN_PLACE_MS = 1_000;

export type Table = Database<Buffer, Buffer>;

export interface Environment {
  readonly folder: string;
  table(name: string): Table;
  /**
   * Sees whatever was acknowledged before, by any process.
   *
   * @throws Refusal `unavailable`
   */
  read<T>(action: () => T): T;
  /**
   * One atomic step over all processes, on the disk when the promise resolves. What `action` throws before it changes
   * anything is what the caller gets; it must not throw afterwards: several actions share a transaction.
   *
   * @throws Refusal `unavailable`
   */
  write<T>(action: () => T): Promise<T>;
  /** Pages of the file that nothing refers to. */
  freePages(): number;
  /** Names of the tables that are there. */
  tableNames(): string[];
  /** Takes a place in the list of readers, by which others know of this process: after its tables were opened. */
  enlist(): void;
  /** Other processes that have it open, by their numbers. */
  others(): number[];
  /** Frees what processes that died have held on to. */
  tidy(): void;
  close(): Promise<void>;
}

/** @throws PosternError `E_GUARD` */
export async function openEnvironment(folder: string): Promise<Environment> {
  const { open } = await native();
  await prepareFolder(folder);
  let root: RootDatabase<Buffer, Buffer>;
  try {
    root = open<Buffer, Buffer>({
      path: folder,
      overlappingSync: false,
      // On, it begins each batch with a write of its own whose promise nobody sees: a full disk would end the process.
      eventTurnBatching: false,
      noMemInit: false,
      maxDbs: 32,
      maxReaders: MAX_READERS,
      keyEncoding: 'binary',
      encoding: 'binary',
      ...(process.platform !== 'win32' && { mapSize: MAP_BYTES }),
    });
  } catch (cause) {
    throw new PosternError('E_GUARD', `the data folder ${folder} cannot be opened (${reasonOf(cause)})`, {
      hint: 'Restore the folder from a backup if it is damaged (docs/guard/vault.md).',
      cause,
    });
  }
  const tables = new Map<string, Table>();
  const file = join(folder, DATA_FILE);
  const own = factsOf(file);
  let inPlaceAt = performance.now();
  let closed = false;

  /** What is written into a file without a name is on no disk after the next start. @throws Refusal `unavailable` */
  function checkInPlace(within: number): void {
    const time = performance.now();
    if (time - inPlaceAt < within) return;
    const there = factsOf(file);
    if (there === undefined || there.ino !== own?.ino || there.dev !== own.dev) {
      throw new Refusal('unavailable', 'data: the file of the store is not in its place any more');
    }
    inPlaceAt = time;
  }

  function read<T>(action: () => T): T {
    if (closed) throw new Refusal('unavailable', 'data: the store is closed');
    checkInPlace(IN_PLACE_MS);
    try {
      // The snapshot of this turn may be older than what another process was told is written: the next read takes a new one.
      root.resetReadTxn();
      return action();
    } catch (cause) {
      if (cause instanceof Refusal) throw cause;
      throw new Refusal('unavailable', `data: the store cannot be read (${reasonOf(cause)})`, { cause });
    }
  }

  async function write<T>(action: () => T): Promise<T> {
    if (closed) throw new Refusal('unavailable', 'data: the store is closed');
    checkInPlace(0);
    try {
      return await root.transaction(action);
    } catch (cause) {
      if (cause instanceof Refusal) throw cause;
      throw new Refusal('unavailable', `data: the store cannot be written (${await commitReason(cause)})`, { cause });
    }
  }

  try {
    await checkFormat(root, folder, write);
  } catch (error) {
    closed = true;
    await root.close();
    throw error instanceof Refusal
      ? new PosternError('E_GUARD', `the data folder ${folder} cannot be written: ${error.detail}`, { cause: error })
      : error;
  }

  return {
    folder,
    table(name) {
      const known = tables.get(name);
      if (known !== undefined) return known;
      const table = root.openDB<Buffer, Buffer>({ name, keyEncoding: 'binary', encoding: 'binary' });
      tables.set(name, table);
      return table;
    },
    read,
    write,
    freePages: () =>
      read(() => {
        const stats = statsOf(root);
        const used = [...tables.values()].map(statsOf).concat([stats, stats.free ?? NONE]);
        return (
          (stats.lastPageNumber ?? 0) +
          1 -
          META_PAGES -
          used.reduce((sum, one) => sum + one.treeBranchPageCount + one.treeLeafPageCount + one.overflowPages, 0)
        );
      }),
    tableNames: () =>
      read(() =>
        [...root.getKeys()]
          .map((key) => key.toString('utf8').replace(/\0$/, ''))
          .filter((name) => name !== FORMAT_KEY.toString()),
      ),
    enlist: () => read(() => void root.getBinary(FORMAT_KEY)),
    others: () =>
      read(() => {
        root.readerCheck();
        const lines = root.readerList().split('\n');
        const numbers = lines.map((line) => Number(/^\s*(\d+)\s/.exec(line)?.[1] ?? process.pid));
        return [...new Set(numbers)].filter((number) => number !== process.pid);
      }),
    tidy() {
      if (!closed) root.readerCheck();
    },
    async close() {
      if (closed) return;
      closed = true;
      await root.close();
    },
  };
}

async function checkFormat(
  root: RootDatabase<Buffer, Buffer>,
  folder: string,
  write: Environment['write'],
): Promise<void> {
  const known = root.getBinary(FORMAT_KEY) ?? (await write(() => claim(root)));
  const format = known === undefined ? undefined : /^postern-data (\d{1,6})$/.exec(known.toString('latin1'))?.[1];
  if (format === undefined) {
    throw new PosternError('E_GUARD', `the data folder ${folder} holds the data of another program`, {
      hint: 'Name another folder under `data:` in the policy.',
    });
  }
  if (Number(format) > FORMAT) {
    throw new PosternError('E_GUARD', `the data folder ${folder} was written by a newer version of Postern`, {
      hint: `This version reads format ${FORMAT}; the folder has format ${format}. Run the newer version.`,
    });
  }
}

/** Undefined: it cannot be seen. */
function factsOf(path: string): FileFacts | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** In a transaction. Undefined: something else is in here. */
function claim(root: RootDatabase<Buffer, Buffer>): Buffer | undefined {
  const known = root.getBinary(FORMAT_KEY);
  if (known !== undefined) return known;
  for (const _key of root.getKeys({ limit: 1 })) return undefined;
  const own = Buffer.from(`postern-data ${FORMAT}`, 'latin1');
  root.put(FORMAT_KEY, own);
  return own;
}

/** The library loads a part that is built for each platform. */
async function native(): Promise<typeof import('lmdb')> {
  try {
    return await import('lmdb');
  } catch (cause) {
    throw new PosternError(
      'E_GUARD',
      `the native part of the embedded store is missing for ${process.platform}-${process.arch}`,
      {
        hint:
          'Install again without leaving out optional dependencies (npm ci --include=optional), on the platform that it ' +
          'runs on; or keep the data in PostgreSQL: `data: { postgresql: … }`.',
        cause,
      },
    );
  }
}

async function commitReason(error: unknown): Promise<string> {
  if (error instanceof Error && 'commitError' in error) {
    // Told apart from the failure itself, and nobody else takes it.
    const reason = Promise.resolve(error.commitError).then(() => 'unknown', reasonOf);
    return await Promise.race([reason, sleep(REASON_MS, 'unknown', { ref: false })]);
  }
  return reasonOf(error);
}

/** A code or the library's own words for it; nothing that was stored. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const name = /^(MDB_[A-Z_]+)\b/.exec(error.message)?.[1];
  if (name !== undefined) return name;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number' && Number.isInteger(code) && code > 0) return getSystemErrorName(-code);
  return typeof code === 'string' && /^[A-Z]\w+$/.test(code) ? code : error.constructor.name;
}

const META_PAGES = 2;

interface Stats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  readonly lastPageNumber?: number;
  readonly free?: Stats;
}

const NONE: Stats = { treeBranchPageCount: 0, treeLeafPageCount: 0, overflowPages: 0 };

/** The library declares it as any object. */
function statsOf(table: Table): Stats {
  return { ...NONE, ...table.getStats() };
}

/** Members of a set whose keys are `setKey(name, member)`, in the order of their bytes. */
export function membersOf(table: Table, name: Buffer): Buffer[] {
  const start = setKey(name, Buffer.alloc(0));
  const found: Buffer[] = [];
  for (const key of table.getKeys({ start })) {
    if (start.compare(key, 0, start.length) !== 0) break;
    found.push(Buffer.from(key.subarray(start.length)));
  }
  return found;
}

/** One member of a named set as a key. Sets of values under one key would have pages that no statistics count. */
export function setKey(name: Buffer, member: Buffer): Buffer {
  const key = Buffer.allocUnsafe(2 + name.length + member.length);
  key.writeUInt16BE(name.length);
  name.copy(key, 2);
  member.copy(key, 2 + name.length);
  return key;
}

/** What a member of a set is kept with: the key says it all. */
export const PRESENT: Buffer = Buffer.of(1);

/** Keys and values of a range, taken out at once: nothing may stay open over a turn. */
export function entries(
  table: Table,
  range: { readonly start?: Buffer; readonly exclusiveStart?: boolean; readonly limit: number },
): { readonly key: Buffer; readonly value: Buffer }[] {
  return [...table.getRange(range)].map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }));
}
