import type pg from 'pg';
import { PosternError } from '../core/errors.ts';
import type { Pool } from './postgresql-pool.ts';
import { codeOf } from './postgresql-pool.ts';

/** Any number that nobody else in the database locks: `postern` in bytes. */
const LOCK = '31648374986895982';

const PATIENCE_MS = 60_000;
const STARTING = '57P03';

/** Each is applied once, in order; what was released is never changed. `$` stands for the schema. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE $.subjects (
    id bytea PRIMARY KEY,
    reference bytea NOT NULL UNIQUE,
    epoch integer NOT NULL,
    wrapped bytea,
    shredded_at bigint
  );
  CREATE INDEX subjects_by_epoch ON $.subjects (epoch, id) WHERE wrapped IS NOT NULL;
  CREATE INDEX subjects_shredded ON $.subjects (id) WHERE shredded_at IS NOT NULL;
  CREATE TABLE $.look_ups (token bytea, reference bytea, PRIMARY KEY (token, reference));
  CREATE INDEX look_ups_by_reference ON $.look_ups (reference);
  CREATE TABLE $.shreds (id bytea PRIMARY KEY, done boolean NOT NULL, body text NOT NULL);
  CREATE INDEX shreds_open ON $.shreds (id) WHERE NOT done;
  CREATE TABLE $.purge_last (number bigint NOT NULL);
  INSERT INTO $.purge_last VALUES (0);
  CREATE TABLE $.purge_messages (number bigint PRIMARY KEY, reference bytea NOT NULL);
  CREATE TABLE $.purge_members (
    name text PRIMARY KEY,
    renewals bigint NOT NULL,
    lease_ms double precision NOT NULL,
    seen bigint NOT NULL,
    renewed_at bigint NOT NULL
  );
  CREATE TABLE $.devices (
    id text COLLATE "C" PRIMARY KEY,
    key_id text UNIQUE,
    subject text NOT NULL,
    platform text NOT NULL,
    version text NOT NULL,
    counter bigint NOT NULL,
    revoked_at bigint,
    body text NOT NULL
  );
  CREATE INDEX devices_by_subject ON $.devices (subject);
  CREATE INDEX devices_by_version ON $.devices (platform, version) WHERE revoked_at IS NULL;
  CREATE TABLE $.used_tokens (token bytea PRIMARY KEY, ends_at bigint NOT NULL);
  CREATE INDEX used_tokens_by_end ON $.used_tokens (ends_at);
  `,
];

/**
 * Brings the schema to what this version reads. Gateways that start together wait for one another; one without the right
 * to create tables may use a schema that is up to date.
 *
 * @throws PosternError `E_GUARD`
 */
export async function migrate(pool: Pool, schema: string, migrations: readonly string[] = MIGRATIONS): Promise<void> {
  try {
    await untilStarted(pool);
    await pool.session(async (client) => {
      const known = async (): Promise<number> => {
        const there = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
          `${pool.schema}.format`,
        ]);
        if (there.rows[0]?.there !== true) return 0;
        const { rows } = await client.query<{ number: number }>(`SELECT number FROM ${pool.schema}.format`);
        return rows[0]?.number ?? 0;
      };
      if ((await known()) === migrations.length) return;
      await takeLock(client);
      // After the lock: what others did shows for certain only to a transaction that begins then.
      await client.query('BEGIN');
      await client.query('SET LOCAL statement_timeout = 0');
      const number = await known();
      if (number > migrations.length) {
        throw new PosternError('E_GUARD', `the schema ${schema} was written by a newer version of Postern`, {
          hint: `This version reads format ${migrations.length}; the schema has format ${number}. Run the newer version.`,
        });
      }
      if (number === 0) {
        // Asked first: it needs the right to create schemas even where there is nothing to do.
        const { rows } = await client.query<{ there: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS there', [
          pool.schema,
        ]);
        if (rows[0]?.there !== true) await client.query(`CREATE SCHEMA ${pool.schema}`);
        await client.query(`CREATE TABLE ${pool.schema}.format (number integer NOT NULL)`);
        await client.query(`INSERT INTO ${pool.schema}.format VALUES (0)`);
      }
      for (const text of migrations.slice(number)) await client.query(text.replaceAll('$.', `${pool.schema}.`));
      await client.query(`UPDATE ${pool.schema}.format SET number = $1`, [migrations.length]);
      await client.query('COMMIT');
      await client.query(`SELECT pg_advisory_unlock(${LOCK})`);
    });
  } catch (cause) {
    if (cause instanceof PosternError) throw cause;
    const code = codeOf(cause);
    throw new PosternError('E_GUARD', `the data store in PostgreSQL cannot be used (${code})`, {
      hint:
        HINTS[code] ?? 'Is the server reachable under the url of `data: { postgresql: … }`, with these credentials?',
    });
  }
}

/** A server that is just starting says so, and is not waited for any longer than gateways wait for one another. */
async function untilStarted(pool: Pool): Promise<void> {
  for (const start = Date.now(); ; ) {
    try {
      await pool.session((client) => client.query('SELECT 1'));
      return;
    } catch (error) {
      if (codeOf(error) !== STARTING || Date.now() - start > PATIENCE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Of the session: a connection that failed is not used again, and its lock goes with it. */
async function takeLock(client: pg.ClientBase): Promise<void> {
  for (const start = Date.now(); Date.now() - start < PATIENCE_MS; ) {
    const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS taken`);
    if (rows[0]?.taken === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new PosternError('E_GUARD', 'another gateway has been setting up the data store in PostgreSQL for too long');
}

/** By SQLSTATE. */
const HINTS: Readonly<Record<string, string>> = {
  '28P01': 'The password is not accepted: check `username` and `passwordFile` under `data: { postgresql: … }`.',
  '28000': 'The server does not let this user in: check pg_hba.conf and `username`.',
  '3D000': 'The database of the url does not exist: create it first.',
  '42501':
    'The user may not create the schema: CREATE SCHEMA … AUTHORIZATION the user, or let an administrator start once.',
  '42P07': 'The schema holds tables of another program: name another `schema`.',
};
