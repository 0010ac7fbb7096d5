import type { RuleSet } from '../../model.ts';

export const memcachedRules: RuleSet<'memcached.conf'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
