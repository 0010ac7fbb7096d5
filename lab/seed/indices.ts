/** The shop as search indices: the mappings its developers chose, and one document per record. */
import { createHash } from 'node:crypto';
import type { FieldType, Mapping, StoredIndex } from '../elasticsearch-stand-in/index.ts';
import type { JsonObject } from '../elasticsearch-stand-in/json.ts';
import type { Shop } from './shop.ts';

const ADDRESS: readonly [string, FieldType][] = [
  ['street', 'text'],
  ['city', 'keyword'],
  ['postal_code', 'keyword'],
  ['country', 'keyword'],
];

const CUSTOMERS: Mapping = new Map<string, FieldType>([
  ['customer_id', 'integer'],
  ['full_name', 'text'],
  ['email', 'keyword'],
  ['phone', 'keyword'],
  ['password_hash', 'keyword'],
  ['birth_date', 'date'],
  ...below('address', ADDRESS),
  ['home_location', 'geo_point'],
  ['card_brand', 'keyword'],
  ['card_last4', 'keyword'],
  ['iban_token', 'keyword'],
  ['loyalty_points', 'integer'],
  ['newsletter', 'boolean'],
  ['created_at', 'date'],
]);

const ORDERS: Mapping = new Map<string, FieldType>([
  ['order_id', 'integer'],
  ['customer_id', 'integer'],
  ['email', 'keyword'],
  ['phone', 'keyword'],
  ['status', 'keyword'],
  ['placed_at', 'date'],
  ['total', 'double'],
  ['currency', 'keyword'],
  ['payment_method', 'keyword'],
  ['card_last4', 'keyword'],
  ...below('shipping_address', ADDRESS),
  ['items.sku', 'keyword'],
  ['items.title', 'text'],
  ['items.quantity', 'integer'],
  ['items.price', 'double'],
]);

const DELIVERIES: Mapping = new Map<string, FieldType>([
  ['delivery_id', 'integer'],
  ['order_id', 'integer'],
  ['recipient', 'text'],
  ['phone', 'keyword'],
  ['courier', 'keyword'],
  ['status', 'keyword'],
  ['location', 'geo_point'],
  ['updated_at', 'date'],
]);

const LOGINS: Mapping = new Map<string, FieldType>([
  ['login_id', 'integer'],
  ['customer_id', 'integer'],
  ['email', 'keyword'],
  ['ip_address', 'ip'],
  ['device_id', 'keyword'],
  ['device_model', 'keyword'],
  ['succeeded', 'boolean'],
  ['at', 'date'],
]);

export function createIndices(shop: Shop): StoredIndex[] {
  return [
    index(
      'customers',
      CUSTOMERS,
      shop.customers.map((record) => ({
        ...record,
        address: { ...record.address },
        home_location: { ...record.home_location },
      })),
    ),
    index(
      'deliveries',
      DELIVERIES,
      shop.deliveries.map((record) => ({ ...record, location: { ...record.location } })),
    ),
    index(
      'logins',
      LOGINS,
      shop.logins.map((record) => ({ ...record })),
    ),
    index(
      'orders',
      ORDERS,
      shop.orders.map((record) => ({
        ...record,
        shipping_address: { ...record.shipping_address },
        items: record.items.map((line) => ({ ...line })),
      })),
    ),
  ];
}

function index(name: string, mapping: Mapping, sources: JsonObject[]): StoredIndex {
  const documents = sources.map((source, position) => ({ id: String(position + 1), source }));
  const uuid = createHash('sha256').update(`bluemarket/${name}`).digest('base64url').slice(0, 22);
  const bytes = sources.reduce((sum, source) => sum + Buffer.byteLength(JSON.stringify(source)), 0);
  return { name, uuid, mapping, documents, bytes };
}

function below(parent: string, fields: readonly [string, FieldType][]): [string, FieldType][] {
  return fields.map(([name, type]) => [`${parent}.${name}`, type]);
}
