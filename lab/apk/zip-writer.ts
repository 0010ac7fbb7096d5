/**
 * Writes a ZIP archive (PKWARE APPNOTE 6.3.10) the way zipalign leaves one: stored entries start at a multiple of four,
 * padded in the extra field of the local header; times are constant, so that equal input gives equal bytes.
 */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  name: string;
  data: Buffer;
  /** `false` stores the bytes as they are, aligned. */
  compress: boolean;
}

const ALIGNMENT = 4;
const FLAG_UTF8 = 0x800;
/** 1981-01-01 01:01:02, what the Android build tools write. */
const DOS_TIME = 0x0821;
const DOS_DATE = 0x0221;

export function writeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, compress } of files) {
    const rawName = Buffer.from(name);
    const body = compress ? deflateRawSync(data, { level: 9 }) : data;
    const unpadded = offset + 30 + rawName.length;
    const padding = compress ? 0 : (ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0); // version needed
    shared.writeUInt16LE(FLAG_UTF8, 2);
    shared.writeUInt16LE(compress ? 8 : 0, 4);
    shared.writeUInt16LE(DOS_TIME, 6);
    shared.writeUInt16LE(DOS_DATE, 8);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(body.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(rawName.length, 22);

    const local = Buffer.from(shared);
    local.writeUInt16LE(padding, 24);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), local, rawName, Buffer.alloc(padding), body);

    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, rawName);
    offset += 30 + rawName.length + padding + body.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
