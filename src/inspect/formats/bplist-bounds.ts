/**
 * Checks a binary plist before it is parsed. The parser follows object references without asking whether they form a
 * cycle or double at every level, so a hundred bytes could keep it busy for ever.
 *
 * Layout (CoreFoundation CFBinaryPList.c): "bplist00" · objects · offset table · trailer of 32 bytes at the end:
 * offset size u8 @6 · reference size u8 @7 · object count u64 @8 · top object u64 @16 · offset table u64 @24.
 * Object: marker byte, kind in the high nibble (0xA array, 0xD dictionary), count in the low one, 0xF = an integer
 * object with the count follows.
 */

const MAX_OBJECTS = 32_768;
const MAX_DEPTH = 200;
/** Objects after sharing is expanded: what the parser will really make. */
const MAX_EXPANDED = 500_000;

/** @returns what is wrong, or undefined for a plist that is safe to parse */
export function binaryPlistProblem(bytes: Buffer): string | undefined {
  try {
    return check(bytes);
  } catch (error) {
    if (error instanceof RangeError) return 'an offset lies outside the file';
    throw error;
  }
}

function check(bytes: Buffer): string | undefined {
  if (bytes.length < 40) return 'too short';
  const trailer = bytes.length - 32;
  const offsetSize = bytes.readUInt8(trailer + 6);
  const refSize = bytes.readUInt8(trailer + 7);
  const count = Number(bytes.readBigUInt64BE(trailer + 8));
  const top = Number(bytes.readBigUInt64BE(trailer + 16));
  const table = Number(bytes.readBigUInt64BE(trailer + 24));
  if (offsetSize < 1 || offsetSize > 6 || refSize < 1 || refSize > 6) return 'odd integer sizes';
  if (count > MAX_OBJECTS) return `more than ${MAX_OBJECTS} objects`;
  if (top >= count || table + count * offsetSize > trailer) return 'the offset table lies outside the file';

  const PENDING = -1;
  const sizes = new Array<number | undefined>(count);

  /** Objects under `index`, itself included; a string says why it cannot be parsed. */
  function expanded(index: number, depth: number): number | string {
    if (index >= count) return 'a reference to an object that does not exist';
    const known = sizes[index];
    if (known === PENDING) return 'objects that contain themselves';
    if (known !== undefined) return known;
    if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH}`;
    sizes[index] = PENDING;
    const at = bytes.readUIntBE(table + index * offsetSize, offsetSize);
    if (at >= trailer) return 'an object lies outside the file';
    const kind = bytes.readUInt8(at) >> 4;
    let total = 1;
    const length = kind >= 0x4 && kind !== 0x8 ? lengthOf(bytes, at) : { count: 0, body: at + 1 };
    if (length === undefined) return 'an object has no length';
    if (kind === 0x2 && (bytes.readUInt8(at) & 0xe) !== 2) return 'a real number of odd size';
    if (kind === 0x3 && bytes.readUInt8(at) !== 0x33) return 'a date of odd size';
    const width = kind === 0xa ? refSize : kind === 0xd ? refSize * 2 : kind === 0x6 ? 2 : 1;
    if (length.body + length.count * width > trailer) return 'an object reaches beyond the file';
    const references = kind === 0xa ? length.count : kind === 0xd ? length.count * 2 : 0;
    for (let i = 0; i < references; i++) {
      const child = expanded(bytes.readUIntBE(length.body + i * refSize, refSize), depth + 1);
      if (typeof child === 'string') return child;
      total += child;
      if (total > MAX_EXPANDED) return `more than ${MAX_EXPANDED} values`;
    }
    sizes[index] = total;
    return total;
  }

  const result = expanded(top, 0);
  return typeof result === 'string' ? result : undefined;
}

function lengthOf(bytes: Buffer, at: number): { count: number; body: number } | undefined {
  const low = bytes.readUInt8(at) & 0xf;
  if (low !== 0xf) return { count: low, body: at + 1 };
  const marker = bytes.readUInt8(at + 1);
  if (marker >> 4 !== 1 || (marker & 0xf) > 2) return undefined;
  const width = 1 << (marker & 0xf);
  return { count: bytes.readUIntBE(at + 2, width), body: at + 2 + width };
}
