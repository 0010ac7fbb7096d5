import type { RuleSet } from '../../model.ts';

export const supabaseSqlRules: RuleSet<'supabase-sql'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
