import type { RuleSet } from '../../model.ts';

export const myCnfRules: RuleSet<'my.cnf'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
