/** One file of an archive, as its directory describes it. Nothing here is verified yet. */
export interface ZipEntry {
  /** Decoded name; control characters are replaced, so that it can be shown. */
  name: string;
  /** Compression method of the ZIP specification: 0 stored, 8 deflated. */
  method: number;
  /** General purpose bit 0. */
  encrypted: boolean;
  crc32: number;
  compressedSize: number;
  size: number;
  /** Offset of the local file header. */
  headerOffset: number;
}

const MAX_NAME = 1024;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * An entry's name as people know it. Android and Apple tools write UTF-8 without setting the UTF-8 flag, so valid UTF-8
 * wins; `fallback` is what the ZIP specification says (CP437, or the Unicode path extra field).
 */
export function entryName(raw: Buffer, fallback: () => string): string {
  const bytes = raw.subarray(0, MAX_NAME);
  const plain = bytes.toString('latin1');
  if (/^[\x20-\x5b\x5d-\x7e]*$/.test(plain)) return plain;
  let name: string;
  try {
    name = UTF8.decode(bytes);
  } catch {
    name = fallback().slice(0, MAX_NAME);
  }
  return name.replace(/\\/g, '/').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
}

/** Names that would leave a folder if somebody unpacked the archive. We never do; it is still worth a note. */
export function isUnsafeName(name: string): boolean {
  return name.startsWith('/') || /^[a-zA-Z]:/.test(name) || name.split('/').includes('..');
}
