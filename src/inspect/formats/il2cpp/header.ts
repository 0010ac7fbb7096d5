/**
 * Header and sections of Unity's `global-metadata.dat`, little endian: u32 magic 0xFAB11BAF · i32 version · sections, in
 * the same order in all versions: literals, literal data, names, events, properties, methods, … the 20th type definitions.
 *
 * A section is {u32 offset, u32 bytes}; from 38 on {u32 offset, u32 bytes, u32 count}.
 * A literal is {u32 length, u32 index into the literal data}; from 35 on {u32 index} alone, and it reaches to the next one.
 * A type definition starts with {u32 name, u32 namespace}, offsets into the names, which are UTF-8 and end in NUL. Its
 * size: 104 up to 24.0, 100 up to 24.1 (Unity 2018.4), 92 up to 24.5, 88 up to 31, 84 in 35; from 38 on it is
 * bytes ÷ count. (Il2CppDumper, Cpp2IL: LibCpp2IL/Metadata; unity's own libil2cpp/vm/GlobalMetadataFileInternals.h)
 *
 * Versions known: 16–31 (to Unity 6000.2), 35, 38, 39, 104–106 (Unity 6000.3 to 6000.6).
 */
export interface Section {
  offset: number;
  size: number;
  /** From version 38 on. */
  count: number | undefined;
}

export interface Header {
  version: number;
  literals: Section;
  literalData: Section;
  names: Section;
  /** Value of constants and default arguments. */
  defaults: Section;
  parameterDefaults: Section;
  fieldDefaults: Section;
  fields: Section;
  types: Section;
}

const KNOWN: readonly (readonly [from: number, to: number])[] = [
  [16, 31],
  [35, 35],
  [38, 39],
  [104, 106],
];
const SECTIONS = 20;

export function isKnown(version: number): boolean {
  return KNOWN.some(([from, to]) => version >= from && version <= to);
}

/** @param wide sections have a count */
export function readHeader(bytes: Buffer, wide: boolean): Header | undefined {
  const stride = wide ? 12 : 8;
  if (bytes.length < 8 + SECTIONS * stride) return undefined;
  const section = (index: number): Section => {
    const at = 8 + index * stride;
    const count = wide ? bytes.readUInt32LE(at + 8) : undefined;
    return { offset: bytes.readUInt32LE(at), size: bytes.readUInt32LE(at + 4), count };
  };
  return {
    version: bytes.readUInt32LE(4),
    literals: section(0),
    literalData: section(1),
    names: section(2),
    parameterDefaults: section(6),
    fieldDefaults: section(7),
    defaults: section(8),
    fields: section(11),
    types: section(19),
  };
}

export function isInside(bytes: Buffer, { offset, size }: Section): boolean {
  return offset + size <= bytes.length;
}
