/** Stores that a compose file starts without a login. */
import type { Engine } from '../../declared.ts';
import type { EnvironmentVariable } from '../../formats/compose/environment.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { type AuditRule, defineRule, type Fix, type ReadFile } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { authenticationOf } from './authentication.ts';
import { addVariable, removeVariable, replaceValue } from './edits.ts';
import { exposureOf, reachedFrom, severityOf } from './exposure.ts';
import { titleOf } from './published.ts';

type ComposeRule = AuditRule<'docker-compose'>;

interface NoLogin {
  engine: Engine;
  /** What stands in the finding as expected. */
  expected: string;
  fix?(service: ComposeService, variable: EnvironmentVariable | null, file: ReadFile<'docker-compose'>): Fix | null;
  rule: Omit<ComposeRule, 'check' | 'format' | 'severity' | 'owner' | 'cwe'>;
}

function noLogin({ engine, expected, fix, rule }: NoLogin): ComposeRule {
  return defineRule<'docker-compose'>({
    ...rule,
    format: 'docker-compose',
    severity: 'critical',
    owner: 'it',
    cwe: ['CWE-306'],
    *check(file, context) {
      for (const service of file.document.services) {
        if (service.image?.engine !== engine) continue;
        const authentication = authenticationOf(service, context);
        if (authentication.state === 'unknown') context.unknown(`services.${service.name}`, authentication.reason);
        // What a mounted file says is found in that file, by its own rules.
        if (authentication.state !== 'off' || authentication.by === 'file') continue;
        const variable = authentication.by === 'variable' ? authentication.variable : null;
        const command = authentication.by === 'command' ? (service.command ?? service.entrypoint) : null;
        const exposure = exposureOf(service);
        yield {
          service: service.name,
          pointer: `services.${service.name}.${variable ? `environment.${variable.name}` : command ? 'command' : 'image'}`,
          span: variable?.span ?? command?.span ?? service.image.span,
          actual: variable
            ? shownSwitch(variable)
            : command
              ? 'switched off by the command'
              : `not set; off by default in ${service.image.reference}`,
          expected,
          message: `${titleOf(engine)} asks for no login, ${reachedFrom(exposure)}.`,
          severity: severityOf(exposure),
          fix: fix?.(service, variable, file) ?? null,
        };
      }
    },
  });
}

/** A switch's value when it is one of the usual words; anything else may be a secret in the wrong place. */
function shownSwitch({ value }: EnvironmentVariable): string {
  return value !== null && /^(?:true|false|yes|no|on|off|0|1|trust)$/i.test(value) ? value : 'set';
}

const CUTS_OFF = 'Every client without credentials is refused, an app that talks to the store directly among them.';

function asFix(edits: Fix['edits'] | null, title: string, blastRadius: string): Fix | null {
  return edits && { edits, title, blastRadius, needsConfirmation: true };
}

export const elasticsearchNoLogin = noLogin({
  engine: 'elasticsearch',
  expected: 'xpack.security.enabled=true and a password',
  fix(service, variable) {
    if (service.image?.publisher === 'bitnami' || service.image?.repository.endsWith('-oss')) return null;
    const edits = variable ? replaceValue(variable, 'true') : addVariable(service, 'xpack.security.enabled', 'true');
    return asFix(
      edits,
      `Switch Elasticsearch security on in \`${service.name}\``,
      `${CUTS_OFF} Set passwords first (ELASTIC_PASSWORD, or elasticsearch-setup-passwords before 8.0); a cluster of several nodes also needs transport TLS, or it does not start.`,
    );
  },
  rule: {
    id: 'audit/compose-elasticsearch-without-login',
    aliases: ['DC-ES-001'],
    title: 'Elasticsearch runs without security',
    description:
      'With `xpack.security.enabled` false – or not set, before 8.0 – Elasticsearch answers everybody: a stranger lists the indices, reads every document and deletes them.',
    remediation:
      'Set `xpack.security.enabled=true` and `ELASTIC_PASSWORD`, give the API its own user with a narrow role, and keep the port unpublished.',
    references: [REFERENCES.elasticsearchSecurity, REFERENCES.elasticsearchSecurity7],
    examples: {
      bad: [
        'services:\n  es:\n    image: elasticsearch:8.15.0\n    environment:\n      - discovery.type=single-node\n      - xpack.security.enabled=false\n',
        'services:\n  es:\n    image: docker.elastic.co/elasticsearch/elasticsearch:7.17.9\n    environment:\n      discovery.type: single-node\n',
      ],
      good: [
        'services:\n  es:\n    image: elasticsearch:8.15.0\n',
        'services:\n  es:\n    image: elasticsearch:7.17.9\n    environment:\n      xpack.security.enabled: "true"\n',
        'services:\n  es:\n    image: elasticsearch:${ES_VERSION}\n',
      ],
    },
  },
});

export const opensearchNoLogin = noLogin({
  engine: 'opensearch',
  expected: 'the security plugin on, and OPENSEARCH_INITIAL_ADMIN_PASSWORD',
  fix(service, variable) {
    return asFix(
      variable && replaceValue(variable, 'false'),
      `Switch the OpenSearch security plugin on in \`${service.name}\``,
      `${CUTS_OFF} The REST API then speaks HTTPS, and 2.12 and later need OPENSEARCH_INITIAL_ADMIN_PASSWORD to start.`,
    );
  },
  rule: {
    id: 'audit/compose-opensearch-without-login',
    aliases: ['DC-OS-001'],
    title: 'OpenSearch runs with its security plugin disabled',
    description:
      'With the security plugin disabled, OpenSearch answers everybody: a stranger lists the indices, reads every document and deletes them.',
    remediation:
      'Remove `DISABLE_SECURITY_PLUGIN` / `plugins.security.disabled`, and set `OPENSEARCH_INITIAL_ADMIN_PASSWORD`.',
    references: [
      'https://docs.opensearch.org/latest/security/configuration/disable-enable-security/',
      'https://docs.opensearch.org/latest/install-and-configure/install-opensearch/docker/',
    ],
    examples: {
      bad: [
        'services:\n  search:\n    image: opensearchproject/opensearch:2.17.0\n    environment:\n      DISABLE_SECURITY_PLUGIN: "true"\n',
      ],
      good: [
        'services:\n  search:\n    image: opensearchproject/opensearch:2.17.0\n    environment:\n      OPENSEARCH_INITIAL_ADMIN_PASSWORD: ${ADMIN:?}\n',
      ],
    },
  },
});

export const mongodbNoLogin = noLogin({
  engine: 'mongodb',
  expected: 'MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD(_FILE)',
  rule: {
    id: 'audit/compose-mongodb-without-login',
    aliases: ['DC-MG-001'],
    title: 'MongoDB runs without access control',
    description:
      'The image switches access control on only when both `MONGO_INITDB_ROOT_USERNAME` and `MONGO_INITDB_ROOT_PASSWORD` (or their `_FILE` forms) are set, and it always binds every address. A stranger reads and drops every database.',
    remediation:
      'Set both variables, the password through a secret file, before the first start; on an existing volume create the user first, then start with `--auth`.',
    references: [REFERENCES.mongoImage, 'https://www.mongodb.com/docs/manual/tutorial/enable-authentication/'],
    examples: {
      bad: ['services:\n  mongo:\n    image: mongo:7\n    ports: ["27017:27017"]\n'],
      good: [
        'services:\n  mongo:\n    image: mongo:7\n    environment:\n      MONGO_INITDB_ROOT_USERNAME: app\n      MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/mongo\n',
        'services:\n  mongo:\n    image: mongo:7\n    command: ["mongod", "--auth"]\n',
        'services:\n  ui:\n    image: mongo-express:1.0.2\n',
      ],
    },
  },
});

export const redisNoLogin = noLogin({
  engine: 'redis',
  expected: '--requirepass, or a redis.conf with requirepass or aclfile',
  rule: {
    id: 'audit/compose-redis-without-login',
    aliases: ['DC-RD-001'],
    title: 'Redis runs without a password',
    description:
      'The official image compiles `protected-mode` to off and binds every address, so without a password everybody who reaches the port reads and writes every key, and can often make the server run commands.',
    remediation:
      'Start it with a `redis.conf` that has `aclfile` or `requirepass` (from a secret, not from the compose file), and keep the port unpublished.',
    references: [REFERENCES.redisSecurity, REFERENCES.redisImage],
    examples: {
      bad: [
        'services:\n  cache:\n    image: redis:7.2-alpine\n',
        'services:\n  cache:\n    image: bitnami/redis:7.2\n    environment:\n      - ALLOW_EMPTY_PASSWORD=yes\n      - REDIS_PORT_NUMBER=6379\n',
      ],
      good: [
        'services:\n  cache:\n    image: redis:7.2-alpine\n    command: redis-server --requirepass ${REDIS_PASSWORD:?}\n',
        'services:\n  cache:\n    image: redis:7.2-alpine\n    command: ["sh", "-c", "exec redis-server --requirepass \\"$$(cat /run/secrets/redis)\\""]\n',
        'services:\n  cache:\n    image: bitnami/redis:7.2\n    environment:\n      REDIS_PASSWORD_FILE: /run/secrets/redis\n',
      ],
    },
  },
});

export const postgresqlNoLogin = noLogin({
  engine: 'postgresql',
  expected: 'scram-sha-256 (the default when the variable is not set)',
  fix(service, variable, { source }) {
    const edits = variable && (removeVariable(variable, source) ?? replaceValue(variable, 'scram-sha-256'));
    return asFix(
      edits,
      `Let PostgreSQL in \`${service.name}\` ask for passwords`,
      'Clients without a password are refused, and a new container needs POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE. A data volume that exists keeps its pg_hba.conf: change the trust rows there as well.',
    );
  },
  rule: {
    id: 'audit/compose-postgresql-trust',
    aliases: ['DC-PG-001'],
    title: 'PostgreSQL trusts every connection',
    description:
      '`POSTGRES_HOST_AUTH_METHOD: trust` writes a `pg_hba.conf` row that lets everybody in from every address as any role, the superuser included, without a password.',
    remediation:
      'Remove the variable, set `POSTGRES_PASSWORD_FILE`, and correct the rows in the `pg_hba.conf` of an existing data volume.',
    references: [REFERENCES.postgresImage, REFERENCES.pgHba],
    examples: {
      bad: [
        'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_DB: shop\n      POSTGRES_HOST_AUTH_METHOD: trust\n',
        'services:\n  db:\n    image: postgres:16\n    environment: [POSTGRES_HOST_AUTH_METHOD=trust]\n',
      ],
      good: [
        'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n',
        'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: scram-sha-256\n',
      ],
    },
  },
});

export const mysqlNoLogin = noLogin({
  engine: 'mysql',
  expected: 'MYSQL_ROOT_PASSWORD_FILE or MYSQL_RANDOM_ROOT_PASSWORD',
  rule: {
    id: 'audit/compose-mysql-empty-root-password',
    aliases: ['DC-MY-001'],
    title: 'MySQL or MariaDB allows an empty root password',
    description:
      'With `MYSQL_ALLOW_EMPTY_PASSWORD` (any value that is not empty, `no` too) and no root password, root logs in from every address without one.',
    remediation:
      'Set `MYSQL_ROOT_PASSWORD_FILE` (or `MYSQL_RANDOM_ROOT_PASSWORD`), remove the variable, and set a password on the existing server.',
    references: [REFERENCES.mysqlImage, 'https://mariadb.com/kb/en/mariadb-docker-environment-variables/'],
    examples: {
      bad: [
        'services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: "yes"\n      MYSQL_DATABASE: shop\n',
        'services:\n  db:\n    image: mariadb:11\n    environment:\n      - MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1\n',
      ],
      good: [
        'services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/db\n',
        'services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: ""\n      MYSQL_RANDOM_ROOT_PASSWORD: "yes"\n',
      ],
    },
  },
});

export const couchdbNoLogin = noLogin({
  engine: 'couchdb',
  expected: 'COUCHDB_USER and COUCHDB_PASSWORD',
  rule: {
    id: 'audit/compose-couchdb-without-admin',
    aliases: ['DC-CO-001'],
    title: 'CouchDB runs without an admin',
    description:
      'Before 3.0, CouchDB without an admin is in "admin party": everybody is an administrator. (3.0 and later refuse to start.)',
    remediation: 'Set `COUCHDB_USER` and `COUCHDB_PASSWORD`, and upgrade to 3.x.',
    references: [
      'https://docs.couchdb.org/en/stable/intro/security.html',
      'https://docs.couchdb.org/en/stable/whatsnew/3.0.html',
    ],
    examples: {
      bad: ['services:\n  couch:\n    image: couchdb:2.3.1\n'],
      good: [
        'services:\n  couch:\n    image: couchdb:3.3\n',
        'services:\n  couch:\n    image: couchdb:2.3.1\n    environment:\n      COUCHDB_USER: admin\n      COUCHDB_PASSWORD: ${COUCHDB_PASSWORD:?}\n',
      ],
    },
  },
});

export const clickhouseNoLogin = noLogin({
  engine: 'clickhouse',
  expected: 'CLICKHOUSE_PASSWORD',
  fix(service, variable) {
    return asFix(
      variable && replaceValue(variable, '0'),
      `Let the image set up ClickHouse users in \`${service.name}\``,
      'The passwordless default user is limited to the container; clients elsewhere need CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.',
    );
  },
  rule: {
    id: 'audit/compose-clickhouse-without-login',
    aliases: ['DC-CH-001'],
    title: 'ClickHouse keeps its default user without a password',
    description:
      '`CLICKHOUSE_SKIP_USER_SETUP=1` keeps the `default` user without a password and open to every address.',
    remediation: 'Remove the variable, and set `CLICKHOUSE_USER` and `CLICKHOUSE_PASSWORD`.',
    references: ['https://github.com/ClickHouse/ClickHouse/blob/master/docker/server/README.md'],
    examples: {
      bad: [
        'services:\n  olap:\n    image: clickhouse/clickhouse-server:25.3\n    environment:\n      CLICKHOUSE_SKIP_USER_SETUP: 1\n',
      ],
      good: [
        'services:\n  olap:\n    image: clickhouse/clickhouse-server:25.3\n    environment:\n      CLICKHOUSE_PASSWORD: ${CLICKHOUSE_PASSWORD:?}\n',
      ],
    },
  },
});
