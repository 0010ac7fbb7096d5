import type { Format } from '../../model.ts';

export interface MemcachedDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const memcachedFormat: Format<'memcached.conf'> = {
  name: 'memcached.conf',
  title: 'Memcached (memcached.conf, its command line)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
