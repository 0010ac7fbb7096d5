/**
 * One Mach-O image (apple-oss-distributions/xnu, EXTERNAL_HEADERS/mach-o/loader.h; little-endian on every iOS device):
 *
 *   header         u32 magic (0xfeedface, 0xfeedfacf for 64 bits), cputype, cpusubtype, filetype, ncmds, sizeofcmds, flags
 *                  (u32 reserved)
 *   load commands  ncmds × { u32 cmd, u32 cmdsize, … }
 *   segment        char[16] name, address, size, file offset, file size, i32 maxprot, initprot, u32 nsects, flags
 *   section        char[16] name, char[16] segment, address, size, u32 offset, align, reloff, nreloc, flags, reserved…
 *
 * Addresses, sizes and file offsets of a segment have the width of the image. Offsets count from the image's start.
 */
const MAGIC_32 = 0xfeedface;
const MAGIC_64 = 0xfeedfacf;

export interface Section {
  name: string;
  segment: string;
  address: number;
  size: number;
  offset: number;
  /** Low byte of the flags: 2 is a table of NUL-terminated strings, 1 has no bytes in the file. */
  type: number;
}

export interface Range {
  offset: number;
  size: number;
}

export interface Image {
  bytes: Buffer;
  wide: boolean;
  cpu: number;
  subtype: number;
  fileType: number;
  flags: number;
  sections: Section[];
  /** Of what the store encrypted; undefined when nothing is. */
  encrypted?: Range;
  symbols?: { offset: number; count: number; strings: number; stringsSize: number };
  /** Parts of the symbol table: local ones, and those that other images define. */
  dynamic?: { localCount: number; undefinedIndex: number; undefinedCount: number };
  signature?: Range;
  runPaths: string[];
  /** Install names of the libraries it is linked with. */
  libraries: string[];
  /** Name under which it is linked, when it is a library. */
  installName?: string;
  minimum?: string;
  sdk?: string;
  /** Its load commands do not lie in the bytes, or say what cannot be. */
  damaged: boolean;
}

/** Bounds against an image that is nothing but load commands. */
const MOST_COMMANDS = 20_000;
const MOST_SECTIONS = 4_096;
const MOST_NAMES = 4_096;

export function isImage(head: Buffer): boolean {
  if (head.length < 28) return false;
  const magic = head.readUInt32LE(0);
  return magic === MAGIC_64 || magic === MAGIC_32;
}

/** @returns undefined when the bytes are no image */
export function readImage(bytes: Buffer): Image | undefined {
  if (!isImage(bytes)) return undefined;
  const wide = bytes.readUInt32LE(0) === MAGIC_64;
  const start = wide ? 32 : 28;
  const declaredEnd = start + bytes.readUInt32LE(20);
  const image: Image = {
    bytes,
    wide,
    cpu: bytes.readUInt32LE(4),
    subtype: bytes.readUInt32LE(8),
    fileType: bytes.readUInt32LE(12),
    flags: bytes.readUInt32LE(24),
    sections: [],
    runPaths: [],
    libraries: [],
    damaged: declaredEnd > bytes.length,
  };
  const end = Math.min(declaredEnd, bytes.length);
  const count = bytes.readUInt32LE(16);
  let at = start;
  for (let index = 0; index < Math.min(count, MOST_COMMANDS); index++) {
    const size = at + 8 <= end ? bytes.readUInt32LE(at + 4) : 0;
    if (size < 8 || at + size > end) {
      image.damaged = true;
      break;
    }
    readCommand(image, bytes.readUInt32LE(at), bytes.subarray(at, at + size));
    at += size;
  }
  if (count > MOST_COMMANDS) image.damaged = true;
  return image;
}

function readCommand(image: Image, kind: number, command: Buffer): void {
  const word = (at: number) => (at + 4 <= command.length ? command.readUInt32LE(at) : 0);
  switch (kind) {
    case 0x1: // LC_SEGMENT
    case 0x19: // LC_SEGMENT_64
      readSegment(image, command, kind === 0x19);
      return;
    case 0x2: // LC_SYMTAB
      image.symbols = { offset: word(8), count: word(12), strings: word(16), stringsSize: word(20) };
      return;
    case 0xb: // LC_DYSYMTAB
      image.dynamic = { localCount: word(12), undefinedIndex: word(24), undefinedCount: word(28) };
      return;
    case 0xc: // LC_LOAD_DYLIB
    case 0x80000018: // LC_LOAD_WEAK_DYLIB
    case 0x8000001f: // LC_REEXPORT_DYLIB
      if (image.libraries.length < MOST_NAMES) image.libraries.push(text(command, word(8)));
      return;
    case 0xd: // LC_ID_DYLIB
      image.installName = text(command, word(8));
      return;
    case 0x8000001c: // LC_RPATH
      if (image.runPaths.length < MOST_NAMES) image.runPaths.push(text(command, word(8)));
      return;
    case 0x1d: // LC_CODE_SIGNATURE
      image.signature = { offset: word(8), size: word(12) };
      return;
    case 0x21: // LC_ENCRYPTION_INFO
    case 0x2c: // LC_ENCRYPTION_INFO_64
      if (word(16) !== 0) image.encrypted = { offset: word(8), size: word(12) };
      return;
    case 0x24: // LC_VERSION_MIN_MACOSX
    case 0x25: // LC_VERSION_MIN_IPHONEOS
      image.minimum = version(word(8));
      image.sdk = version(word(12));
      return;
    case 0x32: // LC_BUILD_VERSION
      image.minimum = version(word(12));
      image.sdk = version(word(16));
      return;
  }
}

function readSegment(image: Image, command: Buffer, wide: boolean): void {
  const start = wide ? 72 : 56;
  const step = wide ? 80 : 68;
  if (command.length < start) {
    image.damaged = true;
    return;
  }
  const count = command.readUInt32LE(wide ? 64 : 48);
  for (let index = 0, at = start; index < count; index++, at += step) {
    if (at + step > command.length || image.sections.length >= MOST_SECTIONS) {
      image.damaged = true;
      return;
    }
    image.sections.push({
      name: name(command, at),
      segment: name(command, at + 16),
      address: wide ? Number(command.readBigUInt64LE(at + 32)) : command.readUInt32LE(at + 32),
      size: wide ? Number(command.readBigUInt64LE(at + 40)) : command.readUInt32LE(at + 36),
      offset: command.readUInt32LE(at + (wide ? 48 : 40)),
      type: command[at + (wide ? 64 : 56)] ?? 0,
    });
  }
}

function name(bytes: Buffer, at: number): string {
  const field = bytes.subarray(at, at + 16);
  const nul = field.indexOf(0);
  return field.toString('latin1', 0, nul < 0 ? field.length : nul);
}

function text(command: Buffer, at: number): string {
  if (at < 8 || at >= command.length) return '';
  const nul = command.indexOf(0, at);
  return command.toString('utf8', at, Math.min(nul < 0 ? command.length : nul, at + 1_024));
}

/** `xxxx.yy.zz` in half-bytes. */
function version(packed: number): string {
  const patch = packed & 0xff;
  return `${packed >>> 16}.${(packed >>> 8) & 0xff}${patch === 0 ? '' : `.${patch}`}`;
}

/** The bytes of a part of the image; empty when it lies outside, cut when it reaches over the end. */
export function part({ bytes }: Image, { offset, size }: Range): Buffer {
  return offset >= bytes.length ? bytes.subarray(0, 0) : bytes.subarray(offset, Math.min(offset + size, bytes.length));
}

/** Whether the store's encryption covers any of these bytes. */
export function isEncrypted({ encrypted }: Image, { offset, size }: Range): boolean {
  return encrypted !== undefined && offset < encrypted.offset + encrypted.size && encrypted.offset < offset + size;
}
