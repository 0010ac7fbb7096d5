import type { Format } from '../../model.ts';

export interface NginxDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const nginxFormat: Format<'nginx'> = {
  name: 'nginx',
  title: 'nginx in front of a store',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
