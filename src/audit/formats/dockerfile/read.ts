import type { Format } from '../../model.ts';

export interface DockerfileDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const dockerfileFormat: Format<'dockerfile'> = {
  name: 'dockerfile',
  title: 'Dockerfile',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
