/**
 * The metadata tables of an assembly: which there are, and what their rows consist of (ECMA-335 §II.22, §II.24.2.6).
 * A column is 2 or 4 bytes by itself, or an index whose width depends on how large what it points into is.
 */

export const TABLE = {
  TypeRef: 0x01,
  TypeDef: 0x02,
  Field: 0x04,
  MethodDef: 0x06,
  MemberRef: 0x0a,
  Constant: 0x0b,
  CustomAttribute: 0x0c,
  ClassLayout: 0x0f,
  FieldRVA: 0x1d,
  Assembly: 0x20,
  ManifestResource: 0x28,
  NestedClass: 0x29,
} as const;

/** The number of no table: it counts no rows. */
const NO_TABLE = 63;

/** Numbers of the tables that an index of two or more tables chooses from, in the order of its tag. */
const CODED = {
  typeDefOrRef: [2, 1, 27],
  hasConstant: [4, 8, 23],
  hasCustomAttribute: [6, 4, 1, 2, 8, 9, 10, 0, 14, 23, 20, 17, 26, 27, 32, 35, 38, 39, 40, 42, 44, 43],
  hasFieldMarshal: [4, 8],
  hasDeclSecurity: [2, 6, 32],
  memberRefParent: [2, 1, 26, 6, 27],
  hasSemantics: [20, 23],
  methodDefOrRef: [6, 10],
  memberForwarded: [4, 6],
  implementation: [38, 35, 39],
  // tags 0, 1 and 4 are not used
  customAttributeType: [NO_TABLE, NO_TABLE, 6, 10, NO_TABLE],
  resolutionScope: [0, 26, 35, 1],
  typeOrMethodDef: [2, 6],
} as const satisfies Readonly<Record<string, readonly number[]>>;

type CodedIndex = keyof typeof CODED;

/** Columns of each table: a number of bytes, a heap, `@` and the number of a table, or the name of a coded index. */
const SCHEMA: Readonly<Record<number, string>> = {
  0: '2 strings guid guid guid',
  1: 'resolutionScope strings strings',
  2: '4 strings strings typeDefOrRef @4 @6',
  3: '@4',
  4: '2 strings blob',
  5: '@6',
  6: '4 2 2 strings blob @8',
  7: '@8',
  8: '2 2 strings',
  9: '@2 typeDefOrRef',
  10: 'memberRefParent strings blob',
  11: '2 hasConstant blob',
  12: 'hasCustomAttribute customAttributeType blob',
  13: 'hasFieldMarshal blob',
  14: '2 hasDeclSecurity blob',
  15: '2 4 @2',
  16: '4 @4',
  17: 'blob',
  18: '@2 @20',
  19: '@20',
  20: '2 strings typeDefOrRef',
  21: '@2 @23',
  22: '@23',
  23: '2 strings blob',
  24: '2 @6 hasSemantics',
  25: '@2 methodDefOrRef methodDefOrRef',
  26: 'strings',
  27: 'blob',
  28: '2 memberForwarded strings @26',
  29: '4 @4',
  30: '4 4',
  31: '4',
  32: '4 2 2 2 2 4 blob strings strings',
  33: '4',
  34: '4 4 4',
  35: '2 2 2 2 4 blob strings strings blob',
  36: '4 @35',
  37: '4 4 4 @35',
  38: '4 strings blob',
  39: '4 4 strings strings implementation',
  40: '4 4 strings implementation',
  41: '@2 @2',
  42: '2 2 typeOrMethodDef strings',
  43: 'methodDefOrRef blob',
  44: '@42 typeDefOrRef',
};

const HEAP_BIT: Readonly<Record<string, number>> = { strings: 1, guid: 2, blob: 4 };

/** Rows of one table. Columns are numbered as in the standard, row indices from 1, as tokens count them. */
export interface Table {
  readonly rows: number;
  cell(row: number, column: number): number;
}

export interface Tables {
  get(number: number): Table;
  /** True when rows are declared that the bytes do not hold. */
  readonly truncated: boolean;
}

/** Width of the tag of each coded index. */
const TAG_BITS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(CODED).map(([kind, targets]) => [kind, Math.ceil(Math.log2(targets.length))]),
);

/** A pointer into one of several tables: which, and a row that counts from 1. */
export function decodeCoded(kind: CodedIndex, value: number): { table: number; row: number } {
  const bits = TAG_BITS[kind] ?? 0;
  return { table: CODED[kind][value & ((1 << bits) - 1)] ?? NO_TABLE, row: value >>> bits };
}

const EMPTY: Table = { rows: 0, cell: () => 0 };

/**
 * Stream `#~`: u32 0 · versions u8 u8 · heap sizes u8 (bit 0 strings, 1 GUID, 2 blob: indices of 4 bytes; bit 6: 4 more
 * bytes before the rows) · u8 · valid u64 · sorted u64 · number of rows u32 for each valid table · the rows.
 *
 * @returns undefined when it is no stream of tables
 */
export function readTables(stream: Buffer): Tables | undefined {
  if (stream.length < 24) return undefined;
  const heaps = stream[6] ?? 0;
  const counts = new Array<number>(64).fill(0);
  let at = 24;
  for (let number = 0; number < 64; number++) {
    const word = stream.readUInt32LE(number < 32 ? 8 : 12);
    if ((word & (1 << (number & 31))) === 0) continue;
    if (at + 4 > stream.length) return undefined;
    counts[number] = stream.readUInt32LE(at);
    at += 4;
  }
  if ((heaps & 0x40) !== 0) at += 4;
  const tables = new Map<number, Table>();
  let truncated = false;
  for (let number = 0; number < 64 && !truncated; number++) {
    const declared = counts[number] ?? 0;
    if (declared === 0) continue;
    const schema = SCHEMA[number];
    if (schema === undefined) break; // tables of debugging information; none of ours comes after them
    const widths = schema.split(' ').map((column) => widthOf(column, heaps, counts));
    const size = widths.reduce((sum, width) => sum + width, 0);
    const rows = Math.min(declared, Math.max(0, Math.floor((stream.length - at) / size)));
    truncated = rows < declared;
    tables.set(number, createTable(stream, at, rows, size, widths));
    at += rows * size;
  }
  return { get: (number) => tables.get(number) ?? EMPTY, truncated };
}

function widthOf(column: string, heaps: number, counts: readonly number[]): number {
  if (column === '2' || column === '4') return Number(column);
  const bit = HEAP_BIT[column];
  if (bit !== undefined) return (heaps & bit) !== 0 ? 4 : 2;
  if (column.startsWith('@')) return (counts[Number(column.slice(1))] ?? 0) < 0x10000 ? 2 : 4;
  const targets: readonly number[] = CODED[column as CodedIndex] ?? [];
  const most = Math.max(...targets.map((number) => counts[number] ?? 0));
  return most < 2 ** (16 - (TAG_BITS[column] ?? 0)) ? 2 : 4;
}

function createTable(stream: Buffer, start: number, rows: number, size: number, widths: readonly number[]): Table {
  const offsets = widths.map((_, index) => widths.slice(0, index).reduce((sum, width) => sum + width, 0));
  return {
    rows,
    cell(row, column) {
      if (row < 1 || row > rows) return 0;
      const at = start + (row - 1) * size + (offsets[column] ?? 0);
      return widths[column] === 2 ? stream.readUInt16LE(at) : stream.readUInt32LE(at);
    },
  };
}
