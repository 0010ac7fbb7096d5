/**
 * Variable-length integers (fileformat2.html §1.6): one to nine bytes, big-endian, seven bits each while the high bit is
 * set; all eight of the ninth. Lengths and serial types above 2^53 do not occur in files that fit a disk.
 */
export interface Varint {
  value: number;
  /** Bytes it takes: 1 to 9. */
  size: number;
}

export function varint(bytes: Uint8Array, at: number): Varint {
  let value = 0;
  for (let size = 1; size <= 8; size++) {
    const byte = bytes[at + size - 1] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, size };
  }
  return { value: value * 256 + (bytes[at + 8] ?? 0), size: 9 };
}
