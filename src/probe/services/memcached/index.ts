/**
 * Memcached.
 *
 * Dialogue (text protocol, one connection):
 *   version                        VERSION <v> | CLIENT_ERROR unauthenticated (-Y authfile)
 *   postern_control_<random>       ERROR        (anything else: not memcached, or a honeypot); same packet as `version`
 *   stats                          STAT curr_items, bytes, … END
 *   stats settings                 STAT auth_enabled_ascii, auth_enabled_sasl … END
 *   get postern:<random>           END          (a miss: reading any key is allowed)
 *   quit
 * A server with SASL (-S) speaks only the binary protocol: it waits for 24 bytes (so the first packet has more) and closes
 * on a wrong first byte. A second connection then sends the binary
 * `Version` (allowed to all) and `Get postern:<random>`, answered with status 0x20 there and 0x01 (a miss) where open.
 *
 * Memcached has no read-only mode: who may read without authentication may write. Values are reachable by key only;
 * `lru_crawler metadump` and `stats cachedump` would list keys and are never sent. Run against 1.6.18.
 */
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { isMalformed, parseCount, parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { allow, CONTROL_COMMAND, READ_KEY } from './allow.ts';
import { binaryRequest, isError, readBinary, readLine, readStats } from './text-protocol.ts';

const UDP = 'UDP port 11211 (amplification)';
const NOT_TESTED = ['key names and values (listing them is never done)', UDP];

export const memcached: ProbeService = {
  id: 'memcached',
  title: 'Memcached',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [{ port: 11211, tls: 'retry' }],
  allow,
  remediation: {
    developer:
      'Reach memcached from the back end on the same host or private network only; never put its address in an app.',
    it: 'Start with `-l 127.0.0.1` (or the private address) and `-U 0`; where clients cannot be told apart by network, add `-Y <authfile>` or SASL (`-S`) with TLS (`-Z`). Close 11211 for TCP and UDP in the firewall.',
    security: 'Sessions and tokens cached here could be read and replaced: rotate them, and check for cache poisoning.',
  },
  references: [
    'https://github.com/memcached/memcached/blob/master/doc/protocol.txt',
    'https://docs.memcached.org/features/authentication/',
  ],
  tested: [{ how: 'server', what: 'Memcached 1.6.18 (open, SASL, TLS)' }],
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  const ask = async (command: string): Promise<string> => {
    await send(connection, command);
    return readLine(connection);
  };
  try {
    let first: string;
    try {
      await send(connection, `version\r\n${CONTROL_COMMAND}${context.nonce()}`);
      first = await readLine(connection);
    } catch (error) {
      if (isMalformed(error)) return unidentified('the memcached protocol');
      if (error instanceof PosternError && error.code === 'E_PROBE_IO') return await askBinary(context, error);
      throw error;
    }
    if (/^CLIENT_ERROR unauthenticated/.test(first)) {
      context.record('version', 'CLIENT_ERROR unauthenticated');
      return secured('the server asks for authentication (-Y)');
    }
    if (!first.startsWith('VERSION ')) return unidentified('the memcached protocol');
    const version = parseVersion(first.slice('VERSION '.length));
    context.record('version', `VERSION ${version ?? '?'}`);
    return { ...(await survey(context, connection, ask)), ...(version === undefined ? {} : { version }) };
  } finally {
    connection.close();
  }
}

async function survey(
  context: ProbeContext,
  connection: Connection,
  ask: (command: string) => Promise<string>,
): Promise<Observation> {
  const control = await readLine(connection);
  context.record('control: a command that does not exist', control === 'ERROR' ? 'ERROR' : 'not refused as unknown');
  if (!isError(control)) {
    return inconclusive('a command that does not exist was not refused: no genuine memcached answers so');
  }
  await send(connection, 'stats');
  const stats = await readStats(connection);
  await send(connection, 'stats settings');
  const settings = await readStats(connection);
  const miss = await ask(`get ${READ_KEY}${context.nonce()}`);
  await send(connection, 'quit');

  const items = stats instanceof Map ? parseCount(stats.get('curr_items')) : undefined;
  const bytes = stats instanceof Map ? parseCount(stats.get('bytes')) : undefined;
  const setting = (name: string) => (settings instanceof Map ? settings.get(name) : undefined);
  context.record(
    'stats',
    stats instanceof Map ? `${items ?? 'unknown'} items, ${bytes ?? 'unknown'} bytes` : 'refused',
  );
  context.record(
    'stats settings',
    settings instanceof Map
      ? `auth_enabled_ascii ${setting('auth_enabled_ascii') === 'yes' ? 'yes' : 'no'}, auth_enabled_sasl ${setting('auth_enabled_sasl') === 'yes' ? 'yes' : 'no'}`
      : 'refused',
  );
  context.record('get of a random key', miss === 'END' ? 'miss' : 'refused');

  const datasets: ObservedDataset[] = [{ name: 'cache', documents: items, bytes, fields: [] }];
  const counted = { identified: true, documents: items, bytes, datasets, notTested: NOT_TESTED };
  if (miss !== 'END') {
    if (!(stats instanceof Map)) return secured('the server refuses statistics and reads');
    return { ...counted, verdict: 'metadata-only', reason: 'a stranger sees statistics but may not read keys' };
  }
  const authenticates = setting('auth_enabled_ascii') === 'yes' || setting('auth_enabled_sasl') === 'yes';
  return settings instanceof Map && !authenticates
    ? {
        ...counted,
        verdict: 'anonymous-write',
        reason: 'no authentication is configured: a stranger may read and replace every cached item whose key is known',
      }
    : {
        ...counted,
        verdict: 'anonymous-read',
        reason: 'a stranger may read every cached item whose key is known',
        notTested: ['writing: the settings do not tell', ...NOT_TESTED],
      };
}

/** After a closed connection on the text protocol: does this server speak only the binary one? */
async function askBinary(context: ProbeContext, textFailure: PosternError): Promise<Observation> {
  const connection = await context.connect();
  try {
    await connection.write(binaryRequest('version'));
    const version = parseVersion((await readBinary(connection)).body.toString('latin1'));
    await connection.write(binaryRequest('get', `${READ_KEY}${context.nonce().padEnd(16, '0').slice(0, 16)}`));
    const { status } = await readBinary(connection);
    context.record('binary Version, Get of a random key', status);
    if (status === 'authentication required')
      return { ...secured('the server asks for SASL authentication (-S)'), version };
    if (status !== 'miss')
      return { ...inconclusive('the server speaks only the binary protocol and refused a read'), version };
    return {
      identified: true,
      version,
      verdict: 'anonymous-read',
      datasets: [{ name: 'cache', fields: [] }],
      reason: 'a stranger may read every cached item whose key is known (binary protocol)',
      notTested: ['writing', 'numbers of items', ...NOT_TESTED],
    };
  } catch (error) {
    throw error instanceof PosternError && error.code === 'E_PROBE_IO' ? textFailure : error;
  } finally {
    connection.close();
  }
}

async function send(connection: Connection, command: string): Promise<void> {
  await connection.write(Buffer.from(`${command}\r\n`, 'latin1'));
}

function secured(reason: string): Observation {
  return { identified: true, verdict: 'secured', datasets: [], reason, notTested: [UDP] };
}

function inconclusive(reason: string): Observation {
  return {
    identified: true,
    verdict: 'inconclusive',
    datasets: [],
    reason,
    notTested: ['reading', 'writing', ...NOT_TESTED],
  };
}
