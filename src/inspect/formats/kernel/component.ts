/**
 * One component of a Dart Kernel file (dart-lang/sdk, pkg/kernel/binary.md), all integers big-endian:
 *
 *   magic u32 · formatVersion u32 · … libraries … · UriSource · … · StringTable · … · ComponentIndex
 *   ComponentIndex, up to the end: table offsets u32[…] · libraryOffsets u32[libraryCount + 1] · libraryCount u32 ·
 *     size of the component in bytes u32
 *   UriSource:  length u32 · SourceInfo[length] · sourceIndex u32[length], the offset of each SourceInfo
 *   SourceInfo: List<Byte> URI · List<Byte> source · List<UInt> line starts · since 2019 List<Byte> import URI · …
 *   StringTable: List<UInt> end offsets · bytes in WTF-8
 *   List<T>: UInt length · T[length]; UInt: 0xxxxxxx, 10xxxxxx +1 byte, 11xxxxxx +3 bytes
 *
 * How many table offsets there are changes with the version (4 in 2018, 9 today). The source table begins where the last
 * library ends, which `libraryOffsets` tells; the string table is the one of them that is a string table. So a version
 * that is not known yet is read too.
 */
export interface Component {
  version: number;
  sources: Source[];
  strings: StringTable | undefined;
  damaged: boolean;
}

/** Offsets count from the start of the component. */
export interface Source {
  uri: string;
  importUri: string;
  /** The text of the file, where it was embedded. */
  start: number;
  end: number;
}

export interface StringTable {
  ends: Uint32Array;
  /** Offset of the bytes. */
  start: number;
}

/** Table offsets ever used: 9; more are looked at than there will be soon. */
const MOST_TABLES = 16;
const LONGEST_URI = 4096;

/** Reads UInts and lists; past the end it gives zeros and says so. */
class Cursor {
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = Math.min(end, bytes.length);
  }

  get over(): boolean {
    return this.at > this.#end;
  }

  get left(): number {
    return this.#end - this.at;
  }

  uint(): number {
    const first = this.#bytes[this.at] ?? 0;
    const size = first < 0x80 ? 1 : first < 0xc0 ? 2 : 4;
    const at = this.at;
    this.at += size;
    if (this.at > this.#end) return 0;
    if (size === 1) return first;
    return size === 2 ? this.#bytes.readUInt16BE(at) & 0x3fff : this.#bytes.readUInt32BE(at) & 0x3fffffff;
  }

  /** Steps over a List<Byte>. @returns where its bytes are */
  bytes(): { start: number; end: number } {
    const length = this.uint();
    const start = this.at;
    this.at += length;
    return { start, end: Math.min(this.at, this.#end) };
  }
}

/**
 * The components of a file, which may stand one behind the other: the last four bytes of each are its size.
 * @returns undefined when the file does not end with one
 */
export function components(file: Buffer): { start: number; end: number }[] | undefined {
  const found: { start: number; end: number }[] = [];
  for (let end = file.length; end > 0; ) {
    const size = end >= 16 ? file.readUInt32BE(end - 4) : 0;
    if (size < 16 || size > end || file.readUInt32BE(end - size) !== 0x90abcdef) return undefined;
    found.push({ start: end - size, end });
    end -= size;
  }
  return found.reverse();
}

/** @param bytes exactly one component */
export function readComponent(bytes: Buffer): Component {
  const component: Component = { version: bytes.readUInt32BE(4), sources: [], strings: undefined, damaged: true };
  const libraries = bytes.readUInt32BE(bytes.length - 8);
  const offsets = bytes.length - 8 - (libraries + 1) * 4;
  if (offsets < 8) return component;
  const sourceTable = bytes.readUInt32BE(offsets + libraries * 4);
  const tables: number[] = [];
  // the first of the table offsets is that of the sources
  for (let at = offsets - 4; at >= 8 && tables.length < MOST_TABLES; at -= 4) {
    const table = bytes.readUInt32BE(at);
    if (table === sourceTable) break;
    if (table > sourceTable && table < at) tables.push(table);
  }
  tables.sort((a, b) => a - b);
  component.damaged = !readSources(bytes, sourceTable, tables[0] ?? offsets, component.sources);
  for (const [index, table] of tables.entries()) {
    component.strings = stringTable(bytes, table, tables.slice(index + 1), offsets);
    if (component.strings !== undefined) break;
  }
  component.damaged ||= component.strings === undefined;
  return component;
}

/** @returns false when the table does not lie where it should */
function readSources(bytes: Buffer, table: number, end: number, sources: Source[]): boolean {
  if (table + 4 > end || end > bytes.length) return false;
  const count = bytes.readUInt32BE(table);
  const index = end - count * 4;
  // a source takes three bytes at least
  if (index < table + 4 + count * 3) return false;
  let whole = true;
  for (let at = index; at < end; at += 4) {
    const start = bytes.readUInt32BE(at);
    const stop = at + 4 < end ? bytes.readUInt32BE(at + 4) : index;
    if (start < table || stop > index || start >= stop) {
      whole = false;
      continue;
    }
    sources.push(sourceAt(bytes, start, stop));
  }
  return whole;
}

function sourceAt(bytes: Buffer, start: number, stop: number): Source {
  const cursor = new Cursor(bytes, start, stop);
  const uri = cursor.bytes();
  const text = cursor.bytes();
  const lines = cursor.uint();
  for (let line = 0; line < lines && !cursor.over; line++) cursor.uint();
  const importUri = cursor.left > 0 ? cursor.bytes() : { start: stop, end: stop };
  return { uri: uriAt(bytes, uri), importUri: uriAt(bytes, importUri), ...text };
}

function uriAt(bytes: Buffer, { start, end }: { start: number; end: number }): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + LONGEST_URI));
  return /^[a-z][a-z0-9+.-]{1,40}:/.test(text) ? text : '';
}

/** Strings are a string table's when their ends rise and another table begins at the last of them. */
function stringTable(bytes: Buffer, table: number, later: readonly number[], end: number): StringTable | undefined {
  const cursor = new Cursor(bytes, table, end);
  const count = cursor.uint();
  if (count === 0 || count > cursor.left) return undefined;
  const ends = new Uint32Array(count);
  let last = 0;
  for (let index = 0; index < count; index++) {
    const next = cursor.uint();
    if (next < last || cursor.over) return undefined;
    ends[index] = next;
    last = next;
  }
  return later.includes(cursor.at + last) ? { ends, start: cursor.at } : undefined;
}
