import type { RuleSet } from '../../model.ts';
import { aclRules } from '../redis/users.ts';

export const redisAclRules: RuleSet<'redis.acl'> = {
  rules: aclRules,
  guidance: {
    fixes: {
      package:
        'Edit the file that `aclfile` in redis.conf names (`/etc/redis/users.acl`), then `redis-cli ACL LOAD`: a file with a mistake changes nothing and says why. Comments are not allowed in it.',
      docker:
        'Mount the changed file read-only where `aclfile` points, and run `docker compose exec SERVICE redis-cli ACL LOAD`.',
      kubernetes:
        'Keep the file in a Secret, mount it where `aclfile` points, and run `ACL LOAD` (or restart) after a change.',
      managed:
        'ElastiCache and MemoryDB take users and user groups with the same rules; disable or replace the user `default` there.',
    },
    check:
      '`redis-cli ACL LIST` shows `user default off …`, and `redis-cli ping` without a user answers `NOAUTH Authentication required.`',
  },
};
