/** What a stranger may do: ACL dry runs where there are any, else what the version and the flags of the default user say. */
import type { ProbeContext } from '../../service.ts';
import { DRY_RUN_KEY } from './allow.ts';
import { parseInfo, type Reply } from './resp.ts';

export type Ask = (...words: string[]) => Promise<Reply>;

interface Rights {
  read: boolean;
  /** Undefined when it cannot be told without writing. */
  write: boolean | undefined;
  how: string;
}

/** What the default user may do, told without doing it. */
export async function rightsOf(
  context: ProbeContext,
  ask: Ask,
  version: string | undefined,
  listed: boolean,
): Promise<Rights> {
  const key = `${DRY_RUN_KEY}${context.nonce()}`;
  const replication = await info(ask, 'replication');
  const readOnlyReplica = replication?.get('role') === 'slave' && replication.get('slave_read_only') !== '0';
  if (replication) context.record('INFO replication', readOnlyReplica ? 'read-only replica' : 'accepts writes');

  const dryGet = await ask('ACL', 'DRYRUN', 'default', 'GET', key);
  if (dryGet.kind === 'text' || dryGet.kind === 'bulk') {
    const who = await ask('ACL', 'WHOAMI');
    const dryPut = await ask('ACL', 'DRYRUN', 'default', 'SET', key, 'x');
    const asDefault = textOf(who) === undefined || textOf(who) === 'default';
    const read = asDefault && isText(dryGet, 'OK');
    const write = asDefault && isText(dryPut, 'OK');
    context.record(
      'ACL DRYRUN default GET … / SET …',
      `read ${read ? 'allowed' : 'denied'}, write ${write ? 'allowed' : 'denied'}`,
    );
    if (!asDefault) return { read: listed, write: undefined, how: 'the connection is not the default user' };
    return write && readOnlyReplica
      ? { read, write: false, how: 'a read-only replica' }
      : { read, write, how: 'ACL DRYRUN' };
  }

  const command = await ask('COMMAND', 'INFO', 'SET');
  const hasSet = command.kind === 'array' && command.items[0]?.kind === 'array';
  if (command.kind === 'array' && !hasSet) return { read: listed, write: false, how: 'SET does not exist here' };
  if (readOnlyReplica) return { read: listed, write: false, how: 'a read-only replica' };
  const major = Number(/^\d+/.exec(version ?? '')?.[0] ?? Number.NaN);
  if (listed && hasSet && major < 6 && replication?.get('role') === 'master') {
    return { read: true, write: true, how: 'this version knows no users' };
  }
  const user = await ask('ACL', 'GETUSER', 'default');
  const flags = flagsOf(user);
  if (flags) {
    const all = ['on', 'allcommands', 'allkeys'].every((flag) => flags.has(flag));
    context.record('ACL GETUSER default', all ? 'all commands on all keys' : 'limited');
    if (all && hasSet) return { read: true, write: true, how: 'ACL GETUSER' };
  }
  return { read: listed, write: undefined, how: 'no ACL DRYRUN' };
}

/** The flags of `ACL GETUSER`; the other fields (password hashes among them) are not looked at. */
function flagsOf(user: Reply): Set<string> | undefined {
  if (user.kind !== 'array') return undefined;
  const at = user.items.findIndex((item, index) => index % 2 === 0 && textOf(item) === 'flags');
  const flags = at < 0 ? undefined : user.items[at + 1];
  return flags?.kind === 'array' ? new Set(flags.items.map((flag) => textOf(flag) ?? '')) : undefined;
}

/** One section of `INFO`; undefined when it is refused. */
export async function info(ask: Ask, section: string): Promise<Map<string, string> | undefined> {
  const reply = await ask('INFO', section);
  return reply.kind === 'bulk' ? parseInfo(reply.bytes) : undefined;
}

/** The text of a simple or bulk string. */
export function textOf(reply: Reply): string | undefined {
  if (reply.kind === 'text') return reply.text;
  return reply.kind === 'bulk' ? reply.bytes.toString('utf8') : undefined;
}

export function isText(reply: Reply, text: string): boolean {
  return textOf(reply) === text;
}
