import type { Format } from '../../model.ts';

export interface OpensearchDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const opensearchFormat: Format<'opensearch.yml'> = {
  name: 'opensearch.yml',
  title: 'OpenSearch (opensearch.yml)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
