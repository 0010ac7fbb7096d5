import type { RuleSet } from '../../model.ts';

export const nftablesRules: RuleSet<'nftables'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
