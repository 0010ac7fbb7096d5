import type { Format } from '../../model.ts';

export interface MyCnfDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const myCnfFormat: Format<'my.cnf'> = {
  name: 'my.cnf',
  title: 'MySQL and MariaDB (my.cnf)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
