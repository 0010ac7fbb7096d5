/** Reads a Mach-O file by itself and collects what it gives, for tests. */
import { LIMITS } from '../../../../core/limits.ts';
import type { FoundSignature, FoundString, PackageSink, PlistValue } from '../../../source.ts';
import type { ReadContext } from '../../reader.ts';
import type { ReadResult } from '../../result.ts';
import { readMachO } from '../index.ts';

export interface ReadMachO {
  result: ReadResult;
  strings: { text: string; offset?: number; via: FoundString['via'] }[];
  plists: Map<string, PlistValue>;
  names: Map<string, number>;
  signatures: FoundSignature[];
}

export async function collectMachO(bytes: Buffer, limits: Partial<typeof LIMITS> = {}): Promise<ReadMachO> {
  const found: Omit<ReadMachO, 'result'> = { strings: [], plists: new Map(), names: new Map(), signatures: [] };
  const none = () => {};
  const take = ({ text, offset, via }: FoundString) =>
    void found.strings.push(offset === undefined ? { text, via } : { text, offset, via });
  const sink: PackageSink = {
    string: take,
    manifest: none,
    networkSecurityConfig: none,
    resourceXml: none,
    plist: (entry, value) => void found.plists.set(entry, value),
    call: none,
    library: none,
    code: ({ names }) => {
      for (const [name, count] of names) found.names.set(name, count);
    },
    signature: (one) => void found.signatures.push(one),
    coverage: none,
    skip: none,
  };
  const context: ReadContext = {
    entry: 'Shop',
    limits: { ...LIMITS, ...limits },
    sink,
    string: (text, offset) => take({ text, entry: 'Shop', via: 'macho', ...(offset === undefined ? {} : { offset }) }),
    inner: () => context,
  };
  return { result: await readMachO(bytes, context), ...found };
}
