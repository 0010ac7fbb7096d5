import type { RuleSet } from '../../model.ts';

export const ufwRules: RuleSet<'ufw'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
