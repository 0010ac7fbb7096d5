import type { Format } from '../../model.ts';

export interface CassandraDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const cassandraFormat: Format<'cassandra.yaml'> = {
  name: 'cassandra.yaml',
  title: 'Cassandra (cassandra.yaml)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
