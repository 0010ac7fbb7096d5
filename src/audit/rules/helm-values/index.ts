import type { RuleSet } from '../../model.ts';

export const helmValuesRules: RuleSet<'helm-values'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
