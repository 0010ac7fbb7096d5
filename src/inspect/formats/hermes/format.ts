import type { BinaryFormat } from '../reader.ts';
import { isHermes } from './magic.ts';

export const hermesFormat: BinaryFormat = {
  what: 'Hermes bytecode',
  via: 'hermes',
  matches: isHermes,
  load: async () => (await import('./index.ts')).readHermes,
};
