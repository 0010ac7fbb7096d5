/** Passwords of configuration files never leave: not in reports, not in diffs, not in errors about broken files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { everything } from './outputs.ts';
import { leaksIn, noise, type Planted } from './planted.ts';

const planted: Planted[] = [];

function secret(what: string, length = 18): string {
  const value = noise(what, length);
  planted.push({ what, secret: value });
  return value;
}

const FILES: Record<string, string> = {
  'deploy/docker-compose.yml': `# ELASTIC_PASSWORD: ${secret('password in a comment')}
services:
  search:
    image: docker.elastic.co/elasticsearch/elasticsearch:7.17.28
    environment:
      - ELASTIC_PASSWORD=${secret('password of a list entry')}
      - xpack.security.enabled=false
      - SMTP_PASS=${secret('second password of a list')}
    ports:
      - "9200:9200"
    volumes:
      - ./elasticsearch.yml:/usr/share/elasticsearch/config/elasticsearch.yml
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${secret('password of a map entry')}
      POSTGRES_HOST_AUTH_METHOD: trust
      DATABASE_URL: postgres://shop:${secret('password of a URL')}@db:5432/shop
      PGADMIN: "user=shop password='${secret('quoted password of a conninfo')}' host=db"
      API_TOKEN: "${secret('token', 30)}"
      "JWT_SECRET": ${secret('quoted key', 30)}
      WEBHOOK: https://hooks.slack.com/services/T01234567/B01234567/${secret('webhook', 24)}
      SIGNING_MATERIAL: ${secret('secret under a plain name', 40)}
    ports: ["5432:5432"]
    healthcheck:
      test: ["CMD", "pg_isready", "--password", "${secret('password of a health check')}"]
  cache:
    image: redis:7
    command: redis-server --requirepass ${secret('password of a command')} --protected-mode no
    ports:
      - 6379:6379
    healthcheck:
      test: redis-cli -a ${secret('password after -a')} ping
  mysql:
    image: mysql:8.0
    command: ["--default-auth=x", "-p${secret('password glued to -p')}"]
    environment: { MYSQL_ROOT_PASSWORD: ${secret('password of a flow map')}, MYSQL_ALLOW_EMPTY_PASSWORD: "yes" }
    ports: ["3306:3306"]
  mongo:
    image: mongo:4
    environment:
      MONGO_INITDB_ROOT_PASSWORD: |
        ${secret('password of a block')}
      OTHER: >-
        ${secret('folded text', 40)}
    ports: ["27017:27017"]
  minio:
    image: minio/minio
    environment:
      - "MINIO_ROOT_PASSWORD=${secret('quoted list entry')}"
      - MINIO_SECRET_KEY=\${SECRET:-${secret('fallback')}}
    ports: ["9000:9000"]
`,
  'deploy/elasticsearch.yml': `cluster.name: canary
network.host: 0.0.0.0
xpack.security.enabled: false
xpack.notification.email.account.work.smtp.secure_password: ${secret('password of elasticsearch.yml')}
xpack.security.http.ssl.keystore.password: "${secret('key store password')}"
http.cors.enabled: true
http.cors.allow-origin: "*"
`,
  'deploy/redis.conf': `masterauth ${secret('masterauth')}
bind 0.0.0.0
protected-mode no
requirepass short
user shop on >${secret('ACL password')} ~* +@all
user other on #${secret('ACL hash', 64)} ~* +@all
masteruser x
rename-command FLUSHALL ${secret('renamed command', 24)}
`,
  'deploy/postgresql.conf': `listen_addresses = '*'
primary_conninfo = 'host=db password=${secret('password of primary_conninfo')} user=x'
ssl_passphrase_command = 'echo ${secret('pass phrase')}'
ssl = off
password_encryption = md5
`,
  'deploy/pg_hba.conf': `host all all 0.0.0.0/0 trust
host all all 0.0.0.0/0 ldap ldapserver=x ldapbindpasswd="${secret('LDAP password')}"
host all all ::/0 radius radiussecrets=${secret('RADIUS secret')}
hostssl all all 0.0.0.0/0 password
`,
  'deploy/.env': `SECRET=${secret('password of .env')}\nPOSTGRES_PASSWORD=${secret('second of .env')}\n`,
  'postern.yaml': 'version: 1\nconfiguration: [deploy]\n',
};

/** Broken right at the password. */
const BROKEN: Record<string, string> = {
  'deploy/a/docker-compose.yml': `services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: "${secret('unclosed quote')}\n`,
  'deploy/b/docker-compose.yml': `services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: *${secret('unknown alias')}\n`,
  'deploy/c/docker-compose.yml': `services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: x: ${secret('nested mapping')}\n    ports: ["5432:5432"]\n`,
  'deploy/d/docker-compose.yml': `services:\n  db:\n    image: postgres:16\n    ports: ["${secret('password as a port')}"]\n    environment: [${secret('entry without a value')}, {${secret('map in a list')}: 1}]\n`,
  'deploy/e/elasticsearch.yml': `network.host: 0.0.0.0\nxpack.security.enabled: ${secret('password as a switch')}\nnode.roles: !${secret('tag')} x\n`,
  'deploy/f/redis.conf': `bind 0.0.0.0\nrequirepass "${secret('unclosed redis quote')}\nport ${secret('password as a redis port')}\n${secret('unknown directive')} x\n`,
  'deploy/g/postgresql.conf': `listen_addresses = '*'\nport = ${secret('password as a number')}\nssl = ${secret('password as a boolean')}\nprimary_conninfo = '${secret('unclosed conninfo')}\n`,
  'deploy/h/pg_hba.conf': `host all all 0.0.0.0/0 ldap ldapbindpasswd="${secret('unclosed LDAP password')}\nhost all all 10.0.0.0/8 trust ${secret('password as an option')}\nhost all "${secret('unclosed name')} 0.0.0.0/0 trust\n`,
};

let folder: string;

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-canary-configuration-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const AUDIT = ['table', 'json', 'jsonl', 'sarif', 'markdown'].map((format) => ['audit', 'deploy', '--format', format]);
const CHECK = ['table', 'json', 'jsonl', 'sarif', 'markdown', 'html'].map((format) => [
  'check',
  '--format',
  format,
  '--output',
  `${format}=out/check.${format}`,
]);

it('shows no password of a configuration file, in reports and in the diffs of fix', async () => {
  write(FILES);
  const all = await everything(folder, [...AUDIT, ...CHECK, ['fix', '--dry-run'], ['fix', '--yes']]);
  expect(all).toContain('audit/elasticsearch-security-disabled');
  expect(all).toMatch(/^\+\s*- xpack\.security\.enabled=true/m);
  expect(leaksIn(all, planted)).toEqual([]);
}, 120_000);

it('shows no password of a file that is broken at the password', async () => {
  write({ ...BROKEN, 'postern.yaml': 'version: 1\nconfiguration: [deploy]\n' });
  const all = await everything(folder, [...AUDIT, ...CHECK, ['fix', '--dry-run']]);
  expect(all).toContain('YAML_SYNTAX');
  expect(leaksIn(all, planted)).toEqual([]);
}, 120_000);

it('shows no password of a file that was named by mistake', async () => {
  const files = Object.entries({ ...FILES, ...BROKEN }).filter(([path]) => path.startsWith('deploy'));
  write(Object.fromEntries(files));
  const commands = files.flatMap(([path]) => [
    ['check', '--config', path],
    ['doctor', '--config', path],
    ['check', 'deploy', '--ignore-file', path],
    ['check', 'deploy', '--baseline', path],
    ['verify', path],
    ['verify', '--receipt', path],
    ['scope', 'verify', path],
    ['probe', '--targets', path],
    ['inspect', path],
  ]);
  expect(leaksIn(await everything(folder, commands), planted)).toEqual([]);
}, 120_000);
