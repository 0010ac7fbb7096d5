import type { Format } from '../../model.ts';

export interface CiDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const ciFormat: Format<'ci'> = {
  name: 'ci',
  title: 'CI pipelines (GitHub Actions, GitLab CI and others)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
