/**
 * Lists an archive whose directory has nothing out of the ordinary, in one pass over its bytes. At the first oddity –
 * ZIP64, a comment, a name that is not printable ASCII, an extra field that changes the meaning, a header that does not
 * fit – it gives up, and the general reader says what is in the archive or what is wrong with it.
 *
 * End record (22 bytes): 'PK\5\6' · disk u16 @4 · entries u16 @10 · directory offset u32 @16 · comment length u16 @20.
 * Directory header (46): 'PK\1\2' · flags u16 @8 · method u16 @10 · crc32 u32 @16 · compressed size u32 @20 · size u32
 * @24 · lengths of name, extra and comment u16 @28, @30, @32 · offset of the local header u32 @42 · name · extra · comment.
 */
import type { ByteSource } from './byte-source.ts';
import type { ZipEntry } from './zip-entry.ts';

const END = 22;
const HEADER = 46;
const LOCATOR = 20;
const MAX_NAME = 1024;
/** Directories above this size are not held in memory at once. */
const MAX_DIRECTORY = 16 << 20;
const ZIP64 = 0xffffffff;
const STRONG_ENCRYPTION = 0x40;
const EXTRA_ZIP64 = 0x0001;
const EXTRA_UNICODE_PATH = 0x7075;

/** @returns undefined when it is not such an archive, or has more than `most` entries */
export function listPlain(source: ByteSource, most: number): ZipEntry[] | undefined {
  const tail = source.take(Math.max(0, source.size - END - LOCATOR), END + LOCATOR);
  const at = tail.length - END;
  if (at < 0 || tail.readUInt32LE(at) !== 0x06054b50 || tail.readUInt16LE(at + 20) !== 0) return undefined;
  if (tail.readUInt16LE(at + 4) !== 0 || (at >= LOCATOR && tail.readUInt32LE(at - LOCATOR) === 0x07064b50))
    return undefined;
  const count = tail.readUInt16LE(at + 10);
  const offset = tail.readUInt32LE(at + 16);
  const length = source.size - END - offset;
  if (count > most || count === 0xffff || length < 0 || length > MAX_DIRECTORY) return undefined;
  return readDirectory(source.take(offset, length), count);
}

function readDirectory(bytes: Buffer, count: number): ZipEntry[] | undefined {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + HEADER > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) return undefined;
    const flags = bytes.readUInt16LE(at + 8);
    const compressedSize = bytes.readUInt32LE(at + 20);
    const size = bytes.readUInt32LE(at + 24);
    const headerOffset = bytes.readUInt32LE(at + 42);
    const nameEnd = at + HEADER + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const end = extraEnd + bytes.readUInt16LE(at + 32);
    if (end > bytes.length || (flags & STRONG_ENCRYPTION) !== 0) return undefined;
    if (size === ZIP64 || compressedSize === ZIP64 || headerOffset === ZIP64) return undefined;
    if (!isPlainName(bytes, at + HEADER, nameEnd) || !isHarmless(bytes, nameEnd, extraEnd)) return undefined;
    entries.push({
      name: bytes.toString('latin1', at + HEADER, nameEnd),
      method: bytes.readUInt16LE(at + 10),
      encrypted: (flags & 1) !== 0,
      crc32: bytes.readUInt32LE(at + 16),
      compressedSize,
      size,
      headerOffset,
    });
    at = end;
  }
  return entries;
}

/** Printable ASCII without a backslash, as `entryName` takes it unchanged. */
function isPlainName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start || end - start > MAX_NAME) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return false;
  }
  return true;
}

/** Extra fields: id u16 · size u16 · data. */
function isHarmless(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at + 4 <= end) {
    const id = bytes.readUInt16LE(at);
    if (id === EXTRA_ZIP64 || id === EXTRA_UNICODE_PATH) return false;
    at += 4 + bytes.readUInt16LE(at + 2);
  }
  return at === end;
}
