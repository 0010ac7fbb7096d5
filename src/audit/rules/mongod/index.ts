import type { RuleSet } from '../../model.ts';

export const mongodRules: RuleSet<'mongod.conf'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
