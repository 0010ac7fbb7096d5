/**
 * Where the tables of a Hermes bytecode file stand.
 *
 * Header (facebook/hermes, include/hermes/BCGen/HBC/BytecodeFileFormat.h), little endian, 128 bytes in every version since
 * 57: magic u64 @0 · version u32 @8 · source hash 20 bytes @12 · file length u32 @32 · global code index @36 · and then
 * u32 each: functions @40 · string kinds @44 · identifiers @48 · strings @52 · overflow strings @56 · bytes of string
 * storage @60. What follows in the header differs between versions (bigints from 87, function sources from 84) and
 * concerns nothing that stands before the strings.
 *
 * After the header, each aligned to 4: function headers (16 bytes each below version 97, 12 from 97 on) · string kinds
 * (4: a run of bits 0–29, bits 30–31 the kind) · identifier hashes (4) · small string
 * table (4) · overflow table (8) · string storage.
 *
 * The counts tie the tables together: the runs of kinds add up to the number of strings, those that are no plain strings
 * to the number of identifiers. No other layout passes that by chance; so a version nobody has seen can be tried safely.
 */
import type { Form } from './magic.ts';

const HEADER = 128;
/** Sizes of a function header, by version: the first that fits is taken. */
const FUNCTION_HEADERS_SINCE_97: readonly number[] = [12, 16];
const FUNCTION_HEADERS: readonly number[] = [16, 12];
const RUN = 0x3fffffff;

/** Versions whose layout is known from the sources and checked with files of their own compilers. */
export const OLDEST = 59;
export const NEWEST = 99;

export interface Layout {
  form: Form;
  version: number;
  /** Whether all counts and sizes agree with each other and with the file. */
  sound: boolean;
  strings: number;
  kindRuns: number;
  overflows: number;
  storageBytes: number;
  /** Offsets in the file. */
  kinds: number;
  small: number;
  overflow: number;
  storage: number;
}

/** @returns undefined when no layout puts the string table inside the file */
export function locateStrings(bytes: Buffer, form: Form): Layout | undefined {
  if (bytes.length < HEADER) return undefined;
  const version = bytes.readUInt32LE(8);
  const sizes = version < 97 ? FUNCTION_HEADERS : FUNCTION_HEADERS_SINCE_97;
  let first: Layout | undefined;
  for (const size of sizes) {
    const layout = tablesAfter(bytes, form, version, size);
    if (layout === undefined) continue;
    if (layout.sound) return layout;
    first ??= layout;
  }
  return first;
}

function tablesAfter(bytes: Buffer, form: Form, version: number, functionHeader: number): Layout | undefined {
  const kindRuns = bytes.readUInt32LE(44);
  const identifiers = bytes.readUInt32LE(48);
  const strings = bytes.readUInt32LE(52);
  const overflows = bytes.readUInt32LE(56);
  const storageBytes = bytes.readUInt32LE(60);
  const kinds = HEADER + bytes.readUInt32LE(40) * functionHeader;
  const small = kinds + kindRuns * 4 + identifiers * 4;
  const overflow = small + strings * 4;
  const storage = overflow + overflows * 8;
  if (storage > bytes.length) return undefined;
  const layout = { form, version, strings, kindRuns, overflows, storageBytes, kinds, small, overflow, storage };
  const fits = storage + storageBytes <= bytes.length && bytes.readUInt32LE(32) >= storage + storageBytes;
  return { ...layout, sound: fits && kindsAddUp(bytes, kinds, kindRuns, strings, identifiers) };
}

function kindsAddUp(bytes: Buffer, kinds: number, runs: number, strings: number, identifiers: number): boolean {
  let all = 0;
  let named = 0;
  for (let at = kinds; at < kinds + runs * 4; at += 4) {
    const word = bytes.readUInt32LE(at);
    const run = word & RUN;
    all += run;
    if (word !== run) named += run;
  }
  return all === strings && named === identifiers;
}
