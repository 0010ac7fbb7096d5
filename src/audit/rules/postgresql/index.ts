import type { RuleSet } from '../../model.ts';
import { postgresqlRules as rules } from './rules.ts';

export const postgresqlRules: RuleSet<'postgresql.conf'> = {
  rules,
  guidance: { fixes: {}, check: '' },
};
