import type { RuleSet } from '../../model.ts';

export const opensearchSecurityRules: RuleSet<'opensearch-security'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
