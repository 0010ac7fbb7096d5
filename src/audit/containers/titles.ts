import type { Engine } from '../declared.ts';

const TITLES: Readonly<Record<Engine, string>> = {
  elasticsearch: 'Elasticsearch',
  opensearch: 'OpenSearch',
  postgresql: 'PostgreSQL',
  redis: 'Redis',
  mysql: 'MySQL/MariaDB',
  mongodb: 'MongoDB',
  couchdb: 'CouchDB',
  memcached: 'Memcached',
  mqtt: 'the MQTT broker',
  s3: 'the object store',
  cassandra: 'Cassandra',
  clickhouse: 'ClickHouse',
  rabbitmq: 'RabbitMQ',
  neo4j: 'Neo4j',
  influxdb: 'InfluxDB',
  mssql: 'SQL Server',
};

/** An engine as people call it. */
export function titleOf(engine: Engine): string {
  return TITLES[engine];
}
