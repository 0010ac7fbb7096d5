/** redis.conf as a format: what it is told by; `parse.ts` has its grammar. */
import { basename } from 'node:path/posix';
import type { Format } from '../../model.ts';
import { linesOf } from '../../source.ts';
import { isConditionalTemplate } from '../templates.ts';
import { assembleRedis } from './assemble.ts';
import { redisFacts } from './facts.ts';
import { readRedis } from './parse.ts';

export type { RedisDocument } from './parse.ts';

const STRONG =
  /^[ \t]*(?:protected-mode|requirepass|appendonly|appendfsync|maxmemory-policy|maxmemory-samples|dbfilename|rename-command|replicaof|slaveof|masterauth|tcp-backlog|tcp-keepalive|aclfile|activerehashing|slowlog-log-slower-than|stop-writes-on-bgsave-error)[ \t]+\S/im;
const KNOWN =
  /^(?:protected-mode|requirepass|append\w+|maxmemory[\w-]*|db\w+|rename-command|replica[\w-]*|slave[\w-]*|master\w+|tcp-[\w-]+|tls-[\w-]+|aclfile|acl[\w-]+|active[\w-]+|bind|port|timeout|databases|save|dir|loglevel|logfile|daemonize|pidfile|supervised|unixsocket\w*|include|user|cluster-[\w-]+|latency-[\w-]+|slowlog-[\w-]+|client-[\w-]+|hash-[\w-]+|list-[\w-]+|set-[\w-]+|zset-[\w-]+|hll-[\w-]+|stream-[\w-]+|rdb[\w-]+|stop-[\w-]+|auto-[\w-]+|no-[\w-]+|aof-[\w-]+|lua-[\w-]+|notify-[\w-]+|hz|dynamic-hz|always-show-logo|enable-[\w-]+|io-threads[\w-]*|lazyfree-[\w-]+|repl-[\w-]+|min-[\w-]+|loadmodule|syslog-[\w-]+|jemalloc-[\w-]+|busy-[\w-]+|oom-[\w-]+|disable-[\w-]+|set-proc-title|proc-title-template|locale-collate|shutdown-[\w-]+|crash-[\w-]+|ignore-[\w-]+|gopher-enabled|proto-[\w-]+|tracking-[\w-]+|maxclients|glob[\w-]*|socket-[\w-]+|ziplist-[\w-]+)$/i;

export const redisFormat: Format<'redis.conf'> = {
  name: 'redis.conf',
  title: 'Redis (redis.conf)',
  assemble: assembleRedis,
  facts: redisFacts,
  *settings({ directives }) {
    const seen = new Map<string, number>();
    for (const { name, arguments: list, span, source } of directives) {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      const pointer = count > 1 ? `${name}[${count}]` : name;
      yield { pointer, values: list.map(({ value }) => value), span, ...(source && { source }) };
    }
  },
  recognises(path, text) {
    return looksLike(path, text) && !isConditionalTemplate(text);
  },
  read: readRedis,
};

function looksLike(path: string, text: string): boolean {
  if (/\.(?:ya?ml|json|xml|toml)$/i.test(path)) return false;
  if (/^sentinel[\w.-]*\.conf/i.test(basename(path)) || /^[ \t]*sentinel[ \t]/im.test(text)) return false;
  const named = /^(?:redis|valkey|keydb)[\w.-]*\.conf(?:\.\w+)?$/i.test(basename(path));
  if (!named && !STRONG.test(text)) return false;
  let known = 0;
  let other = 0;
  for (const line of linesOf(text.slice(0, 262_144))) {
    const name = /^[ \t]*([^\s#]+)/.exec(line.text)?.[1];
    if (name === undefined) continue;
    if (KNOWN.test(name)) known += 1;
    else other += 1;
  }
  return named ? known >= other : known >= 2 && known >= 4 * other;
}
