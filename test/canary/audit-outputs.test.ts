/**
 * Whatever stands in the configuration that `audit` reads – passwords, tokens, people –, no command puts it out: not in
 * reports, not in diffs, not for rules of the user, in no encoding.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FORMAT_NAMES } from '../../src/audit/formats/index.ts';
import { run } from '../cli/run.ts';
import { everything } from './outputs.ts';
import { leaksIn, noise, type Planted } from './planted.ts';

const planted: Planted[] = [];
const LOWER = 'abcdefghijklmnopqrstuvwxyz';

function plant(what: string, value: string): string {
  planted.push({ what, secret: value });
  return value;
}
const secret = (what: string, length = 18) => plant(what, noise(what, length));
/** As manifests hold it; the text itself must not come out either. */
const base64 = (what: string) => Buffer.from(secret(what, 24)).toString('base64');
const email = (what: string) =>
  plant(`e-mail as ${what}`, `${noise(`mail ${what}`, 14, LOWER)}@${noise(`host ${what}`, 10, LOWER)}.test`);
const person = (what: string) =>
  plant(
    `name in ${what}`,
    `${noise(`first ${what}`, 12, LOWER)} ${noise(`family ${what}`, 12, LOWER)}`.replace(/\b\w/g, (one) =>
      one.toUpperCase(),
    ),
  );
/** Of a vendor's form, so that rules about tokens see it; put together here, so that no scanner takes it for one. */
const token = (what: string, start: string, length: number) => plant(what, `${start}${noise(what, length)}`);
const key = (what: string) =>
  `-----BEGIN ${'PRIVATE'} KEY-----\\n${plant(what, noise(what, 160))}\\n-----END ${'PRIVATE'} KEY-----`;

const FILES: Record<string, string> = {
  'compose/docker-compose.yml': `# owner: ${person('compose')}, ${email('a comment of compose')}
services:
  db:
    image: postgres:16
    command: ["postgres", "-c", "primary_conninfo=host=x password=${secret('conninfo in a command')}"]
    environment:
      POSTGRES_PASSWORD: ${secret('compose password')}
      POSTGRES_HOST_AUTH_METHOD: trust
      DATABASE_URL: postgresql://${email('user of a URL')}:${secret('password of a compose URL')}@db/shop
      GITHUB: ${token('GitHub token', 'ghp_', 36)}
      KEY: "${key('key in compose')}"
      CALLBACK: https://example.test/cb?access_token=${secret('token in a URL', 32)}
    ports:
      - "5432:5432" # ask ${person('a port of compose')}
      - target: 5433 # ask ${person('a long port of compose')}
        published: 5433
    labels: ["traefik.http.middlewares.a.basicauth.users=x:${secret('basic auth label')}"]
    healthcheck: { test: "PGPASSWORD=${secret('health check')} psql" }
  cache:
    image: redis:7.2
    command: redis-server --requirepass ${secret('redis command')} --user ${email('redis user in a command')}
    ports: ["6379:6379"]
  search:
    image: elasticsearch:7.17.9
    environment: ["xpack.security.enabled=false", "ELASTIC_PASSWORD=${secret('elastic list')}"] # ${person('compose env')}
    ports: ["9200:9200"]
`,
  'dockerfile/Dockerfile': `# ${person('Dockerfile')}
FROM postgres:16
ARG NPM_TOKEN=${token('npm token', 'npm_', 36)}
ENV POSTGRES_PASSWORD=${secret('Dockerfile ENV')} POSTGRES_HOST_AUTH_METHOD=trust
RUN curl -u ${email('curl user')}:${secret('curl password')} https://example.test/x
RUN echo "db_password=${secret('RUN echo')}" > /etc/x
COPY ${email('copied file')}.pem /x
USER root
`,
  'env/.env': `# ${person('.env')}
DB_CONNECTION=mysql
DB_HOST=db.example.test
DB_USERNAME=${email('DB_USERNAME')}
DB_PASSWORD=${secret('DB_PASSWORD')}
DATABASE_URL=mysql://root:${secret('DATABASE_URL')}@db.example.test/shop?sslmode=disable
NEXT_PUBLIC_API_SECRET=${secret('public secret', 32)}
APP_KEY=base64:${base64('APP_KEY')}
STRIPE=${token('Stripe key', ['sk', 'live', ''].join('_'), 28)}
APP_DEBUG=true
`,
  'spring/application.yml': `spring:
  datasource:
    url: jdbc:mysql://db.example.test/shop?useSSL=false&user=root&password=${secret('JDBC URL')}
    username: ${email('spring user')}
    password: \${DB:${secret('spring fallback')}}
management: {endpoints: {web: {exposure: {include: "*"}}}}
`,
  'django/settings.py': `DEBUG = True  # ${person('settings.py')}
SECRET_KEY = '${secret('SECRET_KEY', 50)}'
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db.example.test', 'USER': 'postgres', 'PASSWORD': '${secret('django password')}'}}
`,
  'dotnet/appsettings.json': `{"ConnectionStrings": {"${email('name of a connection')}": "Server=db.example.test;Database=shop;User Id=sa;Password=${secret('connection string')};Encrypt=False"}}`,
  'kubernetes/all.yaml': `# ${person('kubernetes')}
apiVersion: v1
kind: Secret
metadata: {name: db, annotations: {owner: "${email('annotation')}"}}
data:
  password: ${base64('Secret in base64')}
  ${noise('key name', 8)}: ${base64('second Secret in base64')}
stringData:
  token: ${secret('stringData', 30)}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cache}
data:
  redis.conf: |
    # ${person('embedded redis.conf')}
    bind 0.0.0.0
    protected-mode no
    requirepass ${secret('embedded requirepass')}
    user ${email('embedded ACL user')} on >${secret('embedded ACL')} ~* +@all
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: es}
spec:
  template:
    metadata: {labels: {app: es}}
    spec:
      containers:
        - name: es
          image: elasticsearch:7.17.9
          args: ["-Epassword=${secret('args of a pod')}"]
          env:
            - {name: ELASTIC_PASSWORD, value: "${secret('env of a pod')}"}
            - {name: xpack.security.enabled, value: "false"} # ${person('pod env')}
          ports: [{name: http, containerPort: 9200}]
---
apiVersion: v1
kind: Service
metadata: {name: es}
spec: {type: LoadBalancer, selector: {app: es}, ports: [{port: 9200}]}
`,
  'helm/Chart.yaml':
    'apiVersion: v2\nname: shop\ndependencies:\n  - {name: postgresql, version: 1.0.0}\n  - {name: redis, version: 1.0.0}\n',
  'helm/values.yaml': `# ${person('values.yaml')}
redis:
  auth: {enabled: false, password: ${secret('helm redis password')}}
  master: {service: {type: LoadBalancer}} # ${person('helm service')}
postgresql:
  auth: {username: "${email('helm user')}", postgresPassword: ${secret('helm password')}, database: shop}
  networkPolicy: {enabled: false}
`,
  'terraform/main.tf': `# ${person('Terraform')}
variable "db_password" {
  default = "${secret('Terraform default')}"
}
variable "people" {
  default = ["${email('for_each')}"]
}
locals {
  hidden = "${secret('Terraform local')}"
}
provider "postgresql" {
  password = "${secret('provider password')}"
}
resource "aws_db_instance" "db" {
  engine              = "postgres"
  username            = "${email('RDS user')}"
  password            = var.db_password
  publicly_accessible = true # ${person('Terraform line')}
}
resource "aws_db_instance" "other" {
  engine   = "mysql"
  password = "${secret('RDS password')}"
}
resource "aws_s3_bucket" "b" {
  for_each = toset(var.people)
  bucket   = each.value
  acl      = "public-read"
}
resource "aws_instance" "i" {
  user_data = <<-EOT
    export PGPASSWORD=${secret('user_data heredoc')}
    mysql -p${secret('user_data flag')}
  EOT
}
resource "aws_ecs_task_definition" "t" {
  family = "x"
  container_definitions = jsonencode([{ name = "es", image = "elasticsearch:7.17.9", environment = [{ name = "ELASTIC_PASSWORD", value = "${secret('jsonencode')}" }, { name = "xpack.security.enabled", value = "false" }] }])
}
resource "aws_security_group" "g" {
  ingress {
    description = "${person('description')}"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
`,
  'terraform/terraform.tfvars': `db_password = "${secret('tfvars')}"\napi_token = "${secret('tfvars token', 40)}"\n`,
  'cloudformation/stack.yaml': `AWSTemplateFormatVersion: "2010-09-09"
Description: ${person('CloudFormation')}
Parameters:
  Password: {Type: String, Default: "${secret('CloudFormation default')}"}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, PubliclyAccessible: true, MasterUsername: "${email('CloudFormation user')}", MasterUserPassword: "${secret('CloudFormation password')}"}
  Other:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, MasterUserPassword: !Ref Password}
  Host:
    Type: AWS::EC2::Instance
    Properties: {UserData: "export DB_PASSWORD=${secret('UserData')}"}
`,
  '.github/workflows/deploy.yml': `# ${person('CI')}
name: deploy
on: pull_request_target
env:
  REGISTRY_PASSWORD: ${secret('CI env')}
jobs:
  deploy:
    runs-on: ubuntu-latest
    env: {AWS_SECRET_ACCESS_KEY: "${secret('CI job env', 40)}"}
    steps:
      - uses: actions/checkout@v4
        with: {ref: "\${{ github.event.pull_request.head.sha }}"}
      - run: docker login -u ${email('CI user')} -p ${secret('CI flag')} r.example.test
      - run: curl -H "Authorization: Bearer ${secret('CI header', 40)}" https://x:${secret('CI URL')}@example.test/
      - run: echo "\${{ secrets.TOKEN }}" # ${person('CI step')}
`,
  'nginx/nginx.conf': `# ${person('nginx')}
http {
  server_tokens on; # ${person('nginx line')}
  server {
    listen 80;
    server_name ${noise('server', 8, LOWER)}.example.test;
    location /search/ {
      proxy_pass http://es:9200/?api_key=${secret('nginx URL', 32)};
      proxy_set_header Authorization "Basic ${base64('nginx header')}";
      proxy_set_header X-Api-Key ${secret('nginx key', 32)};
    }
    location /couch/ { proxy_pass http://admin:${secret('nginx userinfo')}@couch:5984; }
    location "/of/${email('nginx location')}" { alias /srv/files/; autoindex on; }
  }
}
`,
  'haproxy/haproxy.cfg': `# ${person('haproxy')}
global
  stats socket ipv4@*:9999 level admin # ${person('haproxy line')}
userlist team
  user ${email('haproxy user')} insecure-password ${secret('haproxy userlist')}
  user other password $6$${secret('haproxy hash', 40)}
defaults
  mode http
frontend search
  bind *:80
  stats auth admin:${secret('haproxy stats')}
  http-request set-header Authorization "Basic ${base64('haproxy header')}"
  default_backend es
backend es
  server es1 10.0.0.5:9200 ssl verify none
`,
  'redis/redis.conf': `# ${person('redis.conf')}
bind 0.0.0.0
protected-mode no
masterauth ${secret('masterauth of redis')}
requirepass ${secret('requirepass of redis')}
user ${email('redis user')} on nopass ~${email('redis key')}:* +@all
user shop on >${secret('redis ACL')} #${secret('redis hash', 64)} ~* +@all
`,
  'acl/users.acl': `user default on nopass ~* &* +@all
user ${email('ACL user')} on >${secret('ACL file')} ~* +@all
user shop on nopass ~person:${email('ACL key')}:* +@all
`,
  'mosquitto/mosquitto.conf': `# ${person('mosquitto.conf')}
listener 1883 0.0.0.0
allow_anonymous true
connection bridge
address broker.example.test:1883
remote_username ${email('MQTT user')}
remote_password ${secret('MQTT password')}
topic person/${email('topic')}/# both
`,
  'memcached/memcached.conf': `# ${person('memcached')}
-d
-m 64
-l 0.0.0.0
-Y /etc/${email('memcached file')}
-u root
`,
  'mysql/my.cnf': `# ${person('my.cnf')}
[client]
user = ${email('my.cnf user')}
password = "${secret('my.cnf password')}"
[mysqld]
bind-address = 0.0.0.0 # ${person('my.cnf line')}
skip-grant-tables
init_connect = 'SET PASSWORD = "${secret('init_connect')}"'
`,
  'couchdb/local.ini': `; ${person('couchdb')}
[couchdb]
uuid = ${noise('uuid', 12)}
[chttpd]
bind_address = 0.0.0.0
[chttpd_auth]
secret = ${secret('couchdb secret', 32)}
[admins]
${email('couchdb administrator')} = ${secret('couchdb password')}
`,
  'postgresql/postgresql.conf': `# ${person('postgresql.conf')}
listen_addresses = '*' # ${person('postgresql.conf line')}
primary_conninfo = 'host=x user=y password=${secret('primary_conninfo of PostgreSQL')}'
archive_command = 'PGPASSWORD=${secret('archive_command')} cp %p /x'
ssl = off
password_encryption = md5
`,
  'postgresql/pg_hba.conf': `# ${person('pg_hba.conf')}
host all "${email('pg_hba user')}" 0.0.0.0/0 trust # ${person('pg_hba line')}
host "${email('pg_hba database')}" all 0.0.0.0/0 ldap ldapserver=x ldapbindpasswd="${secret('ldapbindpasswd')}"
host all all ::/0 radius radiussecrets=${secret('radiussecrets')}
`,
  'mongodb/mongod.conf': `# ${person('mongod.conf')}
net: {bindIp: 0.0.0.0, port: 27017}
security:
  authorization: disabled # ${person('mongod.conf line')}
  ldap: {bind: {queryPassword: "${secret('LDAP of MongoDB')}", queryUser: "${email('LDAP user of MongoDB')}"}}
storage: {dbPath: /data}
`,
  'cassandra/cassandra.yaml': `# ${person('cassandra.yaml')}
cluster_name: "${person('cluster name')}"
authenticator: AllowAllAuthenticator
authorizer: AllowAllAuthorizer
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
rpc_address: 0.0.0.0 # ${person('cassandra line')}
client_encryption_options: {enabled: true, optional: true, keystore_password: ${secret('keystore password')}}
server_encryption_options: {internode_encryption: none, truststore_password: ${secret('truststore password')}}
seed_provider: [{class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [{seeds: "127.0.0.1"}]}]
`,
  'elasticsearch/elasticsearch.yml': `# ${person('elasticsearch.yml')}
cluster.name: shop
network.host: 0.0.0.0 # ${person('elasticsearch line')}
xpack.security.enabled: false
xpack.notification.email.account.work.smtp: {user: "${email('SMTP user')}", password: "${secret('SMTP password')}"}
xpack.security.transport.ssl.keystore.password: ${secret('Elasticsearch key store')}
`,
  'opensearch/opensearch.yml': `# ${person('opensearch.yml')}
cluster.name: shop
network.host: 0.0.0.0
plugins.security.ssl.http.enabled: false
plugins.security.ssl.transport.keystore_password: ${secret('OpenSearch key store')}
plugins.security.authcz.admin_dn: ["CN=${email('admin_dn')},O=x"]
plugins.security.nodes_dn: ["*"]
`,
  'opensearch/internal_users.yml': `_meta: {type: internalusers, config_version: 2}
"${email('OpenSearch user')}":
  hash: "$2y$12$${secret('OpenSearch hash', 53)}"
  description: ${person('OpenSearch user')}
admin:
  hash: "$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG"
`,
  'firebase/firestore.rules': `// ${person('firestore.rules')}
rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /${noise('collection', 8, LOWER)}/{id} {
      allow read: if true; // password ${secret('comment of firestore.rules')}
    }
    match /admin/{id} { allow write: if request.auth.token.email == '${email('condition of firestore.rules')}' || request.query.key == '${secret('key in firestore.rules')}'; }
  }
}
`,
  'firebase/storage.rules': `// ${person('storage.rules')}
service firebase.storage {
  match /b/{bucket}/o {
    match /{allPaths=**} { allow read, write; } // ${person('storage line')}
    match /x/{y} { allow write: if request.auth.token.email == '${email('condition of storage.rules')}'; }
  }
}
`,
  'firebase/database.rules.json': `{
  // ${person('database.rules.json')}
  "rules": {
    "${email('path of the database').replaceAll('.', ',')}": { ".read": true },
    "open": { ".write": true, ".read": "auth.token.email === '${email('condition of the database')}' || root.child('${secret('path as a password')}').exists()" }
  }
}
`,
  's3/policy.json': `{"Version": "2012-10-17", "Id": "${person('bucket policy')}", "Statement": [
  {"Sid": "${email('Sid')}", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/${email('key of a bucket')}/*"},
  {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*", "Condition": {"StringLike": {"aws:Referer": "https://example.test/?k=${secret('referer', 32)}"}}}
]}`,
  'supabase/config.toml': `# ${person('config.toml')}
project_id = "app"
[auth]
minimum_password_length = 6 # ${person('config.toml line')}
enable_anonymous_sign_ins = true
[auth.external.github]
secret = "${secret('config.toml secret')}"
[auth.email.smtp]
user = "${email('SMTP user of Supabase')}"
pass = "${secret('SMTP password of Supabase')}"
`,
  'supabase/migrations/1_start.sql': `-- ${person('SQL')}
create table public."${email('table')}" (id uuid primary key, "${email('column')}" text, password text);
create table public.people (id uuid primary key, email text);
create policy "${email('policy')}" on public.people for select using (true);
alter table public.people enable row level security;
insert into public.people values ('00000000-0000-0000-0000-000000000000', '${email('row')}'), ('00000000-0000-0000-0000-000000000001', '${person('row')}');
create role app login password '${secret('role password')}';
alter role "${email('role')}" password '${secret('second role password')}';
insert into storage.buckets (id, name, public) values ('${email('bucket')}', 'x', true);
create policy w on storage.objects for insert with check (bucket_id = '${secret('bucket as a secret')}');
create function public.f() returns text language sql security definer as $$ select '${secret('function body', 32)}' $$;
select dblink_connect('host=x password=${secret('dblink')}');
`,
  'host/rules.v4': `# ${person('iptables')}
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -p tcp --dport 5432 -m comment --comment "${person('iptables comment')}" -j ACCEPT
-A INPUT -p tcp --dport 6379 -m comment --comment "${email('iptables comment')}" -j ACCEPT
-A INPUT -p tcp --dport 9200 -m string --string "${secret('iptables string')}" --algo bm -j ACCEPT
COMMIT
`,
  'host/nftables.conf': `# ${person('nftables')}
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    tcp dport 5432 accept comment "${person('nftables comment')}"
    tcp dport 6379 accept comment "${email('nftables comment')}" # ${person('nftables line')}
  }
}
`,
  'host/ufw.txt': `Status: active
Logging: off
Default: deny (incoming), allow (outgoing), disabled (routed)
New profiles: skip

To                         Action      From
--                         ------      ----
5432/tcp                   ALLOW IN    Anywhere                   # ${person('ufw comment')}
6379/tcp                   ALLOW IN    Anywhere                   # ${email('ufw comment')}
`,
};

const RULES = `rules:
  - id: own/any-password
    title: Any password
    severity: low
    owner: it
    format: redis.conf
    pointer: requirepass
    value: { matches: "^..*$" }
    description: Whatever stands there.
    remediation: Look at it.
    references: ["https://example.test/"]
    cwe: [CWE-16]
    examples: { bad: ["bind 0.0.0.0\\nrequirepass x-example\\n"], good: ["bind 0.0.0.0\\n"] }
  - id: own/any-variable
    title: Any variable
    severity: low
    owner: it
    format: docker-compose
    pointer: "services.*"
    value: { matches: "^..*$" }
    description: Whatever stands there.
    remediation: Look at it.
    references: ["https://example.test/"]
    cwe: [CWE-16]
    examples: { bad: ["services:\\n  a:\\n    image: redis\\n"], good: ["name: x\\nservices: {}\\n"] }
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-canary-audit-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, 'deploy', path)), { recursive: true });
    writeFileSync(join(folder, 'deploy', path), text);
  }
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'postern.yaml'), 'version: 1\nconfiguration: [deploy]\n');
  writeFileSync(join(folder, 'own.yaml'), RULES);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'markdown'];

it('plants in a file of every format, and every file is read as what it is', async () => {
  const { stdout } = await run(['audit', 'deploy', '--format', 'json', '--exit-zero'], { cwd: folder });
  const told = JSON.parse(stdout) as { files: { format: string }[] };
  const read = new Set(told.files.map(({ format }) => format));
  expect(FORMAT_NAMES.filter((name) => !read.has(name))).toEqual([]);
});

it('shows nothing that stands in configuration, in any report of audit', async () => {
  const all = await everything(
    folder,
    FORMATS.flatMap((format) => [
      ['audit', 'deploy', '--format', format],
      ['audit', 'deploy', '--format', format, '--experimental', '--rules', 'own.yaml'],
    ]),
  );
  expect(leaksIn(all, planted)).toEqual([]);
  expect(all).toContain('own/any-password');
}, 120_000);

it('shows nothing of it in check, which tells stories of it', async () => {
  const all = await everything(folder, [
    ['check', ...[...FORMATS, 'html'].flatMap((format) => ['--output', `${format}=out/check.${format}`])],
  ]);
  expect(leaksIn(all, planted)).toEqual([]);
}, 120_000);

it('shows nothing of it in the diffs and notes of fix', async () => {
  const all = await everything(folder, [
    ['fix', 'deploy', '--dry-run'],
    ['fix', 'deploy', '--dry-run', '--experimental', '--rules', 'own.yaml'],
    ['fix', 'deploy'],
    ['fix', 'deploy', '--yes'],
    ['audit', 'deploy'],
  ]);
  expect(leaksIn(all, planted)).toEqual([]);
  expect(all).toMatch(/^\+\+\+ b\//m);
  expect(all).toMatch(/\d+ patches applied/);
}, 240_000);
