import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mysql } from '../../src/probe/services/mysql/index.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
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
import { askSampled } from './harness/sampled.ts';

const binary = requireServer('mariadb', ['mariadbd', 'mysqld']);
const installer = binary ? requireServer('mariadb', ['mariadb-install-db', 'mysql_install_db']) : undefined;
const client = binary ? requireServer('mariadb', ['mariadb', 'mysql']) : undefined;
const account = binary ? unprivileged('mysql') : undefined;
const daemons: Daemon[] = [];
let port: number;
let socket: string;

/** Changes the server as its owner does: over the Unix socket, as an account that TCP clients cannot use. */
function owner(sql: string): string {
  return execFileSync(
    client ?? '',
    ['--no-defaults', '-S', socket, '-u', 'keeper', '-psynthetic-keeper', '-NBe', sql],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

const probe = async (options: { emptyPassword?: boolean } = {}) => {
  const context = testContext(mysql.allow, { port, emptyPassword: true, ...options });
  return { seen: await mysql.probe(context), context };
};
const login = (username: string, password: string) => {
  const control = mysql.control;
  if (!control) throw new Error('no control');
  return control.run(testContext(control.allow, { port }), { username, password });
};

describe.skipIf(!binary || !installer || !client)('a real MariaDB', () => {
  beforeAll(async () => {
    const folder = workFolder('mariadb', account);
    const data = subFolder(folder, 'data', account);
    execFileSync(
      installer ?? '',
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      {
        stdio: 'ignore',
        cwd: folder,
        ...(account ?? {}),
      },
    );
    const { key, cert } = certificate(folder, account);
    port = await freePort();
    socket = join(folder, 's.sock');
    daemons.push(
      await startDaemon({
        name: 'mariadb',
        command: binary ?? '',
        args: ['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${socket}`]
          .concat([
            `--ssl-cert=${cert}`,
            `--ssl-key=${key}`,
            '--innodb-buffer-pool-size=16M',
            '--innodb-flush-log-at-trx-commit=0',
          ])
          .concat([`--pid-file=${join(folder, 'pid')}`, '--skip-log-bin', '--skip-name-resolve']),
        port,
        folder,
        ...(account ? { account } : {}),
      }),
    );
    execFileSync(client ?? '', [
      '--no-defaults',
      '-S',
      socket,
      '-u',
      'root',
      '-e',
      "CREATE USER keeper@localhost IDENTIFIED BY 'synthetic-keeper'; GRANT ALL ON *.* TO keeper@localhost WITH GRANT OPTION",
    ]);
    owner(
      'CREATE DATABASE shop; USE shop; CREATE TABLE shop.customers (id INT PRIMARY KEY, email VARCHAR(80), phone_number VARCHAR(20)); ' +
        "INSERT INTO shop.customers SELECT seq, CONCAT('c', seq, '@example.org'), '555-0100' FROM seq_1_to_1200; ANALYZE TABLE shop.customers",
    );
    owner("GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION");
  });

  afterAll(async () => {
    for (const daemon of daemons) await daemon.stop();
  });

  it('with an empty root password is open to writing, and its tables are estimated without reading a row', async () => {
    const { seen, context } = await probe();
    expect(seen).toMatchObject({ identified: true, verdict: 'anonymous-write', product: 'mariadb' });
    expect(seen.version).toMatch(/^1\d\.\d+\.\d+$/);
    expect(seen.datasets).toEqual([
      {
        name: 'shop.customers',
        documents: expect.any(Number),
        bytes: expect.any(Number),
        fields: ['id', 'email', 'phone_number'],
        fieldTypes: { id: 'int', email: 'varchar', phone_number: 'varchar' },
      },
    ]);
    expect(seen.documents).toBeGreaterThan(1000);
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('example.org');
  });

  it('tells people from index statistics, and hands values to the classifier and nowhere else', async () => {
    const { result, taken } = await askSampled(port, ['email', 'id'], 'mysql');
    expect(result.datasets[0]?.people).toMatchObject({ how: 'statistics', field: 'id' });
    expect(result.datasets[0]?.people?.count).toBeGreaterThan(1000);
    expect(taken['shop.customers.email']).toHaveLength(5);
    expect(taken['shop.customers.email']?.[0]).toMatch(/@example\.org$/);
    expect(JSON.stringify(result)).not.toContain('example.org');
  });

  it('is found by the whole probe on a port that says nothing about it', async () => {
    expect(await askPort(port)).toMatchObject({ service: 'mysql', verdict: 'anonymous-write' });
  });

  it('counts no aborted connection after a whole dialogue', async () => {
    const aborted = () => owner("SHOW GLOBAL STATUS LIKE 'Aborted%'");
    const before = aborted();
    await probe();
    expect(aborted()).toBe(before);
  });

  it('is not judged without the opt-in: no login is sent', async () => {
    const { seen, context } = await probe({ emptyPassword: false });
    expect(seen).toMatchObject({ identified: true, verdict: 'inconclusive', product: 'mariadb' });
    expect(seen.notTested.join()).toContain('emptyPassword');
    expect(context.sent).toEqual([]);
  });

  it('whose root may only read is readable', async () => {
    owner("REVOKE ALL PRIVILEGES, GRANT OPTION FROM root@'127.0.0.1'; GRANT SELECT ON shop.* TO root@'127.0.0.1'");
    expect((await probe()).seen).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('whose root may do nothing shows metadata only', async () => {
    owner("REVOKE ALL PRIVILEGES, GRANT OPTION FROM root@'127.0.0.1'");
    expect((await probe()).seen).toMatchObject({ verdict: 'metadata-only', datasets: [] });
  });

  it('that requires TLS is asked over TLS', async () => {
    owner("GRANT ALL ON *.* TO root@'127.0.0.1'; SET GLOBAL require_secure_transport = ON");
    const { seen, context } = await probe();
    owner('SET GLOBAL require_secure_transport = OFF');
    expect(seen).toMatchObject({ verdict: 'anonymous-write' });
    expect(context.connections.at(-1)?.tls?.protocol).toMatch(/^TLS/);
  });

  it('with a root password is secured, and its owner gets in', async () => {
    owner("SET PASSWORD FOR root@'127.0.0.1' = PASSWORD('synthetic-root')");
    const { seen } = await probe();
    expect(seen).toMatchObject({ verdict: 'secured' });
    expect(seen.reason).toContain('1045');
    expect(await login('root', 'synthetic-root')).toBe(true);
    expect(await login('root', 'wrong')).toBe(false);
  });

  it('whose root uses the Unix socket only is secured', async () => {
    owner("ALTER USER root@'127.0.0.1' IDENTIFIED VIA unix_socket");
    expect((await probe()).seen).toMatchObject({ verdict: 'secured' });
  });

  it('that admits no client from here is secured', async () => {
    owner("DROP USER root@'127.0.0.1', root@localhost; RENAME USER keeper@localhost TO keeper@'::1'; FLUSH PRIVILEGES");
    const { seen } = await probe();
    expect(seen).toMatchObject({ identified: true, verdict: 'secured' });
  });
});
