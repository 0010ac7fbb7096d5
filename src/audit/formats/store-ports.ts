/** Stores by the port that they wait on and by what people call the machine: for proxies and packet filters. */
import type { Engine } from '../declared.ts';

export interface KnownStore {
  engine: Engine | null;
  /** For people. */
  title: string;
  /** It is spoken to by HTTP, so that a proxy for HTTP passes it on. */
  http: boolean;
}

interface Entry extends KnownStore {
  ports: readonly number[];
  /** Whole words of a host's name. */
  names: readonly string[];
  /** Other programs wait on this port too: it says nothing without a name. */
  shared?: true;
}

const STORES: readonly Entry[] = [
  {
    engine: 'elasticsearch',
    title: 'Elasticsearch',
    http: true,
    ports: [9200, 9201, 9202, 9250],
    names: ['elasticsearch', 'elastic', 'es', 'es01', 'es1'],
  },
  {
    engine: 'opensearch',
    title: 'OpenSearch',
    http: true,
    ports: [9200],
    names: ['opensearch'],
  },
  { engine: 'elasticsearch', title: 'Elasticsearch (transport)', http: false, ports: [9300], names: [] },
  { engine: 'elasticsearch', title: 'Kibana', http: true, ports: [5601], names: ['kibana', 'dashboards'] },
  { engine: 'couchdb', title: 'CouchDB', http: true, ports: [5984, 6984], names: ['couchdb', 'couch'] },
  { engine: 'redis', title: 'Redis', http: false, ports: [6379, 6380], names: ['redis', 'valkey', 'keydb'] },
  {
    engine: 'mongodb',
    title: 'MongoDB',
    http: false,
    ports: [27017, 27018, 27019],
    names: ['mongo', 'mongodb', 'mongod'],
  },
  { engine: 'mysql', title: 'MySQL', http: false, ports: [3306, 33060], names: ['mysql', 'mariadb'] },
  {
    engine: 'postgresql',
    title: 'PostgreSQL',
    http: false,
    ports: [5432, 5433, 6432],
    names: ['postgres', 'postgresql', 'pg', 'pgbouncer', 'timescaledb'],
  },
  { engine: 'mssql', title: 'SQL Server', http: false, ports: [1433], names: ['mssql', 'sqlserver'] },
  { engine: 'cassandra', title: 'Cassandra', http: false, ports: [9042, 9160], names: ['cassandra', 'scylla'] },
  { engine: 'memcached', title: 'Memcached', http: false, ports: [11211], names: ['memcached', 'memcache'] },
  { engine: 'influxdb', title: 'InfluxDB', http: true, ports: [8086], names: ['influxdb', 'influx'], shared: true },
  {
    engine: 'clickhouse',
    title: 'ClickHouse',
    http: true,
    ports: [8123],
    names: ['clickhouse'],
    shared: true,
  },
  { engine: 's3', title: 'MinIO', http: true, ports: [9000, 9001], names: ['minio'], shared: true },
  { engine: 'neo4j', title: 'Neo4j', http: true, ports: [7474, 7473], names: ['neo4j'] },
  { engine: 'neo4j', title: 'Neo4j (Bolt)', http: false, ports: [7687], names: [] },
  { engine: 'rabbitmq', title: 'RabbitMQ', http: false, ports: [5672, 5671], names: ['rabbitmq'] },
  { engine: 'mqtt', title: 'MQTT', http: false, ports: [1883], names: ['mosquitto', 'emqx'] },
  { engine: null, title: 'Solr', http: true, ports: [8983], names: ['solr'] },
  { engine: null, title: 'Qdrant', http: true, ports: [6333], names: ['qdrant'], shared: true },
];

/** Programs whose name holds that of a store and that are none. */
const BESIDE = /exporter|metrics|proxy|sentinel|express|commander|insight|adminer|admin|apm|logstash|backup|ui\b/;

/**
 * What waits at a host and port, as far as names and numbers tell.
 *
 * @param names of the host, the upstream, the backend: whatever people called it
 * @param port null where none is written
 */
export function storeAt(names: readonly string[], port: number | null): KnownStore | null {
  const words = names.flatMap((name) => name.toLowerCase().split(/[^a-z0-9]+/));
  if (names.some((name) => BESIDE.test(name.toLowerCase()))) return null;
  const named = STORES.find(
    (store) => store.names.some((name) => words.includes(name)) && (port === null || store.ports.includes(port)),
  );
  if (named) return named;
  if (port === null) return null;
  return STORES.find((store) => store.shared !== true && store.ports.includes(port)) ?? null;
}

/** Ports that a packet filter should never open to everybody, with the store that usually waits there. */
export const STORE_PORTS: ReadonlyMap<number, string> = new Map(
  STORES.filter(({ shared }) => shared !== true)
    .flatMap(({ ports, title }) => ports.map((port) => [port, title] as const))
    .concat([
      [8086, 'InfluxDB'],
      [8123, 'ClickHouse'],
      [9000, 'MinIO or ClickHouse'],
    ])
    .reverse(),
);
