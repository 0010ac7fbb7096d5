/**
 * Strings inside the clusters of a snapshot: 64-bit Android with compressed pointers (seen in Dart 2.16–3.7).
 *
 * Layout (dart-lang/sdk runtime/vm/app_snapshot.cc, StringSerializationCluster; Dart 2.12 had one cluster per width):
 *   alloc  count · count × size
 *   … alloc of other clusters …
 *   fill   count × (size · code units)
 * `size` is `length << 1 | twoByte` (formerly the length alone), one-byte strings are Latin-1, two-byte ones UTF-16LE.
 * All numbers are varints: seven bits a byte, low ones first, 0x80 added to the last byte.
 *
 * Where the cluster stands follows from all clusters before it, whose fields change with every version of Dart. But the
 * sizes are written twice, so the cluster proves itself: a run of strings is the fill when its sizes, in order, stand
 * earlier as one unbroken table, and the table's own count says where both begin.
 */
export interface StringRun {
  /** Offsets of the first byte of each string, and its size in bytes; in order. */
  starts: number[];
  sizes: number[];
  /** Whether the string at the same index is UTF-16LE. */
  wide: boolean[];
  /** The table of sizes was found: boundaries are certain. */
  proven: boolean;
}

export interface Encoding {
  /** Bytes that the code units take. */
  bytes(size: number): number;
  wide(size: number): boolean;
}

export const MERGED: Encoding = { bytes: (size) => (size >>> 1) << (size & 1), wide: (size) => (size & 1) === 1 };
export const ONE_BYTE: Encoding = { bytes: (size) => size, wide: () => false };
export const TWO_BYTE: Encoding = { bytes: (size) => size * 2, wide: () => true };

/** Strings of a run compared with the table before it is believed. */
const SAMPLE = 12;
/** Searches of the table for runs that then are none. */
const MAX_MISSES = 32;
const MAX_VARINT = 0x0fffffff;

/** Value and length of the varint at `at`; `width` 0 when there is none. Kept in one object: this runs for each byte. */
const varint = { value: 0, width: 0 };

function readVarint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let width = 0; width < 4; width++) {
    const byte = at + width < end ? (bytes[at + width] as number) : 0x100;
    if (byte === 0x100) break;
    if (byte >= 0x80) {
      varint.value = value + (byte - 0x80) * 2 ** (7 * width);
      varint.width = width + 1;
      return varint.width;
    }
    value += byte * 2 ** (7 * width);
  }
  varint.width = 0;
  return 0;
}

interface Followed {
  run: StringRun;
  /** First byte behind the fill, and behind the table of sizes. */
  next: number;
  tableEnd: number;
}

/** All runs of strings between `start` and `end`, the clusters of one snapshot. */
export function findStringRuns(bytes: Buffer, start: number, end: number, encoding: Encoding): StringRun[] {
  const runs: StringRun[] = [];
  let misses = 0;
  let guess: number | undefined;
  for (let at = start; at < end; at++) {
    if (!isAnchor(bytes, at, end, encoding)) continue;
    const pattern = sizesOf(bytes, at, end, encoding);
    if (pattern === undefined) continue;
    const table = findTable(bytes, start, at, pattern);
    if (table === undefined) {
      guess ??= at;
      if (++misses >= MAX_MISSES) break;
      continue;
    }
    let followed: Followed | undefined = followTable(bytes, start, end, table, at, encoding);
    while (followed !== undefined) {
      runs.push(followed.run);
      at = Math.max(at, followed.next - 1);
      followed = followed.run.proven ? followCluster(bytes, end, followed, encoding) : undefined;
    }
  }
  if (runs.length === 0 && guess !== undefined) runs.push(followRun(bytes, guess, end, encoding));
  return runs;
}

/** A size of one byte and a text of just that length, eight bytes at least. */
function isAnchor(bytes: Uint8Array, at: number, end: number, encoding: Encoding): boolean {
  const byte = bytes[at] as number;
  if (byte < 0x88) return false;
  const length = encoding.bytes(byte & 0x7f);
  return length >= 8 && at + 1 + length <= end && looksLikeText(bytes, at + 1, byte & 0x7f, encoding);
}

/** ASCII, or the same in two bytes a unit: other scripts are too easily met by chance. */
function looksLikeText(bytes: Uint8Array, at: number, size: number, encoding: Encoding): boolean {
  const length = encoding.bytes(size);
  if (length === 0) return false;
  return encoding.wide(size) ? encoding === TWO_BYTE && isWideText(bytes, at, length) : isText(bytes, at, length);
}

function isText(bytes: Uint8Array, at: number, length: number): boolean {
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index] as number;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** Most units ASCII: a language that is written in another script still has spaces and signs. */
function isWideText(bytes: Uint8Array, at: number, length: number): boolean {
  let ascii = 0;
  for (let index = at; index < at + length; index += 2) {
    const high = bytes[index + 1] as number;
    if (high === 0 && (bytes[index] as number) < 0x20) return false;
    if (high === 0) ascii++;
  }
  return ascii * 8 >= length / 2;
}

/**
 * The sizes of the next strings as they are written, so as they stand in the table. Only of a run that is worth a search:
 * most of its strings are text, and their sizes differ (elsewhere in the clusters the same few bytes repeat for long).
 */
function sizesOf(bytes: Buffer, from: number, end: number, encoding: Encoding): Buffer | undefined {
  const sizes: Buffer[] = [];
  const distinct = new Set<number>();
  let texts = 0;
  let at = from;
  for (let count = 0; count < SAMPLE; count++) {
    const width = readVarint(bytes, at, end);
    if (width === 0 || varint.value > MAX_VARINT) return undefined;
    const next = at + width + encoding.bytes(varint.value);
    if (next > end) return undefined;
    if (looksLikeText(bytes, at + width, varint.value, encoding)) texts++;
    distinct.add(varint.value);
    sizes.push(bytes.subarray(at, at + width));
    at = next;
  }
  return texts * 3 >= SAMPLE * 2 && distinct.size > 2 ? Buffer.concat(sizes) : undefined;
}

function findTable(bytes: Buffer, start: number, end: number, pattern: Buffer): number | undefined {
  const within = bytes.subarray(start, end);
  for (
    let at = within.indexOf(pattern), tries = 0;
    at >= 0 && tries < 8;
    at = within.indexOf(pattern, at + 1), tries++
  ) {
    if (at > 0 && (within[at - 1] as number) >= 0x80) return start + at;
  }
  return undefined;
}

/** Table and run stand side by side from (`table`, `fill`): walks both to both ends. */
function followTable(
  bytes: Buffer,
  start: number,
  end: number,
  table: number,
  fill: number,
  encoding: Encoding,
): Followed {
  const tableEnd = fill;
  const run: StringRun = { starts: [], sizes: [], wide: [], proven: true };
  // backward: a varint ends with the only byte above 0x7f, so it can be read from behind
  const before: { table: number; fill: number }[] = [];
  for (let t = table, f = fill; ; ) {
    let first = t - 1;
    if (first < start || (bytes[first] as number) < 0x80) break;
    while (first > start && (bytes[first - 1] as number) < 0x80 && t - first < 4) first--;
    const width = readVarint(bytes, first, t);
    if (width === 0 || first + width !== t) break;
    const at = f - encoding.bytes(varint.value) - width;
    if (at < first + width || !same(bytes, first, at, width)) break;
    before.push({ table: first, fill: at });
    t = first;
    f = at;
  }
  let t = before.at(-1)?.table ?? table;
  let f = before.at(-1)?.fill ?? fill;
  const tables: number[] = [];
  while (t < tableEnd) {
    const width = readVarint(bytes, t, tableEnd);
    if (width === 0 || !same(bytes, t, f, width)) break;
    const size = varint.value;
    const length = encoding.bytes(size);
    if (f + width + length > end) break;
    tables.push(t);
    run.starts.push(f + width);
    run.sizes.push(length);
    run.wide.push(encoding.wide(size));
    t += width;
    f += width + length;
  }
  return trim(bytes, start, run, tables, f, t);
}

/** Longest tag of a cluster: its class id, as a varint or as a number of four bytes. */
const MAX_TAG = 6;

/** The cluster behind one of strings is often one of strings too, of the other width, with too few to be met by chance. */
function followCluster(bytes: Buffer, end: number, before: Followed, encoding: Encoding): Followed | undefined {
  const encodings = encoding === ONE_BYTE ? [TWO_BYTE, ONE_BYTE] : [encoding];
  for (let tag = 1; tag <= MAX_TAG; tag++) {
    const width = readVarint(bytes, before.tableEnd + tag, end);
    const count = varint.value;
    if (width === 0 || count === 0 || count > end - before.next) continue;
    for (const one of encodings) {
      const run = takeRun(bytes, before.tableEnd + tag + width, before.next, end, count, one);
      if (run !== undefined) return run;
    }
  }
  return undefined;
}

/** All `count` strings, or undefined when table and fill differ anywhere. */
function takeRun(
  bytes: Buffer,
  table: number,
  fill: number,
  end: number,
  count: number,
  encoding: Encoding,
): Followed | undefined {
  const run: StringRun = { starts: [], sizes: [], wide: [], proven: true };
  let t = table;
  let f = fill;
  let texts = 0;
  for (let index = 0; index < count; index++) {
    const width = readVarint(bytes, t, fill);
    if (width === 0 || !same(bytes, t, f, width)) return undefined;
    const size = varint.value;
    const length = encoding.bytes(size);
    if (f + width + length > end) return undefined;
    run.starts.push(f + width);
    run.sizes.push(length);
    run.wide.push(encoding.wide(size));
    if (length > 0) texts++;
    t += width;
    f += width + length;
  }
  return texts > 0 && f - fill > 4 ? { run, next: f, tableEnd: t } : undefined;
}

function same(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[a + index] !== bytes[b + index]) return false;
  return true;
}

/** What stands beside a run may look like more of it by chance: the count before the table says how many there are. */
function trim(
  bytes: Buffer,
  start: number,
  run: StringRun,
  tables: readonly number[],
  next: number,
  tableEnd: number,
): Followed {
  for (let skip = 0; skip < Math.min(8, tables.length); skip++) {
    const t = tables[skip] as number;
    let first = t - 1;
    while (first > start && (bytes[first - 1] as number) < 0x80 && t - first < 4) first--;
    if (first < start || readVarint(bytes, first, t) === 0) continue;
    // a count of one byte may be preceded by bytes of a fixed-width number: take the value that fits
    for (let from = first; from < t; from++) {
      if (readVarint(bytes, from, t) === 0) continue;
      const count = varint.value;
      if (count > tables.length - skip || count < tables.length - skip - 8) continue;
      const last = skip + count;
      const cut = last < run.starts.length;
      return {
        run: {
          starts: run.starts.slice(skip, last),
          sizes: run.sizes.slice(skip, last),
          wide: run.wide.slice(skip, last),
          proven: true,
        },
        next: cut ? endOf(run, last - 1) : next,
        tableEnd: cut ? (tables[last] as number) : tableEnd,
      };
    }
  }
  return { run: { ...run, proven: false }, next, tableEnd };
}

function endOf(run: StringRun, index: number): number {
  return (run.starts[index] ?? 0) + (run.sizes[index] ?? 0);
}

/** Without a table: strings one after the other as long as they look like text. */
function followRun(bytes: Buffer, from: number, end: number, encoding: Encoding): StringRun {
  const run: StringRun = { starts: [], sizes: [], wide: [], proven: false };
  let doubtful = 0;
  for (let at = from; at < end && doubtful < 4; ) {
    const width = readVarint(bytes, at, end);
    if (width === 0) break;
    const size = varint.value;
    const length = encoding.bytes(size);
    const first = at + width;
    if (length > 65_536 || first + length > end) break;
    const text = encoding.wide(size) || isText(bytes, first, Math.min(length, 64));
    doubtful = text ? 0 : doubtful + 1;
    run.starts.push(first);
    run.sizes.push(length);
    run.wide.push(encoding.wide(size));
    at = first + length;
  }
  return run;
}
