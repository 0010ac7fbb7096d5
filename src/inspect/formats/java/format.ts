/** Java classes: in the classes.jar of a library (AAR), and in archives among the assets. */
import type { BinaryFormat } from '../reader.ts';

/** Java 1.1; a fat Mach-O file has the same magic, and its count of architectures stands where this does. */
const OLDEST = 45;

export const javaClassFormat: BinaryFormat = {
  what: 'Java class',
  many: 'Java classes',
  via: 'java-class',
  names: /\.class$/,
  matches: (head) => head.length >= 8 && head.readUInt32BE(0) === 0xcafebabe && head.readUInt16BE(6) >= OLDEST,
  load: async () => (await import('./index.ts')).readJavaClass,
};
