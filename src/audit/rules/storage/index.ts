import type { RuleSet } from '../../model.ts';

export const storageRules: RuleSet<'storage.rules'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
