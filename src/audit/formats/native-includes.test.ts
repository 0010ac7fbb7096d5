import { describe, expect, it } from 'vitest';
import { auditText } from '../index.ts';
import type { RuleContext } from '../model.ts';
import { sourceOf } from '../source.ts';
import { globMatches, includeTree } from './includes.ts';
import { recognise } from './index.ts';
import { memcachedFormat } from './memcached/read.ts';
import { myCnfViews } from './my-cnf/effective.ts';
import { readMyCnf } from './my-cnf/parse.ts';
import { myCnfFormat } from './my-cnf/read.ts';
import { pgHbaFormat } from './pg-hba/read.ts';
import { postgresqlFormat } from './postgresql/read.ts';
import { readRedis } from './redis/parse.ts';
import { redisFormat } from './redis/read.ts';
import { redisAclFormat } from './redis-acl/read.ts';

const none = { text: () => null };
const alone: RuleContext = {
  runtimes: [],
  mounted: () => ({ files: [], missing: false }),
  beside: () => [],
  all: () => [],
  unknown: () => {},
};

function tree(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .map(([path, text]) => `=== ${path}\n${text}`)
    .join('');
}

/** Rule and file of each finding. */
function found(files: Readonly<Record<string, string>>, prefix: string): string[] {
  const { report } = auditText(tree(files));
  return report.findings
    .filter(({ rule }) => rule.startsWith(`audit/${prefix}`))
    .map(({ rule, evidence: [evidence] }) => `${rule.slice(6)} ${evidence.kind === 'setting' ? evidence.path : ''}`);
}

describe('includes', () => {
  it('match patterns without ever leaving the folder or running away', () => {
    expect(['a.conf', 'b.conf', 'x/a.conf'].map((name) => globMatches('[a-b]*.conf', name))).toEqual([
      true,
      true,
      false,
    ]);
    expect(globMatches('?.c', 'a.c') && !globMatches('[!a].c', 'a.c') && globMatches('**', '')).toBe(true);
    const started = process.cpuUsage();
    expect(globMatches(`${'*a'.repeat(400)}b`, 'a'.repeat(4_000))).toBe(false);
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  });

  it('are looked for below every folder above the file, then beside it, and never outside the tree', () => {
    const sources = ['etc/mysql/my.cnf', 'etc/mysql/conf.d/a.cnf', 'docker/db/conf.d/b.cnf'].map((path) =>
      sourceOf(path, ''),
    );
    const found = includeTree(sources, () => null);
    expect(found.folder('etc/mysql/my.cnf', '/etc/mysql/conf.d/')).toEqual(['etc/mysql/conf.d/a.cnf']);
    expect(found.folder('docker/db/my.cnf', '/etc/mysql/conf.d')).toEqual(['docker/db/conf.d/b.cnf']);
    expect(found.file('etc/mysql/my.cnf', '../../../secret')).toBeNull();
    expect(found.folder('etc/mysql/my.cnf', '/nowhere')).toBeNull();
  });

  it('of redis.conf stand at their place, by pattern too, and a finding names the file that it is in', () => {
    const files = {
      'redis/redis.conf': 'bind 127.0.0.1\nappendonly yes\ninclude /etc/redis/conf.d/*.conf\n',
      'redis/conf.d/a.conf': 'bind 0.0.0.0\nprotected-mode no\n',
      'redis/conf.d/b.conf': 'maxmemory 1gb\nmaxmemory-policy noeviction\nport 6380\n',
    };
    expect(found(files, 'redis-listens')).toEqual(['redis-listens-everywhere redis/conf.d/a.conf']);
    const { report } = auditText(tree({ 'redis.conf': 'bind 10.0.0.1\nappendonly yes\ninclude redis.conf\n' }));
    expect(report.skips.map(({ code }) => code)).toContain('CONFIG_INCLUDE');
  });

  it('of redis.conf that double at each level end in time', () => {
    const levels = Array.from({ length: 30 }, (_all, level) => [
      `l${level}.conf`,
      `appendonly yes\nprotected-mode yes\ninclude l${level + 1}.conf\ninclude l${level + 1}.conf\n`,
    ]);
    const started = process.cpuUsage();
    auditText(tree(Object.fromEntries(levels)));
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });

  it('of pg_hba.conf bring records and names', () => {
    const files = {
      'db/pg_hba.conf': 'local all all peer\ninclude_dir hba.d\nhost @dbs @people 10.0.0.0/24 scram-sha-256\n',
      'db/hba.d/10.conf': 'host shop app 10.0.0.0/24 trust\nlocal all all peer\n',
      'db/dbs': 'shop, blog # two\nall\n',
      'db/people': '"app"\npostgres',
    };
    expect(found(files, 'pg-hba-trust-from')).toEqual(['pg-hba-trust-from-network db/hba.d/10.conf']);
    expect(found(files, 'pg-hba-superuser')).toEqual(['pg-hba-superuser-from-network db/pg_hba.conf']);
    const { report } = auditText('host @gone all 10.0.0.0/24 md5\ninclude more.conf\n', { format: 'pg_hba.conf' });
    expect(report.skips.map(({ code, subject }) => [code, subject])).toEqual([
      ['CONFIG_INCLUDE', 'example:1'],
      ['CONFIG_INCLUDE', 'example:2'],
    ]);
  });

  it('of postgresql.conf count with the automatic file last', () => {
    const files = {
      'db/postgresql.conf': "listen_addresses = '*'\nmax_connections = 100\ninclude_dir 'conf.d'\n",
      'db/conf.d/net.conf': "listen_addresses = 'localhost'\nmax_connections = 50\n",
      'db/postgresql.auto.conf': "password_encryption = 'md5'\n",
    };
    expect(found(files, 'postgresql-')).toEqual(['postgresql-md5-passwords db/postgresql.auto.conf']);
  });

  it('of my.cnf bring the last word', () => {
    const files = {
      'etc/my.cnf': '[mysqld]\nbind-address=127.0.0.1\nlocal_infile=0\n!includedir /etc/my.cnf.d\n',
      'etc/my.cnf.d/a.cnf': '[mysqld]\nbind_address = 0.0.0.0\nrequire_secure_transport=ON\n',
      'etc/my.cnf.d/note.txt': '[mysqld]\nskip-grant-tables\n',
    };
    expect(found(files, 'mysql')).toEqual(['mysql-listens-everywhere etc/my.cnf.d/a.cnf']);
  });
});

describe('flags of the container', () => {
  const compose = (image: string, command: string, mount: string) =>
    `services:\n  db:\n    image: ${image}\n    command: ${command}\n    volumes: ["${mount}"]\n    ports: ["5432:5432", "6379:6379", "3306:3306"]\n`;

  it('win over redis.conf, and give no patch of it', () => {
    const files = {
      'compose.yml': compose(
        'redis:7.2',
        'redis-server /x.conf --requirepass $${P} --enable-debug-command yes',
        './redis.conf:/x.conf',
      ),
      'redis.conf': 'bind 0.0.0.0\nprotected-mode no\nport 6379\n',
    };
    const { outcome } = auditText(tree(files));
    const rules = outcome.findings.filter(({ rule }) => rule.startsWith('audit/redis-'));
    expect(rules.map(({ rule }) => rule).sort()).toEqual(['audit/redis-debug-command', 'audit/redis-without-tls']);
    expect(rules.flatMap(({ patches = [] }) => patches)).toEqual([]);
  });

  it('win over postgresql.conf and my.cnf', () => {
    const postgresql = {
      'compose.yml': compose(
        'postgres:16',
        'postgres -c config_file=/p.conf -c ssl=on -c log_statement=all',
        './postgresql.conf:/etc/postgresql.conf',
      ),
      'postgresql.conf': "listen_addresses = '*'\nssl = off\nlog_connections = on\nlog_disconnections = on\n",
    };
    expect(found(postgresql, 'postgresql-')).toEqual(['postgresql-data-in-log compose.yml']);
    const mysql = {
      'compose.yml': compose(
        'mariadb:10.11',
        'mariadbd --local-infile=0 --skip-ssl',
        './my.cnf:/etc/mysql/conf.d/my.cnf',
      ),
      'my.cnf': '[mariadb]\nlocal_infile = 1\nrequire_secure_transport = ON\n',
    };
    expect(found(mysql, 'mysql-')).toEqual(['mysql-tls-off compose.yml']);
  });

  it('and the version decide what absence means', () => {
    const my = (image: string) =>
      found(
        {
          'compose.yml': compose(image, '[]', './my.cnf:/etc/mysql/conf.d/my.cnf'),
          'my.cnf': '[mysqld]\nrequire_secure_transport=ON\n',
        },
        'mysql-local',
      );
    expect([my('mariadb:10.11'), my('mysql:8.4'), my('mysql:5.7')]).toEqual([
      ['mysql-local-infile my.cnf'],
      [],
      ['mysql-local-infile my.cnf'],
    ]);
    const { report } = auditText('[mysqld]\nport=3306\n', { path: 'my.cnf' });
    expect(report.skips.map(({ code, subject }) => `${code} ${subject}`)).toContain(
      'AUDIT_UNKNOWN my.cnf#local_infile',
    );
  });
});

describe('my.cnf', () => {
  const read = (text: string) => readMyCnf(sourceOf('my.cnf', text)).document;

  it('reads quotes, comments, prefixes and dashes as the server does', () => {
    const { options } = read(
      "[mysqld]\nlocal-infile = 'a#b' # c\nloose-Skip_SSL\ndisable-log-bin=0\nskip-name-resolve\nkey=\nuser=x#y\n",
    );
    expect(options.map(({ name, value }) => [name, value])).toEqual([
      ['local_infile', 'a#b'],
      ['ssl', '0'],
      ['log_bin', '1'],
      ['skip_name_resolve', null],
      ['key', ''],
      ['user', 'x'],
    ]);
  });

  it('reads the groups of the server and its version only', () => {
    const text = '[client]\nport=1\n[mariadb-10.6]\nport=2\n[mysqld-8.0]\nport=3\n[mysqldump]\nport=4\n';
    const file = { format: 'my.cnf' as const, source: sourceOf('my.cnf', text), document: read(text) };
    const [view] = myCnfViews(file, []);
    expect(view?.last('port')?.value).toBe('3');
    expect(view?.isServer).toBe(true);
    expect(myCnfViews({ ...file, document: read('[client]\nport=1\n') }, [])[0]?.isServer).toBe(false);
  });

  it('is told from what only looks like it', () => {
    expect(recognise('conf/x.cnf', '[mysqld]\nport=3306\n')).toBe('my.cnf');
    expect(recognise('.my.cnf', '[client]\nuser=a\n')).toBe('my.cnf');
    expect(
      myCnfFormat.recognises('openssl.cnf', '[ req ]\ndistinguished_name = dn\n[client]\nextendedKeyUsage=x\n'),
    ).toBe(false);
    expect(myCnfFormat.recognises('php.ini', '[mysqlnd]\nx=1\n[mysql]\ny=2\n')).toBe(false);
    expect(myCnfFormat.recognises('app.ini', '[server]\nhost = 0.0.0.0\n[client]\nx=1\n')).toBe(false);
    expect(myCnfFormat.recognises('values.yaml', 'x: |\n  [mysqld]\n  port=1\n')).toBe(false);
  });
});

describe('other recognition', () => {
  it('tells ACL files and memcached options from lists of other things', () => {
    expect(recognise('users.acl', 'user default off\nuser app on #abc ~a:* +@read\nuser x on nopass +get\n')).toBe(
      'redis.acl',
    );
    expect(redisAclFormat.recognises('nginx.conf', 'user nginx;\nworker_processes 1;\n')).toBe(false);
    expect(redisAclFormat.recognises('notes', 'user on the phone\nuser was happy\n')).toBe(false);
    expect(recognise('memcached.conf', '# c\n-d\n-m 64\n-l 127.0.0.1\n')).toBe('memcached.conf');
    expect(recognise('sysconfig/memcached', 'PORT="11211"\nOPTIONS="-l 127.0.0.1"\n')).toBe('memcached.conf');
    expect(memcachedFormat.recognises('requirements.txt', '-r base.txt\n-e .\n')).toBe(false);
    expect(memcachedFormat.recognises('opts', '-c 1\n-x\n--foo\nbar baz\n')).toBe(false);
    expect(redisFormat.recognises('haproxy.cfg', 'global\n  maxconn 1\nlisten x\n  bind *:80\n')).toBe(false);
    expect(postgresqlFormat.recognises('app.properties', 'max_connections=1\nlisten_addresses=x\n')).toBe(false);
    expect(pgHbaFormat.recognises('hosts', 'host a\n127.0.0.1 localhost\n')).toBe(false);
  });
});

describe('facts', () => {
  it('tell where a store listens, whether it asks who one is, and its accounts', () => {
    const text =
      'bind 10.0.0.5 -::1\nport 0\ntls-port 6380\nuser default off\nuser shop on >x ~a:* +@read +@write\nuser gone off\n';
    const source = sourceOf('redis.conf', text);
    const file = { format: 'redis.conf' as const, source, document: readRedis(source).document };
    expect(redisFormat.facts?.(file, alone)).toMatchObject({
      stores: [
        {
          engine: 'redis',
          listens: { on: ['10.0.0.5', '::1'], port: 6380 },
          login: { state: 'on' },
          encrypted: { state: 'on' },
        },
      ],
      accounts: [{ name: 'shop', may: 'write' }],
    });
  });

  it('say unknown where the file does not tell', () => {
    const source = sourceOf('my.cnf', '[mysqld]\nport=3307\n');
    const file = { format: 'my.cnf' as const, source, document: myCnfFormat.read(source, none).document };
    expect(myCnfFormat.facts?.(file, alone)).toMatchObject({
      stores: [
        {
          engine: 'mysql',
          listens: { on: 'unknown', port: 3307 },
          login: { state: 'unknown' },
          encrypted: { state: 'unknown' },
        },
      ],
    });
    const conf = sourceOf('postgresql.conf', "listen_addresses = '*'\nssl = on\n");
    const main = {
      format: 'postgresql.conf' as const,
      source: conf,
      document: postgresqlFormat.read(conf, none).document,
    };
    expect(postgresqlFormat.facts?.(main, alone)).toMatchObject({
      stores: [{ listens: { on: 'everywhere', port: 5432 }, login: { state: 'unknown' }, encrypted: { state: 'on' } }],
    });
    const options = sourceOf('memcached.conf', '-m 64\n-p 11222\n');
    const cache = {
      format: 'memcached.conf' as const,
      source: options,
      document: memcachedFormat.read(options, none).document,
    };
    expect(memcachedFormat.facts?.(cache, alone)).toMatchObject({
      stores: [{ listens: { on: 'everywhere', port: 11222 }, login: { state: 'off' }, encrypted: { state: 'off' } }],
    });
  });
});
