/**
 * NATS, the client protocol (https://docs.nats.io/reference/reference-protocols/nats-protocol), port 4222.
 *
 *   (server)              INFO {"version":"2.9.10","auth_required":true,"tls_required":true,"jetstream":true,…}
 *   TLS                   in place, where INFO says tls_required (or tls_available)
 *   CONNECT {}, PING      PONG; -ERR 'Authorization Violation': secured
 *   SUB postern.<random>  PONG; -ERR 'Permissions Violation for Subscription …'
 *   POSTERN.<random>      -ERR 'Unknown Protocol Operation' (anything else: a honeypot)
 *
 *   CONNECT, random user  on a second connection: PONG only where no users exist; -ERR where they do
 *
 * Users carry the permissions. Where none exist there are no permissions, and publishing is as open as listening. Where
 * they exist and strangers are let in all the same (`no_auth_user`, which INFO does not tell), that user's permissions
 * decide; publishing is then not told. `>` and other clients' subjects are never subscribed to.
 */
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { isRecord, type Json, parseJson, text } from '../../json.ts';
import { malformed, parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { CONNECT, listenTo, natsAllow, nonsense, stranger } from './allow.ts';

const MAX_INFO = 64 * 1024;
const MAX_LINES = 16;
const NEVER = 'subjects and messages (wildcards are never subscribed to)';

async function probe(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  try {
    // The first four bytes decide, so that another server's greeting is not waited for to its end.
    const head = await connection.read(5);
    if (head.toString('latin1') !== 'INFO ') return unidentified('NATS');
    const info = parseJson(await connection.readUntil('\r\n', MAX_INFO));
    if (!isRecord(info) || text(info.server_id) === undefined) return unidentified('NATS');
    const version = parseVersion(text(info.version));
    const asks = info.auth_required === true;
    context.record('(greeting)', `INFO, ${asks ? 'authentication required' : 'no authentication'}`);
    if (wantsTls(info) && connection.tls === undefined) await connection.startTls();
    const base = { identified: true, product: 'nats-server', ...(version === undefined ? {} : { version }) };
    const told = await enter(context, connection);
    if (told.verdict !== 'anonymous-read') return { ...base, ...told };
    return { ...base, ...(asks || (await hasUsers(context)) ? told : OPEN) };
  } finally {
    connection.close();
  }
}

type Answer = Pick<Observation, 'verdict' | 'datasets' | 'reason' | 'notTested'>;

const OPEN: Answer = {
  verdict: 'anonymous-write',
  datasets: [],
  reason: 'no users exist, so no permissions either: a stranger listens and publishes',
  notTested: [NEVER, 'streams of JetStream'],
};

/** Whether a user that cannot exist is refused. Where no users are configured nobody looks at names at all. */
async function hasUsers(context: ProbeContext): Promise<boolean> {
  const connection = await context.connect();
  try {
    const info = parseJson((await connection.readUntil('\r\n', MAX_INFO)).subarray(5));
    if (isRecord(info) && wantsTls(info) && connection.tls === undefined) await connection.startTls();
    await connection.write(Buffer.from(stranger(context.nonce())));
    const refused = (await pong(connection)) !== 'PONG';
    context.record('CONNECT as a user that cannot exist, PING', refused ? 'refused' : 'PONG');
    return refused;
  } finally {
    connection.close();
  }
}

function wantsTls(info: Json): boolean {
  return info.tls_required === true || info.tls_available === true;
}

async function enter(context: ProbeContext, connection: Connection): Promise<Answer> {
  let admitted: string;
  try {
    await connection.write(Buffer.from(CONNECT));
    admitted = await pong(connection);
  } catch (error) {
    const closed = error instanceof PosternError && error.code === 'E_PROBE_IO' && connection.tls !== undefined;
    // `verify: true`: TLS ends for want of a client certificate.
    if (!closed) throw error;
    context.record('CONNECT without credentials', 'closed');
    return {
      verdict: 'secured',
      datasets: [],
      reason: 'the server closes TLS clients without a certificate',
      notTested: [],
    };
  }
  context.record('CONNECT without credentials, PING', admitted === 'PONG' ? 'PONG' : 'refused');
  if (/Authorization Violation|Authentication/i.test(admitted)) {
    const reason = 'the server refuses clients without credentials (Authorization Violation)';
    return { verdict: 'secured', datasets: [], reason, notTested: [] };
  }
  if (admitted !== 'PONG') return inconclusive('a client without credentials is answered with an error');
  await connection.write(Buffer.from(listenTo(context.nonce())));
  const heard = await pong(connection);
  const listens = heard === 'PONG';
  context.record('SUB to a random subject', listens ? 'granted' : 'refused');
  if (!listens && !/Permissions Violation/i.test(heard))
    return inconclusive('a subscription is answered with an error');
  await connection.write(Buffer.from(nonsense(context.nonce())));
  const control = await line(connection);
  context.record('POSTERN.<random>', /^-ERR/.test(control) ? 'refused' : 'not refused');
  if (!/^-ERR 'Unknown Protocol Operation'/i.test(control)) {
    return inconclusive('the control request, an operation that does not exist, was not refused as such');
  }
  const notTested = [NEVER, 'whether a stranger may publish (it cannot be told without publishing)'];
  if (listens) {
    const reason = 'strangers are let in as no_auth_user and may subscribe to an arbitrary subject';
    return { verdict: 'anonymous-read', datasets: [], reason, notTested };
  }
  const reason = 'strangers are let in as no_auth_user, whose permissions refuse an arbitrary subject';
  return { verdict: 'metadata-only', datasets: [], reason, notTested };
}

function inconclusive(reason: string): Answer {
  return { verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
}

/** `PONG`, or the error that came before it. */
async function pong(connection: Connection): Promise<string> {
  let error: string | undefined;
  for (let lines = 0; lines < MAX_LINES; lines++) {
    const one = await line(connection);
    if (one === 'PONG') return error ?? 'PONG';
    if (one.startsWith('-ERR ')) {
      // After these the server closes: no PONG follows.
      if (!/Permissions Violation/i.test(one)) return one;
      error = one;
    } else if (one === 'PING') continue;
    else if (!one.startsWith('INFO ') && one !== '+OK') throw malformed('NATS', 'unexpected line');
  }
  throw malformed('NATS', 'no PONG');
}

async function line(connection: Connection): Promise<string> {
  return (await connection.readUntil('\r\n', MAX_INFO)).toString('latin1').slice(0, -2);
}

export const REMEDIATION = {
  developer: 'Give every client its own credentials (NKeys or JWT) and permissions for the subjects it needs.',
  it: 'In nats-server.conf set `authorization { users … }` or `accounts { … }` with `permissions`, `tls { verify: true }`, no `no_auth_user`, `listen: 127.0.0.1:4222` and `http: 127.0.0.1:8222`. Close 4222, 6222 and 8222 in the firewall.',
  security:
    'Whoever could connect could listen to every subject (`>`) and publish commands: review what flows there and rotate what was sent.',
};

export const nats: ProbeService = {
  id: 'nats',
  face: 'nats',
  title: 'NATS',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: true,
  // TLS is begun in place, after the greeting in clear.
  ports: [{ port: 4222, tls: 'never' }],
  allow: natsAllow,
  remediation: REMEDIATION,
  references: [
    'https://docs.nats.io/reference/reference-protocols/nats-protocol',
    'https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro',
  ],
  tested: [
    { how: 'server', what: 'nats-server 2.9.10 (open, user and password, no_auth_user, TLS, client certificates)' },
  ],
  recogniseGreeting: (bytes) => bytes.toString('latin1', 0, 6) === 'INFO {',
  probe,
};
