/** Writes a ResStringPool, the string table of binary XML and resources.arsc (AOSP ResourceTypes.h), without styles. */

const HEADER = 28;
const FLAG_UTF8 = 0x100;

export function writeStringPool(strings: readonly string[], encoding: 'utf8' | 'utf16'): Buffer {
  const items = strings.map((text) => (encoding === 'utf8' ? utf8Item(text) : utf16Item(text)));
  const offsets = Buffer.alloc(strings.length * 4);
  let length = 0;
  for (const [index, item] of items.entries()) {
    offsets.writeUInt32LE(length, index * 4);
    length += item.length;
  }
  const data = Buffer.concat([...items, Buffer.alloc((4 - (length % 4)) % 4)]);
  const header = Buffer.alloc(HEADER);
  header.writeUInt16LE(0x0001, 0);
  header.writeUInt16LE(HEADER, 2);
  header.writeUInt32LE(HEADER + offsets.length + data.length, 4);
  header.writeUInt32LE(strings.length, 8);
  header.writeUInt32LE(encoding === 'utf8' ? FLAG_UTF8 : 0, 16);
  header.writeUInt32LE(HEADER + offsets.length, 20);
  return Buffer.concat([header, offsets, data]);
}

function utf8Item(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([lengthOf(text.length), lengthOf(bytes.length), bytes, Buffer.alloc(1)]);
}

/** One byte below 128, else two with the high bit of the first set. */
function lengthOf(length: number): Buffer {
  if (length > 0x7fff) throw new RangeError('a resource string of more than 32767 bytes');
  return length < 0x80 ? Buffer.from([length]) : Buffer.from([(length >> 8) | 0x80, length & 0xff]);
}

function utf16Item(text: string): Buffer {
  if (text.length > 0x7fff) throw new RangeError('a resource string of more than 32767 units');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([length, Buffer.from(text, 'utf16le'), Buffer.alloc(2)]);
}
