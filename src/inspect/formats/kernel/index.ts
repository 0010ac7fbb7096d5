/**
 * A debug build of Flutter: Dart Kernel with the text of every source file in it. Each file is read as the script it is,
 * so that a string has its name and its owner; those of Dart and Flutter themselves are left out. Constants that the
 * compiler put together stand in the string table only. Without embedded text the whole string table is read.
 */
import { BYTE_CLASS, canMatter, isAscii } from '../candidate.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { scanText } from '../text/scan.ts';
import { type Component, components, readComponent, type Source, type StringTable } from './component.ts';
import { isKernel } from './magic.ts';
import { ownerOf, ownPackages } from './owner.ts';

/** Pub packages of one program: a large app uses some two hundred. */
const MOST_PACKAGES = 2000;
/** Addresses of the app's own that constants may begin with. */
const MOST_BASES = 500;

export function readKernel(bytes: Buffer, context: ReadContext): ReadResult {
  if (!isKernel(bytes)) return failed('KERNEL_BAD_MAGIC', 'no Dart kernel');
  const parts = components(bytes);
  if (parts === undefined) return failed('KERNEL_CORRUPT', 'Dart kernel whose end is cut off or unknown');
  const found: { part: Component; start: number; view: Buffer }[] = parts.map(({ start, end }) => {
    const view = bytes.subarray(start, end);
    return { part: readComponent(view), start, view };
  });
  const own = ownPackages(found.flatMap(({ part }) => part.sources));
  const reading: Reading = { context, own, bases: new Set(), packages: new Map(), files: 0, strings: 0, full: false };
  for (const { part, start, view } of found) readSources(reading, part.sources, start, view);
  for (const { part, start, view } of found) {
    if (part.strings !== undefined) readStrings(reading, part.strings, start, view);
  }
  for (const [name, version] of [...reading.packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const library = { ecosystem: 'pub' as const, name, entry: context.entry };
    context.sink.library(version === undefined ? library : { ...library, version });
  }
  return resultOf(reading, found);
}

interface Reading {
  context: ReadContext;
  own: ReadonlySet<string>;
  /** Addresses in the app's own sources. */
  bases: Set<string>;
  /** Name -> version. */
  packages: Map<string, string | undefined>;
  /** Source files that were read as text. */
  files: number;
  strings: number;
  full: boolean;
}

function resultOf({ files, strings, full, context }: Reading, found: readonly { part: Component }[]): ReadResult {
  const version = found[0]?.part.version ?? 0;
  const what = `Dart kernel ${version} of a debug build`;
  const count = files > 0 ? `${files} source files` : `${strings} strings`;
  if (found.some(({ part }) => part.damaged)) {
    return partial('KERNEL_CORRUPT', `${what}: ${count}; a part of it was not found`);
  }
  if (full) return partial('LIMIT_STRINGS', `${what}: only ${context.limits.tableStrings} of its strings were read`);
  return read(`${what}: ${count}`);
}

function readSources(reading: Reading, sources: readonly Source[], start: number, view: Buffer): void {
  const { context, packages, bases } = reading;
  for (const source of sources) {
    const owner = ownerOf(source, reading.own);
    if (owner.kind === 'framework') continue;
    if (owner.kind === 'library' && packages.size < MOST_PACKAGES) {
      packages.set(owner.package, owner.version ?? packages.get(owner.package));
    }
    if (source.end <= source.start) continue;
    reading.files++;
    const place = owner.kind === 'own' ? owner.path : `.pub-cache/${owner.package}/${owner.path}`;
    const inner = context.inner(place);
    const sink =
      owner.kind === 'library'
        ? inner.sink
        : {
            ...inner.sink,
            string(found: Parameters<typeof inner.sink.string>[0]) {
              if (bases.size < MOST_BASES && found.name !== 'comment' && BASE.test(found.text)) bases.add(found.text);
              inner.sink.string(found);
            },
          };
    scanText('dart', view.subarray(source.start, source.end), start + source.start, { ...inner, sink });
  }
}

/** An address that others may be put together of; a bare scheme would fit all of them. */
const BASE = /^[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/$]{4,200}[^\s]{0,500}$/i;

/** The string table: all of it where no source was embedded, else what begins with an address of the app's own. */
function readStrings(reading: Reading, { ends, start: from }: StringTable, start: number, view: Buffer): void {
  const { context, bases, files } = reading;
  if (files > 0 && bases.size === 0) return;
  let at = from;
  for (let index = 0; index < ends.length; index++) {
    if (index >= context.limits.tableStrings) {
      reading.full = true;
      return;
    }
    const begin = at;
    at = from + (ends[index] as number);
    let classes = 0;
    for (let byte = begin; byte < at; byte++) classes |= BYTE_CLASS[view[byte] as number] as number;
    if (!canMatter(view, begin, at, classes)) continue;
    const end = Math.min(at, begin + context.limits.stringLength);
    const text = view.toString(isAscii(classes) ? 'latin1' : 'utf8', begin, end);
    if (files > 0 ? !extendsBase(text, bases) : /^(?:package|dart|file|org-dartlang-\w+):/.test(text)) continue;
    reading.strings++;
    context.string(text, start + begin);
  }
}

function extendsBase(text: string, bases: ReadonlySet<string>): boolean {
  if (!text.includes('://') || bases.has(text)) return false;
  for (const base of bases) if (text.startsWith(base)) return true;
  return false;
}
