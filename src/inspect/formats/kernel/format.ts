/** Dart Kernel: what `flutter run` and a debug build put into the assets in place of machine code. */
import type { BinaryFormat } from '../reader.ts';
import { isKernel } from './magic.ts';

export const kernelFormat: BinaryFormat = {
  what: 'Dart kernel',
  via: 'dart',
  matches: isKernel,
  load: async () => (await import('./index.ts')).readKernel,
};
