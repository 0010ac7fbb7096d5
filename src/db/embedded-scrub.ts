/**
 * Overwrites pages that nothing refers to any more. LMDB never changes a page in place: what was deleted stays in a free page
 * until that is used again, and those that were freed last are used last. So all free pages are used, for zeros, and freed
 * again:
 *
 *   1. the reserve, pages of zeros that an earlier run kept, is freed: after what is to be overwritten
 *   2. as many rows of zeros are written as there were free pages before; a page that transaction n freed can be used from
 *      n + 2 on, so the last ones are written in a transaction of their own
 *   3. a few more, which come out of the reserve, so that the file does not grow
 *   4. all are freed but a new reserve
 *
 * This reaches free pages. In the unused part of a page that is in use there may be bytes of rows that were moved to another
 * page, which nothing but a new file leaves behind: embedded-compact.ts.
 *
 * A reader that still looks at what was before holds its pages back; its next turn lets go of them, and this does not wait.
 * The disk may keep what the file does not (copy-on-write file systems, wear levelling), and copies keep everything: that a
 * key is gone is proven by the destruction of its epoch's key, not by this.
 */
import type { Environment, Table } from './embedded-environment.ts';

/** With it a row fills one page of 4096 bytes. */
const ZEROS = Buffer.alloc(4072);
const RESERVE = 128;
/** Pages for the table itself, and for the list of free pages. */
const SPARE = 32;
/** Pages in one transaction. */
const CHUNK = 1024;
/** Of more free pages than these (32 MiB) none is overwritten here: `postern vault compact` leaves them behind. */
const MOST = 8192;

/**
 * @param table of its own
 * @returns false: there are too many free pages
 * @throws Refusal `unavailable`
 */
export async function scrub(environment: Environment, table: Table): Promise<boolean> {
  const reserve = await environment.write(() => {
    const keys = keysOf(table);
    for (const key of keys) table.remove(key);
    // Something is written in any case: the next transaction is the second one after what is to be overwritten.
    table.put(keyOf(0), Buffer.of(0));
    return keys.length;
  });
  const free = environment.freePages() - reserve;
  let rows = 1;
  if (free <= MOST) {
    const margin = SPARE + Math.ceil(free / 100);
    const most = Math.max(0, free - margin);
    for (const goal of [...steps(most), most + margin, most + 2 * margin]) {
      const [from, to] = [rows, goal];
      await environment.write(() => {
        for (let at = from; at < to; at++) table.put(keyOf(at), ZEROS);
      });
      rows = Math.max(rows, goal);
    }
  }
  await environment.write(() => {
    for (const key of keysOf(table).slice(RESERVE)) table.remove(key);
  });
  return free <= MOST;
}

function steps(most: number): number[] {
  return Array.from({ length: Math.ceil(most / CHUNK) }, (_, at) => Math.min(most, (at + 1) * CHUNK));
}

function keysOf(table: Table): Buffer[] {
  return [...table.getKeys()].map((key) => Buffer.from(key));
}

function keyOf(at: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(at);
  return key;
}
