/**
 * Pages and b-trees of a SQLite database (https://sqlite.org/fileformat2.html §1.3, §1.6). Big-endian.
 *
 * Header of 100 bytes: magic · page size u16 @16 (1 = 65536) · reserved bytes a page u8 @20 · encoding u32 @56 (1 UTF-8,
 * 2 UTF-16LE, 3 UTF-16BE) · number of pages u32 @28, if the change counters u32 @24 and @92 are equal. Page n lies at (n - 1) × page size; on page 1 the tree's header follows the file's.
 * Tree page: type u8 (2 interior index, 5 interior table, 10 leaf index, 13 leaf table) · cells u16 @3 · right child u32
 * @8 of an interior page · then u16 offsets of the cells in the page.
 * Cell: [child u32 of an interior page] · [payload size varint, unless interior table] · [row id varint, of a table] ·
 * payload · [first overflow page u32]. Overflow page: next page u32, content.
 */
import { varint } from './varint.ts';

export type Encoding = 'utf8' | 'utf16le' | 'utf16be';

export interface Database {
  bytes: Buffer;
  pageSize: number;
  /** Bytes of a page that hold content. */
  usable: number;
  pages: number;
  /** Fewer bytes are there than its header counts pages. */
  truncated: boolean;
  encoding: Encoding;
  /** One byte a page: 1 when a tree or a chain of overflow pages went through it. */
  seen: Uint8Array;
}

/** One row: its record, and where that stands. */
export interface Payload {
  bytes: Buffer;
  /** Offset in the file of the record's first byte. */
  offset: number;
  /** So many bytes of it stand there; the rest came from overflow pages. */
  local: number;
}

const INTERIOR_INDEX = 2;
const INTERIOR_TABLE = 5;
const LEAF_INDEX = 10;
const LEAF_TABLE = 13;
/** Deeper than any tree of 2^32 pages. */
const MAX_DEPTH = 24;

/** @returns undefined when the header makes no sense */
export function openDatabase(bytes: Buffer): Database | undefined {
  if (bytes.length < 100) return undefined;
  const declared = bytes.readUInt16BE(16);
  const pageSize = declared === 1 ? 65_536 : declared;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const usable = pageSize - (bytes[20] ?? 0);
  if (usable < 480) return undefined;
  const encoding = ({ 2: 'utf16le', 3: 'utf16be' } as const)[bytes.readUInt32BE(56)] ?? 'utf8';
  const pages = Math.ceil(bytes.length / pageSize);
  // the count is only kept up by versions that also keep its own change counter up (§1.3.7)
  const counted = bytes.readUInt32BE(24) === bytes.readUInt32BE(92) ? bytes.readUInt32BE(28) : 0;
  const truncated = counted * pageSize > bytes.length;
  return { bytes, pageSize, usable, pages, truncated, encoding, seen: new Uint8Array(pages + 1) };
}

/** What went wrong in a tree; the rows that could be had were handed on. */
export interface Walked {
  rows: number;
  damaged: number;
}

/**
 * Every row of the tree, in order.
 *
 * @param most rows that are read
 */
export function walkTree(database: Database, root: number, most: number, row: (payload: Payload) => void): Walked {
  const { bytes, pageSize, seen } = database;
  const walked: Walked = { rows: 0, damaged: 0 };
  visit(root, 0);
  return walked;

  function visit(page: number, depth: number): void {
    const start = (page - 1) * pageSize;
    if (page < 1 || page > database.pages || depth > MAX_DEPTH || seen[page] === 1 || start + pageSize > bytes.length) {
      walked.damaged++;
      return;
    }
    seen[page] = 1;
    const header = start + (page === 1 ? 100 : 0);
    const type = bytes[header] ?? 0;
    const interior = type === INTERIOR_INDEX || type === INTERIOR_TABLE;
    if (!interior && type !== LEAF_INDEX && type !== LEAF_TABLE) {
      walked.damaged++;
      return;
    }
    const pointers = header + (interior ? 12 : 8);
    const end = start + pageSize;
    const cells = Math.min(bytes.readUInt16BE(header + 3), (end - pointers) >> 1);
    // cells of a valid page do not overlap
    let left = pageSize;
    for (let index = 0; index < cells && walked.rows < most; index++) {
      const cell = start + bytes.readUInt16BE(pointers + index * 2);
      if (cell + 4 > end) {
        walked.damaged++;
        continue;
      }
      if (interior) visit(bytes.readUInt32BE(cell), depth + 1);
      if (type === INTERIOR_TABLE) continue;
      const payload = payloadAt(database, interior ? cell + 4 : cell, end, type === LEAF_TABLE);
      left -= payload?.local ?? 0;
      if (payload === undefined || left < 0) {
        walked.damaged++;
        if (left < 0) break;
        continue;
      }
      walked.rows++;
      row(payload);
    }
    if (interior && walked.rows < most) visit(bytes.readUInt32BE(header + 8), depth + 1);
  }
}

/** @param end of the page */
function payloadAt(database: Database, at: number, end: number, table: boolean): Payload | undefined {
  const { bytes, usable } = database;
  const size = varint(bytes, at);
  const offset = at + size.size + (table ? varint(bytes, at + size.size).size : 0);
  const total = size.value;
  const local = localSize(usable, total, table);
  if (offset + local + (local < total ? 4 : 0) > end) return undefined;
  if (local === total) return { bytes: bytes.subarray(offset, offset + local), offset, local };
  const parts = [bytes.subarray(offset, offset + local)];
  let left = total - local;
  for (let page = bytes.readUInt32BE(offset + local); left > 0; ) {
    const start = (page - 1) * database.pageSize;
    if (page < 1 || page > database.pages || database.seen[page] === 1 || start + usable > bytes.length) break;
    database.seen[page] = 1;
    const part = bytes.subarray(start + 4, start + Math.min(usable, 4 + left));
    parts.push(part);
    left -= part.length;
    page = bytes.readUInt32BE(start);
  }
  // a chain that breaks off gives what it had
  return { bytes: Buffer.concat(parts), offset, local };
}

/** How much of a payload stands in the cell (§1.6, "Cell Payload Overflow Pages"). */
function localSize(usable: number, total: number, table: boolean): number {
  const most = table ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (total <= most) return total;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const local = least + ((total - least) % (usable - 4));
  return local <= most ? local : least;
}
