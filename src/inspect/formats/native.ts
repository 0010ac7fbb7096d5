/** ELF files: what is inside – a Dart program, .NET assemblies, an engine, or code with constants – decides the reader. */
import type { FoundString } from '../source.ts';
import { readDart } from './dart/index.ts';
import { findDartSnapshots } from './dart/snapshot-header.ts';
import { sectionRange } from './elf/data-ranges.ts';
import { dynamicSymbols, type ElfSymbol, isElf, parseElf } from './elf/elf.ts';
import { engineOf } from './elf/engines.ts';
import { readElf } from './elf/index.ts';
import type { ReadContext } from './reader.ts';
import { failed, type ReadResult } from './result.ts';

/** `mkbundle` of Mono, which Xamarin calls “bundle assemblies into native code”. */
const isBundled = ({ name }: ElfSymbol) => name.startsWith('assembly_data_');
const DART_SYMBOL = /^_kDart(?:Vm|Isolate)?Snapshot(?:Data|Instructions)$/;

export async function readNative(bytes: Buffer, context: ReadContext): Promise<ReadResult> {
  if (!isElf(bytes)) return failed('ELF_BAD_MAGIC', 'not an ELF file');
  const elf = parseElf(bytes);
  if (elf === undefined) {
    return failed(
      'ELF_UNSUPPORTED',
      bytes[5] === 2 ? 'unparsed big-endian ELF file' : 'its ELF header is cut off or unknown',
    );
  }
  const base = context.entry.slice(context.entry.lastIndexOf('/') + 1);
  const symbols = dynamicSymbols(bytes, elf);
  if (symbols.some(({ name }) => DART_SYMBOL.test(name))) return readDart(bytes, via(context, 'dart'));
  if (base === 'libapp.so' && findDartSnapshots(bytes).length > 0) return readDart(bytes, via(context, 'dart'));
  if (symbols.some(({ name }) => name === '_assembly_store') || sectionRange(bytes, elf, /^payload$/) !== undefined) {
    const { readAssemblyStore } = await import('./dotnet/assembly-store.ts');
    const result = await readAssemblyStore(bytes, via(context, 'dotnet'));
    // others may call a section so too
    if (result.code !== 'DOTNET_NO_PAYLOAD') return result;
  }
  const bundled = symbols.filter(isBundled);
  if (bundled.length > 0) {
    const { readBundle } = await import('./dotnet/mkbundle.ts');
    return readBundle(bytes, elf, bundled, via(context, 'dotnet'));
  }
  const engine = engineOf(base);
  if (engine !== undefined) {
    context.sink.library({ ecosystem: 'generic', name: engine, entry: context.entry });
    return { status: 'skipped', reason: `${engine}: the runtime of a framework, not code of the app` };
  }
  return readElf(bytes, elf, context);
}

/** The same context for another kind of string: the entry's name and magic promise ELF, what is inside is more. */
function via(context: ReadContext, kind: FoundString['via']): ReadContext {
  const { sink, entry } = context;
  return {
    ...context,
    string(text, offset, more) {
      sink.string({ text, entry, via: kind, ...(offset === undefined ? {} : { offset }), ...more });
    },
    inner: (name) => via(context.inner(name), kind),
  };
}
