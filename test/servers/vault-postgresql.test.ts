/** The vault's and the devices' rows in real PostgreSQL servers, with several gateways on them. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPostgresqlData } from '../../src/db/postgresql.ts';
import { migrate } from '../../src/db/postgresql-migrations.ts';
import { createPool, type PostgresqlConfig } from '../../src/db/postgresql-pool.ts';
import { deviceSuite, newDevice } from '../../src/db/testing/device-suite.ts';
import { newId, newReference, newSubject } from '../../src/db/testing/rows.ts';
import { vaultSuite } from '../../src/db/testing/vault-suite.ts';
import { requirePostgresql, startPostgresql } from './harness/postgresql.ts';
import { POSTGRESQL_KINDS, type PostgresqlServer, postgresqlServer } from './harness/postgresql-server.ts';

describe.each(POSTGRESQL_KINDS)('rows in PostgreSQL (%s)', (kind) => {
  let server: PostgresqlServer | undefined;
  let schema: string;

  beforeAll(async () => {
    server = await postgresqlServer(kind);
  });
  afterAll(async () => {
    await server?.stop();
  });
  beforeEach((context) => {
    if (server === undefined) context.skip();
    schema = `guard_${randomBytes(6).toString('hex')}`;
  });

  function config(more: Partial<PostgresqlConfig> = {}): PostgresqlConfig {
    return {
      kind: 'postgresql',
      url: `postgresql://127.0.0.1:${server?.port}/postgres`,
      username: 'postgres',
      password: null,
      ca: null,
      schema,
      ...more,
    };
  }

  async function sql(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
    const client = new pg.Client({ host: '127.0.0.1', port: server?.port, user: 'postgres', database: 'postgres' });
    await client.connect();
    try {
      return await client.query(text, values);
    } finally {
      await client.end();
    }
  }

  describe('the vault', () => {
    vaultSuite(async () => {
      const data = await createPostgresqlData(config());
      return { ...data.vault, close: data.close };
    });
  });

  describe('devices', () => {
    deviceSuite(async () => {
      const data = await createPostgresqlData(config());
      return { ...data.devices, close: data.close };
    });
  });

  const open: { close(): Promise<void> }[] = [];
  async function opened(more: Partial<PostgresqlConfig> = {}, pollMs?: number) {
    const data = await createPostgresqlData(config(more), process.env, pollMs);
    open.push(data);
    return data;
  }
  afterEach(async () => {
    for (const data of open.splice(0)) await data.close();
  });

  it('is set up once by gateways that start together', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => opened()));
    const row = newSubject();
    await all[0]?.vault.addSubject(row);
    for (const { vault } of all) expect(await vault.subject(row.id)).toEqual(row);
    expect((await sql(`SELECT number FROM ${schema}.format`)).rows).toEqual([{ number: 1 }]);
  });

  it('is brought up to date in one step, and refuses a schema of a newer version', async () => {
    await opened();
    const pool = await createPool(config(), process.env);
    open.push(pool);
    await expect(migrate(pool, schema, ['SELECT 1', 'CREATE TABLE $.second (one integer)', 'broken'])).rejects.toThrow(
      'the data store in PostgreSQL cannot be used (42601)',
    );
    expect((await sql('SELECT to_regclass($1) AS there', [`${schema}.second`])).rows).toEqual([{ there: null }]);
    await migrate(pool, schema, ['SELECT 1', 'CREATE TABLE $.second (one integer)']);
    expect((await sql(`SELECT number FROM ${schema}.format`)).rows).toEqual([{ number: 2 }]);
    await expect(createPostgresqlData(config())).rejects.toMatchObject({
      code: 'E_GUARD',
      message: expect.stringContaining('written by a newer version'),
    });
  });

  it('lets a user without the right to create anything use a schema that is up to date', async () => {
    const user = `user_${randomBytes(4).toString('hex')}`;
    await sql(`CREATE ROLE ${user} LOGIN PASSWORD 'synthetic'`);
    await expect(createPostgresqlData(config({ username: user }))).rejects.toMatchObject({
      code: 'E_GUARD',
      message: expect.stringContaining('42501'),
      hint: expect.stringContaining('may not create the schema'),
    });
    await opened();
    await sql(`GRANT USAGE ON SCHEMA ${schema} TO ${user}`);
    await sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${user}`);
    const { vault, devices } = await opened({ username: user });
    const row = newSubject();
    expect(await vault.addSubject(row)).toEqual(row);
    expect(await devices.add(newDevice())).toBe(true);
    expect(await vault.purge(row.reference, 1000)).toEqual({ confirmed: 0, expired: 0 });
  });

  it('says what is wrong when it cannot be opened, and nothing that the server said', async () => {
    await expect(createPostgresqlData(config({ url: 'postgresql://127.0.0.1:9/postgres' }))).rejects.toMatchObject({
      code: 'E_GUARD',
      message: 'the data store in PostgreSQL cannot be used (ECONNREFUSED)',
    });
    await expect(
      createPostgresqlData(config({ url: `postgresql://127.0.0.1:${server?.port}/nowhere` })),
    ).rejects.toMatchObject({ message: 'the data store in PostgreSQL cannot be used (3D000)' });
    await expect(createPostgresqlData(config({ password: { env: 'POSTERN_NOT_SET' } }), {})).rejects.toMatchObject({
      code: 'E_INPUT_NOT_FOUND',
    });
  });

  it('says nothing of a row in its refusals', async () => {
    const { vault } = await opened();
    const row = newSubject();
    await vault.addSubject(row);
    await sql(`ALTER TABLE ${schema}.subjects ADD CONSTRAINT never CHECK (epoch < 100)`);
    const refused = await vault.addSubject(newSubject({ epoch: 200 })).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'unavailable', detail: 'data: the store cannot be asked (23514)' });
    expect(refused).not.toHaveProperty('cause');
  });

  it('gives up on a row that somebody else holds, and takes it when it is let go', async () => {
    const { vault } = await opened();
    const row = newSubject();
    await vault.addSubject(row);
    const holder = new pg.Client({ host: '127.0.0.1', port: server?.port, user: 'postgres', database: 'postgres' });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT 1 FROM ${schema}.subjects FOR UPDATE`);
      await expect(vault.dropKey(row.id)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await vault.subject(row.id)).toEqual(row);
    } finally {
      await holder.end();
    }
    await vault.dropKey(row.id);
    expect((await vault.subject(row.id))?.wrapped).toBeNull();
  });

  it('leaves no look-up row behind however writes, tombstones and shreds meet', async () => {
    const [one, two] = [await opened(), await opened()];
    for (let round = 0; round < 15; round++) {
      const row = newSubject();
      await one.vault.addSubject(row);
      const tokens = Array.from({ length: 8 }, newId);
      await Promise.all([
        ...tokens.map((token) => two.vault.addLookUp(token, row.reference).catch(() => {})),
        one.vault.tombstone(row.id, 1, newReference()).then(() => one.vault.dropKey(row.id)),
      ]);
    }
    expect((await sql(`SELECT count(*)::integer AS left FROM ${schema}.look_ups`)).rows).toEqual([{ left: 0 }]);
  });

  it('gives numbers to messages in the order in which they can be seen', async () => {
    const gateways = await Promise.all(Array.from({ length: 4 }, () => opened({}, 20)));
    const heard: string[] = [];
    await gateways[0]?.vault.join('listener', 60_000, (reference) => heard.push(reference));
    const references = Array.from({ length: 60 }, newReference);
    await Promise.all(references.map((reference, at) => gateways[at % 4]?.vault.purge(reference, 10_000)));
    expect([...heard].sort()).toEqual([...references].sort());
  });

  it('is heard at once where it is notified, and by looking where it is not', async () => {
    const [notified, looking] = [await opened({}, 60_000), await opened({}, 100)];
    await notified.vault.join('a', 60_000, () => {});
    const start = performance.now();
    expect(await looking.vault.purge(newReference(), 5000)).toEqual({ confirmed: 1, expired: 0 });
    expect(performance.now() - start).toBeLessThan(5000);
    await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`);
    await looking.vault.join('b', 60_000, () => {});
    expect(await looking.vault.purge(newReference(), 10_000)).toEqual({ confirmed: 2, expired: 0 });
  });

  it('refuses while the server is away, holds no lease, and hears afterwards what it missed', async () => {
    if (server === undefined) return;
    const [one, two] = [await opened({}, 50), await opened({}, 50)];
    const heard: string[] = [];
    const member = await one.vault.join('one', 600, (reference) => heard.push(reference));
    const row = newSubject();
    await two.vault.addSubject(row);
    expect(member.held()).toBe(true);
    await server.kill();
    await expect.poll(() => member.held(), { timeout: 5000 }).toBe(false);
    for (const refused of [
      () => two.vault.subject(row.id),
      () => two.vault.addSubject(newSubject()),
      () => two.devices.useOnce('one', Date.now() + 1000),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'unavailable' });
    }
    await server.start();
    // One that comes now waits until the server has replayed its log.
    await opened();
    await expect.poll(() => member.held(), { timeout: 10_000 }).toBe(true);
    expect(await two.vault.subject(row.id)).toEqual(row);
    expect(await two.vault.purge(row.reference, 10_000)).toEqual({ confirmed: 1, expired: 0 });
    expect(heard).toEqual([row.reference]);
  }, 60_000);
});

describe('rows in a PostgreSQL that asks for a password, over TLS', () => {
  const programs = requirePostgresql('system');

  it.skipIf(programs === undefined)('are reached with the right password and authority alone', async () => {
    const server = await startPostgresql(programs ?? '');
    try {
      const config: PostgresqlConfig = {
        kind: 'postgresql',
        url: `postgresql://127.0.0.1:${server.port}/postgres`,
        username: 'postgres',
        password: { env: 'GUARD_PASSWORD' },
        ca: server.ca,
        schema: 'guard',
      };
      const env = { GUARD_PASSWORD: server.password };
      const data = await createPostgresqlData(config, env);
      const row = newSubject();
      expect(await data.vault.addSubject(row)).toEqual(row);
      const { rows } = await server.ask(
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'postern'",
      );
      expect(rows).toEqual([{ ssl: true }]);
      await data.close();
      await expect(createPostgresqlData(config, { GUARD_PASSWORD: 'wrong' })).rejects.toMatchObject({
        message: 'the data store in PostgreSQL cannot be used (28P01)',
        hint: expect.stringContaining('password is not accepted'),
      });
      const foreign = `${server.ca}.foreign`;
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'].concat([
          '-subj',
          '/CN=other.example.org',
          '-keyout',
          `${foreign}.key`,
          '-out',
          foreign,
        ]),
        { stdio: 'ignore' },
      );
      await expect(createPostgresqlData({ ...config, ca: foreign }, env)).rejects.toMatchObject({
        code: 'E_GUARD',
        message: expect.stringMatching(/CERT|SELF_SIGNED|VERIFY/),
      });
    } finally {
      await server.stop();
    }
  });
});
