import type { RuleSet } from '../../model.ts';
import { redisRules as rules } from './rules.ts';

export const redisRules: RuleSet<'redis.conf'> = {
  rules,
  guidance: { fixes: {}, check: '' },
};
