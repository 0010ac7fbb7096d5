import type { RedisDirective, RedisDocument } from './read.ts';

/** The `requirepass` in force, unless it is empty (which means none). */
export function requirepass(document: RedisDocument): RedisDirective | undefined {
  const directive = document.last('requirepass');
  return directive?.arguments[0]?.value ? directive : undefined;
}

/**
 * A stranger needs a password: `requirepass`, an ACL file (whose content is not read here), or a `user default` that is
 * off or has one. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function redisHasPassword(document: RedisDocument): boolean {
  if (requirepass(document) || document.last('aclfile')?.arguments[0]?.value) return true;
  const user = document.directives.findLast(
    ({ name, arguments: list }) => name === 'user' && list[0]?.value === 'default',
  );
  const rules = user?.arguments.slice(1).map(({ value }) => value) ?? [];
  const lastState = rules.findLast((rule) => rule === 'on' || rule === 'off');
  if (user && lastState !== 'on') return true;
  const lastPass = rules.findLast((rule) => rule === 'nopass' || rule === 'resetpass' || /^[>#]/.test(rule));
  return lastPass !== undefined && /^[>#]/.test(lastPass);
}
