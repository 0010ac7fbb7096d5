/**
 * Redis, Valkey, KeyDB, Dragonfly.
 *
 * Dialogue (RESP2, one connection):
 *   PING                                   +PONG | -NOAUTH … | -DENIED … (protected mode) | -NOPERM …
 *   POSTERN.CONTROL.<random>               -ERR unknown command …   (anything else: not a Redis, or a honeypot)
 *   INFO server                            redis_version | valkey_version | dragonfly_version
 *   INFO keyspace, INFO memory, DBSIZE     keys per database, used_memory
 *   ACL DRYRUN default GET|SET …           +OK | "… has no permissions …"      nothing is run (>= 7.0)
 *   ACL GETUSER default                    flags allcommands, allkeys          (6.x; < 6 has no users at all)
 *   COMMAND INFO SET                       nil when SET was renamed away
 *   INFO replication                       role, slave_read_only
 *   SELECT n, SCAN 0 COUNT 10              at most 10 key names per database, turned into patterns
 *   QUIT
 *
 * Versions: DRYRUN since 7.0; ACL since 6.0; protected mode since 3.2 (it admits loopback, so it shows only from
 * another host). Run against 7.0.15; older ones are scripted in the tests.
 */
import type { Connection } from '../../../net/connection.ts';
import { requirePrivate } from '../../auth/clear-text.ts';
import { parseCount, parseVersion, unidentified, unlessMalformed } from '../../observations.ts';
import { keyPatterns } from '../../patterns.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { allow, CONTROL_COMMAND, controlAllow, sampling } from './allow.ts';
import { encodeCommand, type Reply, readReply } from './resp.ts';
import { type Ask, info, isText, rightsOf } from './rights.ts';
import { sampleKeys } from './sample.ts';

/** Databases whose key names are sampled. */
const MAX_DATABASES = 4;

export const redis: ProbeService = {
  id: 'redis',
  title: 'Redis / Valkey',
  version: 2,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 6379, tls: 'retry' },
    { port: 6380, tls: 'first' },
    { port: 26379, tls: 'retry' },
  ],
  allow,
  remediation: {
    developer:
      'Connect with a named ACL user and password over TLS (`rediss://`) from the back end only; the app itself must never hold a Redis address.',
    it: 'redis.conf: `bind 127.0.0.1 -::1` plus the private address, `protected-mode yes`, `requirepass` or `user default off` with one ACL user per application, `tls-port 6379` with `port 0`; publish container ports on 127.0.0.1 only and close 6379 in the firewall.',
    security:
      'Give applications `+@read +@write -@dangerous` on their own key patterns; treat sessions and tokens held in this Redis as leaked and rotate them. Renaming commands is no substitute for authentication.',
  },
  references: [
    'https://redis.io/docs/latest/operate/oss_and_stack/management/security/',
    'https://redis.io/docs/latest/commands/acl-dryrun/',
    'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/',
  ],
  tested: [{ how: 'server', what: 'Redis 7.0.15 (open, requirepass, ACL, TLS, Sentinel)' }],
  sampling,
  control: {
    allow: controlAllow,
    run: async (context, credentials) => {
      const connection = await context.connect();
      try {
        requirePrivate(connection, 'a Redis password');
        const user = credentials.username === '' ? [] : [credentials.username];
        const ask: Ask = (...words) => exchange(connection, words);
        if (!isText(await ask('AUTH', ...user, credentials.password), 'OK')) return false;
        const alive = isText(await ask('PING'), 'PONG');
        await ask('QUIT');
        return alive;
      } finally {
        connection.close();
      }
    },
  },
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  try {
    return await dialogue(context, (...words) => exchange(connection, words));
  } finally {
    connection.close();
  }
}

async function dialogue(context: ProbeContext, ask: Ask): Promise<Observation> {
  const ping = await unlessMalformed(ask('PING'));
  if (ping === undefined) return unidentified('RESP');
  const code = errorCode(ping);
  if (!isText(ping, 'PONG') && !['NOAUTH', 'DENIED', 'NOPERM', 'LOADING', 'MASTERDOWN', 'MISCONF'].includes(code)) {
    // A renamed PING is still a Redis; any other answer is not.
    if (!isUnknownCommand(ping)) return unidentified('RESP');
  }
  context.record('PING', code === '' ? '+PONG' : `-${code}`);
  if (code === 'DENIED') return secured('protected mode refuses clients that are not on the server’s own host');

  const control = await ask(`${CONTROL_COMMAND}${context.nonce()}`);
  const controlCode = errorCode(control);
  context.record('control: a command that does not exist', controlCode === '' ? 'accepted' : `-${controlCode}`);
  if (code === 'NOAUTH') return secured('the server asks for a password (NOAUTH)');
  if (code === 'LOADING')
    return { ...blank(), reason: 'the server is loading its data set', notTested: ['everything'] };
  if (!isUnknownCommand(control) && !(code === 'NOPERM' && controlCode === 'NOPERM')) {
    return {
      ...blank(),
      reason: 'a command that does not exist was not refused: no genuine Redis answers so',
      notTested: ['reading', 'writing'],
    };
  }
  return survey(context, ask);
}

async function survey(context: ProbeContext, ask: Ask): Promise<Observation> {
  const notTested = ['values, and field names inside hashes'];
  const server = await info(ask, 'server');
  const product = productOf(server);
  const version = parseVersion(
    server?.get('valkey_version') ??
      server?.get('dragonfly_version')?.replace(/^df-/, '') ??
      server?.get('redis_version'),
  );
  context.record('INFO server', server ? `version ${version ?? 'unknown'}` : 'refused');

  const keyspace = await info(ask, 'keyspace');
  const memory = await info(ask, 'memory');
  const size = await ask('DBSIZE');
  const datasets: ObservedDataset[] = [];
  for (const [name, value] of keyspace ?? []) {
    if (/^db\d{1,4}$/.test(name))
      datasets.push({ name, documents: parseCount(/^keys=(\d+)/.exec(value)?.[1]), fields: [] });
  }
  if (!keyspace && size.kind === 'integer' && size.value > 0) {
    datasets.push({ name: 'db0', documents: size.value, fields: [] });
  }
  context.record(
    'INFO keyspace; DBSIZE',
    keyspace || size.kind === 'integer' ? `${datasets.length} databases with keys` : 'refused',
  );

  const listed = await listKeys(context, ask, datasets);
  const rights = await rightsOf(context, ask, version, listed);
  if (rights.write === undefined) notTested.push('writing: this server tells nothing about it without a write');
  const bytes = parseCount(memory?.get('used_memory'));
  await ask('QUIT').catch(() => undefined);

  const documents = datasets.reduce((sum, dataset) => sum + (dataset.documents ?? 0), 0);
  const known = {
    identified: true,
    ...(version === undefined ? {} : { version }),
    product,
    notTested,
  };
  const counted = { documents, ...(bytes === undefined ? {} : { bytes }), datasets };
  if (rights.write) {
    return {
      ...known,
      ...counted,
      verdict: 'anonymous-write',
      reason: `without a password a stranger may read and change every key (${rights.how})`,
    };
  }
  if (rights.read) {
    const held = rights.write === false ? `; writing is refused (${rights.how})` : '';
    return {
      ...known,
      ...counted,
      verdict: 'anonymous-read',
      reason: `without a password a stranger may read keys${held}`,
    };
  }
  if (server || keyspace || size.kind === 'integer' || listed) {
    return {
      ...known,
      ...counted,
      verdict: 'metadata-only',
      reason: 'without a password a stranger sees the server’s statistics but may not read keys',
    };
  }
  return {
    ...known,
    datasets: [],
    verdict: 'secured',
    reason: 'the anonymous user may run no command of the dialogue (NOPERM)',
  };
}

/** Fills `fields` with key patterns. @returns whether listing keys was allowed */
async function listKeys(context: ProbeContext, ask: Ask, datasets: ObservedDataset[]): Promise<boolean> {
  let allowed = false;
  const looked = datasets.length > 0 ? datasets.slice(0, MAX_DATABASES) : [{ name: 'db0', fields: [] }];
  for (const dataset of looked) {
    const number = dataset.name.slice(2);
    if (number.length > 2 || (number !== '0' && !isText(await ask('SELECT', number), 'OK'))) continue;
    const scan = await ask('SCAN', '0', 'COUNT', '10');
    const names = scan.kind === 'array' ? scan.items[1] : undefined;
    if (names?.kind !== 'array') continue;
    allowed = true;
    // A server may return more than COUNT; ten are enough.
    const keys = names.items
      .slice(0, 10)
      .flatMap((item) => (item.kind === 'bulk' ? [item.bytes.toString('utf8')] : []));
    const sampled = await sampleKeys(context, number, dataset.name, keys);
    dataset.fields = [...new Set([...keyPatterns(keys), ...sampled])].sort();
  }
  context.record('SCAN 0 COUNT 10', allowed ? 'key names (kept as patterns only)' : 'refused');
  return allowed;
}

async function exchange(connection: Connection, words: readonly string[]): Promise<Reply> {
  await connection.write(encodeCommand(words));
  return readReply(connection);
}

function productOf(server: Map<string, string> | undefined): string {
  if (server?.has('valkey_version') || server?.get('server_name') === 'valkey') return 'valkey';
  if (server?.has('dragonfly_version')) return 'dragonfly';
  return server?.get('redis_mode') === 'sentinel' ? 'redis-sentinel' : 'redis';
}

/** The first word of an error; empty for any other reply. */
function errorCode(reply: Reply): string {
  return reply.kind === 'error' ? (/^[A-Z]{1,20}/.exec(reply.text)?.[0] ?? 'ERR') : '';
}

function isUnknownCommand(reply: Reply): boolean {
  return reply.kind === 'error' && /^ERR unknown command/i.test(reply.text);
}

function blank() {
  return {
    identified: true,
    product: 'redis',
    verdict: 'inconclusive',
    datasets: [],
  } as const satisfies Partial<Observation>;
}

function secured(reason: string): Observation {
  return { identified: true, product: 'redis', verdict: 'secured', datasets: [], reason, notTested: [] };
}
