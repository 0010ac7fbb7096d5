import type { Format } from '../../model.ts';

export interface KubernetesDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const kubernetesFormat: Format<'kubernetes'> = {
  name: 'kubernetes',
  title: 'Kubernetes manifests and rendered Helm charts',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
