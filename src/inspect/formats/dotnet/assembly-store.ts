/**
 * Assembly stores of .NET for Android: all assemblies of an app in one file (dotnet/android: AssemblyStores.md,
 * ApkSharedLibraries.md, xamarin-app.hh, AssemblyStoreGenerator). Little-endian.
 *
 * Header: magic u32 `XABA` · version u32 (bit 31: 64 bits, bits 16–23: ABI, low 16: number) ·
 *   v1: local entries u32 · global entries u32 · store id u32 · then for each local entry 6 × u32
 *       {data offset, size, debug offset, size, config offset, size}; its names stand in `assemblies.manifest`, another
 *       file, but every assembly tells its own.
 *   v2+: entries u32 · index entries u32 · size of the index u32 · from v4 on: content id u64 · the index · for each
 *       entry 7 × u32 {mapping index, then as in v1} · for each entry: length u32, name in UTF-8.
 * An entry without data is kept in another store. Data is an assembly, plain or compressed (compressed.ts).
 *
 * `assemblies[.<abi>].blob` holds the store as it is; `libassemblies.<abi>.blob.so` and `libassembly-store.so` are ELF
 * libraries with the store in a section named `payload` or behind the symbol `_assembly_store`. Apps without a store have
 * each assembly in such a library of its own: `lib_Name.dll.so`.
 */
import { DOTNET_FRAMEWORK } from '../../data/entry-places.ts';
import { dynamicSymbols, isElf, offsetOf, parseElf } from '../elf/elf.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { assemblyName, readAssembly } from './assembly.ts';
import { decompressAssembly, isCompressedAssembly } from './compressed.ts';
import { XABA } from './magic.ts';
import { isPortableExecutable } from './pe.ts';
import { readEmbeddedText } from './resources.ts';

const NEWEST = 4;
/** The content id came with v4; a reader of v4 that meets a header without it still finds its tables. */
const HEADERS: Readonly<Record<number, readonly number[]>> = { 2: [20], 3: [20, 28], 4: [28, 20] };
const LONGEST_NAME = 1024;

interface StoredAssembly {
  /** Undefined in v1. */
  name: string | undefined;
  data: { offset: number; size: number };
  config: { offset: number; size: number };
}

function isAssemblyStore(head: Buffer): boolean {
  return head.length >= 20 && head.readUInt32LE(0) === XABA;
}

/** @param bytes the store, a single assembly (also compressed), or the ELF library around either */
export async function readAssemblyStore(bytes: Buffer, context: ReadContext): Promise<ReadResult> {
  if (isElf(bytes)) {
    const payload = payloadOf(bytes);
    if (payload === undefined) return failed('DOTNET_NO_PAYLOAD', 'the library has no payload section');
    return readPayload(bytes.subarray(payload.offset, payload.offset + payload.size), context, true);
  }
  return readPayload(bytes, context, false);
}

/** Where an ELF library of .NET for Android keeps its data; undefined when it is none of these. */
function payloadOf(bytes: Buffer): { offset: number; size: number } | undefined {
  const elf = parseElf(bytes);
  if (elf === undefined) return undefined;
  const section = elf.sections.find(({ name }) => name === 'payload');
  if (section !== undefined && section.offset < bytes.length) return section;
  // stripped of its section headers
  const symbol = dynamicSymbols(bytes, elf).find(({ name }) => name === '_assembly_store');
  const offset = offsetOf(elf, symbol?.address);
  return offset === undefined ? undefined : { offset, size: bytes.length - offset };
}

/** @param wrapped whether the entry is a library around these bytes */
async function readPayload(bytes: Buffer, context: ReadContext, wrapped: boolean): Promise<ReadResult> {
  if (isAssemblyStore(bytes)) return readStore(bytes, context);
  const plain = isCompressedAssembly(bytes) ? await decompressAssembly(bytes) : bytes;
  if (!Buffer.isBuffer(plain)) return plain;
  if (!isPortableExecutable(plain)) return failed('DOTNET_NO_PAYLOAD', 'neither an assembly nor an assembly store');
  const name = wrapped ? assemblyName(plain) : undefined;
  return readAssembly(plain, name === undefined ? context : context.inner(fileName(name)));
}

async function readStore(bytes: Buffer, context: ReadContext): Promise<ReadResult> {
  const number = bytes.readUInt32LE(4) & 0xffff;
  if (number === 0 || number > NEWEST) return failed('DOTNET_STORE_VERSION', `unparsed assembly store v${number}`);
  const listed = number === 1 ? listV1(bytes) : listV2(bytes, number);
  if (listed === undefined) return failed('DOTNET_STORE_CORRUPT', `the tables of the store (v${number}) are damaged`);
  const seen = new Set<number>();
  let left = context.limits.entryBytes;
  let done = 0;
  const troubles: string[] = [];
  for (const { name, data, config } of listed.entries) {
    // without data: it lies in the store of the other ABI; at the offset of another one: read already
    if (data.size === 0 || seen.has(data.offset)) continue;
    seen.add(data.offset);
    const stored = bytes.subarray(data.offset, data.offset + data.size);
    const file = name === undefined ? undefined : fileName(name);
    const plain = stored.length < data.size ? undefined : await plainAssembly(stored, left);
    if (!Buffer.isBuffer(plain)) {
      const label = file ?? `assembly at ${data.offset}`;
      troubles.push(label);
      const { code, reason } = plain ?? failed('DOTNET_TRUNCATED', 'it is cut off');
      context.sink.skip({
        subject: context.inner(label).entry,
        code: code ?? 'DOTNET_BAD_HEADER',
        reason,
        severity: 'incomplete',
      });
      continue;
    }
    left -= plain.length + stored.length;
    const label = file ?? fileName(assemblyName(plain) ?? `assembly at ${data.offset}`);
    const inner = context.inner(label);
    const result = readAssembly(plain, inner);
    if (result.status === 'read' || result.status === 'skipped') done++;
    else {
      troubles.push(label);
      const { code = 'DOTNET_BAD_HEADER', reason } = result;
      context.sink.skip({ subject: inner.entry, code, reason, severity: 'incomplete' });
    }
    readConfig(bytes, label, config, context);
  }
  const what = `assembly store v${number}, ${done} assemblies`;
  if (troubles.length > 0) {
    return partial(
      'DOTNET_STORE_PARTIAL',
      `${what}; ${troubles.length} not read whole: ${troubles.slice(0, 3).join(', ')}`,
    );
  }
  return listed.whole ? read(what) : partial('DOTNET_STORE_CORRUPT', `${what}; more are declared than there are`);
}

async function plainAssembly(stored: Buffer, left: number): Promise<Buffer | ReadResult> {
  const claimed = isCompressedAssembly(stored) ? stored.readUInt32LE(8) : 0;
  if (claimed + stored.length > left)
    return failed('LIMIT_ENTRY_BYTES', 'the store holds more than is read of one entry');
  return claimed > 0 ? decompressAssembly(stored) : stored;
}

function readConfig(
  bytes: Buffer,
  label: string,
  { offset, size }: StoredAssembly['config'],
  context: ReadContext,
): void {
  if (size < 2 || offset + size > bytes.length || DOTNET_FRAMEWORK.test(label)) return;
  const nul = bytes[offset + size - 1] === 0 ? 1 : 0;
  readEmbeddedText(`${label}.config`, bytes.subarray(offset, offset + size - nul), context);
}

interface Listing {
  entries: StoredAssembly[];
  /** False when fewer were there than declared. */
  whole: boolean;
}

function listV1(bytes: Buffer): Listing {
  const declared = bytes.readUInt32LE(8);
  const count = Math.min(declared, Math.floor((bytes.length - 20) / 24));
  const entries: StoredAssembly[] = [];
  for (let index = 0; index < count; index++) entries.push(descriptor(bytes, 20 + index * 24, undefined));
  return { entries, whole: count === declared };
}

function listV2(bytes: Buffer, number: number): Listing | undefined {
  const count = bytes.readUInt32LE(8);
  const indexSize = bytes.readUInt32LE(16);
  for (const header of HEADERS[number] ?? []) {
    const descriptors = header + indexSize;
    const names = namesAt(bytes, descriptors + count * 28, count);
    if (names === undefined) continue;
    return { entries: names.map((name, index) => descriptor(bytes, descriptors + index * 28 + 4, name)), whole: true };
  }
  return undefined;
}

/** @returns undefined when there are no such names at that place: the header is of another size */
function namesAt(bytes: Buffer, start: number, count: number): string[] | undefined {
  const names: string[] = [];
  for (let at = start; names.length < count; ) {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readUInt32LE(at);
    at += 4;
    if (length === 0 || length > LONGEST_NAME || at + length > bytes.length) return undefined;
    const name = bytes.toString('utf8', at, at + length);
    if (/[\u0000-\u001f]/.test(name)) return undefined;
    names.push(name);
    at += length;
  }
  return names;
}

function descriptor(bytes: Buffer, at: number, name: string | undefined): StoredAssembly {
  const pair = (from: number) => ({ offset: bytes.readUInt32LE(from), size: bytes.readUInt32LE(from + 4) });
  return { name, data: pair(at), config: pair(at + 16) };
}

/** Names come with and without their ending; those of satellite assemblies with the culture before: `de/Shop.resources`. */
function fileName(name: string): string {
  return /\.(?:dll|exe)$/i.test(name) ? name : `${name}.dll`;
}
