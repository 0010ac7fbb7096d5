/** `postern fix --secure` carried out on real servers, step by step as its README says. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { mysql } from '../../src/probe/services/mysql/index.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { testContext } from '../../src/probe/testing/connection.ts';
import { type Daemon, freePort, handOver, startDaemon, subFolder, unprivileged, workFolder } from './harness/daemon.ts';
import { requirePostgresql } from './harness/postgresql.ts';
import { requireServer } from './harness/require-server.ts';
import { until } from './harness/search.ts';
import { ownCertificates, program, secured } from './harness/secured.ts';
import { requireTerminal, typed } from './harness/typed.ts';

const terminal = requireTerminal();
const folders: string[] = [];
let running: Daemon | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function place(name: string): string {
  const folder = workFolder(name);
  folders.push(folder);
  return folder;
}

/** `uid:gid` as chown and install take it; the caller's where no other account is at hand. */
function owner(account: { uid: number; gid: number } | undefined): { uid: number; gid: number } {
  return account ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

const redisServer = requireServer('redis-server', ['redis-server', 'valkey-server']);
const redisClient = redisServer && requireServer('redis-cli', ['redis-cli', 'valkey-cli']);

describe.skipIf(!redisServer || !redisClient || !terminal)('the secured variant of a real Redis', () => {
  const account = redisServer ? unprivileged('redis') : undefined;

  it.each(['read', 'write'] as const)(
    'lets the app %s its keys and do nothing else',
    async (may) => {
      const work = place('secure-redis');
      const port = await freePort();
      const config = subFolder(work, 'redis', account, 0o755);
      const file = join(config, 'redis.conf');
      writeFileSync(file, 'bind 127.0.0.1\nsave ""\n');
      const { uid, gid } = owner(account);
      const variant = await secured({
        args: ['redis', '--account', 'shop', '--data', 'cart:', '--may', may],
        work,
        places: [
          ['/etc/redis', config],
          ['6379', String(port)],
          ['redis:redis', `${uid}:${gid}`],
          ['-o root -g redis', `-g ${gid}`],
          ['redis-cli', redisClient ?? ''],
        ],
      });
      ownCertificates(variant.folder);
      for (const title of [
        'Put a certificate in place',
        'Make the password',
        'Give the user its password',
        'Make the password of the administrator, and give it',
        'Let Redis read the file',
        'Hand the password to the app',
      ])
        await variant.step(title);
      running = await startDaemon({
        name: 'redis',
        command: redisServer ?? '',
        args: [file],
        port,
        folder: workFolder('redis-data', account),
        ...(account ? { account } : {}),
      });
      expect(await askPort(port)).toMatchObject({ service: 'redis', verdict: 'secured' });

      const password = readFileSync(join(config, 'shop.password'), 'utf8').trim();
      const asked = { answers: [['password:', password]] as const };
      expect((await variant.proof('A stranger is refused')).shown).toContain('NOAUTH Authentication required.');
      expect((await variant.proof('The app’s user cannot administer', asked)).shown).toContain('NOPERM');
      expect((await variant.proof('The app reads its own keys', asked)).shown).toMatch(/\b0\b/);
      expect((await variant.proof('The app reads no other', asked)).shown).toContain('NOPERM');
      const admin = readFileSync(join(config, 'administrator.password'), 'utf8').trim();
      const log = await variant.step('See what the app is refused', { answers: [['password:', admin]] });
      expect(log.shown).toContain('postern-no-such-key');

      const ask = async (command: string): Promise<string> =>
        execFileSync(
          redisClient ?? '',
          [...['--tls', '--cacert', join(config, 'tls/ca.crt'), '-p', String(port), '--user', 'shop']].concat(
            command.split(' '),
          ),
          { encoding: 'utf8', env: { ...process.env, REDISCLI_AUTH: password } },
        ).trim();
      expect(await ask('SET cart:1 x')).toContain(may === 'write' ? 'OK' : 'NOPERM');
      expect(await ask('GET cart:1')).toBe(may === 'write' ? 'x' : '');
      for (const command of ['SET session:1 x', 'GET session:1', 'KEYS *', 'FLUSHALL', 'ACL LIST', 'SAVE', 'EVAL 1 0'])
        expect(await ask(command), command).toContain('NOPERM');
    },
    60_000,
  );
});

const postgresql = requirePostgresql('system');
const psql = postgresql && requireServer('psql', ['psql', join(postgresql, 'psql')]);

describe.skipIf(!psql || !terminal)('the secured variant of a real PostgreSQL', () => {
  const account = postgresql ? unprivileged('postgres') : undefined;

  it.each(['read', 'write'] as const)(
    'lets the app %s its tables and do nothing else',
    async (may) => {
      const work = place('secure-postgresql');
      const data = subFolder(work, 'data', account);
      const run = { stdio: 'ignore', cwd: work, ...(account ?? {}) } as const;
      execFileSync(
        join(postgresql ?? '', 'initdb'),
        ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
        run,
      );
      const config = subFolder(work, 'main', account, 0o755);
      const file = join(config, 'postgresql.conf');
      const hba = join(config, 'pg_hba.conf');
      const port = await freePort();
      writeFileSync(file, `port = ${port}\nlisten_addresses = 'localhost'\nfsync = off\n`);
      writeFileSync(hba, 'local all all trust\nhost all all 127.0.0.1/32 trust\n');
      handOver(account, file, hba);
      const start = async (): Promise<void> => {
        await running?.stop();
        running = await startDaemon({
          name: 'postgresql',
          command: join(postgresql ?? '', 'postgres'),
          args: [
            '-D',
            data,
            '-c',
            `config_file=${file}`,
            '-c',
            `hba_file=${hba}`,
            '-c',
            `unix_socket_directories=${data}`,
          ],
          port,
          folder: workFolder('postgresql-run', account),
          ...(account ? { account } : {}),
        });
      };
      // What the machine's postgres account is on its socket.
      const owned = (sql: string, database = 'shop'): string =>
        execFileSync(psql ?? '', ['-h', data, '-p', String(port), '-U', 'postgres', '-d', database, '-Atc', sql], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          ...(account ?? {}),
        }).trim();
      await start();
      await until(async () => owned('SELECT 1', 'postgres') === '1');
      owned('CREATE DATABASE shop', 'postgres');
      owned("CREATE TABLE orders (id serial, item text); INSERT INTO orders (item) VALUES ('tea')");
      owned('CREATE TABLE staff (pay int)');

      const { uid, gid } = owner(account);
      const user = execFileSync('id', ['-un', String(uid)], { encoding: 'utf8' }).trim();
      const variant = await secured({
        args: [
          'postgresql',
          '--account',
          'shop_app',
          '--data',
          'orders',
          '--database',
          'shop',
          '--from',
          '127.0.0.1/32',
          '--may',
          may,
        ],
        work,
        places: [
          ['/etc/postgresql/15/main', config],
          ['-o postgres -g postgres', `-o ${uid} -g ${gid}`],
          ['chown postgres:postgres', `chown ${uid}:${gid}`],
          // The account of the machine that the server knows as its owner.
          ['sudo -u postgres psql', `runuser -u ${user} -- ${psql} -h ${data} -p ${port} -U postgres`],
          ['host=SERVER', `host=127.0.0.1 port=${port}`],
          // peer wants an account of the same name.
          ...(user === 'postgres' ? [] : ([['peer', 'trust']] as const)),
        ],
      });
      ownCertificates(variant.folder);
      await variant.step('Put a certificate in place');
      await variant.step('Make the role');
      const password = 'synthetic-app-password';
      await variant.step('Set its password', {
        answers: [
          ['new password', password],
          ['again', password],
        ],
      });
      await variant.step('Let the server read the file of who may log in');
      // What a reload does, without the machine's service.
      owned('SELECT pg_reload_conf()');
      await until(async () => owned('SHOW ssl') === 'on');
      expect(owned('SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL')).toBe('0');
      expect(await askPort(port, 'postgresql')).toMatchObject({ verdict: 'secured' });

      const asked = { answers: [['Password', password]] as const };
      expect((await variant.proof('A stranger is refused')).shown).toContain('pg_hba.conf rejects connection');
      expect((await variant.step('The app gets in with TLS and its password', asked)).shown).toContain('1');
      expect((await variant.proof('The app reads nothing of the server itself', asked)).shown).toContain(
        'permission denied for table pg_authid',
      );
      const app = (sql: string, mode = 'verify-full'): string => {
        try {
          return execFileSync(
            psql ?? '',
            [`host=localhost hostaddr=127.0.0.1 port=${port} dbname=shop user=shop_app sslmode=${mode}`, '-Atc', sql],
            {
              encoding: 'utf8',
              stdio: ['ignore', 'pipe', 'pipe'],
              env: { ...process.env, PGPASSWORD: password, PGSSLROOTCERT: join(variant.folder, 'ca.crt') },
            },
          ).trim();
        } catch (error) {
          return String((error as { stderr?: unknown }).stderr);
        }
      };
      expect(app('SELECT item FROM orders')).toBe('tea');
      const written = app("INSERT INTO orders (item) VALUES ('milk') RETURNING item");
      expect(written).toContain(may === 'write' ? 'milk' : 'permission denied');
      for (const sql of ['SELECT * FROM staff', 'CREATE TABLE mine (a int)', 'CREATE ROLE other', 'TRUNCATE orders'])
        expect(app(sql), sql).toContain('permission denied');
      expect(app('SELECT 1', 'disable')).toContain('pg_hba.conf rejects connection');
      expect(owned("SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'shop_app'")).toBe('t');
    },
    90_000,
  );
});

const mariadb = requireServer('mariadb', ['mariadbd', 'mysqld']);
const installer = mariadb && requireServer('mariadb', ['mariadb-install-db', 'mysql_install_db']);
const mariadbClient = mariadb && requireServer('mariadb', ['mariadb', 'mysql']);

describe.skipIf(!installer || !mariadbClient || !terminal)('the secured variant of a real MariaDB', () => {
  const account = mariadb ? unprivileged('mysql') : undefined;

  it.each(['read', 'write'] as const)(
    'lets the app %s its tables and do nothing else',
    async (may) => {
      const work = place('secure-mariadb');
      const data = subFolder(work, 'data', account);
      execFileSync(
        installer ?? '',
        ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
        { stdio: 'ignore', cwd: work, ...(account ?? {}) },
      );
      const config = join(work, 'mysql');
      mkdirSync(join(config, 'conf.d'), { recursive: true });
      const port = await freePort();
      const socket = join(data, 's.sock');
      writeFileSync(
        join(config, 'my.cnf'),
        `[mariadb]\ndatadir = ${data}\nsocket = ${socket}\nport = ${port}\npid-file = ${join(data, 'pid')}\nbind-address = 127.0.0.1\ninnodb-buffer-pool-size = 16M\n!includedir ${join(config, 'conf.d')}\n`,
      );
      const start = async (): Promise<void> => {
        await running?.stop();
        running = await startDaemon({
          name: 'mariadb',
          command: mariadb ?? '',
          args: [`--defaults-file=${join(config, 'my.cnf')}`],
          port,
          folder: workFolder('mariadb-run', account),
          ...(account ? { account } : {}),
        });
      };
      await start();
      const owned = (sql: string): string =>
        execFileSync(mariadbClient ?? '', ['--no-defaults', '-S', socket, '-u', 'root', '-NBe', sql], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        }).trim();
      owned("CREATE DATABASE shop; CREATE TABLE shop.orders (item TEXT); INSERT INTO shop.orders VALUES ('tea')");
      owned("CREATE TABLE shop.staff (pay INT); DELETE FROM mysql.global_priv WHERE Host <> 'localhost' OR User = ''");
      owned('FLUSH PRIVILEGES');

      // A client that finds its server: the owner's on its socket, everybody else's on its port.
      const bin = join(work, 'bin');
      writeFileSync(join(work, 'root'), '');
      const client = `case "$*" in *-h*) exec '${mariadbClient}' --no-defaults -P ${port} "$@";; *) MYSQL_PWD="$(cat '${join(work, 'root')}')" exec '${mariadbClient}' --no-defaults -S '${socket}' -u root "$@";; esac`;
      program(bin, 'mysql', client);
      program(bin, 'mariadb', client);
      const { gid } = owner(account);
      const variant = await secured({
        args: ['mysql', '--account', 'shop_app', '--data', 'shop.orders', '--from', '127.0.0.0/8', '--may', may],
        work,
        places: [
          ['/etc/mysql', config],
          ['-o root -g mysql', `-g ${gid}`],
          ['-h SERVER', '-h 127.0.0.1'],
        ],
      });
      ownCertificates(variant.folder);
      await variant.step('Put a certificate in place');
      await variant.step('Make the account');
      await variant.step('Make its password');
      await variant.step('Give the account its password and unlock it');
      await variant.step('Hand the password to the app');
      // What the installer left is a person's to mend; the list names it.
      const others = 'Shut out who needs no password';
      expect((await variant.step(others)).shown).toContain('root');
      owned("ALTER USER root@localhost IDENTIFIED BY 'synthetic-root'");
      writeFileSync(join(work, 'root'), 'synthetic-root');
      expect((await variant.step(others)).shown).not.toContain('root');
      await start();
      expect(await mysql.probe(testContext(mysql.allow, { port, emptyPassword: true }))).toMatchObject({
        verdict: 'secured',
      });

      const password = readFileSync(join(config, 'tls/shop_app.password'), 'utf8').trim();
      const asked = { answers: [['password:', password]] as const };
      expect((await variant.proof('Without TLS nobody gets in (client of MariaDB)', asked)).shown).toMatch(
        /Access denied|insecure transport/,
      );
      expect((await variant.proof('The app reads nothing of the server itself', asked)).shown).toContain(
        'SELECT command denied',
      );
      const grants = await variant.step('The account may do what it needs and no more');
      expect(grants.shown).toContain(
        `GRANT ${may === 'write' ? 'SELECT, INSERT, UPDATE, DELETE' : 'SELECT'} ON \`shop\`.\`orders\``,
      );
      const app = async (sql: string): Promise<string> => {
        const command = `mysql -h 127.0.0.1 -u shop_app -p --ssl-ca=${config}/tls/ca.crt --ssl-verify-server-cert -NBe "${sql}"`;
        const path = `${bin}:${process.env.PATH}`;
        return (await typed(command, { cwd: work, env: { PATH: path }, ...asked })).shown;
      };
      expect(await app('SELECT item FROM shop.orders')).toContain('tea');
      expect(await app("INSERT INTO shop.orders VALUES ('milk'); SELECT item FROM shop.orders")).toContain(
        may === 'write' ? 'milk' : 'denied',
      );
      for (const sql of ['SELECT * FROM shop.staff', 'DROP TABLE shop.orders', 'CREATE DATABASE mine', 'SHUTDOWN'])
        expect(await app(sql), sql).toMatch(/denied/);
    },
    90_000,
  );
});
