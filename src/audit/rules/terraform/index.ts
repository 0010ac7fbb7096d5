import type { RuleSet } from '../../model.ts';

export const terraformRules: RuleSet<'terraform'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
