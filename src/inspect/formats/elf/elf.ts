/**
 * Sections, segments and dynamic symbols of an ELF file, little-endian, 32 and 64 bits (System V gABI, chapters 4 and 5).
 *
 * Header: 7f 'E' 'L' 'F' · class u8 @4 (1 = 32, 2 = 64) · data u8 @5 (1 = little) · machine u16 @18 ·
 *   64: phoff u64 @32 · shoff u64 @40 · phentsize/phnum u16 @54 · shentsize/shnum/shstrndx u16 @58
 *   32: phoff u32 @28 · shoff u32 @32 · phentsize/phnum u16 @42 · shentsize/shnum/shstrndx u16 @46
 * A stripped file may have no section headers: then its segments and its dynamic table say where things are.
 */
export interface ElfSection {
  name: string;
  type: number;
  flags: number;
  address: number;
  offset: number;
  size: number;
  link: number;
}

export interface ElfSegment {
  type: number;
  flags: number;
  offset: number;
  address: number;
  size: number;
}

export interface ElfSymbol {
  name: string;
  address: number;
  size: number;
}

export interface Elf {
  bits: 32 | 64;
  machine: number;
  sections: ElfSection[];
  segments: ElfSegment[];
  /** What kept a table from being read whole. */
  damage?: string;
}

export const SHT = { NOBITS: 8, SYMTAB: 2, DYNSYM: 11 } as const;
export const SHF = { WRITE: 1, ALLOC: 2, EXEC: 4, COMPRESSED: 0x800 } as const;
export const PT = { LOAD: 1, DYNAMIC: 2 } as const;
export const PF = { EXEC: 1, WRITE: 2 } as const;

const MAX_SECTIONS = 4096;
const MAX_SYMBOLS = 200_000;
const MAX_NAME = 512;

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads one width of integers; 64-bit ones above 2^53 become Infinity, which no bound lets through. */
function wordReader(bytes: Buffer, bits: 32 | 64): (at: number) => number {
  if (bits === 32) return (at) => (at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0);
  return (at) => {
    if (at + 8 > bytes.length) return 0;
    const high = bytes.readUInt32LE(at + 4);
    return high > 0x1fffff ? Number.POSITIVE_INFINITY : high * 2 ** 32 + bytes.readUInt32LE(at);
  };
}

/** @returns undefined when it is no little-endian ELF file of 32 or 64 bits, or too short for its header */
export function parseElf(bytes: Buffer): Elf | undefined {
  const kind = bytes[4];
  if (!isElf(bytes) || (kind !== 1 && kind !== 2) || bytes[5] !== 1) return undefined;
  const bits = kind === 1 ? 32 : 64;
  if (bytes.length < (bits === 32 ? 52 : 64)) return undefined;
  const elf: Elf = { bits, machine: bytes.readUInt16LE(18), sections: [], segments: [] };
  readSegments(bytes, elf);
  readSections(bytes, elf);
  return elf;
}

function readSegments(bytes: Buffer, elf: Elf): void {
  const word = wordReader(bytes, elf.bits);
  const wide = elf.bits === 64;
  const table = word(wide ? 32 : 28);
  const entry = wide ? 56 : 32;
  const count = Math.min(bytes.readUInt16LE(wide ? 56 : 44), MAX_SECTIONS);
  for (let index = 0; index < count; index++) {
    const at = table + index * entry;
    if (at + entry > bytes.length) {
      elf.damage = 'its program headers are cut off';
      return;
    }
    elf.segments.push({
      type: bytes.readUInt32LE(at),
      flags: bytes.readUInt32LE(at + (wide ? 4 : 24)),
      offset: word(at + (wide ? 8 : 4)),
      address: word(at + (wide ? 16 : 8)),
      size: word(at + (wide ? 32 : 16)),
    });
  }
}

function readSections(bytes: Buffer, elf: Elf): void {
  const word = wordReader(bytes, elf.bits);
  const wide = elf.bits === 64;
  const table = word(wide ? 40 : 32);
  const entry = wide ? 64 : 40;
  const count = Math.min(bytes.readUInt16LE(wide ? 60 : 48), MAX_SECTIONS);
  const namesIndex = bytes.readUInt16LE(wide ? 62 : 50);
  if (table === 0 || count === 0) return;
  const names: number[] = [];
  for (let index = 0; index < count; index++) {
    const at = table + index * entry;
    if (at + entry > bytes.length) {
      elf.damage = 'its section headers are cut off';
      break;
    }
    names.push(bytes.readUInt32LE(at));
    elf.sections.push({
      name: '',
      type: bytes.readUInt32LE(at + 4),
      flags: word(at + 8),
      address: word(at + (wide ? 16 : 12)),
      offset: word(at + (wide ? 24 : 16)),
      size: word(at + (wide ? 32 : 20)),
      link: bytes.readUInt32LE(at + (wide ? 40 : 24)),
    });
  }
  const pool = elf.sections[namesIndex];
  if (pool === undefined) return;
  elf.sections.forEach((section, index) => {
    section.name = nameAt(bytes, pool.offset + (names[index] ?? 0), pool.offset + pool.size);
  });
}

function nameAt(bytes: Buffer, at: number, end: number): string {
  if (!(at >= 0 && at < end && at < bytes.length)) return '';
  const part = bytes.subarray(at, Math.min(at + MAX_NAME, end, bytes.length));
  const nul = part.indexOf(0);
  return part.toString('latin1', 0, nul < 0 ? part.length : nul);
}

/** Names and addresses of the dynamic symbol table. */
export function dynamicSymbols(bytes: Buffer, elf: Elf): ElfSymbol[] {
  const table = elf.sections.find(({ type }) => type === SHT.DYNSYM);
  const pool = table === undefined ? undefined : elf.sections[table.link];
  if (table !== undefined && pool !== undefined) {
    return readSymbols(bytes, elf, table.offset, table.size, pool.offset, pool.size);
  }
  const dynamic = dynamicTable(bytes, elf);
  const symbols = offsetOf(elf, dynamic.get(DT.SYMTAB));
  const strings = offsetOf(elf, dynamic.get(DT.STRTAB));
  if (symbols === undefined || strings === undefined) return [];
  // nothing tells the number of symbols but a hash table; linkers put the strings right behind them
  const size = strings > symbols ? strings - symbols : bytes.length - symbols;
  return readSymbols(bytes, elf, symbols, size, strings, dynamic.get(DT.STRSZ) ?? 0);
}

function readSymbols(bytes: Buffer, elf: Elf, at: number, size: number, pool: number, poolSize: number): ElfSymbol[] {
  const wide = elf.bits === 64;
  const word = wordReader(bytes, elf.bits);
  const entry = wide ? 24 : 16;
  const end = Math.min(at + size, bytes.length);
  const found: ElfSymbol[] = [];
  for (let symbol = at; symbol + entry <= end && found.length < MAX_SYMBOLS; symbol += entry) {
    const name = nameAt(bytes, pool + bytes.readUInt32LE(symbol), pool + poolSize);
    if (name === '') continue;
    found.push({ name, address: word(symbol + (wide ? 8 : 4)), size: word(symbol + (wide ? 16 : 8)) });
  }
  return found;
}

const DT = { STRTAB: 5, SYMTAB: 6, STRSZ: 10 } as const;

/** Tag -> value of the dynamic segment. */
export function dynamicTable(bytes: Buffer, elf: Elf): Map<number, number> {
  const table = new Map<number, number>();
  const segment = elf.segments.find(({ type }) => type === PT.DYNAMIC);
  if (segment === undefined) return table;
  const word = wordReader(bytes, elf.bits);
  const size = elf.bits / 8;
  const end = Math.min(segment.offset + segment.size, bytes.length);
  for (let at = segment.offset, count = 0; at + 2 * size <= end && count < 512; at += 2 * size, count++) {
    const tag = word(at);
    if (tag === 0) break;
    if (!table.has(tag)) table.set(tag, word(at + size));
  }
  return table;
}

/** Offset in the file of an address in memory. */
export function offsetOf(elf: Elf, address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  const segment = elf.segments.find(
    ({ type, address: start, size }) => type === PT.LOAD && address >= start && address < start + size,
  );
  return segment === undefined ? undefined : address - segment.address + segment.offset;
}

/** Where the names of dynamic symbols stand: no strings of the program. */
export function dynamicStrings(bytes: Buffer, elf: Elf): { start: number; end: number } | undefined {
  const dynamic = dynamicTable(bytes, elf);
  const start = offsetOf(elf, dynamic.get(DT.STRTAB));
  return start === undefined ? undefined : { start, end: start + (dynamic.get(DT.STRSZ) ?? 0) };
}
