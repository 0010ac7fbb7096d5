import type { RuleSet } from '../../model.ts';

export const supabaseConfigRules: RuleSet<'supabase-config'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
