/** What a compose file declares about a service: enough for `check` to join it to what was probed. */

export interface PublishedPort {
  /** As written, after interpolation with the known defaults; null when the port is published on no named address. */
  hostIp: string | null;
  /** First port of a range; null when the engine picks a free one. */
  hostPort: number | null;
  containerPort: number;
  protocol: 'tcp' | 'udp';
  line: number;
  column: number;
  pointer: string;
  /** Reachable on every address of the host, both families. */
  allInterfaces: boolean;
}

export interface DeclaredMount {
  /** Relative to the audited root; may not exist. */
  source: string;
  /** Absolute path in the container. */
  target: string;
}

export interface DeclaredService {
  /** Name of the service in its file. */
  name: string;
  /** Compose file, relative to the audited root. */
  file: string;
  line: number;
  /** The format of that file: `docker-compose`, `kubernetes`, … */
  format: string;
  /** Id of the config asset of this service. */
  asset: string;
  image: string | null;
  engine: Engine | null;
  version: string | null;
  published: PublishedPort[];
  mounts: DeclaredMount[];
  /** Names of the environment variables it sets; never values. */
  environment: string[];
  hostNetwork: boolean;
}

/** What runs in an image. Ids agree with the probe's service ids where there is one. */
export type Engine =
  | 'elasticsearch'
  | 'opensearch'
  | 'postgresql'
  | 'redis'
  | 'mysql'
  | 'mongodb'
  | 'couchdb'
  | 'memcached'
  | 'mqtt'
  | 's3'
  | 'cassandra'
  | 'clickhouse'
  | 'rabbitmq'
  | 'neo4j'
  | 'influxdb'
  | 'mssql';
