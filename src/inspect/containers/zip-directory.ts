/**
 * Lists a ZIP archive: plain directories by our own reader, the others through yauzl. What yauzl refuses (a damaged
 * directory, strong encryption, bytes after the end record) is salvaged by a walk over the local headers, because half a
 * package is better than none.
 *
 * Layout (PKWARE APPNOTE 6.3.10): local headers 'PK\3\4' each followed by data · central directory 'PK\1\2' ·
 * [ZIP64 end record and locator] · end record 'PK\5\6' + comment.
 */
import type { Budget } from './budget.ts';
import type { ByteSource } from './byte-source.ts';
import type { ZipEntry } from './zip-entry.ts';
import { listPlain } from './zip-plain.ts';
import { salvageEntries } from './zip-salvage.ts';

export interface ZipListing {
  entries: ZipEntry[];
  /** Why the directory could not be read to its end; entries after that point come from local headers. */
  damage?: string;
  /** True when the archive has more entries than the limits allow. */
  tooMany: boolean;
}

export async function listZip(source: ByteSource, budget: Budget): Promise<ZipListing> {
  const plain = listPlain(source, budget.entries);
  if (plain !== undefined) {
    budget.entries -= plain.length;
    return { entries: plain, tooMany: false };
  }
  const entries: ZipEntry[] = [];
  try {
    const { listThroughYauzl } = await import('./zip-general.ts');
    const complete = await listThroughYauzl(source, (entry) => {
      if (budget.entries <= 0) return false;
      budget.entries--;
      entries.push(entry);
      return true;
    });
    return { entries, tooMany: !complete };
  } catch (error) {
    const damage = error instanceof Error ? error.message : String(error);
    const seen = new Set(entries.map((entry) => entry.headerOffset));
    const salvaged = salvageEntries(source, budget).filter((entry) => !seen.has(entry.headerOffset));
    return { entries: [...entries, ...salvaged], damage, tooMany: budget.entries <= 0 };
  }
}
