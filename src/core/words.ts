/** How services, stores and amounts are called, in stories and in every report alike. */
import { own } from './own.ts';
import { STORE_TITLES } from './store-titles.ts';

const SERVICES: Readonly<Record<string, string>> = {
  algolia: 'Algolia',
  'android-debug': 'debug port of an Android app',
  appwrite: 'Appwrite',
  'azure-blob': 'Azure Blob Storage',
  azureblob: 'Azure Blob Storage',
  cassandra: 'Cassandra',
  'chroma-milvus': 'vector database',
  clickhouse: 'ClickHouse',
  consul: 'Consul',
  'couchbase-riak': 'Couchbase or Riak',
  couchdb: 'CouchDB',
  'db-admin-ui': 'database administration page',
  docker: 'Docker Engine API',
  'docker-registry': 'container registry',
  'dynamodb-local': 'DynamoDB Local',
  elasticsearch: 'Elasticsearch',
  etcd: 'etcd',
  'exposed-files': 'forgotten files',
  'firebase-project': 'Firebase project',
  'firebase-remote-config': 'Firebase Remote Config',
  'firebase-rtdb': 'Firebase Realtime Database',
  'firebase-storage': 'Firebase Storage',
  firestore: 'Cloud Firestore',
  ftp: 'FTP server',
  gcs: 'Google Cloud Storage bucket',
  grafana: 'Grafana',
  graphql: 'GraphQL endpoint',
  hasura: 'Hasura',
  influxdb: 'InfluxDB',
  kafka: 'Kafka',
  kibana: 'Kibana',
  kubernetes: 'Kubernetes API',
  ldap: 'LDAP directory',
  mariadb: 'MariaDB',
  meilisearch: 'Meilisearch',
  memcached: 'Memcached',
  mongodb: 'MongoDB',
  mqtt: 'MQTT broker',
  mssql: 'SQL Server',
  mysql: 'MySQL',
  nats: 'NATS',
  neo4j: 'Neo4j',
  nfs: 'NFS export',
  openapi: 'API description',
  opensearch: 'OpenSearch',
  parse: 'Parse Server',
  'parse-server': 'Parse Server',
  pocketbase: 'PocketBase',
  postgresql: 'PostgreSQL',
  prometheus: 'Prometheus',
  qdrant: 'Qdrant',
  rabbitmq: 'RabbitMQ',
  redis: 'Redis',
  rethinkdb: 'RethinkDB',
  rsync: 'rsync daemon',
  s3: 'S3 bucket',
  'search-logs': 'log server',
  smb: 'SMB share',
  solr: 'Solr',
  'spring-actuator': 'Spring Boot Actuator',
  strapi: 'headless CMS',
  supabase: 'Supabase',
  typesense: 'Typesense',
  valkey: 'Valkey',
  weaviate: 'Weaviate',
  zookeeper: 'ZooKeeper',
};

export interface NamedStore {
  id: string;
  host?: string | undefined;
}

/** True when the host is the provider's for all customers: it does not bear the store's own id. */
export function isSharedHost({ id, host }: NamedStore): boolean {
  return host !== undefined && !host.toLowerCase().includes((id.toLowerCase().split('.')[0] ?? id).slice(0, 63));
}

/** What names a managed store: its host, or its id where the host is shared. */
export function storeName(store: NamedStore): string {
  return store.host === undefined || isSharedHost(store) ? store.id : store.host;
}

/** `Elasticsearch` for `elasticsearch`; an id that is not known comes back as it is. */
export function serviceTitle(service: string): string {
  return own(SERVICES, service) ?? own(STORE_TITLES, service) ?? service;
}

type Noun = readonly [one: string, many: string];

const NOUNS: Readonly<Record<string, { set: Noun; record: Noun }>> = (() => {
  const search = { set: ['index', 'indices'], record: ['document', 'documents'] } as const;
  const sql = { set: ['table', 'tables'], record: ['row', 'rows'] } as const;
  const keys = { set: ['key pattern', 'key patterns'], record: ['key', 'keys'] } as const;
  const collections = { set: ['collection', 'collections'], record: ['document', 'documents'] } as const;
  const files = { set: ['folder', 'folders'], record: ['file', 'files'] } as const;
  const objects = { set: ['bucket', 'buckets'], record: ['object', 'objects'] } as const;
  return {
    elasticsearch: search,
    opensearch: search,
    meilisearch: search,
    algolia: search,
    postgresql: sql,
    mysql: sql,
    mariadb: sql,
    cassandra: sql,
    clickhouse: sql,
    mssql: sql,
    supabase: sql,
    'dynamodb-local': { set: ['table', 'tables'], record: ['item', 'items'] },
    redis: keys,
    valkey: keys,
    etcd: keys,
    consul: keys,
    mongodb: collections,
    firestore: collections,
    typesense: collections,
    qdrant: { set: ['collection', 'collections'], record: ['point', 'points'] },
    weaviate: { set: ['class', 'classes'], record: ['object', 'objects'] },
    'chroma-milvus': { set: ['collection', 'collections'], record: ['vector', 'vectors'] },
    pocketbase: collections,
    'parse-server': { set: ['class', 'classes'], record: ['object', 'objects'] },
    appwrite: collections,
    strapi: collections,
    hasura: { set: ['type', 'types'], record: ['record', 'records'] },
    graphql: { set: ['type', 'types'], record: ['record', 'records'] },
    solr: { set: ['core', 'cores'], record: ['document', 'documents'] },
    influxdb: { set: ['measurement', 'measurements'], record: ['series', 'series'] },
    prometheus: { set: ['metric', 'metrics'], record: ['series', 'series'] },
    neo4j: { set: ['label', 'labels'], record: ['node', 'nodes'] },
    couchdb: { set: ['database', 'databases'], record: ['document', 'documents'] },
    memcached: { set: ['slab', 'slabs'], record: ['item', 'items'] },
    rethinkdb: { set: ['table', 'tables'], record: ['document', 'documents'] },
    s3: objects,
    gcs: objects,
    'azure-blob': { set: ['container', 'containers'], record: ['blob', 'blobs'] },
    azureblob: objects,
    'firebase-storage': objects,
    'docker-registry': { set: ['repository', 'repositories'], record: ['image', 'images'] },
    docker: { set: ['kind', 'kinds'], record: ['object', 'objects'] },
    kubernetes: { set: ['resource', 'resources'], record: ['object', 'objects'] },
    kafka: { set: ['topic', 'topics'], record: ['message', 'messages'] },
    rabbitmq: { set: ['queue', 'queues'], record: ['message', 'messages'] },
    nats: { set: ['stream', 'streams'], record: ['message', 'messages'] },
    zookeeper: { set: ['node', 'nodes'], record: ['node', 'nodes'] },
    'exposed-files': { set: ['file', 'files'], record: ['file', 'files'] },
    openapi: { set: ['document', 'documents'], record: ['operation', 'operations'] },
    ftp: files,
    rsync: { set: ['module', 'modules'], record: ['file', 'files'] },
    smb: { set: ['share', 'shares'], record: ['file', 'files'] },
    nfs: { set: ['export', 'exports'], record: ['file', 'files'] },
    ldap: { set: ['subtree', 'subtrees'], record: ['entry', 'entries'] },
    mqtt: { set: ['topic pattern', 'topic patterns'], record: ['retained message', 'retained messages'] },
  };
})();

/** What a store's sets of records and its records are called, one and many. */
export function nounsOf(service: string): { set: Noun; record: Noun } {
  return own(NOUNS, service) ?? { set: ['data set', 'data sets'], record: ['document', 'documents'] };
}

/** `12,400`. Grouped by hand: the output must not depend on the machine's locale. */
export function humanCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `12,400 documents`. */
export function counted(count: number, [one, many]: Noun): string {
  return `${humanCount(count)} ${count === 1 ? one : many}`;
}

/** `a, b and c`. */
export function series(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
