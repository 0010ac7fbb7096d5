import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { applyPatches, planFixes } from '../../src/audit/patch.ts';
import { securePostgresql } from '../../src/audit/secure/postgresql.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
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
const folders: string[] = [];
let running: Daemon | undefined;

afterAll(async () => {
  await running?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Login {
  user: string;
  password?: string;
  database?: string;
  ssl?: boolean;
}

describe.skipIf(!programs)('a patched PostgreSQL', () => {
  it('is open before, and after the patches and the secured variant it is not, while the app goes on working', async () => {
    const place = workFolder('postgresql', account);
    const root = workFolder('postgresql-conf', account);
    folders.push(place, root);
    const data = subFolder(place, 'data', account);
    execFileSync(
      join(programs ?? '', 'initdb'),
      ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { stdio: 'ignore', cwd: place, ...(account ?? {}) },
    );
    certificate(root, account);
    const port = await freePort();
    const main = join(root, 'postgresql.conf');
    const hba = join(root, 'pg_hba.conf');
    writeFileSync(
      main,
      [
        "listen_addresses = '*'   # so that the app gets in",
        `port = ${port}`,
        `ssl = off`,
        `ssl_cert_file = '${join(root, 'server.crt')}'`,
        `ssl_key_file = '${join(root, 'server.key')}'`,
        'password_encryption = md5',
        "log_statement = 'all'",
        'fsync = off',
        '',
      ].join('\n'),
    );
    writeFileSync(
      hba,
      '# for the app\nlocal all all trust\nhost  all  all  0.0.0.0/0  trust\nhost all all ::/0 trust\n',
    );

    async function restart(): Promise<void> {
      await running?.stop();
      running = await startDaemon({
        name: 'postgresql',
        command: join(programs ?? '', 'postgres'),
        args: [
          '-D',
          data,
          '-c',
          `config_file=${main}`,
          '-c',
          `hba_file=${hba}`,
          '-c',
          `unix_socket_directories=${data}`,
        ],
        port,
        folder: workFolder('postgresql-run', account),
        ...(account ? { account } : {}),
      });
    }
    async function ask(text: string, { ssl = false, database = 'shop', ...login }: Login): Promise<pg.QueryResult> {
      const verified = ssl ? { ca: readFileSync(join(root, 'server.crt'), 'utf8') } : false;
      const client = new pg.Client({ host: '127.0.0.1', port, database, ssl: verified, ...login });
      await client.connect();
      try {
        return await client.query(text);
      } finally {
        await client.end();
      }
    }

    const owner = { user: 'postgres' };
    await restart();
    await until(() => ask('SELECT 1', { ...owner, database: 'postgres' }).then(() => true));
    expect(await askPort(port, 'postgresql')).toMatchObject({ verdict: 'anonymous-write' });

    // What the secured variant says about the app's role, done by its owner while the server still lets everybody in.
    const variant = securePostgresql({
      account: { name: 'shop_app', data: ['public.orders'], may: 'write' },
      database: 'shop',
      network: '127.0.0.1/32',
      folder: root,
    });
    await ask('CREATE DATABASE shop', { ...owner, database: 'postgres' });
    await ask('CREATE TABLE orders (id serial, item text); CREATE TABLE staff (pay int)', owner);
    const sql = variant.files.find(({ path }) => path.endsWith('.sql'))?.text ?? '';
    await ask(sql, owner);
    // As \password does it: with a secret that SCRAM made.
    const password = 'synthetic-app-password';
    await ask(`SET password_encryption = 'scram-sha-256'; ALTER ROLE shop_app PASSWORD '${password}'`, owner);
    const app = { user: 'shop_app', password };

    const before = await auditPaths(root);
    const plan = await planFixes(root, before.outcome.findings, { before });
    expect(plan.refused).toEqual([]);
    expect([...new Set(plan.changes.flatMap(({ patches }) => patches.flatMap(({ rules }) => rules)))].sort()).toEqual([
      'audit/pg-hba-trust-from-network',
      'audit/pg-hba-trust-local',
      'audit/postgresql-data-in-log',
      'audit/postgresql-durability-off',
      'audit/postgresql-listens-everywhere',
      'audit/postgresql-md5-passwords',
      'audit/postgresql-tls-off',
    ]);
    expect(applyPatches(root, plan.changes).sort()).toEqual(['pg_hba.conf', 'postgresql.conf']);
    expect(readFileSync(main, 'utf8').split('\n')[0]).toBe(
      "listen_addresses = 'localhost'   # so that the app gets in",
    );
    expect(readFileSync(hba, 'utf8').split('\n')[2]).toBe('host  all  all  0.0.0.0/0  scram-sha-256');
    await restart();
    await until(() => ask('SELECT 1', app).then(() => true));
    expect(await askPort(port, 'postgresql')).toMatchObject({ verdict: 'secured' });
    await expect(ask('SELECT 1', { ...owner, database: 'postgres' })).rejects.toThrow(/password/);
    expect((await ask("INSERT INTO orders (item) VALUES ('x') RETURNING id", { ...app, ssl: true })).rowCount).toBe(1);
    await expect(ask('SELECT * FROM staff', app)).rejects.toThrow(/permission denied/);

    // Then its records: only the app, only with TLS.
    for (const { path, text, how } of variant.files.filter((file) => !file.path.endsWith('.sql'))) {
      if (how === 'append') appendFileSync(path, text);
      else writeFileSync(path, text);
      handOver(account, path);
    }
    await restart();
    await until(() => ask('SELECT 1', { ...app, ssl: true }).then(() => true));
    expect(await askPort(port, 'postgresql')).toMatchObject({ verdict: 'secured' });
    expect((await ask('SELECT item FROM orders', { ...app, ssl: true })).rows).toEqual([{ item: 'x' }]);
    await expect(ask('SELECT 1', app)).rejects.toThrow(/pg_hba\.conf rejects connection/);
    await expect(ask('SELECT 1', { ...owner, password: 'x', ssl: true })).rejects.toThrow(/pg_hba\.conf rejects/);
    expect((await auditPaths(root)).outcome.findings.map(({ rule }) => rule)).toEqual([]);
  });
});
