import type { Job } from './job.ts';
import { ASIDE_ABOVE, type EntryBytes, readEntry } from './read-entry.ts';
import type { Recognised } from './role.ts';
import type { ZipEntry } from './zip-entry.ts';

/** One entry with what it is to us. */
export interface Item {
  entry: ZipEntry;
  /** Its name with the archives it stands in. */
  label: string;
  recognised: Recognised;
}

/** Entries inflated ahead of their turn. Each holds its bytes, so few. */
const AT_ONCE = 2;
const MAX_BYTES = 64 << 20;

/** DEX files are the large part of a package: they inflate on threads while everything else is read. */
export function inflatesAside({ entry, recognised }: Item): boolean {
  const { method, encrypted, compressedSize, size } = entry;
  return recognised.role === 'dex' && method === 8 && !encrypted && compressedSize > ASIDE_ABOVE && size <= MAX_BYTES;
}

export interface ReadAhead {
  /** Starts what comes next, seen from the item at `index`. */
  start(index: number): void;
  /** The bytes of an item that was started. */
  take(item: Item): Promise<EntryBytes> | undefined;
}

export function createReadAhead({ source, budget }: Job, items: readonly Item[]): ReadAhead {
  const queue = items.filter(inflatesAside);
  let at = 0;
  const started = new Map<Item, Promise<EntryBytes>>();
  return {
    start(index) {
      // one more is at work when an item's own turn has come
      const turn = items[index];
      const allowed = turn !== undefined && started.has(turn) ? AT_ONCE + 1 : AT_ONCE;
      for (let next = queue[at]; next !== undefined && started.size < allowed; next = queue[at]) {
        at++;
        const bytes = readEntry(source, next.entry, budget);
        bytes.catch(() => {}); // whoever takes it handles its failure; a walk that stops early takes none
        started.set(next, bytes);
      }
    },
    take(item) {
      const bytes = started.get(item);
      started.delete(item);
      return bytes;
    },
  };
}
