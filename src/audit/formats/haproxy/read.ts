import type { Format } from '../../model.ts';

export interface HaproxyDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const haproxyFormat: Format<'haproxy'> = {
  name: 'haproxy',
  title: 'HAProxy in front of a store',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
