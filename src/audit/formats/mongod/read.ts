import type { Format } from '../../model.ts';

export interface MongodDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const mongodFormat: Format<'mongod.conf'> = {
  name: 'mongod.conf',
  title: 'MongoDB (mongod.conf)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
