import type { RuleSet } from '../../model.ts';
import { pgHbaRules as rules } from './rules.ts';

export const pgHbaRules: RuleSet<'pg_hba.conf'> = {
  rules,
  guidance: { fixes: {}, check: '' },
};
