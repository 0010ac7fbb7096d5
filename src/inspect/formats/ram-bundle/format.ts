import type { BinaryFormat } from '../reader.ts';
import { isRamBundle } from './magic.ts';

export const ramBundleFormat: BinaryFormat = {
  what: 'RAM bundle',
  via: 'text',
  matches: isRamBundle,
  load: async () => (await import('./index.ts')).readRamBundle,
};
