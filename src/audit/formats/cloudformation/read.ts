import type { Format } from '../../model.ts';

export interface CloudformationDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const cloudformationFormat: Format<'cloudformation'> = {
  name: 'cloudformation',
  title: 'AWS CloudFormation',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
