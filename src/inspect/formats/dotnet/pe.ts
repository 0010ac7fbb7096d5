/**
 * The outside of a .NET assembly: a Windows executable whose data directory 14 points to the CLI header.
 *
 * Layout (Microsoft PE format; ECMA-335 §II.25): `MZ` @0 · e_lfanew u32 @0x3C → `PE\0\0` · COFF header of 20 bytes
 * (sections u16 @2, size of optional header u16 @16) · optional header: magic 0x10B (PE32) or 0x20B (PE32+), data
 * directories {rva u32, size u32} @96 or @112, their number just before · section headers of 40 bytes: VirtualSize u32
 * @8, VirtualAddress u32 @12, SizeOfRawData u32 @16, PointerToRawData u32 @20.
 * CLI header: MetaData {rva, size} @8 · Resources {rva, size} @24.
 */

export interface Range {
  offset: number;
  length: number;
}

export interface CliImage {
  metadata: Range;
  /** Embedded resources, where there are any. */
  resources: Range | undefined;
  /** File offset of a relative virtual address; undefined when no section holds it. */
  offsetOf(rva: number): number | undefined;
}

const CLI_DIRECTORY = 14;
const MAX_SECTIONS = 96;

export function isPortableExecutable(head: Uint8Array): boolean {
  return head.length >= 0x40 && head[0] === 0x4d && head[1] === 0x5a;
}

/** @returns why it is none, when the bytes are no .NET assembly: `native` code, or `broken` */
export function readCliImage(bytes: Buffer): CliImage | 'native' | 'broken' {
  if (!isPortableExecutable(bytes)) return 'broken';
  const coff = bytes.readUInt32LE(0x3c) + 4;
  const optional = coff + 20;
  if (optional + 2 > bytes.length || bytes.readUInt32LE(coff - 4) !== 0x4550) return 'broken';
  const magic = bytes.readUInt16LE(optional);
  if (magic !== 0x10b && magic !== 0x20b) return 'broken';
  const directories = optional + (magic === 0x10b ? 96 : 112);
  const directory = directories + CLI_DIRECTORY * 8;
  if (directory + 8 > bytes.length) return 'broken';
  const cliRva = bytes.readUInt32LE(directory);
  if (bytes.readUInt32LE(directories - 4) <= CLI_DIRECTORY || cliRva === 0) return 'native';

  const table = optional + bytes.readUInt16LE(coff + 16);
  const count = Math.min(bytes.readUInt16LE(coff + 2), MAX_SECTIONS, Math.floor((bytes.length - table) / 40));
  function offsetOf(rva: number): number | undefined {
    for (let index = 0; index < count; index++) {
      const header = table + index * 40;
      const within = rva - bytes.readUInt32LE(header + 12);
      if (within < 0 || within >= bytes.readUInt32LE(header + 16)) continue;
      const offset = within + bytes.readUInt32LE(header + 20);
      return offset < bytes.length ? offset : undefined;
    }
    return undefined;
  }
  function rangeAt(at: number): Range | undefined {
    const offset = offsetOf(bytes.readUInt32LE(at));
    const length = bytes.readUInt32LE(at + 4);
    if (offset === undefined || length === 0) return undefined;
    return { offset, length: Math.min(length, bytes.length - offset) };
  }
  const cli = offsetOf(cliRva);
  if (cli === undefined || cli + 32 > bytes.length) return 'broken';
  const metadata = rangeAt(cli + 8);
  return metadata === undefined ? 'broken' : { metadata, resources: rangeAt(cli + 24), offsetOf };
}
