/**
 * Walks one archive: lists its entries, decides what each is, reads what some reader understands and accounts for the
 * rest. Archives inside it are walked the same way, down to the limit.
 *
 * Order matters: resources before the manifest (its references resolve to them), the manifest before the rest (it names
 * the network security configuration).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResourceTable } from '../formats/arsc.ts';
import { isBinaryXml } from '../formats/axml.ts';
import { isDex } from '../formats/dex.ts';
import { isXmlPlist } from '../formats/plist.ts';
import { failed, type ReadResult } from '../formats/result.ts';
import { looksLikeText } from '../formats/text/index.ts';
import type { Platform } from '../source.ts';
import { type ByteSource, bufferSource, partSource } from './byte-source.ts';
import { type Coverage, createCoverage } from './coverage.ts';
import type { Job, Walked } from './job.ts';
import { createReadAhead, type Item, inflatesAside } from './read-ahead.ts';
import {
  networkSecurityPath,
  readArscEntry,
  readBinaryXmlEntry,
  readContext,
  readDexEntry,
  readDocument,
  readPlistEntry,
  readTextEntry,
  type Target,
  textScanner,
} from './read-content.ts';
import {
  type EntryBytes,
  type EntryProblem,
  peekEntry,
  type ReadEntryOptions,
  readEntry,
  storedRange,
  streamEntry,
} from './read-entry.ts';
import { ignoredReason, isUtf16, NOT_YET, type Recognised, roleByMagic, roleByName } from './role.ts';
import { listZip } from './zip-directory.ts';
import { isUnsafeName, type ZipEntry } from './zip-entry.ts';

const HEAD = 512;
/** Entries above this size are looked at before they are inflated. */
const PEEK_ABOVE = 16 << 20;
/** Text above this size is read in chunks. */
const STREAM_ABOVE = 4 << 20;

/** What the entries of one archive have to know of each other. */
interface Walk {
  job: Job;
  coverage: Coverage;
  resources: ResourceTable | undefined;
  /** Path of the network security configuration, from the manifest. */
  security: string | undefined;
  platform: Platform;
}

export async function readArchive(job: Job): Promise<Walked> {
  const { sink, options, prefix } = job;
  const listing = await listZip(job.source, job.budget);
  const walk: Walk = {
    job,
    coverage: createCoverage(sink),
    resources: undefined,
    security: undefined,
    platform: 'unknown',
  };
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
  const items = planItems(walk, listing.entries);
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
  if (walk.security !== undefined) {
    const reason = 'the network security configuration that the manifest names was not found';
    sink.skip({ subject: `${prefix}${walk.security}`, code: 'NSC_NOT_FOUND', reason, severity: 'incomplete' });
  }
  walk.coverage.finish(prefix);
  const found: Walked = { platform: walk.platform, entries: listing.entries.length };
  return listing.damage === undefined ? found : { ...found, damage: listing.damage };
}

/** A file that is no archive: one DEX, one resource table, one script. */
export async function readSingleFile(job: Job, label: string): Promise<Walked> {
  const walk: Walk = {
    job,
    coverage: createCoverage(job.sink),
    resources: undefined,
    security: undefined,
    platform: 'unknown',
  };
  const entry: ZipEntry = {
    name: label,
    method: 0,
    encrypted: false,
    crc32: 0,
    compressedSize: job.source.size,
    size: job.source.size,
    headerOffset: 0,
  };
  const recognised = roleByMagic(job.source.take(0, HEAD));
  if (recognised.role === 'ignored' || recognised.role === 'archive') return { platform: 'unknown', entries: 0 };
  const most = job.budget.limits.entryBytes;
  const bytes = job.source.take(0, Math.min(job.source.size, most));
  if (job.source.size > most) {
    walk.coverage.problem(label, { code: 'LIMIT_ENTRY_BYTES', reason: `only the first ${most} bytes were read` }, true);
  }
  await readBytes(walk, { entry, label, recognised }, bytes);
  walk.coverage.finish('');
  return { platform: walk.platform, entries: 1 };
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
  if (item.recognised.role === 'arsc') return 0;
  if (item.recognised.role === 'manifest') return 1;
  return inflatesAside(item) ? 3 : 2;
}

function planItems(walk: Walk, entries: ZipEntry[]): Item[] {
  const { sink, prefix } = walk.job;
  const names = new Set<string>();
  const offsets = new Set<number>();
  const items: Item[] = [];
  for (const entry of entries) {
    const label = prefix + entry.name;
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
  return byRank.flat();
}

function platformOf(name: string, known: Platform): Platform {
  if (/^(?:base\/manifest\/)?AndroidManifest\.xml$|^classes\.dex$/.test(name)) return 'android';
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
  const { role } = item.recognised;
  if (role === 'ignored') return ignore(walk, item.recognised);
  if (role === 'unread') return notRead(walk, item);
  if (role === 'text' && entry.size > STREAM_ABOVE) return streamText(walk, item);
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

function ignore({ coverage }: Walk, { what = 'other' }: Recognised): void {
  coverage.count(what, 'skipped', ignoredReason(what));
}

function notRead({ coverage, job }: Walk, { label, recognised }: Item): void {
  const what = recognised.what ?? 'data';
  if (what === 'Java class') {
    coverage.count('Java classes', 'skipped', NOT_YET);
    return;
  }
  const reason = `${what}: ${NOT_YET}`;
  coverage.add(label, { status: 'skipped', reason });
  job.sink.skip({ subject: label, code: 'FORMAT_NOT_READ', reason, severity: 'note' });
}

/** A large entry whose first bytes are not what its name promises: not worth the memory that inflating it takes. */
function isGrossMisnomer({ job }: Walk, { entry, recognised }: Item): boolean {
  if (entry.size <= PEEK_ABOVE || !['dex', 'arsc', 'archive'].includes(recognised.role)) return false;
  const head = peekEntry(job.source, entry, job.budget, HEAD);
  return head.length > 0 && roleByMagic(head).role !== recognised.role;
}

/** Whether bytes are what an entry of this name should hold: the proof for entries whose headers lie. */
function isExpected({ recognised }: Item, bytes: Buffer): boolean {
  const found = roleByMagic(bytes.subarray(0, HEAD)).role;
  return found === recognised.role || (recognised.role === 'manifest' && found === 'xml');
}

async function readBytes(walk: Walk, item: Item, bytes: Buffer, problem?: EntryProblem): Promise<void> {
  const { job, coverage } = walk;
  const { label } = item;
  const target: Target = { sink: job.sink, limits: job.budget.limits, label };
  switch (item.recognised.role) {
    case 'dex':
      return account(readDexEntry(target, bytes));
    case 'arsc': {
      const table = readArscEntry(target, bytes);
      if (item.entry.name === 'resources.arsc') walk.resources = table;
      return account(table.result);
    }
    case 'manifest':
      return account(await readManifest(walk, target, bytes));
    case 'plist':
      return account(await readPlistEntry(target, bytes));
    case 'archive':
      return readNested(walk, item, bufferSource(bytes));
    case 'binary':
      return account(await readBinary(walk, item, bytes));
    case 'xml':
      return readXml();
    default:
      return readText();
  }

  function account(result: ReadResult): void {
    // a problem with the bytes was told already and explains what the reader says about them
    if (problem === undefined) coverage.add(label, result);
  }

  async function readXml(): Promise<void> {
    if (walk.security !== undefined && item.entry.name === walk.security) {
      const { result, root } = await readDocument(target, bytes, walk.resources);
      walk.security = undefined;
      if (root !== undefined) job.sink.networkSecurityConfig(label, root);
      return account(result);
    }
    if (isBinaryXml(bytes)) {
      const result = readBinaryXmlEntry(target, bytes, walk.resources);
      if (result !== undefined && result.status !== 'read') return account(result);
      return coverage.count('binary XML', 'read', 'layouts and other resources');
    }
    if (isXmlPlist(bytes)) return account(await readPlistEntry(target, bytes));
    return readText();
  }

  async function readText(): Promise<void> {
    const head = bytes.subarray(0, HEAD);
    if (looksLikeText(head) || isUtf16(head)) return account(readTextEntry(target, bytes));
    const found = roleByMagic(head);
    if (found.role === 'text') return account(readTextEntry(target, bytes));
    if (found.role === 'ignored') {
      if (item.recognised.role === 'xml') return coverage.count('protobuf XML', 'skipped', NOT_YET);
      if (item.recognised.role === 'text') return account(readTextEntry(target, bytes)); // invalid UTF-8 is still text
      return ignore(walk, found);
    }
    item.recognised = found;
    if (found.role === 'unread') return notRead(walk, item);
    return readBytes(walk, item, bytes, problem);
  }
}

/** A name may promise what the bytes are not (`libapp.so` of an app that is no Flutter app): the bytes decide. */
async function readBinary(walk: Walk, { recognised, label }: Item, bytes: Buffer): Promise<ReadResult> {
  const { format } = recognised;
  if (format === undefined) return failed('FORMAT_UNKNOWN', 'no reader');
  const read = await format.load();
  return read(bytes, readContext(walk.job.sink, walk.job.budget.limits, label, format.via));
}

async function readManifest(walk: Walk, target: Target, bytes: Buffer): Promise<ReadResult> {
  const { result, root } = await readDocument(target, bytes, walk.resources);
  if (root === undefined) return result;
  walk.job.sink.manifest(target.label, root);
  if (target.label === `${walk.job.prefix}AndroidManifest.xml`) walk.security = networkSecurityPath(root);
  return result;
}

async function readNested(walk: Walk, { label }: Item, source: ByteSource): Promise<void> {
  const { job, coverage } = walk;
  const { limits } = job.budget;
  if (job.depth + 1 > limits.archiveDepth) {
    const reason = `archives are read ${limits.archiveDepth} deep`;
    return coverage.problem(label, { code: 'LIMIT_DEPTH', reason }, false);
  }
  const found = await readArchive({ ...job, source, prefix: `${label}!`, depth: job.depth + 1 });
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
