/** How stories name things. */
import type { Category } from '../core/category.ts';
import { own } from '../core/own.ts';

const SERVICES: Readonly<Record<string, string>> = {
  azureblob: 'Azure Blob Storage',
  couchdb: 'CouchDB',
  elasticsearch: 'Elasticsearch',
  'firebase-rtdb': 'Firebase Realtime Database',
  'firebase-storage': 'Firebase Storage',
  firestore: 'Cloud Firestore',
  mariadb: 'MariaDB',
  memcached: 'Memcached',
  mongodb: 'MongoDB',
  mqtt: 'MQTT broker',
  mysql: 'MySQL',
  opensearch: 'OpenSearch',
  postgresql: 'PostgreSQL',
  redis: 'Redis',
  s3: 'S3 bucket',
  valkey: 'Valkey',
};

export function serviceName(service: string): string {
  return own(SERVICES, service) ?? service;
}

/** What a store's sets of records and its records are called, one and many. */
export function nounsOf(service: string): { set: readonly [string, string]; record: readonly [string, string] } {
  switch (service) {
    case 'elasticsearch':
    case 'opensearch':
      return { set: ['index', 'indices'], record: ['document', 'documents'] };
    case 'postgresql':
    case 'mysql':
    case 'mariadb':
      return { set: ['table', 'tables'], record: ['row', 'rows'] };
    case 'redis':
    case 'valkey':
      return { set: ['key pattern', 'key patterns'], record: ['key', 'keys'] };
    case 'mongodb':
      return { set: ['collection', 'collections'], record: ['document', 'documents'] };
    case 'couchdb':
      return { set: ['database', 'databases'], record: ['document', 'documents'] };
    case 'memcached':
      return { set: ['slab', 'slabs'], record: ['item', 'items'] };
    case 's3':
    case 'azureblob':
    case 'firebase-storage':
      return { set: ['bucket', 'buckets'], record: ['object', 'objects'] };
    case 'mqtt':
      return { set: ['topic pattern', 'topic patterns'], record: ['retained message', 'retained messages'] };
    default:
      return { set: ['data set', 'data sets'], record: ['document', 'documents'] };
  }
}

/** In the order in which a sentence names them: what most people recognise first. */
const FIELD_WORDS = {
  email: 'e-mail',
  phone: 'phone',
  credentials: 'password',
  location: 'location',
  travel: 'travel',
  payment: 'payment',
  identity: 'identity',
  orders: 'order',
  health: 'health',
  device: 'device',
} as const satisfies Record<Category, string>;

/** `e-mail, phone, password hash and location fields`. */
export function fieldPhrase(fields: readonly { name: string; category: Category }[]): string {
  const words = Object.entries(FIELD_WORDS).flatMap(([category, word]) => {
    const found = fields.filter((field) => field.category === category);
    if (found.length === 0) return [];
    const hashed = category === 'credentials' && found.some(({ name }) => /hash|bcrypt|scrypt|argon/i.test(name));
    return [hashed ? 'password hash' : word];
  });
  return words.length === 0 ? '' : `${series(words)} fields`;
}

/** `12,400`. Grouped by hand: the output must not depend on the machine's locale. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

export function counted(count: number, [one, many]: readonly [string, string]): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `a, b and c`. */
export function series(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `host:9200`, `[2001:db8::1]:9200`. */
export function authorityOf(host: string, port: number | undefined): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
