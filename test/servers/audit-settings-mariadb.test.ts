/** What the rules of my.cnf claim, asked of MariaDB itself: started with an option and without it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('mariadb', ['mariadbd', 'mysqld']);
const installer = binary ? requireServer('mariadb', ['mariadb-install-db', 'mysql_install_db']) : undefined;
const client = binary ? requireServer('mariadb', ['mariadb', 'mysql']) : undefined;
const account = binary ? unprivileged('mysql') : undefined;
const address = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
  .split(/\s+/)
  .find((one) => /^\d+(?:\.\d+){3}$/.test(one));
let running: Daemon | undefined;
let place: string;
let port: number;

/** Starts the server from an option file with these lines below its own. */
async function start(lines: readonly string[], user = account): Promise<void> {
  await running?.stop();
  running = undefined;
  // A new one each time: between two starts another test may have taken the old one.
  port = await freePort();
  const own = [
    '[mysqld]',
    `datadir=${join(place, 'data')}`,
    `socket=${join(place, 's.sock')}`,
    `port=${port}`,
    `pid-file=${join(place, 'pid')}`,
    'innodb-buffer-pool-size=16M',
    'innodb-flush-log-at-trx-commit=0',
  ];
  const file = join(place, 'my.cnf');
  writeFileSync(file, [...own, ...lines, ''].join('\n').replaceAll('FOLDER', place));
  const folder = workFolder('mariadb-run', account);
  running = await startDaemon({
    name: 'mariadb',
    command: binary ?? '',
    args: [`--defaults-file=${file}`],
    port,
    folder,
    ...(user ? { account: user } : {}),
  });
}

function ask(sql: string, login: readonly string[] = ['-u', 'keeper', '-psynthetic'], host = '127.0.0.1'): string {
  try {
    const args = ['--no-defaults', '-h', host, '-P', String(port), '--connect-timeout=5', ...login, '-NBe', sql];
    return execFileSync(client ?? '', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}

const shown = (name: string) => ask(`SELECT @@global.${name}`);

describe.skipIf(!binary || !installer || !client)('a real MariaDB', () => {
  beforeAll(async () => {
    place = workFolder('mariadb', account);
    const data = subFolder(place, 'data', account);
    execFileSync(
      installer ?? '',
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      {
        stdio: 'ignore',
        cwd: place,
        ...(account ?? {}),
      },
    );
    certificate(place, account);
    await start([]);
    execFileSync(client ?? '', [
      ...['--no-defaults', '-S', join(place, 's.sock'), '-u', 'root', '-e'],
      "CREATE USER keeper@'%' IDENTIFIED BY 'synthetic'; GRANT ALL ON *.* TO keeper@'%'; CREATE DATABASE shop; CREATE TABLE shop.t (x VARCHAR(4000))",
    ]);
  }, 120_000);
  afterAll(async () => {
    await running?.stop();
    rmSync(place, { recursive: true, force: true });
  });

  // audit/mysql-local-infile, audit/mysql-files-through-sql, audit/mysql-no-binary-log, audit/mysql-tables-not-encrypted
  it('has the defaults that the rules count on', async () => {
    await start([]);
    expect(ask('SELECT VERSION()')).toMatch(/^1[0-9]\.\d+\.\d+-MariaDB/);
    const names = [
      'local_infile',
      'require_secure_transport',
      'bind_address',
      'secure_file_priv',
      'log_bin',
      'expire_logs_days',
      'general_log',
      'old_passwords',
      'secure_auth',
      'innodb_encrypt_tables',
    ];
    expect(names.map((name) => [name, shown(name)])).toEqual([
      ['local_infile', '1'],
      ['require_secure_transport', '0'],
      ['bind_address', 'NULL'],
      ['secure_file_priv', 'NULL'],
      ['log_bin', '0'],
      ['expire_logs_days', '0.000000'],
      ['general_log', '0'],
      ['old_passwords', '0'],
      ['secure_auth', '1'],
      ['innodb_encrypt_tables', 'OFF'],
    ]);
    // No secure_file_priv: any file of the server's account.
    expect(ask("SELECT LOAD_FILE('/etc/hostname') IS NOT NULL")).toBe('1');
    const file = join(place, 'import.txt');
    writeFileSync(file, 'x\n');
    expect(
      ask(`LOAD DATA LOCAL INFILE '${file}' INTO TABLE shop.t; SELECT COUNT(*) FROM shop.t`, [
        '-u',
        'keeper',
        '-psynthetic',
        '--local-infile=1',
      ]),
    ).toBe('1');
  });

  // audit/mysql-listens-everywhere
  it.skipIf(address === undefined)(
    'listens on every address without bind-address, and on none with skip-networking',
    async () => {
      await start([]);
      expect(ask('SELECT 1', undefined, address)).toBe('1');
      await start(['bind_address = 127.0.0.1   # near']);
      expect(ask('SELECT 1', undefined, address)).toMatch(/Can't connect/);
    },
  );

  // audit/mysql-grant-tables-skipped
  it('asks nobody for a password with skip-grant-tables, over the network too', async () => {
    await start(['bind-address=127.0.0.1']);
    expect(ask('SELECT 1', ['-u', 'stranger'])).toMatch(/Access denied/);
    await start(['bind-address=127.0.0.1', 'loose_skip_grant_tables = 1']);
    expect(ask('SELECT COUNT(*) > 0 FROM mysql.global_priv', ['-u', 'stranger'])).toBe('1');
    await start(['bind-address=127.0.0.1', 'skip-grant-tables=0']);
    expect(ask('SELECT 1', ['-u', 'stranger'])).toMatch(/Access denied/);
  });

  // audit/mysql-accepts-clear-connections, audit/mysql-tls-off
  it('takes clear connections unless TLS is required, and has TLS only with a certificate', async () => {
    const tls = ['ssl_cert=FOLDER/server.crt', 'ssl_key=FOLDER/server.key'];
    const clear = ['-u', 'keeper', '-psynthetic', '--skip-ssl'];
    const secure = ['-u', 'keeper', '-psynthetic', '--ssl'];
    const cipher =
      "SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'";
    await start(tls);
    expect([ask('SELECT 1', clear), ask(cipher, secure)]).toEqual(['1', '1']);
    await start([...tls, 'require-secure-transport = ON']);
    expect(ask('SELECT 1', clear)).toMatch(/insecure transport|Access denied/);
    expect(ask(cipher, secure)).toBe('1');
    await start([...tls, 'skip-ssl']);
    expect(shown('have_ssl')).toMatch(/DISABLED|NO/);
    await start([...tls, 'tls_version = TLSv1.1,TLSv1.2']);
    expect(shown('tls_version')).toContain('TLSv1.1');
  });

  // audit/mysql-local-infile, audit/mysql-files-through-sql
  it('takes files through SQL as local_infile and secure_file_priv say', async () => {
    await start(['skip-local-infile', 'secure_file_priv=FOLDER']);
    expect(
      ask("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE shop.t", [
        '-u',
        'keeper',
        '-psynthetic',
        '--local-infile=1',
      ]),
    ).toMatch(/not allowed|disabled|local-infile/i);
    expect(ask("SELECT LOAD_FILE('/etc/hostname') IS NULL")).toBe('1');
    await start(['secure_file_priv=']);
    expect(ask("SELECT LOAD_FILE('/etc/hostname') IS NOT NULL")).toBe('1');
  });

  // audit/mysql-old-password-hashing
  it('keeps passwords of the kind before 4.1 where it is told to', async () => {
    await start([]);
    expect(ask("SELECT LENGTH(PASSWORD('synthetic'))")).toBe('41');
    await start(['old_passwords=1', 'secure-auth=OFF']);
    expect([ask("SELECT LENGTH(PASSWORD('synthetic'))"), shown('secure_auth')]).toEqual(['16', '0']);
  });

  // audit/mysql-data-in-log, audit/mysql-binary-logs-kept-for-ever, audit/mysql-no-binary-log, audit/mysql-tables-not-encrypted
  it('writes statements down, keeps binary logs for ever, and encrypts nothing, as its options say', async () => {
    await start([
      'general_log',
      'general_log_file=FOLDER/data/general.log',
      'log-bin=bin',
      'innodb_encrypt_tables=OFF',
      'allow-suspicious-udfs',
    ]);
    ask("INSERT INTO shop.t VALUES ('synthetic-name')");
    ask("DELETE FROM shop.t WHERE x = 'synthetic-name'");
    const data = join(place, 'data');
    expect(readFileSync(join(data, 'general.log'), 'utf8')).toContain('synthetic-name');
    // Deleted from the table, and still in the binary log, which nothing expires.
    expect(
      readdirSync(data)
        .filter((name) => /^bin\.\d+$/.test(name))
        .some((name) => readFileSync(join(data, name), 'latin1').includes('synthetic-name')),
    ).toBe(true);
    expect([shown('binlog_expire_logs_seconds'), shown('log_bin')]).toEqual(['0', '1']);
    await start(['skip-log-bin']);
    expect(shown('log_bin')).toBe('0');
    // Switching it on takes a key first, which is why no patch does.
    await expect(start(['innodb_encrypt_tables=ON'])).rejects.toThrow(/encryption plugin is not available/);
  });

  // audit/mysql-runs-as-root
  it('keeps the rights of root with user = root only', async () => {
    if (process.getuid?.() !== 0) return;
    const owner = () =>
      /^Uid:\s+(\d+)/m.exec(
        readFileSync(`/proc/${readFileSync(join(place, 'pid'), 'utf8').trim()}/status`, 'utf8'),
      )?.[1];
    await start(['user=root'], { uid: 0, gid: 0 });
    expect(owner()).toBe('0');
    await running?.stop();
    running = undefined;
    execFileSync('chown', ['-R', `${account?.uid}:${account?.gid}`, join(place, 'data')]);
    await expect(start([], { uid: 0, gid: 0 })).rejects.toThrow(/root/);
  });

  it('reads its groups and includes in order, the last option winning', async () => {
    mkdirSync(join(place, 'conf.d'), { recursive: true });
    writeFileSync(join(place, 'conf.d/b.cnf'), '[mariadb]\nmax-connections = 52\n[mysqld-5.7]\nmax_connections = 99\n');
    writeFileSync(join(place, 'conf.d/a.cnf'), '[server]\nmax_connections = 51\n[client]\nmax_connections=98\n');
    writeFileSync(join(place, 'conf.d/c.conf'), '[mysqld]\nmax_connections = 97\n');
    handOver(account, join(place, 'conf.d'));
    await start(['max_connections=50', '!includedir FOLDER/conf.d']);
    expect(shown('max_connections')).toBe('52');
    const [version = ''] = /^\d+\.\d+/.exec(ask('SELECT VERSION()')) ?? [];
    await start(['!includedir FOLDER/conf.d', `[mariadb-${version}]`, "max_connections = '53' # last"]);
    expect(shown('max_connections')).toBe('53');
  });
});
