import type { RuleSet } from '../../model.ts';
import { accountRules } from './accounts.ts';
import { platformRules } from './platform.ts';

export const supabaseConfigRules: RuleSet<'supabase-config'> = {
  rules: [...accountRules, ...platformRules],
  guidance: {
    fixes: {
      managed:
        'Change `supabase/config.toml`, try it locally (`supabase stop && supabase start`), then `supabase config push`, which shows what it changes in the hosted project. What the dashboard says holds until it is pushed: look there too.',
      docker:
        'In a project that one hosts oneself the same settings are variables of the `auth` container (`GOTRUE_…`) in the compose file.',
    },
    check:
      '`supabase config push` shows no difference any more, and `curl https://PROJECT.supabase.co/auth/v1/settings -H "apikey: KEY"` shows the settings of sign-up in force.',
  },
};
