/**
 * redis.conf (also Valkey and KeyDB): one directive per line, `name argument argument …`.
 * A line whose first character after blanks is `#` is a comment; there are no comments after a directive.
 * Arguments follow sdssplitargs(): blanks separate, `"…"` knows `\n \r \t \b \a \xHH \"`, `'…'` knows `\'`, and a
 * closing quote must be followed by a blank. Names are case-insensitive. The last of several wins, except for
 * directives that add up (`save`, `rename-command`, `user`, `include`, `loadmodule`).
 * https://github.com/redis/redis/blob/7.2/src/config.c (loadServerConfigFromString), src/sds.c (sdssplitargs)
 */
import type { Skip } from '../../../core/skip.ts';
import type { Reading } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';
import { type AclUser, readAclUser } from '../redis-acl/user.ts';

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
  /** The included file it stands in. */
  source?: Source;
}

export interface RedisDocument {
  directives: RedisDirective[];
  /** The directive of this name that is in force: the last. */
  last(name: string): RedisDirective | undefined;
  /** The `user` lines. */
  users: readonly AclUser[];
  /** False when a line was not understood or an included file was not found: then absence proves nothing. */
  complete: boolean;
}

/** One file, without what it includes. */
export function readRedis(source: Source): Reading<RedisDocument> {
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
  }
  return { document: documentOf(directives, complete), status: complete ? 'read' : 'partial', skips };
}

/** A document of these directives, in their order. */
export function documentOf(directives: RedisDirective[], complete: boolean): RedisDocument {
  const last = new Map(directives.map((directive) => [directive.name, directive]));
  const users = directives.flatMap(({ name, arguments: [user, ...rules], source }) =>
    name === 'user' && user ? [{ ...readAclUser(user, rules), ...(source && { source }) }] : [],
  );
  return { directives, last: (name) => last.get(name), users, complete };
}

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
