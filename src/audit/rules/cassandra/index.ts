import type { RuleSet } from '../../model.ts';

export const cassandraRules: RuleSet<'cassandra.yaml'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
