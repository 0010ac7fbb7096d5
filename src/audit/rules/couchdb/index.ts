import type { RuleSet } from '../../model.ts';

export const couchdbRules: RuleSet<'couchdb.ini'> = {
  rules: [],
  guidance: { fixes: {}, check: '' },
};
