import type { BinaryFormat } from '../reader.ts';
import { isPemKey } from './magic.ts';

export const pemFormat: BinaryFormat = {
  what: 'private key (PEM)',
  via: 'text',
  matches: isPemKey,
  load: async () => (await import('./read-pem.ts')).readPem,
};
