/**
 * Bluemarket's customers and what they did: 12,400 records made from a seed. Everything is synthetic and can be told to
 * be: mail at example.org (RFC 2606), telephone numbers 555-01xx (reserved for fiction in every area), addresses 192.0.2.x (RFC 5737),
 * places around 0° N 0° E in the Gulf of Guinea, and password hashes, card and bank tokens that spell "synthetic".
 */
import { createRandom, type Random } from './random.ts';

export const SHOP_SEED = 20_170_531;

const COUNTS = { customers: 3_900, orders: 6_800, deliveries: 1_200, logins: 500 } as const;

export interface Place {
  lat: number;
  lon: number;
}

export interface Address {
  street: string;
  city: string;
  postal_code: string;
  country: string;
}

export interface Customer {
  customer_id: number;
  full_name: string;
  email: string;
  phone: string;
  password_hash: string;
  birth_date: string;
  address: Address;
  home_location: Place;
  card_brand: string;
  card_last4: string;
  iban_token: string;
  loyalty_points: number;
  newsletter: boolean;
  created_at: string;
}

export interface OrderLine {
  sku: string;
  title: string;
  quantity: number;
  price: number;
}

export interface Order {
  order_id: number;
  customer_id: number;
  email: string;
  phone: string;
  status: string;
  placed_at: string;
  total: number;
  currency: string;
  payment_method: string;
  card_last4: string;
  shipping_address: Address;
  items: OrderLine[];
}

export interface Delivery {
  delivery_id: number;
  order_id: number;
  recipient: string;
  phone: string;
  courier: string;
  status: string;
  location: Place;
  updated_at: string;
}

export interface Login {
  login_id: number;
  customer_id: number;
  email: string;
  ip_address: string;
  device_id: string;
  device_model: string;
  succeeded: boolean;
  at: string;
}

export interface Shop {
  customers: Customer[];
  orders: Order[];
  deliveries: Delivery[];
  logins: Login[];
}

const FIRST = ['Ada', 'Bela', 'Cleo', 'Dario', 'Edda', 'Fynn', 'Gwen', 'Hugo', 'Iris', 'Jona', 'Kaya', 'Levi', 'Mina'];
const LAST = ['Sample', 'Mustermann', 'Example', 'Placeholder', 'Testperson', 'Specimen', 'Exemple', 'Voorbeeld'];
const STREETS = ['Example Street', 'Sample Road', 'Specimen Lane', 'Test Avenue', 'Placeholder Row'];
const CITIES = ['Exampleton', 'Samplebridge', 'Testhaven', 'Specimen-on-Sea'];
const GOODS = ['Rain jacket', 'Desk lamp', 'Trail shoes', 'Coffee grinder', 'Linen shirt', 'Headphones', 'Backpack'];
/** A hundred numbers each are too few for a shop: how many people there are is told by how many numbers differ. */
const AREAS = Array.from({ length: 40 }, (_, index) => 202 + 10 * Math.floor(index / 8) + (index % 8));
const STATUSES = ['paid', 'packed', 'shipped', 'delivered', 'returned'];
const FIRST_DAY = Date.UTC(2023, 0, 1);
const DAY = 86_400_000;

export function createShop(seed: number = SHOP_SEED): Shop {
  const random = createRandom(seed);
  const customers = Array.from({ length: COUNTS.customers }, (_, index) => customer(random, index + 1));
  const orders = Array.from({ length: COUNTS.orders }, (_, index) => order(random, index + 1, random.pick(customers)));
  const deliveries = Array.from({ length: COUNTS.deliveries }, (_, index) =>
    delivery(random, index + 1, random.pick(orders), customers),
  );
  const logins = Array.from({ length: COUNTS.logins }, (_, index) => login(random, index + 1, random.pick(customers)));
  return { customers, orders, deliveries, logins };
}

function customer(random: Random, id: number): Customer {
  const first = random.pick(FIRST);
  const last = random.pick(LAST);
  return {
    customer_id: id,
    full_name: `${first} ${last}`,
    email: `${first}.${last}.${id}@example.org`.toLowerCase(),
    phone: phone(random, id),
    password_hash: `$2b$10$synthetic.synthetic.synt${random.hex(27)}`,
    birth_date: day(random, -25_000, -7_000).slice(0, 10),
    address: address(random),
    home_location: place(random),
    card_brand: random.pick(['visa', 'mastercard', 'girocard']),
    card_last4: String(random.integer(0, 9_999)).padStart(4, '0'),
    iban_token: `iban_synthetic_${random.hex(12)}`,
    loyalty_points: random.integer(0, 5_000),
    newsletter: random.next() < 0.4,
    created_at: day(random, 0, 900),
  };
}

function order(random: Random, id: number, buyer: Customer): Order {
  const items = Array.from({ length: random.integer(1, 3) }, () => ({
    sku: `BM-${random.integer(1_000, 9_999)}`,
    title: random.pick(GOODS),
    quantity: random.integer(1, 3),
    price: random.integer(900, 19_900) / 100,
  }));
  return {
    order_id: id,
    customer_id: buyer.customer_id,
    email: buyer.email,
    phone: buyer.phone,
    status: random.pick(STATUSES),
    placed_at: day(random, 300, 1_000),
    total: Math.round(items.reduce((sum, item) => sum + item.quantity * item.price, 0) * 100) / 100,
    currency: 'EUR',
    payment_method: random.pick(['card', 'card', 'iban', 'voucher']),
    card_last4: buyer.card_last4,
    shipping_address: buyer.address,
    items,
  };
}

function delivery(random: Random, id: number, shipped: Order, customers: readonly Customer[]): Delivery {
  const recipient = customers[shipped.customer_id - 1];
  return {
    delivery_id: id,
    order_id: shipped.order_id,
    recipient: recipient?.full_name ?? 'Sample Recipient',
    phone: recipient?.phone ?? '+1 202 555 0100',
    courier: `courier-${random.integer(1, 24)}`,
    status: random.pick(['loaded', 'on the way', 'at the door', 'handed over']),
    location: place(random),
    updated_at: day(random, 990, 1_000),
  };
}

function login(random: Random, id: number, who: Customer): Login {
  return {
    login_id: id,
    customer_id: who.customer_id,
    email: who.email,
    ip_address: `192.0.2.${random.integer(1, 254)}`,
    device_id: `synthetic-${random.hex(16)}`,
    device_model: random.pick(['Examplephone 4', 'Samplephone XL', 'Testtablet 10']),
    succeeded: random.next() < 0.9,
    at: day(random, 980, 1_000),
  };
}

function address(random: Random): Address {
  return {
    street: `${random.integer(1, 199)} ${random.pick(STREETS)}`,
    city: random.pick(CITIES),
    postal_code: `000${random.integer(10, 99)}`,
    country: 'XX',
  };
}

function phone(random: Random, id: number): string {
  return `+1 ${AREAS[id % AREAS.length]} 555 01${String(random.integer(0, 99)).padStart(2, '0')}`;
}

function place(random: Random): Place {
  return { lat: random.integer(-50_000, 50_000) / 100_000, lon: random.integer(-50_000, 50_000) / 100_000 };
}

function day(random: Random, from: number, to: number): string {
  return new Date(FIRST_DAY + random.integer(from, to) * DAY + random.integer(0, 86_399) * 1_000).toISOString();
}
