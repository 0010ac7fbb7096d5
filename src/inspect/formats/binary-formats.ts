/** Every binary format with a table of strings of its own. A format is one folder or file and one entry here. */
import type { BinaryFormat } from './reader.ts';

export const BINARY_FORMATS: readonly BinaryFormat[] = [];

/** The format that the entry's name promises: its last path part. */
export function binaryFormatByName(base: string): BinaryFormat | undefined {
  return BINARY_FORMATS.find(({ names }) => names?.test(base) === true);
}

export function binaryFormatByMagic(head: Buffer): BinaryFormat | undefined {
  return BINARY_FORMATS.find((format) => format.matches(head));
}
