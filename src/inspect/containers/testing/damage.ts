/** Ways to spoil an archive, for tests. */

interface HeaderFields {
  flags?: number;
  method?: number;
  crc32?: number;
  size?: number;
  name?: Buffer;
}

/** Rewrites fields of one entry in its local header and in the directory. A new name must be as long as the old one. */
export function patchEntry(zip: Buffer, name: string, fields: HeaderFields): Buffer {
  const bytes = Buffer.from(zip);
  for (const { signature, flags, nameAt, length } of [
    { signature: 'PK\x03\x04', flags: 6, nameAt: 30, length: 26 },
    { signature: 'PK\x01\x02', flags: 8, nameAt: 46, length: 28 },
  ]) {
    for (let at = bytes.indexOf(signature, 0, 'latin1'); at >= 0; at = bytes.indexOf(signature, at + 4, 'latin1')) {
      if (bytes.toString('utf8', at + nameAt, at + nameAt + bytes.readUInt16LE(at + length)) !== name) continue;
      if (fields.flags !== undefined) bytes.writeUInt16LE(fields.flags, at + flags);
      if (fields.method !== undefined) bytes.writeUInt16LE(fields.method, at + flags + 2);
      if (fields.crc32 !== undefined) bytes.writeUInt32LE(fields.crc32, at + flags + 8);
      if (fields.size !== undefined) bytes.writeUInt32LE(fields.size, at + flags + 16);
      fields.name?.copy(bytes, at + nameAt);
    }
  }
  return bytes;
}

/** Where an entry's data starts. */
export function dataOffset(zip: Buffer, name: string): number {
  const at = zip.indexOf(name, 0, 'utf8') - 30;
  return at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
}

/** Puts bytes before an archive and moves its offsets along, as the Janus attack does. */
export function prepend(prefix: Buffer, zip: Buffer): Buffer {
  const bytes = Buffer.from(zip);
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  for (let at = bytes.readUInt32LE(end + 16); at < end; ) {
    bytes.writeUInt32LE(bytes.readUInt32LE(at + 42) + prefix.length, at + 42);
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  bytes.writeUInt32LE(bytes.readUInt32LE(end + 16) + prefix.length, end + 16);
  return Buffer.concat([prefix, bytes]);
}
