import type { RuleSet } from '../../model.ts';

export const haproxyRules: RuleSet<'haproxy'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
