/**
 * The bytes of one entry: whole and fast for what fits, as a stream of chunks for what is huge, its first bytes for a
 * look at the magic. Everything is bounded by the limits whatever the headers claim.
 *
 * Headers lie. Android ignores the encryption bit and treats odd compression methods as plain data, and malware uses
 * that to blind tools ("BadPack"); so for such an entry the bytes are tried as stored and as deflated, and taken when
 * their CRC-32 agrees or `accept` recognises them.
 */
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, crc32, createInflateRaw, inflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib';
import type { Budget } from './budget.ts';
import type { ByteSource } from './byte-source.ts';
import type { ZipEntry } from './zip-entry.ts';

/** Why an entry's bytes are missing or incomplete. */
export interface EntryProblem {
  code:
    | 'ZIP_BAD_HEADER'
    | 'ZIP_ENCRYPTED'
    | 'ZIP_UNKNOWN_COMPRESSION'
    | 'ZIP_CORRUPT'
    | 'ZIP_TRUNCATED'
    | 'ZIP_CRC'
    | 'LIMIT_ENTRY_BYTES'
    | 'LIMIT_ARCHIVE_BYTES'
    | 'ZIP_OVERLAP'
    | 'LIMIT_RATIO'
    | 'LIMIT_DEPTH'
    | 'FORMAT_MISMATCH';
  reason: string;
}

export interface EntryBytes {
  bytes: Buffer;
  problem?: EntryProblem;
}

const STORED = 0;
const DEFLATED = 8;
/** Deflate cannot do better than this; a larger claim is no reason to allocate more. */
const DEFLATE_MAX_RATIO = 1032;
const CHUNK = 1 << 18;
/** Compressed size from which an entry is inflated on another thread. */
export const ASIDE_ABOVE = 1 << 17;
const inflateAside = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);

export interface ReadEntryOptions {
  /** Recognises what the entry should hold, for one whose headers lie. */
  accept?: (bytes: Buffer) => boolean;
  /** Most bytes wanted; more is the problem LIMIT_ENTRY_BYTES. */
  most?: number;
}

/** The entry's uncompressed bytes, at most `entryBytes` of them. Never throws on a bad archive. */
export async function readEntry(
  source: ByteSource,
  entry: ZipEntry,
  budget: Budget,
  { accept = () => false, most = Number.POSITIVE_INFINITY }: ReadEntryOptions = {},
): Promise<EntryBytes> {
  const located = locate(source, entry, budget);
  if ('code' in located) return { bytes: Buffer.alloc(0), problem: located };
  const allowed = Math.min(budget.limits.entryBytes, budget.bytes, most);
  // More compressed bytes than this inflate to more than is allowed (deflate adds five bytes per block at worst).
  const length = Math.min(located.length, allowed + (allowed >> 8) + 1024);
  const raw = length > ASIDE_ABOVE ? source.take(located.start, length) : source.read(located.start, length);
  const odd = entry.encrypted || (entry.method !== STORED && entry.method !== DEFLATED);
  const result = odd ? tryMethods(raw, entry, allowed, accept) : await inflateWhole(raw, entry, allowed);
  budget.bytes -= result.bytes.length;
  if (result.problem) return result;
  if (located.truncated) return { ...result, problem: { code: 'ZIP_TRUNCATED', reason: 'the archive ends in it' } };
  return result;
}

/**
 * The entry's bytes in chunks, for what is too large to hold. A problem that ends it early is handed to `onProblem`.
 */
export async function* streamEntry(
  source: ByteSource,
  entry: ZipEntry,
  budget: Budget,
  onProblem: (problem: EntryProblem) => void,
): AsyncGenerator<Buffer> {
  const located = locate(source, entry, budget);
  if ('code' in located) return onProblem(located);
  if (entry.encrypted) return onProblem(encrypted());
  if (entry.method !== STORED && entry.method !== DEFLATED) return onProblem(unknownMethod(entry));
  const { start, length } = located;
  function* compressed(): Generator<Buffer> {
    for (let done = 0; done < length; done += CHUNK) {
      yield source.take(start + done, Math.min(CHUNK, length - done));
    }
  }
  const chunks: AsyncIterable<Buffer> | Iterable<Buffer> =
    entry.method === STORED ? compressed() : inflateStream(compressed());
  let total = 0;
  let crc = 0;
  try {
    for await (const chunk of chunks) {
      const room = Math.min(budget.limits.entryBytes - total, budget.bytes);
      total += chunk.length;
      budget.bytes -= Math.min(chunk.length, room);
      if (chunk.length > room) {
        if (room > 0) yield chunk.subarray(0, room);
        return onProblem(overLimit(budget));
      }
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    return onProblem(corrupt(error));
  }
  if (located.truncated) onProblem({ code: 'ZIP_TRUNCATED', reason: 'the archive ends in it' });
  else if (crc !== entry.crc32 && entry.crc32 !== 0) onProblem(badCrc());
}

/** Where an entry that is simply stored lies: an archive inside can be walked there without being held in memory. */
export function storedRange(source: ByteSource, entry: ZipEntry, budget: Budget): Located | undefined {
  if (entry.method !== STORED || entry.encrypted) return undefined;
  const located = locate(source, entry, budget);
  return 'code' in located || located.truncated ? undefined : located;
}

/** Where the bytes of an entry lie as they are, compressed or not. */
export function dataRange(source: ByteSource, entry: ZipEntry, budget: Budget): Located | undefined {
  const located = locate(source, entry, budget);
  return 'code' in located || located.truncated ? undefined : located;
}

/** The first bytes of an entry, for recognising its format; empty when they cannot be had. */
export function peekEntry(source: ByteSource, entry: ZipEntry, budget: Budget, length: number): Buffer {
  const located = locate(source, entry, budget);
  if ('code' in located || entry.encrypted) return Buffer.alloc(0);
  const raw = source.read(located.start, Math.min(located.length, length + 128));
  if (entry.method !== DEFLATED) return Buffer.from(raw.subarray(0, length));
  try {
    const limit = raw.length * DEFLATE_MAX_RATIO + 64;
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit, chunkSize: 2048 };
    return inflateRawSync(raw, options).subarray(0, length);
  } catch {
    return Buffer.alloc(0);
  }
}

export interface Located {
  start: number;
  length: number;
  truncated: boolean;
}

function locate(source: ByteSource, entry: ZipEntry, budget: Budget): Located | EntryProblem {
  const { limits } = budget;
  if (budget.bytes <= 0) return overLimit(budget);
  const large = entry.size > 1 << 20;
  if (large && entry.method === DEFLATED && entry.size > entry.compressedSize * limits.compressionRatio) {
    return { code: 'LIMIT_RATIO', reason: `claims to inflate more than ${limits.compressionRatio}-fold` };
  }
  const header = source.read(entry.headerOffset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) {
    return { code: 'ZIP_BAD_HEADER', reason: 'its local header is missing' };
  }
  // The name and extra field of the local header may be longer than those of the directory (zipalign pads here).
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const length = Math.max(0, Math.min(entry.compressedSize, source.size - start));
  return { start, length, truncated: length < entry.compressedSize };
}

async function inflateWhole(raw: Buffer, entry: ZipEntry, allowed: number): Promise<EntryBytes> {
  if (entry.method === STORED) {
    const bytes = raw.length > ASIDE_ABOVE ? raw.subarray(0, allowed) : Buffer.from(raw.subarray(0, allowed));
    if (raw.length > allowed) return { bytes, problem: { code: 'LIMIT_ENTRY_BYTES', reason: 'larger than the limit' } };
    return checked(bytes, entry);
  }
  try {
    const options = exactOptions(raw.length, entry.size, allowed);
    // Large entries inflate on a thread while the caller reads small ones; for small ones the way there costs more.
    const bytes = raw.length > ASIDE_ABOVE ? await inflateAside(raw, options) : inflateRawSync(raw, options);
    return checked(bytes, entry);
  } catch {
    // Damaged, too large, or larger than it says: once more in chunks, keeping what comes.
    return inflatePart(raw, entry, allowed);
  }
}

/** One output chunk of the declared size saves zlib from collecting and joining sixteen-kilobyte pieces. */
function exactOptions(compressed: number, declared: number, allowed: number): ZlibOptions {
  const size = Math.max(64, Math.min(declared, compressed * DEFLATE_MAX_RATIO, allowed));
  return { maxOutputLength: size, chunkSize: size + 1 };
}

function tryMethods(raw: Buffer, entry: ZipEntry, allowed: number, accept: (bytes: Buffer) => boolean): EntryBytes {
  for (const method of [DEFLATED, STORED]) {
    let bytes = raw;
    try {
      if (method === DEFLATED) bytes = inflateRawSync(raw, { maxOutputLength: Math.max(1, allowed), chunkSize: CHUNK });
    } catch {
      continue;
    }
    if (bytes.length > 0 && bytes.length <= allowed && (crc32(bytes) === entry.crc32 || accept(bytes))) {
      return { bytes: Buffer.from(bytes) };
    }
  }
  return { bytes: Buffer.alloc(0), problem: entry.encrypted ? encrypted() : unknownMethod(entry) };
}

function checked(bytes: Buffer, entry: ZipEntry): EntryBytes {
  // A zero CRC stands where the writer streamed and a salvaged header knows no better.
  return entry.crc32 !== 0 && crc32(bytes) !== entry.crc32 ? { bytes, problem: badCrc() } : { bytes };
}

/** What comes out of damaged deflate data before the damage, or of a bomb before the limit. */
async function inflatePart(raw: Buffer, entry: ZipEntry, allowed: number): Promise<EntryBytes> {
  const parts: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of inflateStream([Buffer.from(raw)])) {
      if (total + chunk.length > allowed) {
        parts.push(chunk.subarray(0, allowed - total));
        const problem: EntryProblem = { code: 'LIMIT_ENTRY_BYTES', reason: `inflates to more than ${allowed} bytes` };
        return { bytes: Buffer.concat(parts), problem };
      }
      parts.push(chunk);
      total += chunk.length;
    }
  } catch (error) {
    return { bytes: Buffer.concat(parts), problem: inflateProblem(error) };
  }
  return checked(Buffer.concat(parts), entry);
}

async function* inflateStream(compressed: Iterable<Buffer>): AsyncGenerator<Buffer> {
  const input = Readable.from(compressed);
  const inflate = createInflateRaw({ chunkSize: CHUNK });
  input.once('error', (error) => inflate.destroy(error));
  try {
    for await (const chunk of input.pipe(inflate)) yield chunk;
  } finally {
    input.destroy();
    inflate.destroy();
  }
}

function inflateProblem(error: unknown): EntryProblem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return { code: 'ZIP_TRUNCATED', reason: 'its compressed data ends early' };
  return corrupt(error);
}

function corrupt(error: unknown): EntryProblem {
  return { code: 'ZIP_CORRUPT', reason: `damaged data (${error instanceof Error ? error.message : String(error)})` };
}

function badCrc(): EntryProblem {
  return { code: 'ZIP_CRC', reason: 'its checksum is wrong' };
}

function encrypted(): EntryProblem {
  return { code: 'ZIP_ENCRYPTED', reason: 'encrypted' };
}

function unknownMethod(entry: ZipEntry): EntryProblem {
  return { code: 'ZIP_UNKNOWN_COMPRESSION', reason: `compression method ${entry.method} is not known` };
}

function overLimit(budget: Budget): EntryProblem {
  return budget.bytes <= 0
    ? { code: 'LIMIT_ARCHIVE_BYTES', reason: `the archive inflates to more than ${budget.limits.archiveBytes} bytes` }
    : { code: 'LIMIT_ENTRY_BYTES', reason: `inflates to more than ${budget.limits.entryBytes} bytes` };
}
