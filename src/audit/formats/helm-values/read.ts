import type { Format } from '../../model.ts';

export interface HelmValuesDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const helmValuesFormat: Format<'helm-values'> = {
  name: 'helm-values',
  title: 'values of known Helm charts',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
