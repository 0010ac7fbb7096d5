const MAGIC = 0xfb0bd1e5;

export function isRamBundle(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) === MAGIC;
}
