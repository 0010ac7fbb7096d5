/** `delta`: prepared for diffing by hbc-deltaprep, under the complement of the magic; offsets count from the one before. */
export type Form = 'execution' | 'delta';

/** "Hermes" in ancient Greek, as UTF-16BE cut to 8 bytes: 0x1F1903C103BC1FC6. */
const MAGIC_LOW = 0x03bc1fc6;
const MAGIC_HIGH = 0x1f1903c1;

export function formOf(head: Buffer): Form | undefined {
  if (head.length < 12) return undefined;
  const low = head.readUInt32LE(0);
  const high = head.readUInt32LE(4);
  if (low === MAGIC_LOW && high === MAGIC_HIGH) return 'execution';
  return low === ~MAGIC_LOW >>> 0 && high === ~MAGIC_HIGH >>> 0 ? 'delta' : undefined;
}

export function isHermes(head: Buffer): boolean {
  return formOf(head) !== undefined;
}
