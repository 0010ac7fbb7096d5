/** Runs a reader on bytes and keeps what it hands on. */
import { LIMITS } from '../../../../core/limits.ts';
import type { Skip } from '../../../../core/skip.ts';
import type { FoundCode, FoundLibrary, FoundString, PackageSink } from '../../../source.ts';
import type { BinaryReader, ReadContext } from '../../reader.ts';
import type { ReadResult } from '../../result.ts';

export interface Found {
  result: ReadResult;
  strings: FoundString[];
  libraries: FoundLibrary[];
  code: FoundCode[];
  skips: Skip[];
}

export async function readAs(
  reader: BinaryReader,
  bytes: Buffer,
  {
    entry = 'x',
    via = 'dotnet',
    limits = {},
  }: { entry?: string; via?: FoundString['via']; limits?: Partial<typeof LIMITS> } = {},
): Promise<Found> {
  const found: Omit<Found, 'result'> = { strings: [], libraries: [], code: [], skips: [] };
  const ignore = () => {};
  const sink: PackageSink = {
    string: (string) => found.strings.push(string),
    library: (library) => found.libraries.push(library),
    code: (code) => found.code.push(code),
    skip: (skip) => found.skips.push(skip),
    manifest: ignore,
    networkSecurityConfig: ignore,
    plist: ignore,
    resourceXml: ignore,
    call: ignore,
    signature: ignore,
    coverage: ignore,
  };
  function contextOf(label: string): ReadContext {
    return {
      entry: label,
      limits: { ...LIMITS, ...limits },
      sink,
      string: (text, offset, more) =>
        sink.string({ text, entry: label, via, ...(offset === undefined ? {} : { offset }), ...more }),
      inner: (name) => contextOf(`${label}!${name}`),
    };
  }
  return { result: await reader(bytes, contextOf(entry)), ...found };
}
