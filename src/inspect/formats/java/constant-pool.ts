/**
 * Constant pool of a class file (JVM specification 4.4): count u16 @8, then entries 1 … count - 1, each a tag u8 and
 *
 *   1 Utf8: length u16, modified UTF-8 · 3 Integer, 4 Float: u32 · 5 Long, 6 Double: u64, which take two indices ·
 *   7 Class, 8 String, 16 MethodType, 19 Module, 20 Package: index u16 · 9 Fieldref, 10 Methodref,
 *   11 InterfaceMethodref, 12 NameAndType, 17 Dynamic, 18 InvokeDynamic: two indices · 15 MethodHandle: kind u8, index u16
 */
export const UTF8 = 1;
export const CLASS = 7;
export const STRING = 8;
const SIZES = new Map([
  [3, 4],
  [4, 4],
  [5, 8],
  [6, 8],
  [CLASS, 2],
  [STRING, 2],
  [9, 4],
  [10, 4],
  [11, 4],
  [12, 4],
  [15, 3],
  [16, 2],
  [17, 4],
  [18, 4],
  [19, 2],
  [20, 2],
]);

export interface ConstantPool {
  /** Index -> tag; 0 where there is none. */
  tags: Uint8Array;
  /** Index -> offset of what follows the tag. */
  places: Uint32Array;
  /** Where the pool ends. */
  end: number;
}

/** @throws RangeError when it is damaged */
export function readConstantPool(bytes: Buffer): ConstantPool {
  const count = bytes.readUInt16BE(8);
  const tags = new Uint8Array(count);
  const places = new Uint32Array(count);
  let at = 10;
  for (let index = 1; index < count; index++) {
    const tag = bytes.readUInt8(at++);
    tags[index] = tag;
    places[index] = at;
    const size = tag === UTF8 ? 2 + bytes.readUInt16BE(at) : SIZES.get(tag);
    if (size === undefined) throw new RangeError(`constant ${index} of unknown tag ${tag}`);
    at += size;
    if (at > bytes.length) throw new RangeError(`constant ${index} reaches beyond the file`);
    if (tag === 5 || tag === 6) index++; // a Long or Double takes the next index too
  }
  return { tags, places, end: at };
}

/** Where the Utf8 constant at `index` stands; undefined when it is none. */
export function utf8At(
  bytes: Buffer,
  { tags, places }: ConstantPool,
  index: number,
): { start: number; end: number } | undefined {
  if (tags[index] !== UTF8) return undefined;
  const start = (places[index] ?? 0) + 2;
  return { start, end: start + bytes.readUInt16BE(start - 2) };
}
