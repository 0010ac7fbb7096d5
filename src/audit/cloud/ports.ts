/** Ports that stores wait on, and whether a range of a firewall rule covers one. */
import type { Engine } from '../declared.ts';

/** By port: what waits there when nobody changed it. */
export const STORE_PORTS: ReadonlyMap<number, { engine: Engine; title: string }> = new Map([
  [1433, { engine: 'mssql', title: 'SQL Server' }],
  [1883, { engine: 'mqtt', title: 'MQTT' }],
  [3306, { engine: 'mysql', title: 'MySQL/MariaDB' }],
  [5432, { engine: 'postgresql', title: 'PostgreSQL' }],
  [5433, { engine: 'postgresql', title: 'PostgreSQL' }],
  [5439, { engine: 'postgresql', title: 'Redshift' }],
  [5672, { engine: 'rabbitmq', title: 'RabbitMQ' }],
  [5984, { engine: 'couchdb', title: 'CouchDB' }],
  [6379, { engine: 'redis', title: 'Redis' }],
  [6380, { engine: 'redis', title: 'Redis' }],
  [7474, { engine: 'neo4j', title: 'Neo4j' }],
  [7687, { engine: 'neo4j', title: 'Neo4j' }],
  [8086, { engine: 'influxdb', title: 'InfluxDB' }],
  [8123, { engine: 'clickhouse', title: 'ClickHouse' }],
  [9042, { engine: 'cassandra', title: 'Cassandra' }],
  [9160, { engine: 'cassandra', title: 'Cassandra' }],
  [9200, { engine: 'elasticsearch', title: 'Elasticsearch' }],
  [9300, { engine: 'elasticsearch', title: 'Elasticsearch' }],
  [11211, { engine: 'memcached', title: 'Memcached' }],
  [15672, { engine: 'rabbitmq', title: 'RabbitMQ' }],
  [27017, { engine: 'mongodb', title: 'MongoDB' }],
  [27018, { engine: 'mongodb', title: 'MongoDB' }],
  [27019, { engine: 'mongodb', title: 'MongoDB' }],
]);

/** Every port of a protocol. */
export const ALL_PORTS = { from: 0, to: 65_535 } as const;

export interface PortRange {
  from: number;
  to: number;
}

/** The range covers every port, or all but a few. */
export function isEveryPort({ from, to }: PortRange): boolean {
  return from <= 1 && to >= 65_000;
}

/** Titles of the stores whose usual port lies in the range, without repetition, by port. */
export function storesIn(range: PortRange): string[] {
  const titles = [...STORE_PORTS].flatMap(([port, { title }]) =>
    range.from <= port && port <= range.to ? [title] : [],
  );
  return [...new Set(titles)];
}

/** `5432`, `5432-5433`: as ranges are written; null for anything else. `*` is every port. */
export function portRangeOf(text: string): PortRange | null {
  if (text.trim() === '*') return { ...ALL_PORTS };
  const [, low, high] = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(text) ?? [];
  if (low === undefined) return null;
  const range = { from: Number(low), to: Number(high ?? low) };
  return range.to <= 65_535 && range.from <= range.to ? range : null;
}
