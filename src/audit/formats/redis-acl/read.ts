/**
 * Redis ACL file (`aclfile`; also Valkey): one `user NAME RULE …` per line, words separated by blanks, no quotes and no
 * comments – Redis refuses to start with anything else. A file without `user default` leaves the default user open.
 * https://github.com/redis/redis/blob/7.2/src/acl.c (ACLLoadFromFile)
 */
import { assetId } from '../../../core/asset.ts';
import type { Skip } from '../../../core/skip.ts';
import type { AccountFact } from '../../facts.ts';
import type { Format } from '../../model.ts';
import { linesOf } from '../../source.ts';
import { isConditionalTemplate } from '../templates.ts';
import { type AclToken, type AclUser, readAclUser, takesAnybody } from './user.ts';

export interface RedisAclDocument {
  users: readonly AclUser[];
  /** False when a line was not understood: then absence proves nothing. */
  complete: boolean;
}

const MAX_USERS = 20_000;
const MAX_LINE = 65_536;
const USER =
  /^[ \t]*user[ \t]+\S+(?:[ \t]+(?:on|off|nopass|resetpass|allkeys|resetkeys|allchannels|resetchannels|allcommands|nocommands|reset|skip-sanitize-payload|sanitize-payload|clearselectors|[><][^\s;]+|[#!][0-9a-f]{64}|%R?W?~\S+|[~&]\S*|[+-]@?[a-z][\w|-]*|\([^()]*\)))+[ \t]*$/i;

export const redisAclFormat: Format<'redis.acl'> = {
  name: 'redis.acl',
  title: 'Redis (ACL file)',
  recognises(path, text) {
    return looksLike(path, text) && !isConditionalTemplate(text);
  },
  read(source) {
    const users: AclUser[] = [];
    const skips: Skip[] = [];
    let complete = true;
    for (const line of linesOf(source.text)) {
      const words = line.text.length > MAX_LINE ? null : wordsOf(line.text, line.start);
      if (words?.length === 0) continue;
      const [keyword, name, ...rules] = words ?? [];
      if (keyword?.value.toLowerCase() === 'user' && name && users.length < MAX_USERS) {
        users.push(readAclUser(name, rules));
        continue;
      }
      complete = false;
      if (skips.length >= 10) continue;
      const subject = `${source.path}:${source.position(line.start).line}`;
      const reason = 'not a user; Redis refuses to start with this line, comments included';
      skips.push({ subject, code: 'REDIS_ACL_SYNTAX', reason, severity: 'incomplete' });
    }
    const status = complete ? 'read' : users.length === 0 ? 'failed' : 'partial';
    return { document: { users, complete }, status, skips };
  },
  *settings({ users }) {
    const seen = new Map<string, number>();
    for (const user of users) {
      const count = (seen.get(user.name) ?? 0) + 1;
      seen.set(user.name, count);
      const pointer = `user ${user.name}${count > 1 ? ` #${count}` : ''}`;
      const [first = null] = user.tokens;
      const last = user.tokens.at(-1);
      const span = first && last ? { start: first.span.start, end: last.span.end } : user.nameSpan;
      yield { pointer, values: user.tokens.map(({ value }) => value), span };
    }
  },
  facts({ source, document }) {
    return { accounts: accountsOf(source.path, document.users, source) };
  },
};

function looksLike(path: string, text: string): boolean {
  if (/\.(?:ya?ml|json|xml|toml|md|conf|sh|sql)$/i.test(path)) return false;
  if (!/^\ufeff?[ \t]*user[ \t]/m.test(text.slice(0, 4096))) return false;
  let users = 0;
  let other = 0;
  for (const line of linesOf(text.slice(0, 65_536))) {
    if (/^[ \t]*(?:#|$)/.test(line.text)) continue;
    if (line.text.length < 8192 && USER.test(line.text)) users += 1;
    else other += 1;
    if (other > users + 2) return false;
  }
  return /\.acl$/i.test(path) ? users > 0 && users >= other : users > other;
}

/** Users that may log in, for the whole. */
export function accountsOf(
  path: string,
  users: readonly AclUser[],
  source: AccountFact['place']['source'],
): AccountFact[] {
  return users
    .filter((user) => user.on && !user.powerless && (takesAnybody(user) || user.passwords.length > 0))
    .slice(0, 1_000)
    .map((user) => ({
      store: path.endsWith('.conf') ? assetId('config', path) : 'redis',
      name: user.name,
      may: user.everyCommand
        ? 'everything'
        : user.tokens.some(({ value }) => /^\+@(?:write|all)$/.test(value))
          ? 'write'
          : 'unknown',
      usedBy: ADMINISTRATOR.test(user.name) ? 'administrator' : 'unknown',
      place: { source: user.source ?? source, span: user.nameSpan, pointer: `user ${user.name}` },
    }));
}

/** Names of accounts that people run a server with. */
export const ADMINISTRATOR = /^(?:(?:redis|db|sys)?[-_]?(?:admin\w*|root|superuser|operator|ops|dba|maintenance))$/i;

function wordsOf(text: string, base: number): AclToken[] {
  return [...text.matchAll(/[^ \t\r\ufeff]+/g)].map(({ 0: value, index }) => ({
    value,
    span: { start: base + index, end: base + index + value.length },
  }));
}
