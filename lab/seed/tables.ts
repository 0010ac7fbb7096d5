/** The shop as SQL tables: what its API keeps in PostgreSQL. */
import type { Shop } from './shop.ts';

export interface Table {
  name: string;
  /** The column list of CREATE TABLE. */
  columns: string;
  csv: string;
}

type Cell = string | number | boolean;

export function shopTables(shop: Shop): Table[] {
  return [
    table(
      'customers',
      [
        'customer_id integer PRIMARY KEY',
        'full_name text NOT NULL',
        'email text NOT NULL',
        'phone text',
        'password_hash text',
        'birth_date date',
        'street text',
        'city text',
        'postal_code text',
        'home_latitude double precision',
        'home_longitude double precision',
        'card_last4 text',
        'iban_token text',
        'created_at timestamptz',
      ],
      shop.customers.map((record) => [
        record.customer_id,
        record.full_name,
        record.email,
        record.phone,
        record.password_hash,
        record.birth_date,
        record.address.street,
        record.address.city,
        record.address.postal_code,
        record.home_location.lat,
        record.home_location.lon,
        record.card_last4,
        record.iban_token,
        record.created_at,
      ]),
    ),
    table(
      'orders',
      [
        'order_id integer PRIMARY KEY',
        'customer_id integer NOT NULL',
        'status text NOT NULL',
        'placed_at timestamptz NOT NULL',
        'total numeric(10,2) NOT NULL',
        'currency text NOT NULL',
        'payment_method text',
        'shipping_street text',
        'shipping_city text',
      ],
      shop.orders.map((record) => [
        record.order_id,
        record.customer_id,
        record.status,
        record.placed_at,
        record.total,
        record.currency,
        record.payment_method,
        record.shipping_address.street,
        record.shipping_address.city,
      ]),
    ),
  ];
}

function table(name: string, columns: readonly string[], rows: readonly Cell[][]): Table {
  const csv = rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
  return { name, columns: columns.join(', '), csv };
}

/** RFC 4180 quoting. */
function cell(value: Cell): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
