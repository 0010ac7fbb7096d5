/**
 * The ACL file of Mosquitto: `user NAME`, `topic [read|write|readwrite|deny] TOPIC`, `pattern [access] TOPIC`. Lines of
 * `topic` before the first `user` are for who gave no name; `pattern` lines are for everybody, with `%u` for the name and
 * `%c` for the client id. `#` and `+` do not reach topics that begin with `$`.
 * https://mosquitto.org/man/mosquitto-conf-5.html (acl_file)
 */
import { linesOf, type Source, type Span } from '../../source.ts';

export interface AclLine {
  kind: 'topic' | 'pattern';
  /** Null: who gave no name; a pattern is for everybody. */
  user: string | null;
  access: 'read' | 'write' | 'readwrite' | 'deny';
  topic: string;
  /** Of all behind `topic` or `pattern`. */
  span: Span;
  source: Source;
}

export interface AclFile {
  source: Source;
  lines: readonly AclLine[];
  users: readonly { name: string; span: Span }[];
}

const MAX_LINES = 20_000;

export function readAcl(source: Source): AclFile {
  const lines: AclLine[] = [];
  const users: { name: string; span: Span }[] = [];
  let user: string | null = null;
  for (const line of linesOf(source.text)) {
    if (lines.length + users.length >= MAX_LINES) break;
    const match = /^[ \t]*(user|topic|pattern)[ \t]+(?=\S)/.exec(line.text);
    if (!match?.[1]) continue;
    const rest = line.text.slice(match[0].length).trimEnd();
    const start = line.start + match[0].length;
    const span = { start, end: start + rest.length };
    if (match[1] === 'user') {
      user = rest;
      users.push({ name: rest, span });
      continue;
    }
    const word = /^(readwrite|read|write|deny)[ \t]+(?=\S)/.exec(rest);
    const access = (word?.[1] ?? 'readwrite') as AclLine['access'];
    const topic = rest.slice(word?.[0].length ?? 0);
    const kind = match[1] === 'topic' ? 'topic' : 'pattern';
    lines.push({ kind, user: kind === 'topic' ? user : null, access, topic, span, source });
  }
  return { source, lines, users };
}

/** Every topic but those that begin with `$`: `#`, `+/#`, `/#` beside them is less. */
export function isEveryTopic(topic: string): boolean {
  return /^(?:\+\/)*#$/.test(topic.slice(0, 500));
}

/** What who gives no name may do: lines of its own, and patterns that need no name. */
export function anonymousLines(acl: AclFile): AclLine[] {
  return acl.lines.filter(
    ({ kind, user, access, topic }) => access !== 'deny' && (kind === 'topic' ? user === null : !topic.includes('%u')),
  );
}
