/**
 * The container of several architectures (apple-oss-distributions/cctools, include/mach-o/fat.h; all big-endian):
 *
 *   u32 magic   0xcafebabe, or 0xcafebabf for 64-bit offsets
 *   u32 count
 *   count × { u32 cputype, u32 cpusubtype, u32 offset, u32 size, u32 align }                   0xcafebabe
 *   count × { u32 cputype, u32 cpusubtype, u64 offset, u64 size, u32 align, u32 reserved }     0xcafebabf
 *
 * A Java class has the first magic too; its second word is its version, which is 45 or more.
 */
const FAT = 0xcafebabe;
const FAT_64 = 0xcafebabf;
/** More architectures than any file ever had, and fewer than the version of any Java class. */
const MOST_SLICES = 30;

export interface Slice {
  cpu: number;
  subtype: number;
  offset: number;
  bytes: Buffer;
}

export function isFat(head: Buffer): boolean {
  if (head.length < 8) return false;
  const magic = head.readUInt32BE(0);
  if (magic !== FAT && magic !== FAT_64) return false;
  const count = head.readUInt32BE(4);
  return count > 0 && count <= MOST_SLICES;
}

/** The slices that lie in the bytes, 64-bit ARM first: its strings are named, those of the others only where they differ. */
export function fatSlices(bytes: Buffer): { slices: Slice[]; outside: number } {
  const wide = bytes.readUInt32BE(0) === FAT_64;
  const step = wide ? 32 : 20;
  const count = bytes.readUInt32BE(4);
  const slices: Slice[] = [];
  let outside = 0;
  for (let index = 0, at = 8; index < count; index++, at += step) {
    if (at + step > bytes.length) return { slices: byWorth(slices), outside: outside + count - index };
    const offset = wide ? Number(bytes.readBigUInt64BE(at + 8)) : bytes.readUInt32BE(at + 8);
    const size = wide ? Number(bytes.readBigUInt64BE(at + 16)) : bytes.readUInt32BE(at + 12);
    const overlaps = slices.some((other) => offset < other.offset + other.bytes.length && other.offset < offset + size);
    if (offset + 28 > bytes.length || overlaps) {
      outside++;
      continue;
    }
    const cpu = bytes.readUInt32BE(at);
    if (offset + size > bytes.length) outside++;
    slices.push({ cpu, subtype: bytes.readUInt32BE(at + 4), offset, bytes: bytes.subarray(offset, offset + size) });
  }
  return { slices: byWorth(slices), outside };
}

const ARM_64 = 0x0100000c;

function byWorth(slices: Slice[]): Slice[] {
  return slices.sort((a, b) => Number(b.cpu === ARM_64) - Number(a.cpu === ARM_64) || a.offset - b.offset);
}

/** `arm64e`, `armv7`, `x86_64` (include/mach/machine.h). */
export function architecture(cpu: number, subtype: number): string {
  const sub = subtype & 0x00ff_ffff;
  switch (cpu) {
    case ARM_64:
      return sub === 2 ? 'arm64e' : 'arm64';
    case 0x0200000c:
      return 'arm64_32';
    case 12:
      return sub === 9 ? 'armv7' : sub === 11 ? 'armv7s' : sub === 12 ? 'armv7k' : sub === 6 ? 'armv6' : 'arm';
    case 7:
      return 'i386';
    case 0x01000007:
      return 'x86_64';
    default:
      return `CPU ${cpu}`;
  }
}
