/**
 * The fixture of every bypass case: the indices, documents and fields that a principal may see, and the hidden ones, in
 * two worlds that differ in nothing but what is hidden. Hidden values hold canaries.
 */
import type { Dialect } from '../../../src/guard/contract/store.ts';

export type Source = Record<string, unknown>;
export interface MemoryDocument {
  id: string;
  source: Source;
  seq: number;
}
export interface MemoryIndex {
  name: string;
  /** Leaf types by full path. */
  types: ReadonlyMap<string, string>;
  documents: MemoryDocument[];
}
export interface World {
  indices: Map<string, MemoryIndex>;
  aliases: ReadonlyMap<string, readonly string[]>;
  dialect: Dialect;
}

/** Every hidden value holds one of these; no answer may hold either, in any encoding. */
export const CANARIES = ['CANARY-DOC', 'CANARY-FLD', 'canaryidx', '987654321'] as const;

export const PROFILE_TYPES: ReadonlyMap<string, string> = new Map([
  ['name', 'text'],
  ['name.keyword', 'keyword'],
  ['city', 'keyword'],
  ['age', 'integer'],
  ['tenant', 'keyword'],
  ['email', 'keyword'],
  ['ip', 'ip'],
  ['phone', 'text'],
  ['phone.keyword', 'keyword'],
  ['ssn', 'keyword'],
  ['salary', 'long'],
  ['notes.private', 'keyword'],
  ['all_text', 'text'],
  ['reviews', 'nested'],
  ['reviews.stars', 'integer'],
  ['reviews.secret', 'keyword'],
  ['joined', 'date'],
]);

const CITIES = ['Lyon', 'Oslo', 'Porto', 'Turin'];
const VISIBLE = 12;

/**
 * @param variant 1 or 2: the hidden part differs, the visible part does not
 * @param tenant whose documents are the visible ones
 */
export function createWorld(variant: 1 | 2, dialect: Dialect = 'elasticsearch-8', tenant: 't1' | 't2' = 't1'): World {
  const other = tenant === 't1' ? 't2' : 't1';
  let seq = 0;
  const profiles: MemoryDocument[] = [];
  // Hidden and visible documents lie between one another, as they would.
  for (let n = 1; n <= VISIBLE; n++) {
    profiles.push({ id: `v${n}`, source: visible(n, variant, tenant), seq: seq++ });
    if (n % (variant + 1) === 0) profiles.push({ id: `h${n}`, source: hidden(n, variant, other), seq: seq++ });
  }
  const foreign = (count: number, field: string): MemoryDocument[] =>
    Array.from({ length: count * variant }, (_, n) => ({
      id: String(n + 1),
      source: {
        [field]: `CANARY-DOC-${field}-${variant}-${n}`,
        tenant: other,
        customer: `CANARY-DOC-${variant}`,
        amount: 987654321,
      },
      seq: n,
    }));
  const plain = new Map([
    ['tenant', 'keyword'],
    ['customer', 'keyword'],
    ['amount', 'long'],
  ]);
  const indices = new Map<string, MemoryIndex>();
  const add = (name: string, types: ReadonlyMap<string, string>, documents: MemoryDocument[]) =>
    indices.set(name, { name, types, documents });
  add('profiles', PROFILE_TYPES, profiles);
  add('orders', plain, foreign(3, 'order'));
  add('profiles-archive', PROFILE_TYPES, foreign(2, 'name'));
  add('.ds-logs-app-2026.11.22-000001', plain, foreign(2, 'message'));
  add('.kibana', plain, foreign(1, 'setting'));
  add('.security-7', plain, foreign(1, 'secret'));
  add(`canaryidx-${variant}`, plain, foreign(1, 'thing'));
  return {
    indices,
    aliases: new Map([
      ['people', ['profiles', 'orders']],
      ['me', ['profiles']],
      ['logs-app', ['.ds-logs-app-2026.11.22-000001']],
    ]),
    dialect,
  };
}

/** A document of the visible tenant: some of its fields are hidden, and differ between the worlds. */
function visible(n: number, variant: number, tenant: string): Source {
  return {
    name: `Person ${n} Example`,
    city: CITIES[n % CITIES.length],
    age: 20 + n,
    tenant,
    email: `CANARY-FLD-mail-${variant}-${n}@example.org`,
    ip: variant === 1 ? '192.0.2.77' : '192.0.2.78',
    phone: `CANARY-FLD-phone-${variant}-${n}`,
    ssn: `CANARY-FLD-ssn-${variant}-${n}`,
    salary: variant === 1 ? 987654321 : 1987654321,
    notes: { private: `CANARY-FLD-note-${variant}-${n}` },
    all_text: `CANARY-FLD-all-${variant}-${n} Person ${n}`,
    reviews: [{ stars: n % 5, secret: `CANARY-FLD-review-${variant}-${n}` }],
    joined: `2026-0${(n % 9) + 1}-11T10:00:00Z`,
  };
}

/** A document of the other tenant: hidden as a whole. */
function hidden(n: number, variant: number, tenant: string): Source {
  return {
    name: `CANARY-DOC-${variant}-${n} Example`,
    city: n % 2 === 0 ? `CANARY-DOC-city-${variant}` : 'Oslo',
    age: 20 + n * variant,
    tenant,
    email: `CANARY-DOC-mail-${variant}-${n}@example.org`,
    ip: '198.51.100.9',
    phone: `CANARY-DOC-phone-${variant}-${n}`,
    ssn: `CANARY-DOC-ssn-${variant}-${n}`,
    salary: 987654321,
    notes: { private: `CANARY-DOC-note-${variant}-${n}` },
    all_text: `CANARY-DOC-all-${variant}-${n}`,
    reviews: [{ stars: 5, secret: `CANARY-DOC-review-${variant}-${n}` }],
    joined: '2026-10-10T10:00:00Z',
  };
}
