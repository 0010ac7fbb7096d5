/**
 * Stores that are started without a login: what is true of the engine and its images, wherever the container is declared.
 * The rules of a format add their own places, examples, patches and advice.
 */
import type { Rule } from '../../core/rule.ts';
import type { Engine } from '../declared.ts';
import type { RuleContext } from '../model.ts';
import { REFERENCES } from '../rules/references.ts';
import type { Span } from '../source.ts';
import { authenticationOf } from './authentication.ts';
import type { Container, EnvironmentVariable } from './model.ts';

export interface StoreLogin extends Pick<Rule, 'title' | 'description' | 'references' | 'verified'> {
  engine: Engine;
  /** Last part of a rule's id: `audit/compose-` + slug. */
  slug: string;
  /** What stands in the finding as expected. */
  expected: string;
  /** In terms of the image's variables. */
  remediation: string;
}

export const STORE_LOGINS = {
  elasticsearch: {
    engine: 'elasticsearch',
    slug: 'elasticsearch-without-login',
    expected: 'xpack.security.enabled=true and a password',
    title: 'Elasticsearch runs without security',
    description:
      'With `xpack.security.enabled` false – or not set, before 8.0 – Elasticsearch answers everybody: a stranger lists the indices, reads every document and deletes them.',
    remediation:
      'Set `xpack.security.enabled=true` and `ELASTIC_PASSWORD`, give the API its own user with a narrow role, and keep the port unpublished.',
    references: [REFERENCES.elasticsearchSecurity, REFERENCES.elasticsearchSecurity7],
    verified: {
      by: 'source',
      how: 'https://www.elastic.co/guide/en/elasticsearch/reference/current/security-settings.html – xpack.security.enabled is true by default since 8.0; before, the basic licence left it off; false disables every check',
    },
  },
  opensearch: {
    engine: 'opensearch',
    slug: 'opensearch-without-login',
    expected: 'the security plugin on, and OPENSEARCH_INITIAL_ADMIN_PASSWORD',
    title: 'OpenSearch runs with its security plugin disabled',
    description:
      'With the security plugin disabled, OpenSearch answers everybody: a stranger lists the indices, reads every document and deletes them.',
    remediation:
      'Remove `DISABLE_SECURITY_PLUGIN` / `plugins.security.disabled`, and set `OPENSEARCH_INITIAL_ADMIN_PASSWORD`; of Bitnami’s image set `OPENSEARCH_ENABLE_SECURITY=true` and `OPENSEARCH_PASSWORD`.',
    references: [
      'https://docs.opensearch.org/latest/security/configuration/disable-enable-security/',
      'https://docs.opensearch.org/latest/install-and-configure/install-opensearch/docker/',
    ],
    verified: {
      by: 'source',
      how: 'https://docs.opensearch.org/latest/security/configuration/disable-enable-security/ – plugins.security.disabled: true, or DISABLE_SECURITY_PLUGIN=true in the image, removes authentication and TLS; https://github.com/bitnami/containers/tree/main/bitnami/opensearch – OPENSEARCH_ENABLE_SECURITY is false by default',
    },
  },
  mongodb: {
    engine: 'mongodb',
    slug: 'mongodb-without-login',
    expected: 'MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD(_FILE)',
    title: 'MongoDB runs without access control',
    description:
      'The image switches access control on only when both `MONGO_INITDB_ROOT_USERNAME` and `MONGO_INITDB_ROOT_PASSWORD` (or their `_FILE` forms) are set, and it always binds every address. A stranger reads and drops every database.',
    remediation:
      'Set both variables, the password through a secret file, before the first start; on an existing volume create the user first, then start with `--auth`.',
    references: [REFERENCES.mongoImage, 'https://www.mongodb.com/docs/manual/tutorial/enable-authentication/'],
    verified: {
      by: 'source',
      how: 'https://github.com/docker-library/mongo/blob/master/docker-entrypoint.sh – --auth is added only when MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD are both set, and --bind_ip_all otherwise',
    },
  },
  redis: {
    engine: 'redis',
    slug: 'redis-without-login',
    expected: '--requirepass, or a redis.conf with requirepass or aclfile',
    title: 'Redis runs without a password',
    description:
      'The official image compiles `protected-mode` to off and binds every address, so without a password everybody who reaches the port reads and writes every key, and can often make the server run commands.',
    remediation:
      'Start it with a `redis.conf` that has `aclfile` or `requirepass` (from a secret, not from the compose file), and keep the port unpublished.',
    references: [REFERENCES.redisSecurity, REFERENCES.redisImage],
    verified: {
      by: 'source',
      how: 'https://github.com/docker-library/redis/blob/master/Dockerfile.template – protected-mode is patched to off in the source before it is built, and no password is set',
    },
  },
  postgresql: {
    engine: 'postgresql',
    slug: 'postgresql-trust',
    expected: 'scram-sha-256 (the default when the variable is not set)',
    title: 'PostgreSQL trusts every connection',
    description:
      '`POSTGRES_HOST_AUTH_METHOD: trust` writes a `pg_hba.conf` row that lets everybody in from every address as any role, the superuser included, without a password.',
    remediation:
      'Remove the variable, set `POSTGRES_PASSWORD_FILE`, and correct the rows in the `pg_hba.conf` of an existing data volume.',
    references: [REFERENCES.postgresImage, REFERENCES.pgHba],
    verified: {
      by: 'source',
      how: 'https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh – pg_setup_hba_conf appends `host all all all $POSTGRES_HOST_AUTH_METHOD`',
    },
  },
  mysql: {
    engine: 'mysql',
    slug: 'mysql-empty-root-password',
    expected: 'MYSQL_ROOT_PASSWORD_FILE or MYSQL_RANDOM_ROOT_PASSWORD',
    title: 'MySQL or MariaDB allows an empty root password',
    description:
      'With `MYSQL_ALLOW_EMPTY_PASSWORD` (any value that is not empty, `no` too) and no root password, root logs in from every address without one.',
    remediation:
      'Set `MYSQL_ROOT_PASSWORD_FILE` (or `MYSQL_RANDOM_ROOT_PASSWORD`), remove the variable, and set a password on the existing server.',
    references: [REFERENCES.mysqlImage, 'https://mariadb.com/kb/en/mariadb-docker-environment-variables/'],
    verified: {
      by: 'source',
      how: 'https://github.com/docker-library/mysql/blob/master/template/docker-entrypoint.sh – docker_verify_minimum_env accepts a non-empty MYSQL_ALLOW_EMPTY_PASSWORD in place of a root password, and root@% is created',
    },
  },
  couchdb: {
    engine: 'couchdb',
    slug: 'couchdb-without-admin',
    expected: 'COUCHDB_USER and COUCHDB_PASSWORD',
    title: 'CouchDB runs without an admin',
    description:
      'Before 3.0, CouchDB without an admin is in "admin party": everybody is an administrator. (3.0 and later refuse to start.)',
    remediation: 'Set `COUCHDB_USER` and `COUCHDB_PASSWORD`, and upgrade to 3.x.',
    references: [
      'https://docs.couchdb.org/en/stable/intro/security.html',
      'https://docs.couchdb.org/en/stable/whatsnew/3.0.html',
    ],
    verified: {
      by: 'source',
      how: 'https://docs.couchdb.org/en/stable/whatsnew/3.0.html – 3.0 no longer starts without an admin; 2.x is in admin party until one is made',
    },
  },
  clickhouse: {
    engine: 'clickhouse',
    slug: 'clickhouse-without-login',
    expected: 'CLICKHOUSE_PASSWORD',
    title: 'ClickHouse keeps its default user without a password',
    description:
      '`CLICKHOUSE_SKIP_USER_SETUP=1` keeps the `default` user without a password and open to every address.',
    remediation: 'Remove the variable, and set `CLICKHOUSE_USER` and `CLICKHOUSE_PASSWORD`.',
    references: ['https://github.com/ClickHouse/ClickHouse/blob/master/docker/server/README.md'],
    verified: {
      by: 'source',
      how: 'https://github.com/ClickHouse/ClickHouse/blob/master/docker/server/entrypoint.sh – CLICKHOUSE_SKIP_USER_SETUP=1 leaves the default user of users.xml, without a password and with networks ::/0',
    },
  },
  neo4j: {
    engine: 'neo4j',
    slug: 'neo4j-without-login',
    expected: 'NEO4J_AUTH=neo4j/<password>, or NEO4J_AUTH_FILE',
    title: 'Neo4j runs without authentication',
    description:
      '`NEO4J_AUTH=none` switches authentication off: a stranger reads, changes and deletes the graph, and with procedures such as `apoc.load` gets at files and other machines.',
    remediation:
      'Set `NEO4J_AUTH_FILE` to a secret with `neo4j/<password>`, or remove the variable and set a password at the first login.',
    references: ['https://neo4j.com/docs/operations-manual/current/docker/introduction/'],
    verified: {
      by: 'source',
      how: 'https://neo4j.com/docs/operations-manual/current/docker/introduction/ – NEO4J_AUTH=none disables authentication; without it the password must be changed at the first login',
    },
  },
  influxdb: {
    engine: 'influxdb',
    slug: 'influxdb-without-login',
    expected: 'INFLUXDB_HTTP_AUTH_ENABLED=true and an admin',
    title: 'InfluxDB 1.x runs without authentication',
    description:
      'In 1.x `auth-enabled` is false by default: a stranger reads, writes and drops every measurement over HTTP. (2.x and later always ask for a token.)',
    remediation:
      'Create an admin (`INFLUXDB_ADMIN_USER`, `INFLUXDB_ADMIN_PASSWORD`), set `INFLUXDB_HTTP_AUTH_ENABLED=true`, or move to 2.x.',
    references: ['https://docs.influxdata.com/influxdb/v1/administration/authentication_and_authorization/'],
    verified: {
      by: 'source',
      how: 'https://docs.influxdata.com/influxdb/v1/administration/config/#auth-enabled – false by default, environment INFLUXDB_HTTP_AUTH_ENABLED',
    },
  },
} as const satisfies Readonly<Partial<Record<Engine, StoreLogin>>>;

/** Why a container's store asks for no login, and where that is declared. */
export interface WithoutLogin {
  /** Below the container: `environment.NAME`, `command`, `image`. */
  pointer: string;
  span: Span;
  actual: string;
  /** The variable that switches the login off; null: the command or the image's default does. */
  variable: EnvironmentVariable | null;
}

/**
 * Null when the store asks for a login, when that cannot be told (which is then said), and when a mounted file decides
 * (it is judged by its own rules).
 *
 * @param subject how the container is called where something could not be told
 */
export function withoutLogin(container: Container, subject: string, context: RuleContext): WithoutLogin | null {
  if (!container.image) return null;
  const authentication = authenticationOf(container, context);
  if (authentication.state === 'unknown') context.unknown(subject, authentication.reason);
  if (authentication.state !== 'off' || authentication.by === 'file') return null;
  if (authentication.by === 'variable') {
    const { variable } = authentication;
    return { pointer: `environment.${variable.name}`, span: variable.span, actual: shownSwitch(variable), variable };
  }
  const command = authentication.by === 'command' ? (container.command ?? container.entrypoint) : null;
  if (command) {
    return { pointer: 'command', span: command.span, actual: 'switched off by the command', variable: null };
  }
  const { span, reference } = container.image;
  return { pointer: 'image', span, actual: `not set; off by default in ${reference}`, variable: null };
}

/** A switch's value when it is one of the usual words; anything else may be a secret in the wrong place. */
function shownSwitch({ value }: EnvironmentVariable): string {
  return value !== null && /^(?:true|false|yes|no|on|off|0|1|trust)$/i.test(value) ? value : 'set';
}
