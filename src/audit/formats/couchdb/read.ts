import type { Format } from '../../model.ts';

export interface CouchdbDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const couchdbFormat: Format<'couchdb.ini'> = {
  name: 'couchdb.ini',
  title: 'CouchDB (local.ini, default.ini)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
