import { takesAnybody } from '../redis-acl/user.ts';
import type { RedisSettings } from './listening.ts';
import type { RedisDirective, RedisDocument } from './parse.ts';

/** The `requirepass` in force, unless it is empty (which means none). */
export function requirepass(settings: RedisSettings): RedisDirective | undefined {
  const directive = settings.last('requirepass');
  return directive?.arguments[0]?.value ? directive : undefined;
}

/**
 * A stranger needs a password: `requirepass`, an ACL file (which has its own rules), or a `user default` that is off or
 * has one. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function redisHasPassword(document: RedisSettings & Pick<RedisDocument, 'users'>): boolean {
  if (requirepass(document) || document.last('aclfile')?.arguments[0]?.value) return true;
  const user = document.users.findLast(({ name }) => name === 'default');
  if (user === undefined) return false;
  return !takesAnybody(user) && (!user.on || user.passwords.length > 0);
}
