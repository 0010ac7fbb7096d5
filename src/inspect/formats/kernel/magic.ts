/** `UInt32 magic = 0x90ABCDEF` (dart-lang/sdk, pkg/kernel/binary.md). */
export function isKernel(head: Buffer): boolean {
  return head.length >= 8 && head.readUInt32BE(0) === 0x90abcdef;
}
