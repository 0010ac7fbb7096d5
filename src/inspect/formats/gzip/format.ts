import type { BinaryFormat } from '../reader.ts';
import { isGzip } from './magic.ts';

export const gzipFormat: BinaryFormat = {
  what: 'gzip file',
  via: 'text',
  names: /\.(?:bundle|jsbundle|hbc|m?js|json|html?|txt|conf|cfg|ini|ya?ml|properties)\.gz$/i,
  matches: isGzip,
  load: async () => (await import('./index.ts')).readGzip,
};
