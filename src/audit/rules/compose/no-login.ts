/** Stores that a compose file starts without a login. */
import { exposureOf, reachedFrom, severityOf } from '../../containers/exposure.ts';
import { STORE_LOGINS, type StoreLogin, withoutLogin } from '../../containers/logins.ts';
import { titleOf } from '../../containers/titles.ts';
import type { ComposeVariable } from '../../formats/compose/environment.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { type AuditRule, defineRule, type Fix, type ReadFile } from '../../model.ts';
import { addVariable, removeVariable, replaceValue } from './edits.ts';

type ComposeRule = AuditRule<'docker-compose'>;

interface NoLogin {
  login: StoreLogin;
  aliases: readonly string[];
  examples: ComposeRule['examples'];
  fix?(service: ComposeService, variable: ComposeVariable | null, file: ReadFile<'docker-compose'>): Fix | null;
}

function noLogin({ login, aliases, examples, fix }: NoLogin): ComposeRule {
  const { engine, slug, expected, title, description, remediation, references, verified } = login;
  return defineRule<'docker-compose'>({
    id: `audit/compose-${slug}`,
    aliases,
    title,
    description,
    remediation,
    references,
    ...(verified && { verified }),
    topic: 'authentication',
    format: 'docker-compose',
    severity: 'critical',
    owner: 'it',
    cwe: ['CWE-306'],
    examples,
    *check(file, context) {
      for (const service of file.document.services) {
        if (service.image?.engine !== engine) continue;
        const open = withoutLogin(service, `services.${service.name}`, context);
        if (!open) continue;
        const exposure = exposureOf(service);
        const variable = service.environment.find(({ name }) => name === open.variable?.name) ?? null;
        yield {
          service: service.name,
          pointer: `services.${service.name}.${open.pointer}`,
          span: open.span,
          actual: open.actual,
          expected,
          message: `${titleOf(engine)} asks for no login, ${reachedFrom(exposure)}.`,
          severity: severityOf(exposure),
          fix: fix?.(service, variable, file) ?? null,
        };
      }
    },
  });
}

const CUTS_OFF = 'Every client without credentials is refused, an app that talks to the store directly among them.';

function asFix(edits: Fix['edits'] | null, title: string, blastRadius: string): Fix | null {
  return edits && { edits, title, blastRadius, needsConfirmation: true };
}

export const elasticsearchNoLogin = noLogin({
  login: STORE_LOGINS.elasticsearch,
  aliases: ['DC-ES-001'],
  fix(service, variable) {
    if (service.image?.publisher === 'bitnami' || service.image?.repository.endsWith('-oss')) return null;
    const edits = variable ? replaceValue(variable, 'true') : addVariable(service, 'xpack.security.enabled', 'true');
    return asFix(
      edits,
      `Switch Elasticsearch security on in \`${service.name}\``,
      `${CUTS_OFF} Set passwords first (ELASTIC_PASSWORD, or elasticsearch-setup-passwords before 8.0); a cluster of several nodes also needs transport TLS, or it does not start.`,
    );
  },
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
});

export const opensearchNoLogin = noLogin({
  login: STORE_LOGINS.opensearch,
  aliases: ['DC-OS-001'],
  fix(service, variable) {
    return asFix(
      variable && replaceValue(variable, 'false'),
      `Switch the OpenSearch security plugin on in \`${service.name}\``,
      `${CUTS_OFF} The REST API then speaks HTTPS, and 2.12 and later need OPENSEARCH_INITIAL_ADMIN_PASSWORD to start.`,
    );
  },
  examples: {
    bad: [
      'services:\n  search:\n    image: opensearchproject/opensearch:2.17.0\n    environment:\n      DISABLE_SECURITY_PLUGIN: "true"\n',
      'services:\n  search:\n    image: bitnami/opensearch:2\n    ports: ["9200:9200"]\n',
    ],
    good: [
      'services:\n  search:\n    image: bitnami/opensearch:2\n    environment:\n      OPENSEARCH_ENABLE_SECURITY: "true"\n',
      'services:\n  search:\n    image: opensearchproject/opensearch:2.17.0\n    environment:\n      OPENSEARCH_INITIAL_ADMIN_PASSWORD: ${ADMIN:?}\n',
    ],
  },
});

export const mongodbNoLogin = noLogin({
  login: STORE_LOGINS.mongodb,
  aliases: ['DC-MG-001'],
  examples: {
    bad: ['services:\n  mongo:\n    image: mongo:7\n    ports: ["27017:27017"]\n'],
    good: [
      'services:\n  mongo:\n    image: mongo:7\n    environment:\n      MONGO_INITDB_ROOT_USERNAME: app\n      MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/mongo\n',
      'services:\n  mongo:\n    image: mongo:7\n    command: ["mongod", "--auth"]\n',
      'services:\n  ui:\n    image: mongo-express:1.0.2\n',
    ],
  },
});

export const redisNoLogin = noLogin({
  login: STORE_LOGINS.redis,
  aliases: ['DC-RD-001'],
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
});

export const postgresqlNoLogin = noLogin({
  login: STORE_LOGINS.postgresql,
  aliases: ['DC-PG-001'],
  fix(service, variable, { document }) {
    const edits = variable && (removeVariable(variable, document.text) ?? replaceValue(variable, 'scram-sha-256'));
    return asFix(
      edits,
      `Let PostgreSQL in \`${service.name}\` ask for passwords`,
      'Clients without a password are refused, and a new container needs POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE. A data volume that exists keeps its pg_hba.conf: change the trust rows there as well.',
    );
  },
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
});

export const mysqlNoLogin = noLogin({
  login: STORE_LOGINS.mysql,
  aliases: ['DC-MY-001'],
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
});

export const couchdbNoLogin = noLogin({
  login: STORE_LOGINS.couchdb,
  aliases: ['DC-CO-001'],
  examples: {
    bad: ['services:\n  couch:\n    image: couchdb:2.3.1\n'],
    good: [
      'services:\n  couch:\n    image: couchdb:3.3\n',
      'services:\n  couch:\n    image: couchdb:2.3.1\n    environment:\n      COUCHDB_USER: admin\n      COUCHDB_PASSWORD: ${COUCHDB_PASSWORD:?}\n',
    ],
  },
});

export const clickhouseNoLogin = noLogin({
  login: STORE_LOGINS.clickhouse,
  aliases: ['DC-CH-001'],
  fix(service, variable) {
    return asFix(
      variable && replaceValue(variable, '0'),
      `Let the image set up ClickHouse users in \`${service.name}\``,
      'The passwordless default user is limited to the container; clients elsewhere need CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.',
    );
  },
  examples: {
    bad: [
      'services:\n  olap:\n    image: clickhouse/clickhouse-server:25.3\n    environment:\n      CLICKHOUSE_SKIP_USER_SETUP: 1\n',
    ],
    good: [
      'services:\n  olap:\n    image: clickhouse/clickhouse-server:25.3\n    environment:\n      CLICKHOUSE_PASSWORD: ${CLICKHOUSE_PASSWORD:?}\n',
    ],
  },
});

export const neo4jNoLogin = noLogin({
  login: STORE_LOGINS.neo4j,
  aliases: [],
  examples: {
    bad: ['services:\n  graph:\n    image: neo4j:5\n    environment:\n      NEO4J_AUTH: none\n'],
    good: [
      'services:\n  graph:\n    image: neo4j:5\n',
      'services:\n  graph:\n    image: neo4j:5\n    environment:\n      NEO4J_AUTH: neo4j/${NEO4J_PASSWORD:?}\n',
    ],
  },
});

export const influxdbNoLogin = noLogin({
  login: STORE_LOGINS.influxdb,
  aliases: [],
  fix(service, variable) {
    return asFix(
      variable && replaceValue(variable, 'true'),
      `Switch authentication of InfluxDB in \`${service.name}\` on`,
      `${CUTS_OFF} Create an admin first.`,
    );
  },
  examples: {
    bad: ['services:\n  tsdb:\n    image: influxdb:1.8\n'],
    good: [
      'services:\n  tsdb:\n    image: influxdb:2.7\n',
      'services:\n  tsdb:\n    image: influxdb:1.8\n    environment:\n      INFLUXDB_HTTP_AUTH_ENABLED: "true"\n',
    ],
  },
});
