/** Writes assembly stores and the ELF libraries around them, after the layouts in assembly-store.ts. */
const MAGIC = 0x41424158;

export interface StoredFile {
  name: string;
  data: Buffer;
  config?: string;
}

export interface StoreOptions {
  version: 1 | 2 | 3 | 4;
  bits?: 32 | 64;
  /** Whether the header has the content id; by default as the version says. */
  contentId?: boolean;
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

export function writeStore(files: readonly StoredFile[], options: StoreOptions): Buffer {
  const { version, bits = 64, contentId = version >= 4 } = options;
  const v1 = version === 1;
  // v4 has hashes of 32 bits everywhere; from v3 on an index entry ends with a byte that says whether to ignore it
  const indexEntry = (bits === 64 && version < 4 ? 8 : 4) + 4 + (version >= 3 ? 1 : 0);
  const index = v1 ? Buffer.alloc(files.length * 2 * 20, 0xee) : Buffer.alloc(files.length * 2 * indexEntry, 0xee);
  const names = v1 ? [] : files.map(({ name }) => Buffer.concat([words(Buffer.byteLength(name)), Buffer.from(name)]));
  const flags = (bits === 64 ? 0x80000000 : 0) + (bits === 64 ? 0x10000 : 0x20000);
  const header = v1
    ? words(MAGIC, 1, files.length, files.length, 0)
    : Buffer.concat([
        words(MAGIC, version + flags, files.length, files.length * 2, index.length),
        Buffer.alloc(contentId ? 8 : 0, 0xc1),
      ]);
  const tables = header.length + files.length * (v1 ? 24 : 28) + index.length + Buffer.concat(names).length;
  const descriptors: Buffer[] = [];
  const data: Buffer[] = [];
  let at = tables;
  files.forEach((file, number) => {
    const config = file.config === undefined ? Buffer.alloc(0) : Buffer.from(`${file.config}\0`);
    const configAt = config.length > 0 ? at + file.data.length : 0;
    const pairs = [at, file.data.length, 0, 0, configAt, config.length];
    descriptors.push(v1 ? words(...pairs) : words(number, ...pairs));
    data.push(file.data, config);
    at += file.data.length + config.length;
  });
  const parts = v1 ? [header, ...descriptors, index] : [header, index, ...descriptors, ...names];
  return Buffer.concat([...parts, ...data]);
}

/** A shared library with `payload` in a section of that name, as `objcopy --add-section` leaves it. */
export function wrapInElf(payload: Buffer, bits: 32 | 64 = 64): Buffer {
  const wide = bits === 64;
  const headerSize = wide ? 64 : 52;
  const sectionSize = wide ? 64 : 40;
  const names = Buffer.from('\0payload\0.shstrtab\0');
  const dataAt = 0x1000;
  const namesAt = dataAt + payload.length;
  const sectionsAt = namesAt + names.length;
  const bytes = Buffer.alloc(sectionsAt + 3 * sectionSize);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1]);
  bytes.writeUInt16LE(3, 16); // a shared library
  bytes.writeUInt16LE(wide ? 183 : 40, 18); // AArch64, ARM
  bytes.writeUInt32LE(1, 20);
  if (wide) bytes.writeBigUInt64LE(BigInt(sectionsAt), 40);
  else bytes.writeUInt32LE(sectionsAt, 32);
  const tail = wide ? 52 : 40;
  [headerSize, 0, 0, sectionSize, 3, 2].forEach((value, index) => {
    bytes.writeUInt16LE(value, tail + index * 2);
  });
  bytes.set(payload, dataAt);
  bytes.set(names, namesAt);
  const sections: readonly (readonly number[])[] = [
    [0, 0, 0, 0],
    [1, 1, dataAt, payload.length],
    [9, 3, namesAt, names.length],
  ];
  sections.forEach(([name = 0, type = 0, offset = 0, size = 0], index) => {
    const at = sectionsAt + index * sectionSize;
    bytes.writeUInt32LE(name, at);
    bytes.writeUInt32LE(type, at + 4);
    if (wide) {
      bytes.writeBigUInt64LE(BigInt(offset), at + 24);
      bytes.writeBigUInt64LE(BigInt(size), at + 32);
    } else {
      bytes.writeUInt32LE(offset, at + 16);
      bytes.writeUInt32LE(size, at + 20);
    }
  });
  return bytes;
}

/** `XALZ` or `XAZS` around what a compressor made of `size` bytes. */
export function compressedAssembly(magic: 'XALZ' | 'XAZS', size: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(magic), words(7, size), data]);
}
