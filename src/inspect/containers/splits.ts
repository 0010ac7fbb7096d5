/**
 * An app in several APKs: the splits of an APK set (`.apks`), of an XAPK or APKM. References of the base lead into the
 * splits and theirs into the base, so the tables of all are read before any of them is walked; and what several hold
 * alike – standalone APKs for each kind of device – is read once.
 */
import { createHash } from 'node:crypto';
import { isBinaryXml, readBinaryXml } from '../formats/axml.ts';
import type { ResourceTable } from '../formats/resources.ts';
import type { XmlElement } from '../source.ts';
import type { Budget } from './budget.ts';
import { type ByteSource, bufferSource, partSource } from './byte-source.ts';
import type { Job } from './job.ts';
import type { Item } from './read-ahead.ts';
import { readResources } from './read-content.ts';
import { dataRange, readEntry, storedRange } from './read-entry.ts';
import { listZip } from './zip-directory.ts';
import type { ZipEntry } from './zip-entry.ts';

/** What an APK of a set knows of the others. */
export interface Splits {
  /** Tables that were read already, by the label of their entry. */
  tables: ReadonlyMap<string, ResourceTable>;
  /** Those of the same app. */
  siblings: readonly ResourceTable[];
  /** True when the very same bytes under the same name were met in another APK of the set; remembers it otherwise. */
  metBefore(source: ByteSource, entry: ZipEntry, budget: Budget): boolean;
}

export interface AppSet {
  /** The archives in the order to walk them: the base of each app, its splits, then the complete ones. */
  order: Item[];
  splitsOf(item: Item): Splits | undefined;
  /** The bytes of an archive that had to be inflated to look into it. */
  sourceOf(item: Item): ByteSource | undefined;
}

/** More APKs are not looked into beforehand; bundletool makes a few hundred of the largest apps. */
const MAX_PARTS = 1_000;
/** Inflated archives that are kept for their turn. Sets that the build tools make store them as they are. */
const KEEP_BYTES = 48 << 20;
const TABLE_BYTES = 128 << 20;

interface Part {
  item: Item;
  app: string;
  isSplit: boolean;
  source: ByteSource | undefined;
}

/** @returns undefined when the archive holds fewer than two APKs */
export async function readAppSet(job: Job, items: readonly Item[]): Promise<AppSet | undefined> {
  const apks = items.filter(({ entry }) => /\.apk$/i.test(entry.name)).slice(0, MAX_PARTS);
  if (apks.length < 2) return undefined;
  const parts: Part[] = [];
  const tables = new Map<string, ResourceTable>();
  const byApp = new Map<string, ResourceTable[]>();
  const alike = new Set<string>();
  const room = { kept: KEEP_BYTES, tables: TABLE_BYTES, entries: 4 * job.budget.limits.archiveEntries };
  for (const item of apks) {
    job.options.signal?.throwIfAborted();
    const part = await look(item);
    if (part !== undefined) parts.push(part);
  }
  const met = new Set<string>();
  const byItem = new Map(parts.map((part) => [part.item, part]));
  const shared = { tables, metBefore };
  return {
    order: [...apks].sort((a, b) => place(a) - place(b)),
    splitsOf(item) {
      const part = byItem.get(item);
      return part === undefined ? undefined : { ...shared, siblings: byApp.get(part.app) ?? [] };
    },
    sourceOf: (item) => byItem.get(item)?.source,
  };

  function place(item: Item): number {
    if (byItem.get(item)?.isSplit === true) return 1;
    return /(?:^|\/)(?:standalone|universal)/.test(item.entry.name) ? 2 : 0;
  }

  async function look(item: Item): Promise<Part | undefined> {
    const source = await open(item);
    if (source === undefined) return undefined;
    // what is listed here is listed again in its turn, and counted then
    const { limits } = job.budget;
    const most = Math.min(limits.archiveEntries, room.entries);
    const peek: Budget = { limits, bytes: job.budget.bytes, entries: most };
    const { entries } = await listZip(source, peek);
    room.entries -= most - peek.entries;
    const root = await manifestOf(source, entries, peek);
    const app = typeof root?.attributes.package === 'string' ? root.attributes.package : '';
    const { split } = root?.attributes ?? {};
    const entry = entries.find(({ name }) => name === 'resources.arsc');
    if (entry !== undefined) await takeTable(source, entry, peek, app, `${item.label}!${entry.name}`);
    job.budget.bytes = peek.bytes;
    const keep = source.kept;
    return { item, app, isSplit: typeof split === 'string' && split !== '', source: keep ? source : undefined };
  }

  async function takeTable(
    source: ByteSource,
    entry: ZipEntry,
    peek: Budget,
    app: string,
    label: string,
  ): Promise<void> {
    const key = `${app} ${entry.crc32} ${entry.size} ${entry.compressedSize}`;
    if (alike.has(key) || entry.size > room.tables) return;
    const { bytes, problem } = await readEntry(source, entry, peek);
    if (problem !== undefined || bytes.length === 0) return; // told when its turn has come
    alike.add(key);
    room.tables -= bytes.length;
    const table = readResources(Buffer.from(bytes), job.budget.limits, entry.name);
    tables.set(label, table);
    byApp.set(app, [...(byApp.get(app) ?? []), table]);
  }

  async function open({ entry }: Item): Promise<(ByteSource & { kept: boolean }) | undefined> {
    const range = storedRange(job.source, entry, job.budget);
    if (range !== undefined) return { ...partSource(job.source, range.start, range.length), kept: false };
    if (entry.size > job.budget.limits.entryBytes) return undefined;
    const before = job.budget.bytes;
    const { bytes, problem } = await readEntry(job.source, entry, job.budget);
    const kept = problem === undefined && bytes.length <= room.kept;
    if (kept) room.kept -= bytes.length;
    else job.budget.bytes = before; // inflated again in its turn
    return problem === undefined ? { ...bufferSource(bytes), kept } : undefined;
  }

  async function manifestOf(
    source: ByteSource,
    entries: readonly ZipEntry[],
    peek: Budget,
  ): Promise<XmlElement | undefined> {
    const entry = entries.find(({ name }) => name === 'AndroidManifest.xml');
    if (entry === undefined) return undefined;
    const { bytes } = await readEntry(source, entry, peek, { most: 4 << 20 });
    return isBinaryXml(bytes) ? readBinaryXml(bytes, peek.limits, undefined).root : undefined;
  }

  function metBefore(source: ByteSource, entry: ZipEntry, budget: Budget): boolean {
    const range = dataRange(source, entry, budget);
    if (range === undefined) return false;
    // a checksum can be forged so that a second file passes for the first; the digest of its bytes cannot
    const hash = createHash('sha256');
    const step = 1 << 20;
    for (let done = 0; done < range.length; done += step) {
      hash.update(source.read(range.start + done, Math.min(step, range.length - done)));
    }
    const key = `${entry.name} ${entry.method} ${hash.digest('base64')}`;
    if (met.has(key)) return true;
    met.add(key);
    return false;
  }
}
