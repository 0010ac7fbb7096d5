/** Everything between the first byte and `ReadyForQuery`. */
import { createHash } from 'node:crypto';
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { requirePrivate } from '../../auth/clear-text.ts';
import { scramFinal, scramFirst } from '../../auth/scram.ts';
import { malformed } from '../../observations.ts';
import type { ControlCredentials, ProbeContext } from '../../service.ts';
import {
  authentication,
  type Message,
  readMessage,
  SSL_REQUEST,
  saslInitial,
  startupMessage,
  TERMINATE,
} from './messages.ts';

/** Kinds of `R` (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const KINDS: Readonly<Record<number, string>> = {
  0: 'ok',
  2: 'Kerberos V5',
  3: 'cleartext password',
  5: 'MD5 password',
  6: 'SCM credentials',
  7: 'GSSAPI',
  9: 'SSPI',
  10: 'SASL (SCRAM)',
};

/** Most messages before a login is decided; a real server sends about fifteen. */
const MAX_MESSAGES = 200;

/** Connects, and upgrades to TLS when the server offers it. */
export async function open(context: ProbeContext, secure: boolean): Promise<Connection> {
  const connection = await context.connect();
  if (!secure || connection.tls) return connection;
  try {
    await connection.write(SSL_REQUEST);
    const answer = (await connection.read(1)).toString('latin1');
    if (answer === 'S') await connection.startTls();
    else if (answer !== 'N') throw malformed('PostgreSQL', 'SSLRequest not answered with S or N');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

export type Login =
  | { outcome: 'in'; serverVersion: string | undefined }
  /** Asked for a proof of identity. */
  | { outcome: 'asked'; method: string }
  /** Refused; `trusted` when the server had already accepted the client without any proof. */
  | { outcome: 'refused'; trusted: boolean; sqlState: string; message: string };

/** Starts a session without any proof of identity. */
export async function logIn(connection: Connection, parameters: Readonly<Record<string, string>>): Promise<Login> {
  await connection.write(startupMessage(parameters));
  let trusted = false;
  let serverVersion: string | undefined;
  for (let count = 0; count < MAX_MESSAGES; count++) {
    const message = await readMessage(connection);
    switch (message.type) {
      case 'error':
        return { outcome: 'refused', trusted, sqlState: message.sqlState, message: message.message };
      case 'authentication':
        if (message.kind !== 0) return { outcome: 'asked', method: KINDS[message.kind] ?? 'an unknown method' };
        trusted = true;
        break;
      case 'parameter':
        if (!trusted) throw malformed('PostgreSQL', 'parameter before authentication');
        if (message.name === 'server_version') serverVersion = message.value;
        break;
      case 'ready':
        if (!trusted) throw malformed('PostgreSQL', 'ready before authentication');
        return { outcome: 'in', serverVersion };
      case 'row':
        throw malformed('PostgreSQL', 'row before authentication');
      default:
        break;
    }
  }
  throw malformed('PostgreSQL', 'too many messages');
}

/** Logs in as the owner: trust, cleartext, MD5 or SCRAM-SHA-256. @returns whether the server accepted */
export async function logInAs(context: ProbeContext, credentials: ControlCredentials): Promise<boolean> {
  const connection = await open(context, true);
  try {
    await connection.write(startupMessage({ user: credentials.username, database: 'postgres' }));
    for (let count = 0; count < 10; count++) {
      const message = await readMessage(connection);
      if (message.type === 'error') return false;
      if (message.type !== 'authentication') continue;
      if (message.kind === 0) {
        await connection.write(TERMINATE);
        return true;
      }
      if (!(await prove(context, connection, message, credentials))) return false;
    }
    return false;
  } finally {
    connection.close();
  }
}

async function prove(
  context: ProbeContext,
  connection: Connection,
  asked: Message & { type: 'authentication' },
  { username, password }: ControlCredentials,
): Promise<boolean> {
  switch (asked.kind) {
    case 3:
      requirePrivate(connection, 'a PostgreSQL password');
      await connection.write(authentication(Buffer.from(`${password}\0`)));
      return true;
    case 5: {
      requirePrivate(connection, 'an MD5 response');
      if (asked.data.length !== 4) throw malformed('PostgreSQL', 'MD5 salt');
      const md5 = (...parts: (string | Buffer)[]) =>
        parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');
      await connection.write(authentication(Buffer.from(`md5${md5(md5(password, username), asked.data)}\0`)));
      return true;
    }
    case 10: {
      if (!asked.data.toString('latin1').split('\0').includes('SCRAM-SHA-256')) return false;
      const nonce = context.nonce();
      await connection.write(saslInitial('SCRAM-SHA-256', scramFirst(username, nonce)));
      const first = await readMessage(connection);
      if (first.type !== 'authentication' || first.kind !== 11) return false;
      const step = await scramFinal(username, password, nonce, first.data.toString('utf8'));
      await connection.write(authentication(Buffer.from(step.message)));
      const final = await readMessage(connection);
      if (final.type !== 'authentication' || final.kind !== 12) return false;
      if (!step.verify(final.data.toString('utf8'))) {
        throw new PosternError('E_PROBE_IO', 'the server could not prove that it knows the password');
      }
      return true;
    }
    default:
      return false;
  }
}
