import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { applyPatches, planFixes } from '../../src/audit/patch.ts';
import { secureMysql } from '../../src/audit/secure/mysql.ts';
import { mysql } from '../../src/probe/services/mysql/index.ts';
import { testContext } from '../../src/probe/testing/connection.ts';
import {
  certificate,
  type Daemon,
  freePort,
  startDaemon,
  subFolder,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('mariadb', ['mariadbd', 'mysqld']);
const installer = binary ? requireServer('mariadb', ['mariadb-install-db', 'mysql_install_db']) : undefined;
const client = binary ? requireServer('mariadb', ['mariadb', 'mysql']) : undefined;
const account = binary ? unprivileged('mysql') : undefined;
const folders: string[] = [];
let running: Daemon | undefined;

afterAll(async () => {
  await running?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!binary || !installer || !client)('a patched MariaDB', () => {
  it('is open before, and after the patches and the secured variant it is not, while the app goes on working', async () => {
    const place = workFolder('mariadb', account);
    const root = workFolder('mariadb-conf', account);
    folders.push(place, root);
    const data = subFolder(place, 'data', account);
    execFileSync(
      installer ?? '',
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { stdio: 'ignore', cwd: place, ...(account ?? {}) },
    );
    const port = await freePort();
    const socket = join(place, 's.sock');
    const file = join(root, 'my.cnf');
    mkdirSync(join(root, 'conf.d'));
    mkdirSync(join(root, 'tls'));
    const tls = join(root, 'tls');
    writeFileSync(join(tls, 'ca.crt'), readFileSync(certificate(tls, account).cert));
    writeFileSync(
      file,
      [
        '[mariadb]',
        `datadir = ${data}`,
        `socket = ${socket}`,
        `port = ${port}`,
        `pid-file = ${join(place, 'pid')}`,
        'bind-address = 0.0.0.0   # so that the app gets in',
        'skip-grant-tables',
        'local_infile = 1',
        'general_log = 0',
        'innodb-buffer-pool-size = 16M',
        'innodb-flush-log-at-trx-commit = 0',
        `!includedir ${join(root, 'conf.d')}`,
        '',
      ].join('\n'),
    );
    async function restart(): Promise<void> {
      await running?.stop();
      running = await startDaemon({
        name: 'mariadb',
        command: binary ?? '',
        args: [`--defaults-file=${file}`],
        port,
        folder: workFolder('mariadb-run', account),
        ...(account ? { account } : {}),
      });
    }
    /** What a client of the app's machine is told. */
    function ask(sql: string, ...login: string[]): string {
      try {
        const args = ['--no-defaults', '-h', '127.0.0.1', '-P', String(port), ...login, '-NBe', sql];
        return execFileSync(client ?? '', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
      } catch (error) {
        return String((error as { stderr?: unknown }).stderr);
      }
    }
    const seen = () => mysql.probe(testContext(mysql.allow, { port, emptyPassword: true }));

    await restart();
    expect(
      ask('CREATE DATABASE shop; CREATE TABLE shop.orders (id INT); CREATE TABLE shop.staff (pay INT)', '-u', 'x'),
    ).toBe('');

    // SHOW GRANTS answers nothing in this mode, so the probe does not claim writing; the line above did write.
    expect(await seen()).toMatchObject({ verdict: 'anonymous-read' });

    const before = await auditPaths(root);
    const plan = await planFixes(root, before.outcome.findings, { before });
    expect(plan.refused).toEqual([]);
    expect(plan.changes.flatMap(({ patches }) => patches.flatMap(({ rules }) => rules)).sort()).toEqual([
      'audit/mysql-grant-tables-skipped',
      'audit/mysql-listens-everywhere',
      'audit/mysql-local-infile',
    ]);
    expect(applyPatches(root, plan.changes)).toEqual(['my.cnf']);
    const patched = readFileSync(file, 'utf8');
    expect(patched).toContain(
      'bind-address = 127.0.0.1   # so that the app gets in\nlocal_infile = 0\ngeneral_log = 0\n',
    );
    await restart();
    // Accounts count again; that root has no password is not in any file. Its owner sets one.
    const owner = ['-u', 'root', '-psynthetic-root'];
    execFileSync(client ?? '', [
      ...['--no-defaults', '-S', socket, '-u', 'root', '-e'],
      "ALTER USER root@localhost IDENTIFIED BY 'synthetic-root'; DELETE FROM mysql.global_priv WHERE User IN ('', 'PUBLIC') OR (User = 'root' AND Host <> 'localhost'); FLUSH PRIVILEGES",
    ]);
    expect(await seen()).toMatchObject({ verdict: 'secured' });

    const variant = secureMysql({
      account: { name: 'shop_app', data: ['shop.orders'], may: 'write' },
      host: '127.0.0.%',
      folder: join(root, 'conf.d'),
      certificates: tls,
    });
    for (const { path, text, mode } of variant.files) writeFileSync(path, text, { mode });
    const titles = ['Make the account', 'Make its password', 'Give the account its password and unlock it'];
    // The steps as they are, with the client and the login of this machine.
    const wrapper = join(place, 'mysql');
    writeFileSync(wrapper, `#!/bin/sh\nexec '${client}' --no-defaults -S '${socket}' ${owner.join(' ')} "$@"\n`, {
      mode: 0o755,
    });
    for (const { command } of variant.steps.filter(({ title }) => titles.includes(title)))
      execFileSync('bash', ['-ec', command], {
        stdio: 'pipe',
        env: { ...process.env, PATH: `${place}:${process.env.PATH}` },
      });
    await restart();
    expect(await seen()).toMatchObject({ verdict: 'secured' });

    const password = readFileSync(join(tls, 'shop_app.password'), 'utf8').trim();
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    const app = ['-u', 'shop_app', `-p${password}`];
    const secure = [...app, '--ssl', `--ssl-ca=${join(tls, 'ca.crt')}`];
    expect(ask('INSERT INTO shop.orders VALUES (1); SELECT COUNT(*) FROM shop.orders', ...secure)).toBe('1');
    expect(ask('SELECT * FROM shop.staff', ...secure)).toContain('denied');
    expect(ask('SELECT 1', ...app, '--skip-ssl')).toMatch(/insecure transport|Access denied/);
    expect(ask("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE shop.orders", ...secure, '--local-infile=1')).toMatch(
      /local-infile|not allowed|disabled/i,
    );
    expect((await auditPaths(root)).outcome.findings.map(({ rule }) => rule)).toEqual([]);
    expect(JSON.stringify(variant)).not.toContain(password);
  });
});
