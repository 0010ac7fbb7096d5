/**
 * Resources embedded in an assembly (ECMA-335 §II.22.24): each is a u32 length and its bytes, at an offset into the
 * resources that the CLI header points to. Text files (settings, pages, scripts, XAML) are read as text, `.resources`
 * tables as below, assemblies within an assembly (also as Costura packs them: deflated) handed back.
 *
 * Table (dotnet/runtime, System.Resources.ResourceReader): magic u32 0xBEEFCACE · header version i32 · bytes to skip i32
 * · those · version i32 (1 or 2) · number of resources i32 · number of types i32 · type names (string) · padding to 8 ·
 * hashes i32 each · positions of names i32 each · offset of the data i32 · names {length 7-bit, UTF-16LE, offset into the
 * data i32} · data {type 7-bit, value}. Type 1 of version 2 is a string: length 7-bit, UTF-8. In version 1 types are
 * indices into the type names.
 */
import { inflateRawSync } from 'node:zlib';
import { textCanMatter } from '../candidate.ts';
import type { ReadContext } from '../reader.ts';
import { createScanner, grammarOf, guessGrammar, looksLikeText } from '../text/index.ts';
import type { Metadata } from './metadata.ts';
import { isPortableExecutable, type Range } from './pe.ts';
import { TABLE } from './tables.ts';

const MAGIC = 0xbeefcace;
const MOST_TEXT = 16 << 20;

/** An assembly that another one carries. */
export interface EmbeddedAssembly {
  name: string;
  bytes: Buffer;
}

/** @returns how many resources were read, and the assemblies among them */
export function readResources(
  bytes: Buffer,
  range: Range,
  { tables, string }: Metadata,
  context: ReadContext,
): { count: number; assemblies: EmbeddedAssembly[] } {
  const rows = tables.get(TABLE.ManifestResource);
  const assemblies: EmbeddedAssembly[] = [];
  const seen = new Set<number>();
  // resources of valid files do not overlap
  let left = range.length;
  let count = 0;
  for (let row = 1; row <= rows.rows; row++) {
    const at = range.offset + rows.cell(row, 0);
    // one that another file holds has an implementation; one that shares its bytes was read
    if (rows.cell(row, 3) !== 0 || at + 4 > range.offset + range.length || seen.has(at) || left <= 0) continue;
    seen.add(at);
    const length = bytes.readUInt32LE(at);
    const name = string(rows.cell(row, 2));
    const data = bytes.subarray(at + 4, Math.min(at + 4 + length, range.offset + range.length));
    left -= data.length;
    const assembly = assemblyIn(name, data, context.limits.entryBytes);
    if (assembly !== undefined) assemblies.push(assembly);
    else if (readResource(name, data, at + 4, context)) count++;
  }
  return { count, assemblies };
}

function readResource(name: string, data: Buffer, base: number, context: ReadContext): boolean {
  if (data.length >= 12 && data.readUInt32LE(0) === MAGIC) {
    readResourceTable(data, (key, text, at) => {
      if (textCanMatter(text)) context.string(text, base + at, { name: key });
    });
    return true;
  }
  return readEmbeddedText(name, data, context);
}

/** Reads a text file inside `context`'s entry, as an entry of its own. @returns false when it is none */
export function readEmbeddedText(name: string, data: Buffer, context: ReadContext): boolean {
  const bom = data.length > 3 && data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? 3 : 0;
  const text = data.subarray(bom, MOST_TEXT);
  const head = text.subarray(0, 512);
  if (!looksLikeText(head)) return false;
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const grammar = grammarOf(/^(?:xaml|config|axml|resx)$/.test(extension) ? 'xml' : extension) ?? guessGrammar(head);
  const inner = context.inner(name);
  const scanner = createScanner(grammar, (piece) => {
    inner.string(piece.text, bom + piece.offset, piece.name === undefined ? {} : { name: piece.name });
  });
  scanner.push(text);
  scanner.end();
  return true;
}

function assemblyIn(name: string, data: Buffer, most: number): EmbeddedAssembly | undefined {
  if (isPortableExecutable(data)) return { name: name.replace(/^costura\./, ''), bytes: data };
  const packed = /^(?:costura\.)?(.{1,200}\.dll)\.(?:compressed|zip)$/i.exec(name)?.[1];
  if (packed === undefined) return undefined;
  try {
    const bytes = inflateRawSync(data, { maxOutputLength: Math.min(most, 64 << 20) });
    return isPortableExecutable(bytes) ? { name: packed, bytes } : undefined;
  } catch {
    return undefined; // no deflated data, or more than is read of it
  }
}

type EmitResource = (key: string, text: string, at: number) => void;

function readResourceTable(data: Buffer, emit: EmitResource): void {
  let at = 12 + data.readUInt32LE(8);
  if (at + 12 > data.length) return;
  const version = data.readInt32LE(at);
  const count = data.readUInt32LE(at + 4);
  const types = data.readUInt32LE(at + 8);
  at += 12;
  const stringTypes = new Set<number>();
  for (let index = 0; index < types && at < data.length; index++) {
    const type = shortString(data, at, 'utf8');
    if (type === undefined) return;
    if (type.text.startsWith('System.String,') || type.text === 'System.String') stringTypes.add(index);
    at = type.end;
  }
  at = (at + 7) & ~7;
  const positions = at + count * 4;
  const names = positions + count * 4 + 4;
  if (names > data.length) return;
  const values = data.readUInt32LE(names - 4);
  let left = data.length;
  for (let index = 0; index < count; index++) {
    const key = shortString(data, names + data.readUInt32LE(positions + index * 4), 'utf16le');
    if (key === undefined || key.end + 4 > data.length) continue;
    const value = values + data.readUInt32LE(key.end);
    const type = number7(data, value);
    if (type === undefined) continue;
    if (version === 1 ? !stringTypes.has(type.value) : type.value !== 1) continue;
    const text = shortString(data, type.end, 'utf8');
    left -= text === undefined ? 0 : text.end - text.start;
    if (left < 0) return;
    if (text !== undefined) emit(key.text, text.text, text.start);
  }
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function number7(data: Buffer, from: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = from, shift = 0; at < data.length && shift < 28; shift += 7) {
    const byte = data[at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: at };
  }
  return undefined;
}

function shortString(
  data: Buffer,
  at: number,
  encoding: 'utf8' | 'utf16le',
): { text: string; start: number; end: number } | undefined {
  const length = number7(data, at);
  if (length === undefined || length.end + length.value > data.length) return undefined;
  const end = length.end + length.value;
  return { text: data.toString(encoding, length.end, end), start: length.end, end };
}
