export const MAGIC = 0xfab11baf;

export function isMetadata(head: Buffer): boolean {
  return head.length >= 8 && head.readUInt32LE(0) === MAGIC;
}
