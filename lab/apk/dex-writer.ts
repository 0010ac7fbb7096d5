/**
 * Writes a DEX file of version 035 that holds a string pool and nothing else (dex-format, source.android.com):
 * header · string_ids · string data (MUTF-8) · map list. Checksum, signature and order are what the verifier asks for.
 */
import { createHash } from 'node:crypto';

const HEADER = 0x70;

export function writeDex(strings: Iterable<string>): Buffer {
  // sorted by UTF-16 units and unique, as the format demands; JavaScript compares strings in just that way
  const pool = [...new Set(strings)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const items = pool.map(stringItem);
  const dataStart = HEADER + pool.length * 4;
  const ids = Buffer.alloc(pool.length * 4);
  let offset = dataStart;
  for (const [index, item] of items.entries()) {
    ids.writeUInt32LE(offset, index * 4);
    offset += item.length;
  }
  const padding = (4 - (offset % 4)) % 4;
  const mapStart = offset + padding;
  const map = mapList([
    [0x0000, 1, 0],
    ...(pool.length > 0
      ? ([
          [0x0001, pool.length, HEADER],
          [0x2002, pool.length, dataStart],
        ] as const)
      : []),
    [0x1000, 1, mapStart],
  ]);
  const file = Buffer.concat([Buffer.alloc(HEADER), ids, ...items, Buffer.alloc(padding), map]);
  file.write('dex\n035\0', 'latin1');
  file.writeUInt32LE(file.length, 0x20);
  file.writeUInt32LE(HEADER, 0x24);
  file.writeUInt32LE(0x12345678, 0x28);
  file.writeUInt32LE(mapStart, 0x34);
  file.writeUInt32LE(pool.length, 0x38);
  file.writeUInt32LE(pool.length > 0 ? HEADER : 0, 0x3c);
  file.writeUInt32LE(file.length - dataStart, 0x68);
  file.writeUInt32LE(dataStart, 0x6c);
  createHash('sha1').update(file.subarray(0x20)).digest().copy(file, 0x0c);
  file.writeUInt32LE(adler32(file.subarray(0x0c)), 0x08);
  return file;
}

function stringItem(text: string): Buffer {
  return Buffer.concat([uleb128(text.length), mutf8(text), Buffer.alloc(1)]);
}

function uleb128(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** Modified UTF-8: per UTF-16 unit, NUL in two bytes. */
function mutf8(text: string): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit !== 0 && unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
}

function mapList(items: readonly (readonly [type: number, size: number, offset: number])[]): Buffer {
  const bytes = Buffer.alloc(4 + items.length * 12);
  bytes.writeUInt32LE(items.length, 0);
  for (const [index, [type, size, offset]] of items.entries()) {
    bytes.writeUInt16LE(type, 4 + index * 12);
    bytes.writeUInt32LE(size, 8 + index * 12);
    bytes.writeUInt32LE(offset, 12 + index * 12);
  }
  return bytes;
}

/** RFC 1950, section 8.2. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
