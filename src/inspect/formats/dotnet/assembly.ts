/**
 * One .NET assembly: the literals of its code with the methods that use them, constants, attributes, embedded resources,
 * its namespaces and its name and version. Never a search for printable bytes: each comes out of a heap or table.
 */
import { DOTNET_FRAMEWORK } from '../../data/entry-places.ts';
import { textCanMatter } from '../candidate.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { SECRET_NAME } from '../secret-name.ts';
import { readAttributes } from './attributes.ts';
import { readConstants, readStaticData } from './constants.ts';
import { identityOf, reportIdentity } from './identity.ts';
import { findUses, type Use } from './il.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { createNames, type Names } from './names.ts';
import { type CliImage, readCliImage } from './pe.ts';
import { readResources } from './resources.ts';
import { TABLE } from './tables.ts';
import { walkUserStrings } from './user-strings.ts';

/** Assemblies in assemblies, so deep and so many bytes. */
const MAX_DEPTH = 2;

/** The name by which an assembly calls itself, without `.dll`; undefined when the bytes are no assembly. */
export function assemblyName(bytes: Buffer): string | undefined {
  const image = readCliImage(bytes);
  const metadata = typeof image === 'string' ? undefined : readMetadata(bytes, image.metadata);
  return metadata && identityOf(metadata)?.name;
}

export function readAssembly(bytes: Buffer, context: ReadContext, depth = 0): ReadResult {
  const image = readCliImage(bytes);
  if (image === 'broken') return failed('DOTNET_BAD_HEADER', 'no Windows executable that can be read');
  if (image === 'native') return { status: 'skipped', reason: 'a Windows executable without .NET code' };
  const metadata = readMetadata(bytes, image.metadata);
  if (metadata === undefined) return failed('DOTNET_BAD_METADATA', 'its metadata cannot be read');
  const identity = identityOf(metadata);
  const framework = identity !== undefined && DOTNET_FRAMEWORK.test(`${identity.name}.dll`);
  const names = createNames(metadata);

  const uses = framework ? new Map<number, Use>() : findUses(bytes, image, metadata);
  const literals = readLiterals(bytes, metadata, names, uses, context);
  let resources = 0;
  let inside = '';
  if (!framework) {
    readNamed(bytes, image, metadata, names, context);
    reportNamespaces(metadata, context);
    if (image.resources !== undefined) {
      const found = readResources(bytes, image.resources, metadata, context);
      resources = found.count;
      if (depth < MAX_DEPTH) {
        let left = context.limits.entryBytes;
        for (const assembly of found.assemblies) {
          left -= assembly.bytes.length;
          if (left < 0) break;
          readAssembly(assembly.bytes, context.inner(assembly.name), depth + 1);
        }
        if (found.assemblies.length > 0) inside = `, ${found.assemblies.length} assemblies inside`;
      }
    }
  }
  if (identity !== undefined) reportIdentity(identity, metadata, names, context);
  const what = `${literals.strings} literals${resources > 0 ? `, ${resources} resources` : ''}${inside}`;
  if (!literals.whole) return partial('DOTNET_BAD_HEAP', `the heap of literals is damaged after ${what}`);
  if (metadata.tables.truncated) return partial('DOTNET_TRUNCATED', `its tables are cut off; ${what}`);
  return read(`.NET assembly, ${what}`);
}

function readLiterals(
  bytes: Buffer,
  metadata: Metadata,
  names: Names,
  uses: Map<number, Use>,
  context: ReadContext,
): { strings: number; whole: boolean } {
  const secrets = new Map<number, string>();
  for (const [index, { target }] of uses) {
    const name = target === undefined ? undefined : names.target(target);
    if (name !== undefined && SECRET_NAME.test(name)) secrets.set(index, name);
  }
  const { stringLength } = context.limits;
  let strings = 0;
  let whole = true;
  for (const [number, heap] of metadata.userStrings.entries()) {
    // tokens point into the first heap
    const first = number === 0;
    const walked = walkUserStrings(
      bytes,
      heap,
      (index) => first && secrets.has(index),
      (index, start, end) => {
        const use = first ? uses.get(index) : undefined;
        const text = bytes.toString('utf16le', start, Math.min(end, start + stringLength * 2));
        if (!textCanMatter(text) && !(first && secrets.has(index))) return;
        context.string(text, start, use === undefined ? {} : describe(use, names));
      },
    );
    strings += walked.strings;
    whole &&= walked.whole;
  }
  return { strings, whole };
}

function describe(use: Use, names: Names): Parameters<ReadContext['string']>[2] {
  const name = use.target === undefined ? undefined : names.target(use.target);
  return { code: use.methods.map(names.method), ...(name === undefined ? {} : { name }) };
}

/** What stands in tables under a name: constants, attributes, static data. */
function readNamed(bytes: Buffer, image: CliImage, metadata: Metadata, names: Names, context: ReadContext): void {
  readConstants(metadata, ({ text, offset, name }) => {
    const secret = name !== undefined && SECRET_NAME.test(name);
    if (secret || textCanMatter(text)) context.string(text, offset, name === undefined ? {} : { name });
  });
  readAttributes(metadata, names, ({ attribute, argument, text, offset }) => {
    if (textCanMatter(text)) context.string(text, offset, { name: argument ?? attribute });
  });
  readStaticData(bytes, image, metadata, ({ text, offset }) => context.string(text, offset));
}

function reportNamespaces({ tables, string }: Metadata, { sink, entry }: ReadContext): void {
  const types = tables.get(TABLE.TypeDef);
  const counts = new Map<string, number>();
  // most types share the namespace of the one before
  const known = new Map<number, string>();
  for (let row = 1; row <= types.rows; row++) {
    const index = types.cell(row, 2);
    if (index === 0) continue; // nested types and what the compiler adds
    const name = known.get(index) ?? string(index);
    known.set(index, name);
    if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size > 0) sink.code({ entry, via: 'dotnet', names: counts });
}
