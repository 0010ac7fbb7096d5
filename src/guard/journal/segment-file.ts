/**
 * The files of one process: `decisions.jsonl` is written, `decisions.000001.jsonl`, … are finished. A file is a segment:
 * its first line names its chain and its number, and links to the last line of the file before it.
 */
import { hash } from 'node:crypto';
import { constants, fdatasync, ftruncate, write } from 'node:fs';
import { open, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import { type Link, linkOf, NO_LINE, type Segment } from './line.ts';
import { readLines } from './lines.ts';

/** Where the chain stands. */
export interface Head {
  /** Undefined before the first segment. */
  readonly chain: string | undefined;
  /** Of the newest segment; 0 before the first. */
  readonly segment: number;
  readonly seq: number;
  readonly hash: string;
  readonly torn: Segment['torn'];
  /** Where a file was moved that stood in the journal's place and did not begin as one. */
  readonly setAside?: string;
}

export const FIRST_HEAD: Head = { chain: undefined, segment: 0, seq: -1, hash: NO_LINE, torn: null };

/** The path with a mark before its ending: `decisions.jsonl` of worker 2 is `decisions-2.jsonl`. */
export function fileOfWorker(path: string, worker: string | undefined): string {
  if (worker === undefined) return path;
  const ending = extname(path);
  return `${path.slice(0, path.length - ending.length)}-${worker}${ending}`;
}

function finishedName(path: string, segment: number): string {
  const ending = extname(path);
  return `${path.slice(0, path.length - ending.length)}.${String(segment).padStart(6, '0')}${ending}`;
}

/** Reads where an earlier process left the chain, and moves its file out of the way. */
export async function takeOver(path: string): Promise<Head> {
  const newest = await newestFinished(path);
  const before = newest === undefined ? FIRST_HEAD : await readHead(newest);
  const size = await stat(path).then(
    (facts) => facts.size,
    () => undefined,
  );
  if (size === undefined) return before;
  const head = await readHead(path);
  if (head.chain === undefined) {
    if (size === 0) return before;
    // Killed before its first line was whole, when nothing was committed yet – or somebody changed it.
    const setAside = `${path}.unreadable-${Date.now()}`;
    await rename(path, setAside);
    return { ...before, setAside };
  }
  await finish(path, head.segment);
  return head;
}

/** Gives the file that was written its final name. */
export async function finish(path: string, segment: number): Promise<void> {
  const name = finishedName(path, segment);
  const taken = await stat(name).then(
    () => true,
    () => false,
  );
  if (taken) throw new PosternError('E_OUTPUT', `the journal cannot move ${path} to ${name}, which exists`);
  await rename(path, name);
}

async function newestFinished(path: string): Promise<string | undefined> {
  const ending = extname(path);
  const stem = `${basename(path, ending)}.`;
  const names = (await readdir(dirname(path)))
    .filter((name) => name.startsWith(stem))
    .map((name) => ({ name, number: numberOf(name.slice(stem.length), ending) }))
    .sort((a, b) => a.number - b.number);
  const last = names.at(-1);
  return last === undefined || last.number < 1 ? undefined : join(dirname(path), last.name);
}

/** `000012.jsonl`, packed or not, is 12; anything else 0. */
function numberOf(rest: string, ending: string): number {
  for (const end of [ending, `${ending}.gz`]) {
    const digits = rest.slice(0, rest.length - end.length);
    if (rest.endsWith(end) && /^\d{6,15}$/.test(digits)) return Number(digits);
  }
  return 0;
}

/** How far from its end a file is searched for its last whole line before it is read from its start. */
const TAIL = 1024 * 1024;

/** The last whole line whose hash is right, and what stands after it. */
async function readHead(path: string): Promise<Head> {
  const segment = await readHeader(path);
  if (!segment) return FIRST_HEAD;
  const { size } = await stat(path);
  // An unpacked size is not known beforehand.
  const packed = path.endsWith('.gz');
  const found =
    (packed ? undefined : await lastLine(path, Math.max(0, size - TAIL))) ??
    (packed || size > TAIL ? await lastLine(path, 0) : undefined);
  if (!found) return FIRST_HEAD;
  const torn = !packed && found.end < size ? await describeTorn(path, found.end) : null;
  return { chain: segment.chain, segment: segment.number, seq: found.seq, hash: found.hash, torn };
}

async function lastLine(path: string, start: number): Promise<(Link & { readonly end: number }) | undefined> {
  let last: (Link & { readonly end: number }) | undefined;
  for await (const lines of readLines(path, start)) {
    for (const { whole, bytes, end } of lines) {
      const link = whole && bytes ? linkOf(bytes) : undefined;
      if (link) last = { ...link, end };
    }
  }
  return last;
}

/** The segment that a file's first line names; undefined when it is not a line of a journal. */
export async function readHeader(path: string): Promise<Segment | undefined> {
  for await (const lines of readLines(path)) {
    const [first] = lines;
    return first?.whole && first.bytes && linkOf(first.bytes) ? readSegment(first.bytes) : undefined;
  }
  return undefined;
}

/** The segment that a header line names; undefined when it is none. */
export function readSegment(line: Buffer): Segment | undefined {
  if (!line.includes('"postern":{"segment":{')) return undefined;
  let segment: Segment;
  try {
    segment = (JSON.parse(line.toString('utf8')) as { postern: { segment: Segment } }).postern.segment;
  } catch {
    return undefined;
  }
  if (typeof segment.chain !== 'string' || typeof segment.publicKey !== 'string') return undefined;
  return Number.isSafeInteger(segment.number) && segment.number > 0 ? segment : undefined;
}

/** Longest torn part that is hashed; a batch of lines is shorter. */
const TORN_LIMIT = 16 * 1024 * 1024;

/** What stands after the last whole line. */
export async function describeTorn(path: string, from: number): Promise<NonNullable<Segment['torn']>> {
  const file = await open(path, 'r');
  try {
    const bytes = (await file.stat()).size - from;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, TORN_LIMIT)), { position: from });
    return { bytes, hash: hash('sha256', buffer.subarray(0, bytesRead), 'base64url') };
  } finally {
    await file.close();
  }
}

/** The file that is being written. Whole batches are in it or nothing of them. */
export class SegmentFile {
  readonly #handle: Awaited<ReturnType<typeof open>>;
  /** A write has to be followed by a call that brings it to the disk. */
  readonly #sync: boolean;
  /** Bytes of whole batches. */
  length = 0;
  /** Something may stand after `length`. */
  #dirty = false;

  private constructor(handle: Awaited<ReturnType<typeof open>>, sync: boolean) {
    this.#handle = handle;
    this.#sync = sync;
  }

  /** Makes the file; it must not exist. */
  static async create(path: string, sync: boolean): Promise<SegmentFile> {
    // With O_DSYNC a write and its way to the disk are one call, which spares a turn through the thread pool. Windows has none.
    const direct = sync ? (constants.O_DSYNC ?? 0) : 0;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | direct;
    const file = new SegmentFile(await open(path, flags, 0o600), sync && direct === 0);
    await syncFolder(dirname(path));
    return file;
  }

  /**
   * Writes bytes after the whole batches, and to the disk where that was asked for.
   *
   * @param done called once; after an error the file is as it was before, at the latest when the next batch is written
   */
  append(bytes: Buffer, done: (error: Error | null) => void): void {
    if (this.#dirty) {
      ftruncate(this.#handle.fd, this.length, (error) => {
        if (error) return done(error);
        this.#dirty = false;
        this.append(bytes, done);
      });
      return;
    }
    this.#write(bytes, 0, (error) => {
      if (!error) {
        this.length += bytes.length;
        return done(null);
      }
      this.#dirty = true;
      ftruncate(this.#handle.fd, this.length, (failed) => {
        if (!failed) this.#dirty = false;
        done(error);
      });
    });
  }

  #write(bytes: Buffer, from: number, done: (error: Error | null) => void): void {
    const fd = this.#handle.fd;
    // At a position of its own: a repeated write lands where the failed one did.
    write(fd, bytes, from, bytes.length - from, this.length + from, (error, written) => {
      if (error) return done(error);
      if (written === 0) return done(new Error('nothing was written'));
      if (from + written < bytes.length) return this.#write(bytes, from + written, done);
      if (!this.#sync) return done(null);
      fdatasync(fd, done);
    });
  }

  /** What somebody else did to the file: null when it stands in its place and holds what was written. */
  async fate(path: string): Promise<'gone' | 'cut' | null> {
    const { length } = this;
    const [own, there] = await Promise.all([this.#handle.stat(), stat(path).catch(() => undefined)]);
    if (there === undefined || there.ino !== own.ino || there.dev !== own.dev) return 'gone';
    return own.size < length ? 'cut' : null;
  }

  async close(): Promise<void> {
    if (!this.#sync) await this.#handle.datasync().catch(() => {});
    await this.#handle.close();
  }
}

/** So that the name of a new file outlives a power cut. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder.
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
