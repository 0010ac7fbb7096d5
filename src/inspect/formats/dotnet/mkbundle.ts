/**
 * Assemblies bundled into a native library: `libmonodroid_bundle_app.so` of Xamarin.Android, made by Mono's `mkbundle`
 * (mono/mono, mcs/tools/mkbundle/mkbundle.cs). For every assembly a symbol `assembly_data_Name_dll` with its size, at
 * read-only data: the file itself, or with `-z` a gzip file (RFC 1952) of it. Dots and hyphens of the name are
 * underscores in the symbol; the assembly tells its true name.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Elf, type ElfSymbol, offsetOf } from '../elf/elf.ts';
import { isGzip } from '../gzip/magic.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { assemblyName, readAssembly } from './assembly.ts';
import { isPortableExecutable } from './pe.ts';

const unpack = promisify(gunzip);
const PREFIX = 'assembly_data_';

/** @param symbols those of the assemblies */
export async function readBundle(
  bytes: Buffer,
  elf: Elf,
  symbols: readonly ElfSymbol[],
  context: ReadContext,
): Promise<ReadResult> {
  const starts = symbols.map(({ address }) => address).sort((a, b) => a - b);
  const seen = new Set<number>();
  const troubles: string[] = [];
  let left = context.limits.entryBytes;
  let done = 0;
  for (const { name, address, size } of symbols) {
    if (seen.has(address)) continue;
    seen.add(address);
    const symbolName = `${name.slice(PREFIX.length).replace(/_(dll|exe)$/, '')}.dll`;
    const trouble = (label: string, { code = 'DOTNET_BAD_HEADER', reason }: Pick<ReadResult, 'code' | 'reason'>) => {
      troubles.push(label);
      context.sink.skip({ subject: context.inner(label).entry, code, reason, severity: 'incomplete' });
    };
    const start = offsetOf(elf, address);
    // a size that the assembler did not write: up to the next one, or the end
    const length = size > 0 ? size : (starts.find((one) => one > address) ?? address + bytes.length) - address;
    const stored = start === undefined ? undefined : bytes.subarray(start, start + length);
    const plain = stored === undefined ? undefined : await plainAssembly(stored, left);
    if (!Buffer.isBuffer(plain)) {
      trouble(symbolName, plain ?? failed('DOTNET_TRUNCATED', 'it lies outside the file'));
      continue;
    }
    left -= plain.length;
    const own = assemblyName(plain);
    const inner = context.inner(own === undefined ? symbolName : `${own}.dll`);
    const result = readAssembly(plain, inner);
    if (result.status === 'read' || result.status === 'skipped') done++;
    else trouble(own ?? symbolName, result);
  }
  const what = `assemblies bundled into native code: ${done}`;
  if (troubles.length === 0) return read(what);
  return partial(
    'DOTNET_BUNDLE_PARTIAL',
    `${what}; ${troubles.length} not read whole: ${troubles.slice(0, 3).join(', ')}`,
  );
}

/** Below it no ratio counts. */
const SMALL = 1 << 20;

async function plainAssembly(stored: Buffer, left: number): Promise<Buffer | ReadResult> {
  if (!isGzip(stored)) {
    return isPortableExecutable(stored) ? stored : failed('DOTNET_BAD_HEADER', 'neither an assembly nor a gzip of one');
  }
  const most = Math.min(left, Math.max(SMALL, stored.length * 200));
  if (most <= 0) return failed('LIMIT_ENTRY_BYTES', 'the bundle holds more than is read of one entry');
  try {
    return await unpack(stored, { maxOutputLength: most });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    if (tooLarge) return failed('LIMIT_ENTRY_BYTES', `it unpacks to more than ${most} bytes`);
    return failed('DOTNET_COMPRESSED', `its gzip data is damaged: ${error instanceof Error ? error.message : ''}`);
  }
}
