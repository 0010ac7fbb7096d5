/** Which engine an image runs, and in which version. Image names are data: add one where it is missing. */

import { own } from '../../core/own.ts';
import type { Engine } from '../declared.ts';

/**
 * Who built the image: the defaults of `official` and `bitnami` images differ from each other and from the engine's.
 * `unknown`: only the name tells the engine, so its defaults and what its tag counts are not known.
 */
export type Publisher = 'official' | 'bitnami' | 'other' | 'unknown';

export interface Image {
  /** As written after interpolation, without digest. */
  reference: string;
  /** Repository without registry, e.g. `bitnami/redis`. */
  repository: string;
  tag: string | null;
  engine: Engine | null;
  /** An administration page for a store, e.g. `phpmyadmin`. */
  adminUi: string | null;
  /** `8.15.0`, `16`; null when the tag does not say. */
  version: string | null;
  publisher: Publisher;
}

const OFFICIAL: Readonly<Record<string, Engine>> = {
  elasticsearch: 'elasticsearch',
  'elasticsearch/elasticsearch': 'elasticsearch',
  'elasticsearch/elasticsearch-oss': 'elasticsearch',
  'opensearchproject/opensearch': 'opensearch',
  postgres: 'postgresql',
  redis: 'redis',
  'valkey/valkey': 'redis',
  mysql: 'mysql',
  mariadb: 'mysql',
  mongo: 'mongodb',
  couchdb: 'couchdb',
  'apache/couchdb': 'couchdb',
  memcached: 'memcached',
  'eclipse-mosquitto': 'mqtt',
  'minio/minio': 's3',
  cassandra: 'cassandra',
  'clickhouse/clickhouse-server': 'clickhouse',
  rabbitmq: 'rabbitmq',
  neo4j: 'neo4j',
  influxdb: 'influxdb',
  'mssql/server': 'mssql',
};

const OTHERS: Readonly<Record<string, Engine>> = {
  'postgis/postgis': 'postgresql',
  'kartoza/postgis': 'postgresql',
  'pgvector/pgvector': 'postgresql',
  'ankane/pgvector': 'postgresql',
  'timescale/timescaledb': 'postgresql',
  'timescale/timescaledb-ha': 'postgresql',
  'supabase/postgres': 'postgresql',
  'citusdata/citus': 'postgresql',
  'sameersbn/postgresql': 'postgresql',
  'redis/redis-stack': 'redis',
  'redis/redis-stack-server': 'redis',
  'eqalpha/keydb': 'redis',
  'dragonflydb/dragonfly': 'redis',
  'mysql/mysql-server': 'mysql',
  'linuxserver/mariadb': 'mysql',
  percona: 'mysql',
  'percona/percona-server': 'mysql',
  'mongodb/mongodb-community-server': 'mongodb',
  'percona/percona-server-mongodb': 'mongodb',
  'emqx/emqx': 'mqtt',
  emqx: 'mqtt',
  'hivemq/hivemq-ce': 'mqtt',
  'hivemq/hivemq4': 'mqtt',
  'vernemq/vernemq': 'mqtt',
  'toke/mosquitto': 'mqtt',
  'scylladb/scylla': 'cassandra',
  'yandex/clickhouse-server': 'clickhouse',
  'localstack/localstack': 's3',
  'adobe/s3mock': 's3',
  'chrislusf/seaweedfs': 's3',
  'azure-sql-edge': 'mssql',
};

/** Names that nothing but the engine has: `example/redis` is a Redis, whoever built it. */
const NAMED: Readonly<Record<string, Engine>> = {
  elasticsearch: 'elasticsearch',
  opensearch: 'opensearch',
  postgres: 'postgresql',
  postgresql: 'postgresql',
  redis: 'redis',
  valkey: 'redis',
  mysql: 'mysql',
  mariadb: 'mysql',
  mongo: 'mongodb',
  mongodb: 'mongodb',
  couchdb: 'couchdb',
  memcached: 'memcached',
  influxdb: 'influxdb',
};

/** Bitnami names its images after the engine; the legacy and secure repositories keep the names. */
const BITNAMI: Readonly<Record<string, Engine>> = {
  elasticsearch: 'elasticsearch',
  opensearch: 'opensearch',
  postgresql: 'postgresql',
  'postgresql-repmgr': 'postgresql',
  redis: 'redis',
  valkey: 'redis',
  mysql: 'mysql',
  mariadb: 'mysql',
  'mariadb-galera': 'mysql',
  mongodb: 'mongodb',
  couchdb: 'couchdb',
  memcached: 'memcached',
  minio: 's3',
  cassandra: 'cassandra',
  clickhouse: 'clickhouse',
  rabbitmq: 'rabbitmq',
};

const ADMIN_UIS: Readonly<Record<string, string>> = {
  phpmyadmin: 'phpMyAdmin',
  'phpmyadmin/phpmyadmin': 'phpMyAdmin',
  adminer: 'Adminer',
  'mongo-express': 'mongo-express',
  'mongo-express/mongo-express': 'mongo-express',
  'dpage/pgadmin4': 'pgAdmin',
  'rediscommander/redis-commander': 'Redis Commander',
  'ghcr.io/joeferner/redis-commander': 'Redis Commander',
  'joeferner/redis-commander': 'Redis Commander',
  'redis/redisinsight': 'Redis Insight',
  'redislabs/redisinsight': 'Redis Insight',
  'erikdubbelboer/phpredisadmin': 'phpRedisAdmin',
  kibana: 'Kibana',
  'kibana/kibana': 'Kibana',
  'opensearchproject/opensearch-dashboards': 'OpenSearch Dashboards',
  'lmenezes/cerebro': 'Cerebro',
  'appbaseio/dejavu': 'dejavu',
  'mobz/elasticsearch-head': 'elasticsearch-head',
  'sosedoff/pgweb': 'pgweb',
  'dbeaver/cloudbeaver': 'CloudBeaver',
};

/** @param reference `[registry/][namespace/]name[:tag][@digest]`, interpolated */
export function readImage(reference: string, tagKnown: boolean): Image {
  const withoutDigest = reference.split('@', 1)[0] ?? '';
  const slash = withoutDigest.lastIndexOf('/');
  const colon = withoutDigest.indexOf(':', slash + 1);
  const path = colon < 0 ? withoutDigest : withoutDigest.slice(0, colon);
  const tag = colon < 0 || !tagKnown ? null : withoutDigest.slice(colon + 1) || null;
  const parts = path.split('/');
  const [head = ''] = parts;
  const hasRegistry = parts.length > 1 && /[.:]|^localhost$/.test(head);
  const kept = hasRegistry ? parts.slice(1) : parts;
  // Mirrors of Docker Hub put `library/` before official names.
  const repository = (kept[0] === 'library' && kept.length === 2 ? kept.slice(1) : kept).join('/').toLowerCase();
  const name = repository.split('/').at(-1) ?? '';
  const isBitnami = /(?:^|\/)bitnami(?:legacy|secure)?\//.test(repository);
  const listed = isBitnami
    ? own(BITNAMI, name)
    : (own(OFFICIAL, repository) ?? own(OTHERS, repository) ?? mirrored(repository));
  const engine = listed ?? (repository.includes('/') ? own(NAMED, name) : undefined);
  const publisher = isBitnami
    ? 'bitnami'
    : own(OFFICIAL, repository) || (listed && mirrored(repository))
      ? 'official'
      : engine && !listed
        ? 'unknown'
        : 'other';
  return {
    reference: withoutDigest,
    repository,
    tag,
    engine: engine ?? null,
    adminUi: own(ADMIN_UIS, repository) ?? null,
    version: versionOf(tag, publisher),
    publisher,
  };
}

/** A mirror of an official image, e.g. `public.ecr.aws/docker/library/redis` or `mirror.gcr.io/library/redis`. */
function mirrored(repository: string): Engine | undefined {
  const official = /(?:^|\/)library\/([^/]+)$/.exec(repository)?.[1];
  return official === undefined ? undefined : own(OFFICIAL, official);
}

function versionOf(tag: string | null, publisher: Publisher): string | null {
  if (tag === null || publisher === 'unknown') return null;
  // pgvector's `0.8.0-pg17`, TimescaleDB's `latest-pg16`: the engine's version stands after `pg`.
  const postgresql = publisher === 'other' ? /(?:^|-)pg(\d+(?:\.\d+)*)/.exec(tag)?.[1] : undefined;
  return postgresql ?? /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1] ?? null;
}

/** Leading number of a version, or null. */
export function majorOf(version: string | null): number | null {
  const major = Number.parseInt(version ?? '', 10);
  return Number.isNaN(major) ? null : major;
}
