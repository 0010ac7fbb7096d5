/** How services, stores and amounts are called, in stories and in every report alike. */
import { own } from './own.ts';
import { STORE_TITLES } from './store-titles.ts';

const SERVICES: Readonly<Record<string, string>> = {
  azureblob: 'Azure Blob Storage',
  cassandra: 'Cassandra',
  couchdb: 'CouchDB',
  elasticsearch: 'Elasticsearch',
  'firebase-project': 'Firebase project',
  'firebase-rtdb': 'Firebase Realtime Database',
  'firebase-storage': 'Firebase Storage',
  firestore: 'Cloud Firestore',
  mariadb: 'MariaDB',
  memcached: 'Memcached',
  mongodb: 'MongoDB',
  mqtt: 'MQTT broker',
  mysql: 'MySQL',
  opensearch: 'OpenSearch',
  parse: 'Parse Server',
  postgresql: 'PostgreSQL',
  redis: 'Redis',
  s3: 'S3 bucket',
  valkey: 'Valkey',
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
  const objects = { set: ['bucket', 'buckets'], record: ['object', 'objects'] } as const;
  return {
    elasticsearch: search,
    opensearch: search,
    postgresql: sql,
    mysql: sql,
    mariadb: sql,
    cassandra: sql,
    redis: keys,
    valkey: keys,
    mongodb: { set: ['collection', 'collections'], record: ['document', 'documents'] },
    couchdb: { set: ['database', 'databases'], record: ['document', 'documents'] },
    memcached: { set: ['slab', 'slabs'], record: ['item', 'items'] },
    s3: objects,
    azureblob: objects,
    'firebase-storage': objects,
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
