import type { RuleSet } from '../../model.ts';
import { elasticsearchRules as rules } from './rules.ts';

export const elasticsearchRules: RuleSet<'elasticsearch.yml'> = {
  rules,
  guidance: { fixes: {}, check: '' },
};
