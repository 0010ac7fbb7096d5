import type { BinaryFormat } from '../reader.ts';
import { keyFileOf } from './magic.ts';

export const keyStoreFormat: BinaryFormat = {
  what: 'key store or private key',
  via: 'text',
  matches: (head) => keyFileOf(head) !== undefined,
  load: async () => (await import('./index.ts')).readKeyFile,
};
