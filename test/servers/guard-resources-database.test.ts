/** Connections to a real PostgreSQL: what is refused, how it fails, and that nothing of the server's words gets out. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/guard/contract/refusal.ts';
import type { SqlStatement } from '../../src/guard/contract/sql.ts';
import { name, sql, Values } from '../../src/guard/stores/postgresql/print.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/guard/upstream/postgresql.ts';
import { type PostgresqlNode, requirePostgresql, startPostgresql } from './harness/postgresql.ts';

const programs = requirePostgresql('embedded');
const ENV = { GATEWAY_PASSWORD: 'synthetic-gateway', WRONG_PASSWORD: 'synthetic-canary' };

const statement = (access: SqlStatement['access'], text: ReturnType<typeof sql>): SqlStatement =>
  new Values().statement(access, text);
const ONE = statement('read', sql`SELECT 1`);
const settings = (setting: string): SqlStatement => {
  const values = new Values();
  return values.statement('read', sql`SELECT current_setting(${values.one(setting, 'text')})`);
};

describe.skipIf(programs === undefined)('a database behind resources', () => {
  let node: PostgresqlNode;
  const opened: Database[] = [];

  async function open(changes: Partial<DatabaseOptions> = {}, answerBytes?: number): Promise<Database> {
    const database = await openDatabase(
      {
        name: 'crm',
        url: `postgresql://127.0.0.1:${node.port}/postgres`,
        username: 'gateway',
        password: { env: 'GATEWAY_PASSWORD' },
        tls: { ca: node.ca, serverName: null, certificate: null, key: null },
        secure: true,
        connections: 4,
        timeout: 5_000,
        ...changes,
      },
      ENV,
      answerBytes,
    );
    opened.push(database);
    return database;
  }

  async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
    const error = await promise.then(
      () => new Error('no refusal'),
      (each: unknown) => each,
    );
    if (!(error instanceof Refusal)) throw error;
    expect(error.cause).toBeUndefined();
    expect(`${error.stack} ${error.detail}`).not.toContain('canary');
    return error;
  }

  beforeAll(async () => {
    node = await startPostgresql(programs ?? '');
    await node.ask("CREATE ROLE gateway LOGIN PASSWORD 'synthetic-gateway'");
    await node.ask('CREATE TABLE notes (id int PRIMARY KEY, note text); GRANT ALL ON notes TO gateway');
    await node.ask("CREATE TABLE hidden_canary (id int); INSERT INTO notes VALUES (1, 'canary')");
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  });
  afterAll(async () => {
    await node?.stop();
  });

  it('is spoken to over TLS, with the password bound to the connection', async () => {
    const database = await open();
    const { rows } = await database.query(
      statement(
        'read',
        sql`SELECT ssl::text, version, application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE pid = pg_backend_pid()`,
      ),
    );
    expect(rows).toEqual([['true', expect.stringMatching(/^TLSv1\.[23]$/), 'postern-guard']]);
  });

  it('has sessions in UTC with bounds of their own, whatever the server’s defaults are', async () => {
    const database = await open({ timeout: 4_000 });
    const of = async (setting: string) => (await database.query(settings(setting))).rows[0]?.[0];
    expect(await of('TimeZone')).toBe('UTC');
    expect(await of('statement_timeout')).toBe('4s');
    expect(await of('lock_timeout')).toBe('4s');
    expect(await of('default_transaction_read_only')).toBe('on');
    expect(await of('transaction_isolation')).toBe('read committed');
  });

  it('cannot be written through a session that reads', async () => {
    const database = await open();
    const remove = (access: SqlStatement['access']) => statement(access, sql`DELETE FROM ${name('notes')} WHERE FALSE`);
    expect((await refusalOf(database.query(remove('read')))).code).toBe('upstream_answer');
    expect(await database.query(remove('write'))).toEqual({ rows: [] });
  });

  it('with one connection does both over it', async () => {
    const database = await open({ connections: 1 });
    await Promise.all([
      database.query(ONE),
      database.query(statement('write', sql`DELETE FROM ${name('notes')} WHERE FALSE`)),
    ]);
  });

  it('is not trusted with a certificate of nobody’s, of another authority, or for another name', async () => {
    const tls = { ca: node.ca, serverName: null, certificate: null, key: null };
    for (const changes of [
      { tls: { ...tls, ca: null } },
      { tls: { ...tls, serverName: 'db.example.org' } },
      { url: `postgresql://localhost:${node.port}/postgres` },
    ]) {
      const database = await open(changes);
      expect((await refusalOf(database.query(ONE))).code).toBe('upstream_down');
    }
    const named = await open({
      url: `postgresql://localhost:${node.port}/postgres`,
      tls: { ...tls, serverName: '127.0.0.1' },
    });
    expect((await named.query(ONE)).rows).toEqual([['1']]);
  });

  it('that speaks no TLS gets no password', async () => {
    const heard: string[] = [];
    const server = await listen((socket) => {
      socket.on('data', (chunk) => {
        heard.push(chunk.toString('latin1'));
        socket.write('N');
      });
    });
    const database = await open({ url: `postgresql://127.0.0.1:${server.port}/postgres` });
    expect((await refusalOf(database.query(ONE))).code).toBe('upstream_down');
    await server.stop();
    expect(heard.join('')).not.toContain('gateway');
  });

  it('refuses the gateway’s own account with no word about why', async () => {
    for (const changes of [
      { password: { env: 'WRONG_PASSWORD' } },
      { username: 'nobody-canary' },
      { url: `postgresql://127.0.0.1:${node.port}/canary` },
    ]) {
      expect((await refusalOf((await open(changes)).query(ONE))).code).toBe('unavailable');
    }
  });

  it('takes no password from the environment or a file of the user’s', async () => {
    process.env.PGPASSWORD = 'synthetic-gateway';
    try {
      const refusal = await refusalOf((await open({ password: null })).query(ONE));
      expect(['upstream_down', 'unavailable']).toContain(refusal.code);
    } finally {
      delete process.env.PGPASSWORD;
    }
  });

  it('that is not there, or hangs up, is down', async () => {
    const server = await listen((socket) => socket.destroy());
    const database = await open({ url: `postgresql://127.0.0.1:${server.port}/postgres` });
    expect((await refusalOf(database.query(ONE))).code).toBe('upstream_down');
    await server.stop();
    expect((await refusalOf(database.query(ONE))).code).toBe('upstream_down');
  });

  it('that never answers the greeting is given up', async () => {
    const server = await listen(() => undefined);
    const database = await open({ url: `postgresql://127.0.0.1:${server.port}/postgres`, timeout: 300 });
    expect((await refusalOf(database.query(ONE))).code).toBe('upstream_down');
    await server.stop();
  });

  it('ends a statement that takes too long, and goes on', async () => {
    const database = await open({ timeout: 200, connections: 1 });
    expect((await refusalOf(database.query(statement('read', sql`SELECT pg_sleep(10)::text`)))).code).toBe(
      'upstream_slow',
    );
    expect((await database.query(ONE)).rows).toEqual([['1']]);
  });

  it('keeps few waiting while every connection is in use', async () => {
    const database = await open({ timeout: 400, connections: 1 });
    const slow = Array.from({ length: 40 }, () => database.query(statement('read', sql`SELECT pg_sleep(10)::text`)));
    const codes = await Promise.all(slow.map(async (each) => (await refusalOf(each)).code));
    expect(codes.filter((code) => code === 'unavailable').length).toBeGreaterThan(10);
    expect(codes.filter((code) => code === 'upstream_slow').length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set(['unavailable', 'upstream_slow']));
    expect((await database.query(ONE)).rows).toEqual([['1']]);
  });

  it('whose answer is too large is cut off before it is held, and goes on', async () => {
    const database = await open({ connections: 1 }, 256 * 1024);
    const values = new Values();
    const text = sql`SELECT repeat(${values.one('x', 'text')}, 100000) FROM generate_series(1, 1000)`;
    expect((await refusalOf(database.query(values.statement('read', text)))).code).toBe('upstream_answer');
    const small = new Values();
    const { rows } = await database.query(
      small.statement('read', sql`SELECT repeat(${small.one('x', 'text')}, 100000)`),
    );
    expect(rows[0]?.[0]).toHaveLength(100_000);
  });

  it('that says what is wrong is not quoted', async () => {
    const database = await open();
    for (const [wrong, code] of [
      [sql`SELECT ${name('canary')} FROM ${name('notes')}`, 'upstream_answer'],
      [sql`SELECT * FROM ${name('canary')}`, 'upstream_answer'],
      [sql`SELECT * FROM ${name('hidden_canary')}`, 'unavailable'],
      [sql`SELECT note::bigint FROM ${name('notes')}`, 'upstream_answer'],
    ] as const) {
      const refusal = await refusalOf(database.query(statement('read', wrong)));
      expect(refusal.code).toBe(code);
      expect(refusal.detail).toMatch(/^the database: SQLSTATE [0-9A-Z]{5}$/);
    }
    expect((await database.query(ONE)).rows).toEqual([['1']]);
  });

  it('that was restarted is connected to again', async () => {
    const database = await open();
    await database.query(ONE);
    await node.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'postern-guard' AND pid <> pg_backend_pid()",
    );
    const first = await database.query(ONE).then(
      () => 'answered',
      (error: Refusal) => error.code,
    );
    expect(['answered', 'upstream_down']).toContain(first);
    expect((await database.query(ONE)).rows).toEqual([['1']]);
  });

  it('prepares statements of one text once, and not without end', async () => {
    const database = await open({ connections: 1 });
    const prepared = async () =>
      Number(
        (await database.query(statement('read', sql`SELECT count(*)::text FROM pg_prepared_statements`))).rows[0]?.[0],
      );
    for (let n = 0; n < 5; n += 1) await database.query(ONE);
    expect(await prepared()).toBe(2);
    let text = sql`SELECT 1`;
    for (let n = 0; n < 300; n += 1) {
      text = sql`${text} + 1`;
      await database.query(statement('read', text));
    }
    expect(await prepared()).toBeLessThanOrEqual(256);
  });

  it('is told which file is missing when it is opened', async () => {
    const tls = { ca: '/nowhere/ca.pem', serverName: null, certificate: null, key: null };
    await expect(open({ tls })).rejects.toThrow('upstream crm: /nowhere/ca.pem cannot be read');
  });
});

async function listen(behave: (socket: Socket) => void): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
