import type { RuleSet } from '../../model.ts';

export const ciRules: RuleSet<'ci'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
