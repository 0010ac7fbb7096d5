import type { RuleSet } from '../../model.ts';

export const opensearchRules: RuleSet<'opensearch.yml'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
