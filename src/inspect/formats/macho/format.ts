/** How a Mach-O file is recognised; its reader is loaded when the first one comes. */
import type { BinaryFormat } from '../reader.ts';
import { isMachO } from './magic.ts';

export const machoFormat: BinaryFormat = {
  what: 'Mach-O file',
  via: 'macho',
  names: /\.dylib$/,
  matches: isMachO,
  load: async () => (await import('./index.ts')).readMachO,
};
