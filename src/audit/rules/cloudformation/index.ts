import type { RuleSet } from '../../model.ts';

export const cloudformationRules: RuleSet<'cloudformation'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
