/** Writes Mach-O files for tests: one segment, its sections, symbols, load commands and a code signature. */
export interface MachO {
  wide?: boolean;
  cpu?: number;
  subtype?: number;
  /** 2 executable, 6 library, 10 debug symbols. */
  fileType?: number;
  flags?: number;
  sections?: readonly { name: string; segment?: string; data: Buffer | string; type?: number }[];
  /** Names that other images define, and its own: for others, and for nobody. */
  imports?: readonly string[];
  exports?: readonly string[];
  locals?: readonly string[];
  runPaths?: readonly string[];
  /** `cryptid`, over all sections. */
  cryptid?: number;
  signature?: Buffer;
  sdk?: number;
}

const ARM_64 = 0x0100000c;
/** Where the segment is loaded. */
export const BASE = 0x4000;

export function cstrings(...texts: readonly string[]): Buffer {
  return Buffer.from(`${texts.join('\0')}\0`);
}

export function utf16(...texts: readonly string[]): Buffer {
  return Buffer.from(`${texts.join('\0')}\0`, 'utf16le');
}

export function writeMachO(made: MachO = {}): Buffer {
  const { wide = true, sections = [] } = made;
  const symbols = symbolsOf(made);
  const entrySize = wide ? 16 : 12;
  const names = Buffer.concat([Buffer.from('\0'), ...symbols.map(({ name }) => Buffer.from(`${name}\0`))]);
  const bodies = sections.map(({ data }) => (typeof data === 'string' ? Buffer.from(data) : data));
  const segmentSize = (wide ? 72 : 56) + sections.length * (wide ? 80 : 68);
  const paths = (made.runPaths ?? []).map((path) => runPath(path));
  const headerSize = wide ? 32 : 28;
  const commandBytes =
    segmentSize +
    24 +
    80 +
    24 +
    paths.reduce((sum, one) => sum + one.length, 0) +
    (made.cryptid === undefined ? 0 : wide ? 24 : 20) +
    (made.signature === undefined ? 0 : 16);

  let at = align(headerSize + commandBytes);
  const first = at;
  const offsets = bodies.map((body) => {
    const offset = at;
    at = align(at + body.length);
    return offset;
  });
  const symbolsAt = at;
  const namesAt = symbolsAt + symbols.length * entrySize;
  const signatureAt = align(namesAt + names.length);
  const end = signatureAt + (made.signature?.length ?? 0);

  const segment = Buffer.alloc(segmentSize);
  segment.writeUInt32LE(wide ? 0x19 : 0x1, 0);
  segment.writeUInt32LE(segmentSize, 4);
  segment.write('__TEXT', 8, 'latin1');
  segment.writeUInt32LE(sections.length, wide ? 64 : 48);
  for (const [index, section] of sections.entries()) {
    const start = (wide ? 72 : 56) + index * (wide ? 80 : 68);
    const offset = offsets[index] ?? 0;
    const size = bodies[index]?.length ?? 0;
    segment.write(section.name, start, 16, 'latin1');
    segment.write(section.segment ?? '__TEXT', start + 16, 16, 'latin1');
    if (wide) {
      segment.writeBigUInt64LE(BigInt(BASE + offset), start + 32);
      segment.writeBigUInt64LE(BigInt(size), start + 40);
    } else {
      segment.writeUInt32LE(BASE + offset, start + 32);
      segment.writeUInt32LE(size, start + 36);
    }
    segment.writeUInt32LE(offset, start + (wide ? 48 : 40));
    segment.writeUInt32LE(section.type ?? (section.name === '__cstring' ? 2 : 0), start + (wide ? 64 : 56));
  }

  const undefinedIndex = symbols.findIndex(({ type }) => type === 0x01);
  const commands: Buffer[] = [
    segment,
    words(0x2, 24, symbolsAt, symbols.length, namesAt, names.length),
    Buffer.concat([
      words(0xb, 80, 0, made.locals?.length ?? 0, 0, made.exports?.length ?? 0),
      words(Math.max(undefinedIndex, 0), made.imports?.length ?? 0),
      Buffer.alloc(48),
    ]),
    words(0x32, 24, 2, 15 << 16, (made.sdk ?? 17) << 16, 0),
    ...paths,
  ];
  if (made.cryptid !== undefined) {
    const crypt = words(wide ? 0x2c : 0x21, wide ? 24 : 20, first, symbolsAt - first, made.cryptid);
    commands.push(wide ? Buffer.concat([crypt, Buffer.alloc(4)]) : crypt);
  }
  if (made.signature !== undefined) commands.push(words(0x1d, 16, signatureAt, made.signature.length));

  const header = words(
    wide ? 0xfeedfacf : 0xfeedface,
    made.cpu ?? (wide ? ARM_64 : 12),
    made.subtype ?? (wide ? 0 : 9),
    made.fileType ?? 2,
    commands.length,
    commandBytes,
    made.flags ?? 0x200085,
    ...(wide ? [0] : []),
  );
  const file = Buffer.alloc(end);
  Buffer.concat([header, ...commands]).copy(file);
  for (const [index, body] of bodies.entries()) body.copy(file, offsets[index] ?? 0);
  let nameAt = 1;
  for (const [index, { name, type }] of symbols.entries()) {
    const start = symbolsAt + index * entrySize;
    file.writeUInt32LE(nameAt, start);
    file[start + 4] = type;
    nameAt += Buffer.byteLength(name) + 1;
  }
  names.copy(file, namesAt);
  made.signature?.copy(file, signatureAt);
  return file;
}

function symbolsOf({ locals = [], exports = [], imports = [] }: MachO): { name: string; type: number }[] {
  return [
    ...locals.map((name) => ({ name, type: 0x0e })),
    ...exports.map((name) => ({ name, type: 0x0f })),
    ...imports.map((name) => ({ name, type: 0x01 })),
  ];
}

function runPath(path: string): Buffer {
  const text = Buffer.from(`${path}\0`);
  const size = align(12 + text.length);
  return Buffer.concat([words(0x8000001c, size, 12), text, Buffer.alloc(size - 12 - text.length)]);
}

/** @param wide with 64-bit offsets */
export function writeFat(slices: readonly Buffer[], wide = false): Buffer {
  const step = wide ? 32 : 20;
  let at = align(8 + slices.length * step);
  const parts: Buffer[] = [Buffer.alloc(at)];
  const header = parts[0] as Buffer;
  header.writeUInt32BE(wide ? 0xcafebabf : 0xcafebabe, 0);
  header.writeUInt32BE(slices.length, 4);
  for (const [index, slice] of slices.entries()) {
    const start = 8 + index * step;
    header.writeUInt32BE(slice.readUInt32LE(4), start);
    header.writeUInt32BE(slice.readUInt32LE(8), start + 4);
    if (wide) {
      header.writeBigUInt64BE(BigInt(at), start + 8);
      header.writeBigUInt64BE(BigInt(slice.length), start + 16);
    } else {
      header.writeUInt32BE(at, start + 8);
      header.writeUInt32BE(slice.length, start + 12);
    }
    const padded = Buffer.alloc(align(slice.length));
    slice.copy(padded);
    parts.push(padded);
    at += padded.length;
  }
  return Buffer.concat(parts);
}

export interface Signed {
  identifier?: string;
  team?: string;
  /** 1 SHA-1, 2 SHA-256. */
  hash?: number;
  flags?: number;
  /** XML property list. */
  entitlements?: string;
  entitlementsDer?: Buffer;
  cms?: Buffer;
}

export function writeSignature({ identifier = 'com.bluemarket.shop', team, hash = 2, ...signed }: Signed): Buffer {
  const directory = Buffer.alloc(52);
  const texts = [Buffer.from(`${identifier}\0`), Buffer.from(team === undefined ? '' : `${team}\0`)];
  directory.writeUInt32BE(0x20400, 8);
  directory.writeUInt32BE(signed.flags ?? 0, 12);
  directory.writeUInt32BE(52, 20);
  directory[36] = 32;
  directory[37] = hash;
  if (team !== undefined) directory.writeUInt32BE(52 + (texts[0]?.length ?? 0), 48);
  const blobs = [blob(0xfade0c02, Buffer.concat([directory.subarray(8), ...texts]))];
  if (signed.entitlements !== undefined) blobs.push(blob(0xfade7171, Buffer.from(signed.entitlements)));
  if (signed.entitlementsDer !== undefined) blobs.push(blob(0xfade7172, signed.entitlementsDer));
  if (signed.cms !== undefined) blobs.push(blob(0xfade0b01, signed.cms));
  const index = Buffer.alloc(12 + blobs.length * 8);
  let at = index.length;
  for (const [number, one] of blobs.entries()) {
    index.writeUInt32BE(number, 12 + number * 8);
    index.writeUInt32BE(at, 16 + number * 8);
    at += one.length;
  }
  index.writeUInt32BE(0xfade0cc0, 0);
  index.writeUInt32BE(at, 4);
  index.writeUInt32BE(blobs.length, 8);
  return Buffer.concat([index, ...blobs]);
}

function blob(magic: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}

/** One DER value. */
export function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80 ? Buffer.from([body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

/** A signed message around `content`, cut into pieces of `step` bytes, with certificates. */
export function writeCms(content: Buffer, certificates: readonly Buffer[] = [], step = content.length || 1): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += step) pieces.push(der(0x04, content.subarray(at, at + step)));
  const octets = pieces.length === 1 ? (pieces[0] as Buffer) : der(0x24, ...pieces);
  const data = der(0x06, Buffer.from('2a864886f70d010701', 'hex'));
  return der(
    0x30,
    der(0x06, Buffer.from('2a864886f70d010702', 'hex')),
    der(
      0xa0,
      der(0x30, der(0x02, Buffer.from([1])), der(0x31), der(0x30, data, der(0xa0, octets)), der(0xa0, ...certificates)),
    ),
  );
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

function align(offset: number): number {
  return (offset + 7) & ~7;
}
