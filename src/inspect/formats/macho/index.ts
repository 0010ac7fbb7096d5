/**
 * Mach-O: the executables, libraries and frameworks of an iOS app, thin or of several architectures. Gives the strings of
 * their data, the names of their code, their entitlements and signature, and what they say about themselves.
 */
import { readJoinedUrls } from '../elf/joined-strings.ts';
import { readGoModules } from '../elf/languages.ts';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { codeNames } from './code-names.ts';
import { type BinaryFacts, ENTITLEMENTS_SUFFIX, FACTS_SUFFIX, factsOf, fileTypeName, joinFacts } from './facts.ts';
import { architecture, fatSlices, isFat } from './fat.ts';
import { DART_SYMBOLS, readFlutter } from './flutter.ts';
import { type Image, isEncrypted, part, readImage } from './image.ts';
import { isMachO } from './magic.ts';
import { type CodeSignature, readSignature, toFound } from './signature.ts';
import { imageMembers, isStaticLibrary } from './static-library.ts';
import { readStrings, type StringBudget } from './strings.ts';
import { readSymbols } from './symbols.ts';

const EXECUTABLE = 2;
const DEBUG_SYMBOLS = 10;
/** Most strings remembered to tell those of a second architecture from those of the first. */
const MOST_REMEMBERED = 500_000;

/** What the architectures of one file share. */
interface Reading {
  context: ReadContext;
  budget: StringBudget;
  /** String sections and strings that an earlier architecture gave; undefined when there is only one. */
  known: { sections: Buffer[]; texts: Set<string> } | undefined;
  names: Map<string, number>;
  facts: BinaryFacts[];
  signature?: CodeSignature;
  strings: number;
  encrypted: boolean;
  damaged: boolean;
  /** Addresses in Go code, whose strings stand end to end: only the code that uses them knows how long they are. */
  go: { told: number; open: number } | undefined;
  /** Images of static libraries, and their members that are none: bitcode, ELF. */
  members: { images: number; others: number } | undefined;
  /** How reading the Flutter snapshot in it went. */
  flutter?: ReadResult;
}

export async function readMachO(bytes: Buffer, context: ReadContext): Promise<ReadResult> {
  if (!isMachO(bytes)) return failed('MACHO_BAD_MAGIC', 'it is no Mach-O file');
  const fat = isFat(bytes);
  const { slices, outside } = fat
    ? fatSlices(bytes)
    : { slices: [{ cpu: 0, subtype: 0, offset: 0, bytes }], outside: 0 };
  const reading: Reading = {
    context,
    budget: { left: context.limits.tableStrings, longest: context.limits.stringLength },
    known: slices.length > 1 ? { sections: [], texts: new Set() } : undefined,
    names: new Map(),
    facts: [],
    strings: 0,
    encrypted: false,
    damaged: outside > 0,
    go: undefined,
    members: undefined,
  };
  const foreign: string[] = [];
  for (const slice of slices) {
    if (isStaticLibrary(slice.bytes)) {
      await readMembers(reading, slice);
      continue;
    }
    const image = readImage(slice.bytes);
    if (image === undefined) foreign.push(architecture(slice.cpu, slice.subtype));
    else if (image.fileType === DEBUG_SYMBOLS)
      return { status: 'skipped', reason: 'debug symbols of the code beside it' };
    else await readSlice(reading, image, slice.offset);
  }
  if (reading.members !== undefined && reading.facts.length === 0) return resultOfLibrary(reading);
  if (reading.facts.length === 0) return failed('MACHO_CORRUPT', noImage(foreign, outside));
  hand(reading);
  return result(reading, foreign);
}

function noImage(foreign: readonly string[], outside: number): string {
  if (foreign.length === 0) return `none of its ${outside} architectures lies in the file`;
  return `its parts (${foreign.join(', ')}) are no Mach-O images for a little-endian processor`;
}

/** What only the linker will make a program of has strings and names, and no settings. */
async function readMembers(reading: Reading, slice: { offset: number; bytes: Buffer }): Promise<void> {
  const { members, others, outside } = imageMembers(slice.bytes);
  reading.damaged ||= outside > 0;
  reading.members ??= { images: 0, others: 0 };
  reading.members.others += others;
  for (const member of members) {
    const image = readImage(member.bytes);
    if (image === undefined) continue;
    reading.members.images++;
    reading.damaged ||= image.damaged;
    readData(reading, image, slice.offset + member.offset);
    for (const [name, count] of codeNames(image)) reading.names.set(name, (reading.names.get(name) ?? 0) + count);
  }
}

function resultOfLibrary({ context, names, members, damaged, budget, strings }: Reading): ReadResult {
  if (names.size > 0) context.sink.code({ entry: context.entry, via: 'macho', names });
  const { images = 0, others = 0 } = members ?? {};
  const what = `static library of ${images} Mach-O objects`;
  if (damaged) return partial('MACHO_BAD_OFFSET', `${what}: a part of it lies outside the file`);
  if (budget.left <= 0) return partial('LIMIT_STRINGS', `${what}: it has more strings than are read of one file`);
  if (images === 0 && others > 0) return { status: 'skipped', reason: `a static library of ${others} other objects` };
  if (others > 0) return partial('MACHO_FOREIGN_MEMBER', `${what}: ${others} members of another format were not read`);
  return read(`${what}, ${strings} ${strings === 1 ? 'string' : 'strings'} of interest`);
}

async function readSlice(reading: Reading, image: Image, offset: number): Promise<void> {
  const { context } = reading;
  const symbols = readSymbols(image, DART_SYMBOLS);
  const facts = factsOf(image, symbols);
  reading.facts.push(facts);
  reading.encrypted ||= image.encrypted !== undefined;
  reading.damaged ||= image.damaged;
  // the data sections of a Flutter program are its snapshots, and those of a second architecture say the same
  const flutter = symbols.exported.size > 0 && image.encrypted === undefined;
  if (flutter) reading.flutter ??= await readFlutter(image, offset, context);
  else readData(reading, image, offset);
  for (const [name, count] of codeNames(image)) if (!reading.names.has(name)) reading.names.set(name, count);
  if (image.signature !== undefined && reading.signature === undefined) {
    const signature = await readSignature(part(image, image.signature));
    if (signature !== undefined) reading.signature = signature;
  }
}

function readData(reading: Reading, image: Image, offset: number): void {
  const { context, known, budget } = reading;
  const give = (text: string, at: number, more?: { joined: true }) => {
    if (known !== undefined) {
      if (known.texts.has(text)) return;
      if (known.texts.size < MOST_REMEMBERED) known.texts.add(text);
    }
    reading.strings++;
    context.string(text, offset + at, more);
  };
  const joined = image.sections.some(({ name }) => name === '__gopclntab') ? readGo(reading, image, give) : [];
  const found = readStrings(image, isKnown(known), budget, (text, at) => {
    const inGo = joined.some(({ start, end }) => at >= start && at < end);
    if (!inGo || !text.includes('://')) give(text, at);
  });
  reading.damaged ||= found.outside > 0;
}

/** @returns where the constants of Go code stand, which end to end look like long strings */
function readGo(
  reading: Reading,
  image: Image,
  give: (text: string, at: number, more: { joined: true }) => void,
): { start: number; end: number }[] {
  const { sections, bytes } = image;
  reading.go ??= { told: 0, open: 0 };
  if (image.encrypted === undefined && reading.facts.length <= 1) {
    readGoModules(bytes, sections.find(({ name }) => name === '__go_buildinfo')?.offset, reading.context);
  }
  const ranges: { start: number; end: number }[] = [];
  for (const section of sections) {
    if (!/^__(?:noptrdata|rodata)$/.test(section.name) || isEncrypted(image, section)) continue;
    const range = { start: section.offset, end: Math.min(section.offset + section.size, bytes.length) };
    if (ranges.some(({ start, end }) => range.start < end && start < range.end)) continue;
    ranges.push(range);
    const { told, open } = readJoinedUrls(bytes, range, (text, at) => give(text, at, { joined: true }));
    reading.go.told += told;
    reading.go.open += open;
  }
  return ranges;
}

/** Whether an earlier architecture held the very same section: string data mostly is. */
function isKnown(known: Reading['known']): (section: Buffer) => boolean {
  return (section) => {
    if (known === undefined) return false;
    if (known.sections.some((other) => other.equals(section))) return true;
    if (known.sections.length < 64) known.sections.push(section);
    return false;
  };
}

/** The documents, names and the signature, once for all architectures. */
function hand({ context, facts, names, signature }: Reading): void {
  const { sink, entry } = context;
  const joined = joinFacts(facts);
  if (names.size > 0) sink.code({ entry, via: 'macho', names });
  if (joined === undefined) return;
  if (signature !== undefined) {
    joined.signedAs = signature.identifier ?? '';
    joined.team = signature.team ?? '';
    joined.signatureHashes = signature.hashes;
    joined.signer = signature.certificate?.kind ?? '';
    if (signature.entitlements !== undefined) sink.plist(`${entry}${ENTITLEMENTS_SUFFIX}`, signature.entitlements);
    // libraries are signed along with the executable, by the same signer
    if (joined.type === fileTypeName(EXECUTABLE)) sink.signature(toFound(entry, signature));
  }
  sink.plist(`${entry}${FACTS_SUFFIX}`, joined);
}

function result({ facts, strings, encrypted, damaged, go, budget, flutter }: Reading, foreign: string[]): ReadResult {
  const joined = joinFacts(facts);
  const what = `Mach-O ${joined?.type} (${joined?.architectures.join(', ')})`;
  if (encrypted) {
    const reason = `${what}: encrypted by the store; only what lies around its code, and plists, scripts and resources, were read`;
    return partial('MACHO_ENCRYPTED', reason);
  }
  if (damaged) return partial('MACHO_BAD_OFFSET', `${what}: a part of it lies outside the file`);
  if (budget.left <= 0) return partial('LIMIT_STRINGS', `${what}: it has more strings than are read of one file`);
  if (flutter !== undefined) return flutter;
  if (foreign.length > 0) {
    return partial('MACHO_FOREIGN_SLICE', `${what}: its part for ${foreign.join(', ')} was not read`);
  }
  if (go !== undefined && go.told + go.open > 0) {
    const rest = go.open === 0 ? '' : `, and ${go.open} addresses are left out`;
    const reason = `${what}: Go keeps strings without separators: of URLs only hosts are told${rest}`;
    return { ...partial('MACHO_GO_STRINGS', reason), note: true };
  }
  return read(`${what}, ${strings} ${strings === 1 ? 'string' : 'strings'} of interest`);
}
