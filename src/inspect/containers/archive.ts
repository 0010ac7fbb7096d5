/**
 * Walks one archive: lists its entries, decides what each is, reads what some reader understands and accounts for the
 * rest. Archives inside it are walked the same way, down to the limit.
 *
 * Order matters: resources before the manifest (its references resolve to them), the manifest before the rest (it names
 * the network security configuration).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { shownName } from '../detectors/personal-values.ts';
import { isDex } from '../formats/dex.ts';
import { isValuesFile } from '../formats/values-xml.ts';
import type { Platform } from '../source.ts';
import { withoutDuplicates } from './abi-duplicates.ts';
import { type ByteSource, partSource } from './byte-source.ts';
import type { Job, Walked } from './job.ts';
import { createReadAhead, type Item, inflatesAside } from './read-ahead.ts';
import { HEAD, readBytes } from './read-bytes.ts';
import { readDexEntry, type Target, textScanner } from './read-content.ts';
import {
  type EntryBytes,
  type EntryProblem,
  peekEntry,
  type ReadEntryOptions,
  readEntry,
  storedRange,
  streamEntry,
} from './read-entry.ts';
import { isAppManifest, roleByMagic, roleByName } from './role.ts';
import { readSignatures } from './signing/read-signatures.ts';
import { type AppSet, readAppSet } from './splits.ts';
import { createWalk, ignore, notRead, type Walk } from './walk.ts';
import { listZip } from './zip-directory.ts';
import { isUnsafeName, type ZipEntry } from './zip-entry.ts';

/** Entries above this size are looked at before they are inflated. */
const PEEK_ABOVE = 16 << 20;
/** Text above this size is read in chunks. */
const STREAM_ABOVE = 4 << 20;

export async function readArchive(job: Job): Promise<Walked> {
  const { sink, options, prefix } = job;
  const listing = await listZip(job.source, job.budget);
  const walk = createWalk(job, readNested);
  const subject = prefix === '' ? '(archive)' : prefix.slice(0, -1);
  if (listing.damage !== undefined) {
    const reason = `its directory is damaged (${listing.damage}); entries were looked for by their own headers`;
    sink.skip({ subject, code: 'ZIP_DIRECTORY_DAMAGED', reason, severity: 'incomplete' });
  }
  if (listing.tooMany) {
    const reason = `more than ${job.budget.limits.archiveEntries} entries; the rest was not read`;
    sink.skip({ subject, code: 'LIMIT_ENTRIES', reason, severity: 'incomplete' });
  }
  readPrepended(walk);
  const planned = withoutMet(walk, planItems(walk, listing.entries));
  walk.apps = await readAppSet(job, planned);
  const items = inOrder(planned, walk.apps);
  await readSignatures(job, walk.coverage, listing.entries);
  const ahead = createReadAhead(job, items);
  let turn = Date.now();
  for (const [done, item] of items.entries()) {
    options.signal?.throwIfAborted();
    ahead.start(done);
    options.onProgress?.({ entry: item.label, done, total: items.length });
    await readItem(walk, item, ahead.take(item));
    if (Date.now() - turn > 50) {
      await nextTurn(); // lets timers and signals through
      turn = Date.now();
    }
  }
  for (const [path, purposes] of walk.documents) {
    const config = purposes.has('network-security-config');
    const reason = `the ${config ? 'network security configuration' : 'resource'} that the manifest names was not found`;
    const code = config ? 'NSC_NOT_FOUND' : 'RESOURCE_NOT_FOUND';
    sink.skip({ subject: `${prefix}${path}`, code, reason, severity: config ? 'incomplete' : 'note' });
  }
  walk.coverage.finish(prefix);
  const found: Walked = { platform: walk.platform, entries: listing.entries.length };
  return listing.damage === undefined ? found : { ...found, damage: listing.damage };
}

/** Janus (CVE-2017-13156): Android 5–8 run a DEX that stands before the archive, and verify the archive. */
function readPrepended({ job, coverage }: Walk): void {
  const head = job.source.take(0, 0x70);
  if (head.length < 0x70 || !isDex(head)) return;
  const length = Math.min(head.readUInt32LE(0x20), job.source.size, job.budget.limits.entryBytes);
  const label = `${job.prefix}(before the archive).dex`;
  const reason = 'a DEX file stands before the archive (Janus, CVE-2017-13156)';
  job.sink.skip({ subject: label, code: 'ZIP_PREPENDED_DEX', reason, severity: 'note' });
  const bytes = job.source.take(0, length);
  job.budget.bytes -= bytes.length;
  coverage.add(label, readDexEntry({ sink: job.sink, limits: job.budget.limits, label }, bytes));
}

/** Resources, manifest, the small ones, then those that were inflated on another thread meanwhile. */
function rank(item: Item): number {
  if (item.recognised.role === 'arsc' || isValuesFile(item.entry.name)) return 0;
  if (item.recognised.role === 'manifest') return 1;
  // bundle ids tell the app's own frameworks from those of others
  if (item.recognised.role === 'plist' && /(?:^|\/)Info\.plist$/.test(item.entry.name)) return 1;
  return inflatesAside(item) ? 3 : 2;
}

function planItems(walk: Walk, entries: ZipEntry[]): Item[] {
  const { sink, prefix } = walk.job;
  const names = new Set<string>();
  const offsets = new Set<number>();
  const items: Item[] = [];
  for (const entry of entries) {
    const label = prefix + shownName(entry.name);
    if (isUnsafeName(entry.name)) {
      sink.skip({
        subject: label,
        code: 'ZIP_UNSAFE_NAME',
        reason: 'its name would leave the folder',
        severity: 'note',
      });
    }
    if (names.has(entry.name) && !entry.name.endsWith('/')) {
      const reason = 'the name occurs more than once; all were read';
      sink.skip({ subject: label, code: 'ZIP_DUPLICATE_NAME', reason, severity: 'note' });
    }
    names.add(entry.name);
    if (offsets.has(entry.headerOffset)) {
      walk.coverage.problem(label, { code: 'ZIP_OVERLAP', reason: 'it shares its data with another entry' }, false);
      continue;
    }
    offsets.add(entry.headerOffset);
    items.push({ entry, label, recognised: roleByName(entry.name) });
    walk.platform = platformOf(entry.name, walk.platform);
  }
  const byRank: Item[][] = [[], [], [], []];
  for (const item of items) byRank[rank(item)]?.push(item);
  return withoutDuplicates(byRank.flat(), walk.job, walk.coverage);
}

/** Without what another APK of the same set holds under the same name. */
function withoutMet({ job, coverage }: Walk, items: Item[]): Item[] {
  const { splits, source, budget } = job;
  if (splits === undefined) return items;
  let left = source.size; // entries of an honest archive do not overlap
  return items.filter(({ entry, recognised: { role } }) => {
    // the documents are small, and each APK has its own meaning for them
    if (role === 'manifest' || role === 'xml' || role === 'ignored' || entry.compressedSize === 0) return true;
    left -= entry.compressedSize;
    if (left < 0 || !splits.metBefore(source, entry, budget)) return true;
    coverage.count('entries of other splits', 'read', 'the same bytes under the same name, read there');
    return false;
  });
}

/** The APKs of a set in their own order, after everything else. */
function inOrder(items: Item[], apps: AppSet | undefined): Item[] {
  if (apps === undefined) return items;
  const parts = new Set(apps.order);
  return [...items.filter((item) => !parts.has(item)), ...apps.order];
}

function platformOf(name: string, known: Platform): Platform {
  if (isAppManifest(name) || name === 'classes.dex') return 'android';
  if (known === 'unknown' && /(?:^|\/)[^/]+\.app\/Info\.plist$/.test(name)) return 'ios';
  return known;
}

async function readItem(walk: Walk, item: Item, ahead: Promise<EntryBytes> | undefined): Promise<void> {
  const { source, budget } = walk.job;
  const { entry } = item;
  if (entry.size === 0 && entry.compressedSize === 0 && !entry.name.endsWith('/')) {
    return walk.coverage.count('empty files', 'read', 'empty');
  }
  if (item.recognised.role === 'unknown') {
    const head = peekEntry(source, entry, budget, HEAD);
    // an entry that does not show its first bytes is read, so that what is wrong with it gets told
    if (head.length > 0) item.recognised = roleByMagic(head);
  }
  if (item.recognised.role === 'text' && entry.size > STREAM_ABOVE) {
    // bytecode of a script engine may bear a script's name
    const found = roleByMagic(peekEntry(source, entry, budget, HEAD));
    if (found.role === 'binary') item.recognised = found;
  }
  const { role } = item.recognised;
  if (role === 'ignored') return ignore(walk, item.recognised);
  if (role === 'unread') return notRead(walk, item);
  if (role === 'text' && entry.size > STREAM_ABOVE) return streamText(walk, item);
  const opened = walk.apps?.sourceOf(item);
  if (opened !== undefined) return readNested(walk, item, opened);
  const range = role === 'archive' ? storedRange(source, entry, budget) : undefined;
  if (range !== undefined && source.read(range.start, 4).toString('latin1') === 'PK\x03\x04') {
    return readNested(walk, item, partSource(source, range.start, range.length));
  }
  if (isGrossMisnomer(walk, item)) {
    return walk.coverage.problem(item.label, { code: 'FORMAT_MISMATCH', reason: `it is no ${role} file` }, false);
  }
  const options: ReadEntryOptions = { accept: (found) => isExpected(item, found) };
  if (role === 'text') options.most = STREAM_ABOVE;
  const { bytes, problem } = await (ahead ?? readEntry(source, entry, budget, options));
  if (role === 'text' && problem?.code === 'LIMIT_ENTRY_BYTES') return streamText(walk, item);
  if (problem !== undefined) {
    walk.coverage.problem(item.label, problem, bytes.length > 0);
    if (bytes.length === 0) return;
  }
  await readBytes(walk, item, bytes, problem);
}

/** A large entry whose first bytes are not what its name promises: not worth the memory that inflating it takes. */
function isGrossMisnomer({ job }: Walk, { entry, recognised }: Item): boolean {
  if (entry.size <= PEEK_ABOVE || !['dex', 'arsc', 'archive'].includes(recognised.role)) return false;
  if (entry.name.endsWith('.pb')) return false; // protocol buffers have no magic
  const head = peekEntry(job.source, entry, job.budget, HEAD);
  return head.length > 0 && roleByMagic(head).role !== recognised.role;
}

/** Whether bytes are what an entry of this name should hold: the proof for entries whose headers lie. */
function isExpected({ recognised }: Item, bytes: Buffer): boolean {
  const found = roleByMagic(bytes.subarray(0, HEAD)).role;
  return found === recognised.role || (recognised.role === 'manifest' && found === 'xml');
}

export async function readNested(walk: Walk, item: Item, source: ByteSource): Promise<void> {
  const { job, coverage } = walk;
  const { label } = item;
  const { limits } = job.budget;
  if (job.depth + 1 > limits.archiveDepth) {
    const reason = `archives are read ${limits.archiveDepth} deep`;
    return coverage.problem(label, { code: 'LIMIT_DEPTH', reason }, false);
  }
  const found = await readArchive({
    ...job,
    source,
    prefix: `${label}!`,
    depth: job.depth + 1,
    splits: walk.apps?.splitsOf(item),
  });
  if (walk.platform === 'unknown') walk.platform = found.platform;
  if (found.entries > 0) coverage.add(label, { status: 'read', reason: `archive of ${found.entries} entries` });
  else coverage.problem(label, { code: 'ZIP_CORRUPT', reason: found.damage ?? 'an empty archive' }, false);
}

async function streamText(walk: Walk, item: Item): Promise<void> {
  const { source, budget, sink } = walk.job;
  const target: Target = { sink, limits: budget.limits, label: item.label };
  const head = peekEntry(source, item.entry, budget, HEAD);
  const scanner = textScanner(target, head, true);
  let problem: EntryProblem | undefined;
  let total = 0;
  const chunks = streamEntry(source, item.entry, budget, (found) => {
    problem = found;
  });
  for await (const chunk of chunks) {
    walk.job.options.signal?.throwIfAborted();
    total += chunk.length;
    scanner.push(chunk);
  }
  scanner.end();
  if (problem !== undefined) walk.coverage.problem(item.label, problem, total > 0);
  else walk.coverage.add(item.label, { status: 'read', reason: 'text, read in chunks' });
}
