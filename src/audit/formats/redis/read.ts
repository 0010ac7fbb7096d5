/**
 * redis.conf (also Valkey and KeyDB): one directive per line, `name argument argument …`.
 * A line whose first character after blanks is `#` is a comment; there are no comments after a directive.
 * Arguments follow sdssplitargs(): blanks separate, `"…"` knows `\n \r \t \b \a \xHH \"`, `'…'` knows `\'`, and a
 * closing quote must be followed by a blank. Names are case-insensitive. The last of several wins, except for
 * directives that add up (`save`, `rename-command`, `user`, `include`, `loadmodule`).
 * https://github.com/redis/redis/blob/7.2/src/config.c (loadServerConfigFromString), src/sds.c (sdssplitargs)
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format } from '../../model.ts';
import { linesOf, type Span } from '../../source.ts';

export interface RedisArgument {
  value: string;
  /** With its quotes. */
  span: Span;
}

export interface RedisDirective {
  /** Lower-case. */
  name: string;
  nameSpan: Span;
  arguments: RedisArgument[];
  /** First argument to last (the name when there is none). */
  span: Span;
}

export interface RedisDocument {
  directives: RedisDirective[];
  /** The directive of this name that is in force: the last. */
  last(name: string): RedisDirective | undefined;
  /** False when a line was not understood or another file is included: then absence proves nothing. */
  complete: boolean;
}

const STRONG =
  /^[ \t]*(?:protected-mode|requirepass|appendonly|appendfsync|maxmemory-policy|maxmemory-samples|dbfilename|rename-command|replicaof|slaveof|masterauth|tcp-backlog|tcp-keepalive|aclfile|activerehashing|slowlog-log-slower-than|stop-writes-on-bgsave-error)[ \t]+\S/im;
const KNOWN =
  /^(?:protected-mode|requirepass|append\w+|maxmemory[\w-]*|db\w+|rename-command|replica[\w-]*|slave[\w-]*|master\w+|tcp-[\w-]+|tls-[\w-]+|aclfile|acl[\w-]+|active[\w-]+|bind|port|timeout|databases|save|dir|loglevel|logfile|daemonize|pidfile|supervised|unixsocket\w*|include|user|cluster-[\w-]+|latency-[\w-]+|slowlog-[\w-]+|client-[\w-]+|hash-[\w-]+|list-[\w-]+|set-[\w-]+|zset-[\w-]+|hll-[\w-]+|stream-[\w-]+|rdb[\w-]+|stop-[\w-]+|auto-[\w-]+|no-[\w-]+|aof-[\w-]+|lua-[\w-]+|notify-[\w-]+|hz|dynamic-hz|always-show-logo|enable-[\w-]+|io-threads[\w-]*|lazyfree-[\w-]+|repl-[\w-]+|min-[\w-]+|loadmodule|syslog-[\w-]+|jemalloc-[\w-]+|busy-[\w-]+|oom-[\w-]+|disable-[\w-]+|set-proc-title|proc-title-template|locale-collate|shutdown-[\w-]+|crash-[\w-]+|ignore-[\w-]+|gopher-enabled|proto-[\w-]+|tracking-[\w-]+|maxclients|glob[\w-]*|socket-[\w-]+|ziplist-[\w-]+)$/i;

export const redisFormat: Format<'redis.conf'> = {
  name: 'redis.conf',
  title: 'Redis (redis.conf)',
  settings: () => [],
  recognises(path, text) {
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
  },
  read(source) {
    const directives: RedisDirective[] = [];
    const skips: Skip[] = [];
    let complete = true;
    for (const line of linesOf(source.text)) {
      if (/^[ \t\v\f]*(?:#|$)/.test(line.text)) continue;
      const tokens = splitArguments(
        line.text.charCodeAt(0) === 0xfeff ? ` ${line.text.slice(1)}` : line.text,
        line.start,
      );
      const [name, ...rest] = tokens ?? [];
      if (!name) {
        complete = false;
        if (skips.length < 10) {
          const { line: number } = source.position(line.start);
          const reason = 'unbalanced quotes; Redis refuses to start with this line';
          skips.push({ subject: `${source.path}:${number}`, code: 'REDIS_SYNTAX', reason, severity: 'incomplete' });
        }
        continue;
      }
      const first = rest[0] ?? name;
      const final = rest.at(-1) ?? name;
      const directive = {
        name: name.value.toLowerCase(),
        nameSpan: name.span,
        arguments: rest,
        span: { start: first.span.start, end: final.span.end },
      };
      directives.push(directive);
      if (directive.name === 'include') {
        complete = false;
        const { line: number } = source.position(line.start);
        const reason = 'includes another file, which may set anything and was not followed';
        skips.push({ subject: `${source.path}:${number}`, code: 'CONFIG_INCLUDE', reason, severity: 'incomplete' });
      }
    }
    const last = new Map(directives.map((directive) => [directive.name, directive]));
    return {
      document: { directives, last: (name) => last.get(name), complete },
      status: complete ? 'read' : 'partial',
      skips: skips.slice(0, 20),
    };
  },
};

/** sdssplitargs(): null when quotes do not balance. Offsets are counted from `base`. */
export function splitArguments(text: string, base: number): RedisArgument[] | null {
  const found: RedisArgument[] = [];
  let at = 0;
  const blank = (character: string | undefined): boolean => character !== undefined && /[ \t\v\f\r\n]/.test(character);
  while (at < text.length) {
    while (blank(text[at])) at += 1;
    if (at >= text.length) break;
    const start = at;
    let value = '';
    while (at < text.length && !blank(text[at])) {
      const character = text[at];
      if (character === '"' || character === "'") {
        const quoted = readQuoted(text, at);
        if (quoted === null) return null;
        value += quoted.value;
        at = quoted.end;
        if (at < text.length && !blank(text[at])) return null;
      } else {
        value += character;
        at += 1;
      }
    }
    found.push({ value, span: { start: base + start, end: base + at } });
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

function readQuoted(text: string, start: number): { value: string; end: number } | null {
  const quote = text[start];
  const parts: string[] = [];
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === quote) return { value: parts.join(''), end: at + 1 };
    const next = text[at + 1];
    if (character === '\\' && next !== undefined && (quote === '"' || next === "'")) {
      const hex = quote === '"' ? /^x([0-9a-f]{2})/i.exec(text.slice(at + 1, at + 4))?.[1] : undefined;
      parts.push(hex === undefined ? (ESCAPES[next] ?? next) : String.fromCharCode(Number.parseInt(hex, 16)));
      at += hex === undefined ? 1 : 3;
    } else {
      parts.push(character);
    }
  }
  return null;
}
