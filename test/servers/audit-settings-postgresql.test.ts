/** What the rules of postgresql.conf and pg_hba.conf claim, asked of the server itself. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  certificate,
  type Daemon,
  freePort,
  handOver,
  startDaemon,
  subFolder,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requirePostgresql } from './harness/postgresql.ts';
import { until } from './harness/search.ts';

const programs = requirePostgresql('system');
const account = programs ? unprivileged('postgres') : undefined;
let running: Daemon | undefined;
let place: string;
let data: string;
let port: number;

const address = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
  .split(/\s+/)
  .find((one) => /^\d+(?:\.\d+){3}$/.test(one));
const TRUST = ['local all all trust', 'host all all 127.0.0.1/32 trust'];

/** Starts the server with these records and settings; the log is what it wrote since. */
async function start(
  records: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<() => string> {
  await running?.stop();
  const folder = workFolder('postgresql-run', account);
  writeFileSync(join(data, 'pg_hba.conf'), `${records.join('\n')}\n`);
  handOver(account, join(data, 'pg_hba.conf'));
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: data,
    logging_collector: 'on',
    log_directory: folder,
    log_filename: 'log',
    fsync: 'off',
    ...settings,
  };
  running = await startDaemon({
    name: 'postgresql',
    command: join(programs ?? '', 'postgres'),
    args: [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    port,
    folder,
    ...(account ? { account } : {}),
  });
  await until(() =>
    ask('SELECT 1', { user: 'nobody-special' }).then(
      () => true,
      (error: Error) => !/starting up|not yet accepting/.test(error.message),
    ),
  );
  return () => readFileSync(join(folder, 'log'), 'utf8');
}

interface Login {
  user?: string;
  password?: string;
  host?: string;
  ssl?: boolean;
}

async function ask(
  text: string,
  { user = 'postgres', host = '127.0.0.1', ssl = false, ...login }: Login = {},
): Promise<pg.QueryResult> {
  // The certificate is the test's own, for one address.
  const client = new pg.Client({
    host,
    port,
    user,
    database: 'postgres',
    ssl: ssl ? { ca: readFileSync(join(place, 'server.crt')), checkServerIdentity: () => undefined } : false,
    ...login,
  });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

describe.skipIf(!programs)('a real PostgreSQL', () => {
  beforeAll(async () => {
    place = workFolder('postgresql', account);
    data = subFolder(place, 'data', account);
    execFileSync(
      join(programs ?? '', 'initdb'),
      ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      {
        stdio: 'ignore',
        cwd: place,
        ...(account ?? {}),
      },
    );
    certificate(place, account);
    port = await freePort();
  }, 120_000);
  afterAll(async () => {
    await running?.stop();
    rmSync(place, { recursive: true, force: true });
  });

  // audit/pg-hba-trust-local, audit/postgresql-md5-passwords
  it('writes trust for everybody of the machine when initdb is not told otherwise, and lets them be the superuser', async () => {
    const written = readFileSync(join(data, 'pg_hba.conf'), 'utf8');
    expect(written).toMatch(/^local\s+all\s+all\s+trust$/m);
    await start(TRUST);
    expect((await ask("SELECT current_setting('is_superuser') AS super")).rows).toEqual([{ super: 'on' }]);
    await ask(
      "CREATE ROLE app LOGIN PASSWORD 'synthetic'; CREATE ROLE copy LOGIN REPLICATION PASSWORD 'synthetic'; CREATE TABLE rows (own text); ALTER TABLE rows ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON rows USING (own = current_user); GRANT SELECT ON rows TO app; INSERT INTO rows VALUES ('app'), ('x')",
    );
    await ask("SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'synthetic'");
    const kept = await ask(
      'SELECT rolname, substr(rolpassword, 1, 5) AS kind FROM pg_authid WHERE rolpassword IS NOT NULL ORDER BY 1',
    );
    // Without the setting SCRAM since 14, with it MD5.
    expect(kept.rows).toEqual([
      { rolname: 'app', kind: 'SCRAM' },
      { rolname: 'copy', kind: 'SCRAM' },
      { rolname: 'old', kind: expect.stringMatching(/^md5/) },
    ]);
  });

  // audit/postgresql-listens-everywhere, audit/pg-hba-open-to-every-address, audit/pg-hba-trust-from-network, audit/pg-hba-every-role-on-every-database, audit/pg-hba-superuser-from-network
  it.skipIf(address === undefined)(
    'listens on loopback without listen_addresses, and on every address with *',
    async () => {
      await start(TRUST);
      await expect(ask('SELECT 1', { host: address ?? '' })).rejects.toThrow(/ECONNREFUSED/);
      await start([...TRUST, 'host all all 0.0.0.0/0 trust'], { listen_addresses: '*' });
      expect((await ask("SELECT current_setting('is_superuser') AS super", { host: address ?? '' })).rows).toEqual([
        { super: 'on' },
      ]);
    },
  );

  // audit/pg-hba-reject-never-reached, audit/pg-hba-superuser-from-network, audit/pg-hba-md5
  it('decides by the first record that matches, and by its type', async () => {
    // A wide record above a narrow reject.
    await start(['host all all 127.0.0.0/8 trust', 'host all app 127.0.0.1/32 reject']);
    expect((await ask('SELECT 1', { user: 'app' })).rowCount).toBe(1);
    await start(['host all app 127.0.0.1/32 reject', 'host all all 127.0.0.0/8 trust']);
    await expect(ask('SELECT 1', { user: 'app' })).rejects.toThrow(/rejects connection/);
    // The superuser, kept out where all are let in.
    await start(['host all postgres all reject', 'host all all 127.0.0.0/8 scram-sha-256']);
    await expect(ask('SELECT 1')).rejects.toThrow(/rejects connection/);
    expect((await ask('SELECT 1', { user: 'app', password: 'synthetic' })).rowCount).toBe(1);
    // SCRAM refuses a role whose password is kept as MD5; md5 takes both.
    await expect(ask('SELECT 1', { user: 'old', password: 'synthetic' })).rejects.toThrow(
      /password authentication failed/,
    );
    await start(['host all all 127.0.0.0/8 md5']);
    for (const user of ['app', 'old']) {
      expect((await ask('SELECT 1', { user, password: 'synthetic' })).rowCount).toBe(1);
    }
  });

  // audit/pg-hba-replication-from-every-address
  it('takes passwords as they are with password, with hashes otherwise, and replication only where it is named', async () => {
    await start(['host all all 127.0.0.1/32 password', 'host replication all 127.0.0.1/32 scram-sha-256']);
    expect((await ask('SELECT 1', { user: 'old', password: 'synthetic' })).rowCount).toBe(1);
    expect(copyOf()).toMatch(/systemid|^\d{10,}/m);
    await start(['host all all 127.0.0.1/32 scram-sha-256']);
    expect(copyOf()).toContain('no pg_hba.conf entry for replication');
  });

  // audit/postgresql-tls-off, audit/pg-hba-network-without-tls
  it('offers TLS with ssl = on only; host takes clear connections all the same, hostssl does not', async () => {
    await start(TRUST);
    await expect(ask('SELECT 1', { ssl: true })).rejects.toThrow(/does not support SSL/);
    const tls = { ssl: 'on', ssl_cert_file: join(place, 'server.crt'), ssl_key_file: join(place, 'server.key') };
    await start(['host all app 127.0.0.1/32 trust', 'hostssl all postgres 127.0.0.1/32 trust'], tls);
    expect((await ask('SELECT 1', { user: 'app' })).rowCount).toBe(1);
    await expect(ask('SELECT 1')).rejects.toThrow(/no pg_hba\.conf entry .* no encryption/);
    expect((await ask('SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()', { ssl: true })).rows).toEqual([
      { version: 'TLSv1.3' },
    ]);
    expect((await ask('SHOW ssl_min_protocol_version', { ssl: true })).rows).toEqual([
      { ssl_min_protocol_version: 'TLSv1.2' },
    ]);
    await expect(start(TRUST, { ssl: 'on', ssl_cert_file: '/nowhere.crt' })).rejects.toThrow(
      /did not start|not load|No such file/,
    );
  });

  // audit/postgresql-logins-not-logged, audit/postgresql-schema-changes-not-logged, audit/postgresql-data-in-log
  it('writes down logins, schema changes and values only where it is told to', async () => {
    const work = async () => {
      await ask("CREATE TABLE t (name text); INSERT INTO t VALUES ('synthetic-name'); DROP TABLE t");
      await ask('SELECT 1', { user: 'app' });
    };
    const silent = await start(TRUST);
    await work();
    expect(silent()).not.toMatch(/connection authorized|disconnection|CREATE TABLE|synthetic-name/);
    const ddl = await start(TRUST, { log_connections: 'on', log_disconnections: 'on', log_statement: 'ddl' });
    await ask('CREATE TABLE t (name text)');
    await ask("INSERT INTO t VALUES ('synthetic-name')");
    await ask('DROP TABLE t');
    await until(() => Promise.resolve(/disconnection/.test(ddl())));
    expect(ddl()).toMatch(/connection authorized: user=postgres/);
    expect(ddl()).toContain('CREATE TABLE t');
    expect(ddl()).not.toContain('synthetic-name');
    const all = await start(TRUST, { log_statement: 'all' });
    await work();
    expect(all()).toContain('synthetic-name');
    const slow = await start(TRUST, { log_min_duration_statement: '0' });
    await work();
    expect(slow()).toContain('synthetic-name');
  });

  // audit/postgresql-row-security-off, audit/postgresql-system-tables-writable, audit/postgresql-user-namespace
  it('fails queries with row_security = off instead of showing rows, and changes the catalogue only where it may', async () => {
    await start(TRUST);
    expect((await ask('SELECT own FROM rows', { user: 'app' })).rows).toEqual([{ own: 'app' }]);
    const change = 'ALTER TABLE pg_catalog.pg_description ADD COLUMN extra int';
    await expect(ask(change)).rejects.toThrow(/system catalog/);
    await start(TRUST, { row_security: 'off', allow_system_table_mods: 'on', db_user_namespace: 'on' });
    await expect(ask('SELECT own FROM rows', { user: 'app@' })).rejects.toThrow(/row-level security/);
    expect(
      await ask('BEGIN; ALTER TABLE pg_catalog.pg_description SET (fillfactor = 90); ROLLBACK', { user: 'postgres@' }),
    ).toBeDefined();
    // Names without @ now mean roles of this database alone.
    await expect(ask('SELECT 1', { user: 'app' })).rejects.toThrow(/role "app@postgres" does not exist/);
  });

  // audit/postgresql-archive-goes-nowhere
  it('archives by its command, and believes one that keeps nothing', async () => {
    await start(TRUST, { archive_mode: 'on', archive_command: '/bin/true' });
    await ask('CREATE TABLE w (x int)');
    await ask('SELECT pg_switch_wal()');
    await until(async () => (await ask('SELECT archived_count FROM pg_stat_archiver')).rows[0].archived_count !== '0');
    await start(TRUST, { archive_mode: 'on' });
    await ask('CREATE TABLE w2 (x int)');
    await ask('SELECT pg_switch_wal()');
    const waiting = "SELECT count(*)::int AS n FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'";
    await until(async () => (await ask(waiting)).rows[0].n > 0);
  });

  it('reads includes in their place and the automatic file last', async () => {
    await start(TRUST);
    const main = join(data, 'postgresql.conf');
    const before = readFileSync(main, 'utf8');
    writeFileSync(join(data, 'more.conf'), "work_mem = '5MB'\nstatement_timeout = 11000\n");
    writeFileSync(
      main,
      `${before}\nwork_mem = '4MB'\ninclude 'more.conf'\nstatement_timeout = 12000\nlock_timeout = 1000\n`,
    );
    writeFileSync(join(data, 'postgresql.auto.conf'), 'lock_timeout = 2000\n');
    handOver(account, main, join(data, 'more.conf'), join(data, 'postgresql.auto.conf'));
    await start(TRUST);
    const shown = async (name: string) => Object.values((await ask(`SHOW ${name}`)).rows[0])[0];
    expect([await shown('work_mem'), await shown('statement_timeout'), await shown('lock_timeout')]).toEqual([
      '5MB',
      '12s',
      '2s',
    ]);
  });
});

/** What a client that asks for a copy of the cluster is told. */
function copyOf(): string {
  try {
    const conninfo = `host=127.0.0.1 port=${port} user=copy dbname=postgres replication=true`;
    return execFileSync(join(programs ?? '', 'psql'), [conninfo, '-Atc', 'IDENTIFY_SYSTEM'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PGPASSWORD: 'synthetic', LC_ALL: 'C' },
    });
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}
