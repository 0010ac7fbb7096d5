import type { RuleSet } from '../../model.ts';

export const kubernetesRules: RuleSet<'kubernetes'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
