import type { RuleSet } from '../../model.ts';

export const nginxRules: RuleSet<'nginx'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
