/**
 * Unity's IL2CPP: the strings of C# code that was compiled to C++. They all stand in `global-metadata.dat`
 * (`assets/bin/Data/Managed/Metadata/`, on iOS `Data/Managed/Metadata/`); the native library holds none of them.
 * The layout: header.ts.
 */
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { readConstants } from './constants.ts';
import { type Header, isInside, isKnown, readHeader } from './header.ts';
import { type LiteralTable, literalTable, readLiterals } from './literals.ts';
import { isMetadata } from './magic.ts';
import { namespacesOf } from './namespaces.ts';

const NEWEST = 106;

export function readMetadata(bytes: Buffer, context: ReadContext): ReadResult {
  if (!isMetadata(bytes)) {
    return partial(
      'IL2CPP_ENCRYPTED',
      'Unity metadata without its magic: a protector has encrypted it, nothing was read',
    );
  }
  const version = bytes.readUInt32LE(4);
  const located = locate(bytes, version);
  if (located === undefined) return unreadable(bytes, version);
  const { header, table } = located;
  const trouble = readLiterals(bytes, table, header, context.limits, context.string);
  const namespaces = namespacesOf(bytes, header);
  if (namespaces !== undefined && namespaces.size > 0) {
    context.sink.code({ entry: context.entry, via: 'il2cpp', names: namespaces });
  }
  const constants = readConstants(bytes, header, context);
  const what = `Unity metadata v${version}: ${table.count} literals, ${constants} constants`;
  if (trouble.forged) return partial('IL2CPP_OVERLAP', `${what}; they overlap: the table is forged`);
  if (trouble.scrambled * 4 > table.count) {
    return partial(
      'IL2CPP_LITERALS_ENCRYPTED',
      `${what}, ${trouble.scrambled} of them no text: a protector has encrypted them`,
    );
  }
  if (table.count > context.limits.tableStrings) {
    return partial('IL2CPP_LIMIT', `${what}, of which ${context.limits.tableStrings} were read`);
  }
  if (trouble.outside > 0)
    return partial('IL2CPP_BAD_OFFSET', `${what}, ${trouble.outside} of them outside their section`);
  if (!isKnown(version)) {
    return partial(
      'IL2CPP_NEW_VERSION',
      `${what}; v${version} is not known, its tables look as those of known versions do`,
    );
  }
  return read(what);
}

/** Sections with a count came with version 38; a version that is not known may have either. */
function locate(bytes: Buffer, version: number): { header: Header; table: LiteralTable } | undefined {
  for (const wide of version >= 38 ? [true, false] : [false, true]) {
    const header = readHeader(bytes, wide);
    if (header === undefined || !isSound(bytes, header)) continue;
    const table = literalTable(bytes, header);
    if (table !== undefined) return { header, table };
  }
  return undefined;
}

/** Sections lie inside the file, behind the header and not upon each other. */
function isSound(bytes: Buffer, { literals, literalData, names }: Header): boolean {
  const sections = [literals, literalData, names];
  if (!sections.every((section) => isInside(bytes, section) && section.offset >= 8)) return false;
  sections.sort((a, b) => a.offset - b.offset);
  return sections.every((section, index) => {
    const next = sections[index + 1];
    return next === undefined || section.offset + section.size <= next.offset;
  });
}

function unreadable(bytes: Buffer, version: number): ReadResult {
  if (bytes.length < 256) return failed('IL2CPP_TRUNCATED', `Unity metadata v${version}: its header is cut off`);
  if (version > NEWEST && version < 1000) {
    return failed('IL2CPP_UNPARSED', `unparsed v${version}: this version of Unity metadata is laid out in another way`);
  }
  const first = bytes.readUInt32LE(8);
  if (isKnown(version) && first > 160 && first < 1024 && bytes.length > first) {
    return failed('IL2CPP_TRUNCATED', `Unity metadata v${version}: its literals do not lie where its header says`);
  }
  return partial(
    'IL2CPP_ENCRYPTED',
    `Unity metadata v${version} whose header makes no sense: a protector has encrypted it`,
  );
}
