/**
 * PostgreSQL behind resources: one of the two files of this room that open connections.
 *
 * Reads run in sessions that cannot write (`default_transaction_read_only`), writes in others; together they are never
 * more than the policy's number. A connection is TLS with the server's name checked, unless the policy says otherwise;
 * where the server offers it, the password's proof is bound to that very TLS connection (SCRAM-SHA-256-PLUS). Nothing the
 * database says leaves this file: an error becomes a refusal by its SQLSTATE, whose detail is those five characters.
 */
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import pg from 'pg';
import { readSecret, type SecretReference } from '../../config/secret.ts';
import { PosternError } from '../../core/errors.ts';
import { Refusal, type RefusalCode } from '../contract/refusal.ts';
import type { SqlDatabase, SqlRow, SqlStatement } from '../contract/sql.ts';

/** As `policy/upstream-config.ts` has it (`SqlUpstreamConfig`). */
export interface DatabaseOptions {
  readonly name: string;
  /** `postgresql://host:port/database` */
  readonly url: string;
  readonly username: string;
  readonly password: SecretReference | null;
  readonly tls: {
    readonly ca: string | null;
    readonly serverName: string | null;
    readonly certificate: string | null;
    readonly key: string | null;
  };
  readonly secure: boolean;
  /** Per process; at least one. */
  readonly connections: number;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface Database extends SqlDatabase {
  close(): Promise<void>;
}

/** Largest answer to one statement, bytes. */
const ANSWER_BYTES = 32 * 1024 * 1024;
const CONNECT_MS = 5_000;
const IDLE_MS = 60_000;
/** A connection is made anew after so long, and the password read again. */
const LIFETIME_SECONDS = 1_800;
const QUEUE_PER_CONNECTION = 16;
/** The server keeps what was prepared for as long as a connection lives: beyond these, statements are not named. */
const PREPARED = 256;

/**
 * Connects when the first statement comes.
 *
 * @param answerBytes for tests
 * @throws PosternError `E_GUARD` where a file that the policy names cannot be read
 */
export async function openDatabase(
  options: DatabaseOptions,
  env: NodeJS.ProcessEnv = process.env,
  answerBytes: number = ANSWER_BYTES,
): Promise<Database> {
  const shared = await poolConfig(options, env);
  const { connections } = options;
  const writers = Math.max(1, Math.floor(connections / 4));
  const write = poolOf(shared, Math.min(writers, connections), sessionOptions(options.timeout, false), answerBytes);
  // With a single connection there is one kind of session.
  const read =
    connections < 2 ? write : poolOf(shared, connections - writers, sessionOptions(options.timeout, true), answerBytes);
  const named = new Set<string>();
  return {
    query: (statement) =>
      run(statement.access === 'read' ? read : write, statement, options, isNamed(named, statement)),
    async close() {
      await Promise.all([...new Set([read, write])].map((pool) => pool.end()));
    },
  };
}

function isNamed(named: Set<string>, { name }: SqlStatement): boolean {
  if (named.has(name)) return true;
  if (named.size >= PREPARED) return false;
  named.add(name);
  return true;
}

async function poolConfig(options: DatabaseOptions, env: NodeJS.ProcessEnv): Promise<pg.PoolConfig> {
  const url = new URL(options.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { password } = options;
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: options.username,
    // A function, so that it is read for every connection, and never taken from PGPASSWORD or ~/.pgpass instead.
    password: () => (password === null ? '' : readSecret(password, env)),
    ssl: options.secure ? await tlsOptions(options, host) : false,
    enableChannelBinding: options.secure,
    application_name: 'postern-guard',
    client_encoding: 'UTF8',
    keepAlive: true,
    connectionTimeoutMillis: Math.min(CONNECT_MS, options.timeout),
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    // The server ends a statement first; this is for a server that does not answer any more.
    query_timeout: options.timeout + 500,
    types: { getTypeParser: () => asText },
  };
}

/** Values are printed by the database and read by the room that asked for them. */
function asText(value: string): string {
  return value;
}

async function tlsOptions({ name, tls: files }: DatabaseOptions, host: string): Promise<tls.ConnectionOptions> {
  const read = (path: string | null) =>
    path === null
      ? undefined
      : readFile(path, 'utf8').catch((cause: unknown) => {
          throw new PosternError('E_GUARD', `upstream ${name}: ${path} cannot be read`, { cause });
        });
  const [ca, cert, key] = await Promise.all([read(files.ca), read(files.certificate), read(files.key)]);
  const expected = files.serverName ?? host;
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // The driver names the host that it connects to; the certificate may be for another name.
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(expected, certificate),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** In force from the first statement on, without asking once more. */
function sessionOptions(timeout: number, readOnly: boolean): string {
  const settings = {
    TimeZone: 'UTC',
    statement_timeout: timeout,
    lock_timeout: timeout,
    idle_in_transaction_session_timeout: timeout,
    default_transaction_read_only: readOnly ? 'on' : 'off',
    default_transaction_isolation: 'read\\ committed',
  };
  return Object.entries(settings)
    .map(([setting, value]) => `-c ${setting}=${value}`)
    .join(' ');
}

interface Meter {
  left: number;
}

const meters = new WeakMap<pg.ClientBase, Meter>();

function poolOf(shared: pg.PoolConfig, max: number, session: string, answerBytes: number): BoundedPool {
  const pool: BoundedPool = new pg.Pool({ ...shared, password: shared.password, max, options: session });
  pool.answerBytes = answerBytes;
  // A connection that breaks while nobody uses it is no one's error.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    // And one that breaks while a statement runs has failed that statement, which says so.
    client.on('error', () => undefined);
    meter(client, answerBytes);
  });
  return pool;
}

interface BoundedPool extends pg.Pool {
  answerBytes?: number;
}

/** Ends a connection whose answer grows too large, before the driver has gathered it. */
function meter(client: pg.ClientBase, answerBytes: number): void {
  const stream = streamOf(client);
  const bytes: Meter = { left: answerBytes };
  meters.set(client, bytes);
  stream?.on('data', (chunk: Uint8Array) => {
    bytes.left -= chunk.length;
    if (bytes.left < 0) stream.destroy();
  });
}

interface Stream {
  on(event: 'data', listener: (chunk: Uint8Array) => void): void;
  destroy(): void;
}

/** The driver has it, and its types do not say so. */
function streamOf(client: pg.ClientBase): Stream | undefined {
  return (client as pg.ClientBase & { connection?: { stream?: Stream } }).connection?.stream;
}

async function run(
  pool: BoundedPool,
  { access, text, values, name }: SqlStatement,
  { connections }: DatabaseOptions,
  named: boolean,
): Promise<{ rows: readonly SqlRow[] }> {
  if (pool.waitingCount >= connections * QUEUE_PER_CONNECTION) {
    throw new Refusal('unavailable', 'every connection to the database is in use');
  }
  const client = await pool.connect().catch((error: unknown) => {
    throw refusalOf(error, access, pool.totalCount >= pool.options.max ? 'upstream_slow' : 'upstream_down');
  });
  const bytes = meters.get(client);
  if (bytes !== undefined) bytes.left = pool.answerBytes ?? ANSWER_BYTES;
  try {
    const { rows } = await client.query<(string | null)[]>({
      text,
      values: [...values],
      rowMode: 'array',
      ...(named && { name }),
    });
    client.release();
    return { rows };
  } catch (error) {
    // A statement that failed leaves the session as it was; anything else, one cannot tell.
    client.release(sqlState(error) === undefined || isFatal(error));
    if ((bytes?.left ?? 0) < 0) throw new Refusal('upstream_answer', 'the database: the answer is too large');
    throw refusalOf(error, access, 'upstream_down');
  }
}

const TIMED_OUT: ReadonlySet<string> = new Set(['Query read timeout']);

function refusalOf(error: unknown, access: SqlStatement['access'], otherwise: RefusalCode): Refusal {
  const state = sqlState(error);
  // Without `cause`: the driver's errors hold the server's words, and those the values of rows.
  if (state === undefined) {
    const slow = error instanceof Error && TIMED_OUT.has(error.message);
    return new Refusal(slow ? 'upstream_slow' : otherwise, 'the database: the connection failed');
  }
  return new Refusal(codeOf(state, access), `the database: SQLSTATE ${state}`);
}

/** SQLSTATEs (PostgreSQL documentation, appendix A) and their classes. */
function codeOf(state: string, access: SqlStatement['access']): RefusalCode {
  const known = STATES[state] ?? (access === 'write' ? WRITE_STATES[state] : undefined);
  if (known !== undefined) return known;
  const group = state.slice(0, 2);
  const general = CLASSES[group] ?? (access === 'write' ? WRITE_CLASSES[group] : undefined);
  return general ?? 'upstream_answer';
}

const STATES: Readonly<Record<string, RefusalCode>> = {
  '57014': 'upstream_slow',
  '55P03': 'upstream_slow',
  '25P03': 'upstream_slow',
  '42501': 'unavailable',
  '3D000': 'unavailable',
};

const WRITE_STATES: Readonly<Record<string, RefusalCode>> = {
  /** Uniqueness, exclusion, a reference from or to another table. */
  '23505': 'conflict',
  '23P01': 'conflict',
  '23503': 'conflict',
  '40001': 'conflict',
  '40P01': 'conflict',
  /** The statement's own check, which divides by zero where it does not hold. */
  '22012': 'forbidden',
  /** A trigger's own words. */
  P0001: 'invalid',
};

const CLASSES: Readonly<Record<string, RefusalCode>> = {
  '08': 'upstream_down',
  '53': 'upstream_down',
  '57': 'upstream_down',
  '58': 'upstream_down',
  '28': 'unavailable',
};

const WRITE_CLASSES: Readonly<Record<string, RefusalCode>> = { '22': 'invalid', '23': 'invalid', '44': 'invalid' };

const STATE = /^[0-9A-Z]{5}$/;

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  return error.code !== undefined && STATE.test(error.code) ? error.code : 'XX000';
}

function isFatal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity !== 'ERROR';
}
