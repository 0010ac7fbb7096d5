import type { Format } from '../../model.ts';

export interface OpensearchSecurityDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const opensearchSecurityFormat: Format<'opensearch-security'> = {
  name: 'opensearch-security',
  title: 'OpenSearch security plugin (config.yml, internal_users.yml, roles.yml, roles_mapping.yml)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
