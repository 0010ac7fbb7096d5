import type { Format } from '../../model.ts';

export interface TerraformDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const terraformFormat: Format<'terraform'> = {
  name: 'terraform',
  title: 'Terraform (AWS, GCP, Azure)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
