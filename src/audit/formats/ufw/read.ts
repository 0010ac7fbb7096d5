import type { Format } from '../../model.ts';

export interface UfwDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const ufwFormat: Format<'ufw'> = {
  name: 'ufw',
  title: 'ufw (its rules and defaults)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
