import type { RuleSet } from '../../model.ts';

export const iptablesRules: RuleSet<'iptables-save'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
