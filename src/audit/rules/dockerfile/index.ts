import type { RuleSet } from '../../model.ts';

export const dockerfileRules: RuleSet<'dockerfile'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
