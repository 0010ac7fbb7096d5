import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresql } from '../../src/probe/services/postgresql/index.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { testContext } from '../../src/probe/testing/connection.ts';
import {
  certificate,
  type Daemon,
  freePort,
  handOver,
  postgresqlPrograms,
  startDaemon,
  subFolder,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';

const binary = requireServer('postgresql', [
  ...postgresqlPrograms().map((folder) => join(folder, 'postgres')),
  'postgres',
]);
const daemons: Daemon[] = [];
const account = binary ? unprivileged('postgres') : undefined;
/** Made once with trust; `pg_hba.conf` is what the tests vary. */
let port: number;
let data: string;
let password: string;

async function sql(text: string, database = 'postgres'): Promise<pg.QueryResult> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

/** Reloads pg_hba.conf as `lines`; later sessions see it (the postmaster reads it before it forks). */
async function hba(...lines: string[]): Promise<void> {
  writeFileSync(join(data, 'pg_hba.conf'), `local all all trust\n${lines.join('\n')}\n`);
  execFileSync(
    join(dirname(binary ?? ''), 'psql'),
    ['-h', data, '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-qAtc', 'SELECT pg_reload_conf()'],
    {
      stdio: 'ignore',
    },
  );
  // The reload is a signal: wait until the server says that it has read the file.
  for (;;) {
    const loaded = execFileSync(
      join(dirname(binary ?? ''), 'psql'),
      [
        '-h',
        data,
        '-p',
        String(port),
        '-U',
        'postgres',
        '-d',
        'postgres',
        '-qAtc',
        "SELECT pg_conf_load_time() >= (pg_stat_file('pg_hba.conf')).modification",
      ],
      { encoding: 'utf8' },
    );
    if (loaded.trim() === 't') return;
  }
}

/** A pooler that trusts everybody, in front of the server; it refuses the start-up options that the probe sends first. */
async function startPgbouncer(): Promise<number | undefined> {
  const program = requireServer('pgbouncer', ['pgbouncer']);
  if (program === undefined) return undefined;
  const folder = workFolder('pgbouncer', account);
  const own = await freePort();
  const config = [
    '[databases]',
    `* = host=127.0.0.1 port=${port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'auth_type = trust',
    'unix_socket_dir =',
    `auth_file = ${folder}/users`,
  ];
  writeFileSync(join(folder, 'pgbouncer.ini'), `${config.join('\n')}\n`);
  writeFileSync(join(folder, 'users'), '"postgres" ""\n');
  daemons.push(
    await startDaemon({
      name: 'pgbouncer',
      command: program,
      args: ['-q', join(folder, 'pgbouncer.ini')],
      port: own,
      folder,
      ...(account ? { account } : {}),
    }),
  );
  return own;
}

const probe = async (options: { claimedAddress?: string } = {}) => {
  const context = testContext(postgresql.allow, { port, ...options });
  return { seen: await postgresql.probe(context), context };
};
const login = (username: string, secret: string, claimedAddress = '127.0.0.1') => {
  const control = postgresql.control;
  if (!control) throw new Error('no control');
  return control.run(testContext(control.allow, { port, claimedAddress }), { username, password: secret });
};

describe.skipIf(!binary)('a real PostgreSQL', () => {
  beforeAll(async () => {
    const folder = workFolder('postgresql', account);
    data = subFolder(folder, 'data', account);
    password = 'synthetic-owner';
    execFileSync(
      join(dirname(binary ?? ''), 'initdb'),
      ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      {
        stdio: 'ignore',
        cwd: folder,
        ...(account ?? {}),
      },
    );
    const { key, cert } = certificate(data, account);
    handOver(account, key, cert);
    port = await freePort();
    daemons.push(
      await startDaemon({
        name: 'postgresql',
        command: binary ?? '',
        args: [
          '-D',
          data,
          '-p',
          String(port),
          '-c',
          'listen_addresses=127.0.0.1',
          '-c',
          `unix_socket_directories=${data}`,
        ].concat(['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`, '-c', 'fsync=off']),
        port,
        folder,
        ...(account ? { account } : {}),
      }),
    );
    chmodSync(data, 0o700);
    await sql("ALTER ROLE postgres PASSWORD 'synthetic-owner'");
    await sql("CREATE ROLE reporter LOGIN PASSWORD 'synthetic-reporter'");
    await sql("SET password_encryption='md5'; CREATE ROLE legacy LOGIN PASSWORD 'synthetic-legacy'");
    await sql('CREATE DATABASE shop');
    await sql(
      "CREATE TABLE customers (id int, email text, phone_number text, note text); INSERT INTO customers SELECT g, 'c' || g || '@example.org', '555-0100', 'x' FROM generate_series(1, 1234) g; ANALYZE customers",
      'shop',
    );
  });

  afterAll(async () => {
    for (const daemon of daemons) await daemon.stop();
  });

  it('with trust is open to writing, and its tables are counted without reading a row', async () => {
    await hba('host all all 127.0.0.1/32 trust');
    const { seen, context } = await probe();
    expect(seen).toMatchObject({
      identified: true,
      verdict: 'anonymous-write',
      product: 'postgresql',
      documents: 1234,
    });
    expect(seen.version).toMatch(/^\d+(\.\d+)?/);
    expect(seen.datasets).toEqual([
      {
        name: 'shop.public.customers',
        documents: 1234,
        bytes: expect.any(Number),
        fields: ['id', 'email', 'phone_number', 'note'],
        fieldTypes: { id: 'integer', email: 'text', phone_number: 'text', note: 'text' },
      },
    ]);
    expect(context.connections[0]?.tls?.protocol).toMatch(/^TLS/);
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('example.org');
  });

  it('tells people from the planner’s statistics, and hands values to the classifier and nowhere else', async () => {
    await hba('host all all 127.0.0.1/32 trust');
    const plain = await askPort(port, 'postgresql');
    expect(plain.datasets.every(({ people }) => people === undefined)).toBe(true);
    const { result, taken } = await askSampled(port, ['email'], 'postgresql');
    expect(result.datasets[0]?.people).toEqual({ count: 1234, how: 'statistics', field: 'email' });
    expect(Object.keys(taken).sort()).toEqual(
      ['email', 'id', 'note', 'phone_number'].map((field) => `shop.public.customers.${field}`),
    );
    expect(taken['shop.public.customers.email']).toHaveLength(5);
    expect(taken['shop.public.customers.email']?.[0]).toMatch(/^c\d+@example\.org$/);
    expect(JSON.stringify(result)).not.toContain('example.org');
  });

  it('behind PgBouncer is found open', async () => {
    await hba('host all all 127.0.0.1/32 trust');
    const pooler = await startPgbouncer();
    if (pooler === undefined) return;
    const result = await askPort(pooler, 'postgresql');
    expect(result, result.reason).toMatchObject({ verdict: 'anonymous-write', documents: 1234 });
  });

  it('counts rows once that were analysed right after a bulk insert', async () => {
    await hba('host all all 127.0.0.1/32 trust');
    await sql('CREATE DATABASE bulk');
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'bulk' });
    await client.connect();
    // One by one: what a statement inserted is reported later than the next one analyses it.
    for (const one of ['CREATE TABLE t AS SELECT g FROM generate_series(1, 500) g', 'ANALYZE t'])
      await client.query(one);
    await client.end();
    try {
      const { seen } = await probe();
      expect(seen.datasets.find(({ name }) => name === 'bulk.public.t')?.documents).toBe(500);
    } finally {
      await sql('DROP DATABASE bulk WITH (FORCE)');
    }
  });

  it('is left exactly as it was: not one tuple is read or written', async () => {
    await hba('host all all 127.0.0.1/32 trust');
    const counters = async () =>
      (
        await sql(
          "SELECT seq_scan, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE relname = 'customers'",
          'shop',
        )
      ).rows;
    const before = await counters();
    await probe();
    expect(await counters()).toEqual(before);
  });

  it('is found by the whole probe on a port that says nothing about it', async () => {
    await hba('host all all 127.0.0.1/32 trust');
    expect(await askPort(port)).toMatchObject({ service: 'postgresql', verdict: 'anonymous-write', documents: 1234 });
    await hba('host all all 127.0.0.1/32 scram-sha-256');
    expect(await askPort(port)).toMatchObject({ service: 'postgresql', verdict: 'secured' });
  });

  it('with SCRAM, MD5 or cleartext passwords is secured, and its owner gets in', async () => {
    await hba(
      'host all legacy 127.0.0.1/32 md5',
      'host all reporter 127.0.0.1/32 password',
      'host all all 127.0.0.1/32 scram-sha-256',
    );
    const { seen } = await probe();
    expect(seen).toMatchObject({ verdict: 'secured', datasets: [] });
    expect(seen.reason).toContain('SCRAM');
    expect(await login('postgres', 'synthetic-owner')).toBe(true);
    expect(await login('postgres', 'wrong')).toBe(false);
    expect(await login('legacy', 'synthetic-legacy')).toBe(true);
    expect(await login('legacy', 'wrong')).toBe(false);
    expect(await login('reporter', 'synthetic-reporter', '192.0.2.9')).toBe(true);
  });

  it('without a pg_hba.conf entry for the client is secured: the server filters', async () => {
    await hba();
    const { seen, context } = await probe();
    expect(seen).toMatchObject({ verdict: 'secured' });
    expect(seen.reason).toContain('pg_hba.conf');
    expect(context.connections).toHaveLength(2);
  });

  it('that rejects the client is secured', async () => {
    await hba('host all all 127.0.0.1/32 reject');
    expect((await probe()).seen).toMatchObject({ verdict: 'secured' });
  });

  it('that trusts only clients without TLS is found open', async () => {
    await hba('hostssl all all 127.0.0.1/32 scram-sha-256', 'hostnossl all all 127.0.0.1/32 trust');
    const { seen } = await probe();
    expect(seen).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('that trusts only clients with TLS is found open', async () => {
    await hba('hostssl all all 127.0.0.1/32 trust');
    expect((await probe()).seen).toMatchObject({ verdict: 'anonymous-write', documents: 1234 });
  });

  it('whose role postgres is plain and may only read is readable, or shows the catalogue', async () => {
    await hba('host all all 127.0.0.1/32 trust');
    password = '';
    await sql('CREATE ROLE keeper SUPERUSER LOGIN');
    const asKeeper = async (text: string, database = 'postgres') => {
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'keeper', database });
      await client.connect();
      await client.query(text).finally(() => client.end());
    };
    // The bootstrap superuser cannot lose SUPERUSER before PostgreSQL 16; renaming it does the same here.
    await asKeeper('ALTER ROLE postgres RENAME TO bootstrap; CREATE ROLE postgres LOGIN');
    try {
      expect((await probe()).seen).toMatchObject({ verdict: 'metadata-only', datasets: [] });
      await asKeeper('GRANT SELECT ON customers TO postgres', 'shop');
      expect((await probe()).seen).toMatchObject({ verdict: 'anonymous-read', documents: 1234 });
      await asKeeper('GRANT UPDATE ON customers TO postgres', 'shop');
      expect((await probe()).seen).toMatchObject({ verdict: 'anonymous-write' });
      await asKeeper('REVOKE ALL ON customers FROM postgres', 'shop');
      await asKeeper('DROP ROLE postgres');
      const { seen } = await probe();
      expect(seen).toMatchObject({ verdict: 'metadata-only' });
      expect(seen.reason).toContain('trust');
    } finally {
      await asKeeper('DROP ROLE IF EXISTS postgres; ALTER ROLE bootstrap RENAME TO postgres');
    }
  });
});
