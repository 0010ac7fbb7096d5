import type { BinaryFormat } from '../reader.ts';
import { isMetadata } from './magic.ts';

export const metadataFormat: BinaryFormat = {
  what: 'Unity metadata',
  via: 'il2cpp',
  names: /^global-metadata\.dat$/i,
  matches: isMetadata,
  load: async () => (await import('./index.ts')).readMetadata,
};
