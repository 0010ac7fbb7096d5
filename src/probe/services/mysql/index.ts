/**
 * MySQL, MariaDB, Percona, TiDB.
 *
 * Dialogue (the server speaks first):
 *   S  greeting: version, salt, plug-in     | ERR 1130 (no such client host: secured) | 1129 (blocked) | 1040 (full)
 *   -- without `emptyPassword` it ends here: what a stranger gets cannot be told without a login --
 *   C  HandshakeResponse root, empty        S  OK: open | ERR 1045/1698: secured | switch to another plug-in
 *   C  SELECT postern_<random>              S  ERR 1054 (anything else: no MySQL, or a honeypot)
 *   C  SHOW GRANTS, @@global.read_only      what root may do
 *   C  information_schema tables, columns   names, row estimates, sizes
 *   C  COM_QUIT                             so that the server counts no aborted connection (max_connect_errors)
 * The login goes over TLS where the server offers it.
 *
 * Plug-ins: mysql_native_password (4.1+), caching_sha2_password (MySQL 8), sha256_password. `unix_socket` and GSSAPI
 * have no answer over TCP. Run against MariaDB 10.11; MySQL 8's caching_sha2_password is scripted in the tests.
 */
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { malformed, parseVersion, sumKnown, unidentified, unlessMalformed } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { ACCOUNT, allow, controlAllow, sampling } from './allow.ts';
import { parseGrants } from './grants.ts';
import { logIn, offersTls, readGreeting } from './login.ts';
import { comQuery, type Greeting, QUIT, type Result, readResult, type ServerError } from './packets.ts';
import { COLUMNS, controlQuery, DISTINCT, GRANTS, MAX_COLUMNS, MAX_TABLES, READ_ONLY, TABLES } from './queries.ts';
import { join, sample } from './tables.ts';

/** Error codes (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html). */
const HOST_NOT_PRIVILEGED = 1130;
const HOST_BLOCKED = 1129;
const BAD_FIELD = 1054;
const ACCESS_DENIED = new Set([1044, 1045, 1698, 3118, 4151]);

export const mysql: ProbeService = {
  id: 'mysql',
  title: 'MySQL / MariaDB',
  version: 2,
  transport: 'tcp',
  serverSpeaksFirst: true,
  recogniseGreeting: (bytes) => bytes[3] === 0 && (bytes[4] === 10 || bytes[4] === 0xff),
  ports: [
    { port: 3306, tls: 'never' },
    { port: 4000, tls: 'never' },
  ],
  allow,
  remediation: {
    developer:
      'Connect from the back end with an account of its own, limited to its schema and host; the app itself must never hold a database address.',
    it: "`ALTER USER 'root'@'localhost' IDENTIFIED BY '…'`, drop `root`@`%` and anonymous users (`mariadb-secure-installation` / `mysql_secure_installation`); my.cnf: `bind-address = 127.0.0.1` or the private address, `require_secure_transport = ON`. Close 3306 and 33060 in the firewall.",
    security:
      'An account with FILE or SUPER reaches the file system: treat the host as compromised until shown otherwise, and rotate every credential stored in it.',
  },
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/default-privileges.html',
    'https://mariadb.com/kb/en/mariadb-secure-installation/',
    'https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html',
  ],
  tested: [
    { how: 'server', what: 'MariaDB 10.11 (open, password, limited, TLS demanded)' },
    { how: 'documentation', what: 'MySQL 8' },
  ],
  sampling,
  control: {
    allow: controlAllow,
    run: async (context, { username, password }) => {
      const connection = await context.connect();
      try {
        const greeting = await readGreeting(connection);
        if (!greeting || 'code' in greeting) return false;
        const login = await logIn(connection, greeting, username, password, offersTls(greeting));
        if (login.outcome !== 'in') return false;
        await connection.write(QUIT);
        return true;
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
    const greeting = await unlessMalformed(readGreeting(connection));
    if (greeting === undefined) return unidentified('the MySQL protocol');
    if ('code' in greeting) return { identified: true, datasets: [], ...refusal(context, greeting) };
    const known = { identified: true, datasets: [], ...versionOf(greeting) };
    context.record('(greeting)', `protocol 10, version ${known.version ?? 'unknown'}`);
    if (!context.options.emptyPassword) {
      return {
        ...known,
        verdict: 'inconclusive',
        reason: 'the server lives; whether it asks for a password cannot be told without a login',
        notTested: ['one login with an empty password (opt in with emptyPassword / --empty-password)'],
      };
    }
    return { ...known, ...(await enter(context, connection, greeting)) };
  } finally {
    connection.close();
  }
}

type Conclusion = Pick<Observation, 'verdict' | 'reason' | 'notTested'> & Partial<Observation>;

/**
 * The one login, over TLS where offered (accounts with REQUIRE SSL answer 1045 without it). Where the handshake fails,
 * as with the TLS 1.0 of old servers, the login goes in clear over a second connection; an empty password is no secret.
 */
async function enter(context: ProbeContext, connection: Connection, greeting: Greeting): Promise<Conclusion> {
  if (!offersTls(greeting)) return conclude(context, connection, await logIn(connection, greeting, ACCOUNT, '', false));
  try {
    return await conclude(context, connection, await logIn(connection, greeting, ACCOUNT, '', true));
  } catch (error) {
    if (connection.tls || !(error instanceof PosternError) || error.code !== 'E_PROBE_IO') throw error;
  }
  connection.close();
  const again = await context.connect();
  try {
    const second = await readGreeting(again);
    if (second === undefined) throw malformed('MySQL', 'second greeting');
    if ('code' in second) return refusal(context, second);
    return await conclude(context, again, await logIn(again, second, ACCOUNT, '', false));
  } finally {
    again.close();
  }
}

async function conclude(
  context: ProbeContext,
  connection: Connection,
  login: Awaited<ReturnType<typeof logIn>>,
): Promise<Conclusion> {
  const request = `login ${ACCOUNT} with an empty password${connection.tls ? ' over TLS' : ''}`;
  if (login.outcome === 'in') {
    context.record(request, 'OK');
    return survey(context, connection);
  }
  if (login.outcome === 'refused') return refusal(context, login.error, request);
  context.record(request, `asks for ${login.plugin}`);
  return {
    verdict: 'inconclusive',
    reason: `the server asks for ${login.plugin}, which this probe does not speak`,
    notTested: ['a login with an empty password through that plug-in'],
  };
}

function refusal(context: ProbeContext, error: ServerError, request = '(greeting)'): Conclusion {
  context.record(request, `ERR ${error.code}`);
  const others = [`accounts other than ${ACCOUNT}`];
  if (error.code === HOST_NOT_PRIVILEGED) {
    return { verdict: 'secured', reason: 'the server admits no client from here (ERR 1130)', notTested: [] };
  }
  if (ACCESS_DENIED.has(error.code) || error.state === '28000') {
    return {
      verdict: 'secured',
      reason: `the server refuses an empty password (ERR ${error.code})`,
      notTested: others,
    };
  }
  const why =
    error.code === HOST_BLOCKED ? 'the server blocks this client after failed connections' : 'the server refused';
  return { verdict: 'inconclusive', reason: `${why} (ERR ${error.code})`, notTested: ['reading', 'writing'] };
}

async function survey(context: ProbeContext, connection: Connection): Promise<Conclusion> {
  const ask = async (sql: string, maxRows: number): Promise<Result> => {
    await connection.write(comQuery(sql));
    return readResult(connection, maxRows);
  };
  const rows = (result: Result) => ('rows' in result ? result.rows : []);

  const control = await ask(controlQuery(context.nonce()), 1);
  context.record('control: a column that does not exist', 'code' in control ? `ERR ${control.code}` : 'accepted');
  if (!('code' in control) || control.code !== BAD_FIELD) {
    await connection.write(QUIT);
    return {
      verdict: 'inconclusive',
      reason: 'a column that does not exist was not refused as such: no genuine MySQL answers so',
      notTested: ['reading', 'writing'],
    };
  }
  const grants = parseGrants(rows(await ask(GRANTS, 200)).map((row) => row[0]));
  const readOnly = rows(await ask(READ_ONLY, 1))[0]?.[0];
  context.record(
    'SHOW GRANTS; read_only',
    `read ${grants.read}, write ${grants.write}, read_only ${readOnly === '0' ? 'off' : 'on'}`,
  );
  const tables = await ask(TABLES, MAX_TABLES);
  const columns = await ask(COLUMNS, MAX_COLUMNS);
  const distinct = context.subjectFields === undefined ? [] : rows(await ask(DISTINCT, MAX_COLUMNS));
  const datasets = join(context, rows(tables), rows(columns), distinct);
  if (context.values !== undefined) await sample(context, ask, rows(tables), rows(columns));
  await connection.write(QUIT);
  context.record('information_schema', `${datasets.length} tables`);

  const notTested = [`accounts other than ${ACCOUNT}`];
  if (grants.roles) notTested.push('grants through roles');
  if (rows(tables).length >= MAX_TABLES) notTested.push(`tables beyond the largest ${MAX_TABLES}`);
  const found = {
    datasets,
    documents: sumKnown(datasets.map((dataset) => dataset.documents)),
    bytes: sumKnown(datasets.map((dataset) => dataset.bytes)),
    notTested,
  };
  const as = `a stranger logs in as ${ACCOUNT} without a password`;
  const frozen = readOnly !== undefined && readOnly !== null && readOnly !== '0' && readOnly.toUpperCase() !== 'OFF';
  if (grants.write && (!frozen || grants.overridesReadOnly)) {
    return { ...found, verdict: 'anonymous-write', reason: `${as} and may read and change data` };
  }
  if (grants.read || datasets.length > 0) {
    return { ...found, verdict: 'anonymous-read', reason: `${as} and may read data` };
  }
  return { ...found, verdict: 'metadata-only', reason: `${as}, but the account may read nothing` };
}

/** MariaDB before 11 prefixes `5.5.5-` so that old replicas accept it. */
function versionOf(greeting: Greeting): { version: string | undefined; product: string } {
  const tidb = /-TiDB-v([\d.]+)/.exec(greeting.version)?.[1];
  if (tidb !== undefined) return { version: parseVersion(tidb), product: 'tidb' };
  const number = /^(?:5\.5\.5-)?(\d{1,3}(?:\.\d{1,5}){1,3})/.exec(greeting.version)?.[1];
  return { version: parseVersion(number), product: greeting.mariadb ? 'mariadb' : 'mysql' };
}
