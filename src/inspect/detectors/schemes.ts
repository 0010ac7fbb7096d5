/** URL schemes that lead to a back end or a data store, with the port that is meant when none is written. */
const SCHEMES: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['ftp', 21],
  ['ftps', 990],
  ['sftp', 22],
  ['mongodb', 27017],
  ['mongodb+srv', 27017],
  ['redis', 6379],
  ['rediss', 6379],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['mysql', 3306],
  ['mariadb', 3306],
  ['sqlserver', 1433],
  ['mssql', 1433],
  ['oracle', 1521],
  ['clickhouse', 8123],
  ['couchdb', 5984],
  ['couchbase', 11210],
  ['couchbases', 11207],
  ['cassandra', 9042],
  ['neo4j', 7687],
  ['neo4j+s', 7687],
  ['bolt', 7687],
  ['memcached', 11211],
  ['elasticsearch', 9200],
  ['ldap', 389],
  ['ldaps', 636],
  ['mqtt', 1883],
  ['mqtts', 8883],
  ['amqp', 5672],
  ['amqps', 5671],
  ['nats', 4222],
  ['stomp', 61613],
  ['kafka', 9092],
  ['smtp', 25],
  ['smtps', 465],
  ['imap', 143],
  ['imaps', 993],
  ['tcp', 0],
  ['ssl', 0],
  ['grpc', 0],
  ['grpcs', 0],
  ['coap', 5683],
  ['coaps', 5684],
  ['rtsp', 554],
  ['rtmp', 1935],
  ['s3', 0],
  ['gs', 0],
]);

export const LONGEST_SCHEME = 13;

export function isScheme(name: string): boolean {
  return SCHEMES.has(name);
}

/** The port meant by a scheme, `undefined` when it means none. */
export function portOfScheme(name: string): number | undefined {
  return SCHEMES.get(name) || undefined;
}

const CLEARTEXT = new Set([
  'http',
  'ws',
  'ftp',
  'mongodb',
  'redis',
  'mqtt',
  'amqp',
  'smtp',
  'mysql',
  'mariadb',
  'ldap',
  'stomp',
  'tcp',
]);

/** Schemes that send in clear unless something outside the URL switches TLS on. */
export function isCleartextScheme(name: string): boolean {
  return CLEARTEXT.has(name);
}

const STORES: ReadonlyMap<string, string> = new Map([
  ['mongodb', 'mongodb'],
  ['mongodb+srv', 'mongodb'],
  ['redis', 'redis'],
  ['rediss', 'redis'],
  ['postgres', 'postgresql'],
  ['postgresql', 'postgresql'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['sqlserver', 'mssql'],
  ['mssql', 'mssql'],
  ['oracle', 'oracle'],
  ['clickhouse', 'clickhouse'],
  ['couchdb', 'couchdb'],
  ['couchbase', 'couchbase'],
  ['couchbases', 'couchbase'],
  ['cassandra', 'cassandra'],
  ['neo4j', 'neo4j'],
  ['neo4j+s', 'neo4j'],
  ['bolt', 'neo4j'],
  ['memcached', 'memcached'],
  ['elasticsearch', 'elasticsearch'],
  ['ldap', 'ldap'],
  ['ldaps', 'ldap'],
]);

const STORE_PORTS: ReadonlyMap<number, string> = new Map([
  [9200, 'elasticsearch'],
  [9201, 'elasticsearch'],
  [9300, 'elasticsearch'],
  [5601, 'kibana'],
  [27017, 'mongodb'],
  [27018, 'mongodb'],
  [6379, 'redis'],
  [5432, 'postgresql'],
  [3306, 'mysql'],
  [5984, 'couchdb'],
  [11211, 'memcached'],
  [9042, 'cassandra'],
  [8086, 'influxdb'],
  [8123, 'clickhouse'],
  [1433, 'mssql'],
  [7474, 'neo4j'],
  [8983, 'solr'],
  [2379, 'etcd'],
  [9000, 'minio'],
]);

/** The data store that a scheme or, failing that, a well-known port names. Port 9000 alone is too common to tell. */
export function storeOf(scheme: string | undefined, port: number | undefined): string | undefined {
  const named = scheme === undefined ? undefined : STORES.get(scheme);
  if (named !== undefined) return named;
  return port === undefined || port === 9000 ? undefined : STORE_PORTS.get(port);
}
