import type { RuleSet } from '../../model.ts';

export const rtdbRules: RuleSet<'firebase-rtdb'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
