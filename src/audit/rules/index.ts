/** The rules by format. A rule is one definition and one line in its format's list. */
import type { AuditRule, FormatName } from '../model.ts';
import { composeRules } from './compose/index.ts';
import { elasticsearchRules } from './elasticsearch/rules.ts';
import { pgHbaRules } from './pg-hba/rules.ts';
import { postgresqlRules } from './postgresql/rules.ts';
import { redisRules } from './redis/rules.ts';

export const RULES: { readonly [N in FormatName]: readonly AuditRule<N>[] } = {
  'docker-compose': composeRules,
  'elasticsearch.yml': elasticsearchRules,
  'redis.conf': redisRules,
  'postgresql.conf': postgresqlRules,
  'pg_hba.conf': pgHbaRules,
};
