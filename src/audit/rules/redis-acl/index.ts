import type { RuleSet } from '../../model.ts';

export const redisAclRules: RuleSet<'redis.acl'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
