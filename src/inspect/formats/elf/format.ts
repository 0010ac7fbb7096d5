/** How an ELF file is recognised; its reader is loaded when the first one comes. */
import type { BinaryFormat } from '../reader.ts';
import { isElf } from './elf.ts';

export const nativeFormat: BinaryFormat = {
  what: 'native library',
  via: 'elf',
  names: /\.so(?:\.\d{1,4}){0,3}$/,
  matches: isElf,
  load: async () => (await import('../native.ts')).readNative,
};
