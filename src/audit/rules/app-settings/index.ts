import type { RuleSet } from '../../model.ts';

export const appSettingsRules: RuleSet<'app-settings'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
