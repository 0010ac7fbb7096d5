import { LIMITS } from '../../../../core/limits.ts';
import type { FoundLibrary, FoundString, PackageSink } from '../../../source.ts';
import { readNative } from '../../native.ts';
import type { ReadContext } from '../../reader.ts';
import type { ReadResult } from '../../result.ts';

export interface NativeFound {
  result: ReadResult;
  strings: FoundString[];
  texts: string[];
  libraries: FoundLibrary[];
}

/** Reads one library as the entry of a package and collects what it hands on. */
export async function collectNative(
  bytes: Buffer,
  name = 'libshop.so',
  limits: Partial<typeof LIMITS> = {},
): Promise<NativeFound> {
  const entry = `lib/arm64-v8a/${name}`;
  const strings: FoundString[] = [];
  const libraries: FoundLibrary[] = [];
  const sink = {
    string: (found) => void strings.push(found),
    library: (found) => void libraries.push(found),
    code: () => {},
  } satisfies Partial<PackageSink> as Partial<PackageSink> as PackageSink;
  const context: ReadContext = {
    entry,
    limits: { ...LIMITS, ...limits },
    sink,
    string: (text, offset, more) =>
      sink.string({ text, entry, via: 'elf', ...(offset === undefined ? {} : { offset }), ...more }),
    inner: () => context,
  };
  const result = await readNative(bytes, context);
  return { result, strings, texts: strings.map(({ text }) => text), libraries };
}
