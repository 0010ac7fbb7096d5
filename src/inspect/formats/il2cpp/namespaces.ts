/** How many types each C# namespace of the code has. */
import { type Header, isInside } from './header.ts';

/** Sizes of a type definition before version 38, newest first. */
const STRIDES: readonly number[] = [84, 88, 92, 100, 104, 120];
const SAMPLE = 256;
const LONGEST_NAME = 512;

/** @returns undefined when the type definitions are not where a known version has them */
export function namespacesOf(bytes: Buffer, header: Header): Map<string, number> | undefined {
  const { types, names } = header;
  if (types.size === 0 || !isInside(bytes, types) || !isInside(bytes, names)) return undefined;
  const strides = types.count === undefined ? STRIDES : [types.size / types.count];
  const stride = strides.find((size) => fits(bytes, header, size));
  if (stride === undefined) return undefined;
  const counts = new Map<number, number>();
  for (let at = types.offset; at + stride <= types.offset + types.size; at += stride) {
    const namespace = bytes.readUInt32LE(at + 4);
    if (namespace < names.size) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  const found = new Map<string, number>();
  for (const [index, count] of counts) {
    const name = nameAt(bytes, header, index);
    if (name !== '') found.set(name, (found.get(name) ?? 0) + count);
  }
  return found;
}

/** Every name begins where the one before ended. */
function fits(bytes: Buffer, { types, names }: Header, stride: number): boolean {
  if (!Number.isInteger(stride) || stride < 8 || types.size % stride !== 0) return false;
  const count = Math.min(types.size / stride, SAMPLE);
  for (let index = 0; index < count; index++) {
    for (const field of [0, 4]) {
      const name = bytes.readUInt32LE(types.offset + index * stride + field);
      if (name >= names.size || (name > 0 && bytes[names.offset + name - 1] !== 0)) return false;
    }
  }
  return true;
}

export function nameAt(bytes: Buffer, { names }: Header, index: number): string {
  const start = names.offset + index;
  const stop = Math.min(names.offset + names.size, start + LONGEST_NAME);
  const end = bytes.subarray(start, stop).indexOf(0);
  return end < 0 ? '' : bytes.toString('utf8', start, start + end);
}
