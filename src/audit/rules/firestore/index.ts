import type { RuleSet } from '../../model.ts';

export const firestoreRules: RuleSet<'firestore.rules'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
