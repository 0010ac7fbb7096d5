/**
 * Connections to the PostgreSQL that several gateways keep their rows in. What the server says stays here: its messages
 * quote rows. Outside there is its code (SQLSTATE) at most.
 */
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { readSecret } from '../config/secret.ts';
import { PosternError } from '../core/errors.ts';
import { Refusal } from '../guard/contract/refusal.ts';
import type { DataConfig } from '../guard/policy/resources-config.ts';

export type PostgresqlConfig = Extract<DataConfig, { readonly kind: 'postgresql' }>;

const CONNECT_MS = 3000;
/** The server gives up first; the second is for a server that does not answer at all. */
const STATEMENT_MS = 4000;
const ANSWER_MS = 5000;
const CONNECTIONS = 10;
const LISTEN_AGAIN_MS = 1000;
/** Of two statements that wait for one another the server ends one; done again, it finds its way. */
const TRIES = 4;
const AGAIN = new Set(['40001', '40P01']);

export type Value = string | number | boolean | Buffer | null | readonly (string | number | Buffer | null)[];

export interface Statement {
  /** Prepared once for each connection. */
  readonly name?: string;
  readonly text: string;
}

export interface Pool {
  /** Schema, quoted. */
  readonly schema: string;
  /**
   * One statement, and so one atomic step.
   *
   * @throws Refusal `unavailable`; `internal` where a row's unique reference is taken
   */
  ask<Row extends pg.QueryResultRow>(statement: Statement | string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** Several statements on one connection; for migrations. The errors are the server's. */
  session<T>(action: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** Calls whenever something was notified, and when it may have been missed. */
  listen(channel: string, onNews: () => void): void;
  close(): Promise<void>;
}

/**
 * @param env holds passwords that the policy refers to
 * @throws PosternError `E_POLICY_INVALID`, `E_INPUT_NOT_FOUND`
 */
export async function createPool(config: PostgresqlConfig, env: NodeJS.ProcessEnv): Promise<Pool> {
  const options = await connectionOptions(config, env);
  const pool = new pg.Pool({ ...options, max: CONNECTIONS, idleTimeoutMillis: 60_000 });
  // A connection that broke while nobody used it: the next one is made when it is needed.
  pool.on('error', () => {});
  let closed = false;
  let listener: pg.Client | undefined;
  let listenAgain: NodeJS.Timeout | undefined;

  function listen(channel: string, onNews: () => void): void {
    if (closed || listener) return;
    const client = new pg.Client(options);
    listener = client;
    let ended = false;
    const again = () => {
      if (ended) return;
      ended = true;
      client.end().catch(() => {});
      listener = undefined;
      if (closed) return;
      listenAgain = setTimeout(() => listen(channel, onNews), LISTEN_AGAIN_MS);
      listenAgain.unref();
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', onNews);
    client
      .connect()
      .then(() => client.query(`LISTEN ${pg.escapeIdentifier(channel)}`))
      .then(onNews, again);
  }

  return {
    schema: pg.escapeIdentifier(config.schema),
    async ask<Row extends pg.QueryResultRow>(statement: Statement | string, values: readonly Value[] = []) {
      const query = typeof statement === 'string' ? { text: statement } : statement;
      for (let tried = 1; ; tried++) {
        try {
          const { rows } = await pool.query<Row>({ ...query, values: [...values] });
          return rows;
        } catch (error) {
          const code = codeOf(error);
          if (AGAIN.has(code) && tried < TRIES) continue;
          if (code === '23505') throw new Refusal('internal', 'data: what must be one of a kind is taken');
          throw new Refusal('unavailable', `data: the store cannot be asked (${code})`);
        }
      }
    },
    async session(action) {
      const client = await pool.connect();
      let failure: Error | undefined;
      try {
        return await action(client);
      } catch (error) {
        failure = error instanceof Error ? error : new Error('failed');
        throw error;
      } finally {
        client.release(failure);
      }
    },
    listen,
    async close() {
      if (closed) return;
      closed = true;
      clearTimeout(listenAgain);
      await Promise.all([listener?.end().catch(() => {}), pool.end()]);
    },
  };
}

async function connectionOptions(config: PostgresqlConfig, env: NodeJS.ProcessEnv): Promise<pg.ClientConfig> {
  const { hostname, port, pathname } = new URL(config.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const { password, ca } = config;
  if (password) await readSecret(password, env);
  const authorities = ca === null ? undefined : await readFile(ca, 'utf8');
  return {
    host,
    port: port === '' ? 5432 : Number(port),
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
    user: config.username,
    // Read again for each connection: secrets are renewed under a running gateway.
    password: password ? () => readSecret(password, env) : '',
    ssl: authorities ? { ca: authorities } : !LOOPBACK.test(host),
    application_name: 'postern',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    options: '-c synchronous_commit=on -c default_transaction_isolation=read\\ committed',
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** SQLSTATE or the system's code, never a message. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string' && /^\w{1,40}$/.test(error.code)) return error.code;
  if (error instanceof PosternError) return error.code;
  return /timeout/i.test(error.message) ? 'timeout' : 'disconnected';
}
