/** Declarations for tests, said briefly: what is not named has the usual value. */
import type {
  FieldEncryption,
  Resource,
  ResourceField,
  ResourceFilter,
  ResourceOperation,
  ResourceSchema,
  ResourceSubject,
} from '../../contract/resource.ts';
import { RESOURCE_OPERATIONS } from '../../contract/resource.ts';

export function schema(given: Partial<ResourceSchema> = {}): ResourceSchema {
  return {
    type: 'keyword',
    array: false,
    maxItems: null,
    minLength: null,
    maxLength: null,
    pattern: null,
    minimum: null,
    maximum: null,
    oneOf: null,
    members: null,
    required: false,
    ...given,
  };
}

type Shape = Partial<Omit<ResourceField, 'schema' | 'write' | 'filters' | 'encryption'>> & {
  readonly schema?: Partial<ResourceSchema>;
  readonly write?: readonly ('create' | 'update')[];
  readonly filters?: readonly ResourceFilter[];
  readonly encryption?: Partial<FieldEncryption> & { readonly subject: string };
};

export function field(name: string, given: Shape = {}): ResourceField {
  const { schema: shape, write = [], filters = [], encryption, ...others } = given;
  return {
    name,
    column: name,
    description: '',
    read: true,
    required: false,
    nullable: false,
    mask: null,
    sort: false,
    ...others,
    schema: schema(shape),
    write: new Set(write),
    filters: new Set(filters),
    encryption: encryption === undefined ? null : { lookup: null, beacon: null, ...encryption },
  };
}

type Parts = Partial<Omit<Resource, 'fields' | 'subjects' | 'roles' | 'operations'>> & {
  readonly fields?: readonly ResourceField[];
  readonly subjects?: readonly ResourceSubject[];
  readonly roles?: Readonly<Record<string, readonly ResourceOperation[]>>;
};

export function resource(given: Parts = {}): Resource {
  const { fields = [], subjects = [], roles = { mobile: RESOURCE_OPERATIONS }, ...others } = given;
  return {
    name: 'orders',
    position: 'resources.orders',
    title: 'Orders',
    description: '',
    path: ['v1', 'orders'],
    upstream: 'shop',
    store: 'elasticsearch',
    source: 'orders',
    namespace: null,
    id: { column: null, type: 'uuid' },
    owner: { column: 'customer', type: 'keyword', claim: ['sub'], pseudonym: false },
    filter: null,
    order: [],
    page: { default: 20, max: 100 },
    maxValues: 10,
    maxBody: 65_536,
    hold: null,
    erase: true,
    hash: 'hash-of-orders',
    ...others,
    fields: new Map(fields.map((one) => [one.name, one])),
    subjects: new Map(subjects.map((one) => [one.name, one])),
    roles: new Map(Object.entries(roles).map(([role, operations]) => [role, new Set(operations)])),
    operations: new Set(Object.values(roles).flat()),
  };
}

/** An order with plain, masked and encrypted fields of two people. */
export const ORDERS: Resource = resource({
  filter: { kind: 'term', field: 'deleted', type: 'boolean', value: { literal: false } },
  order: [{ field: 'placed', descending: true }],
  subjects: [
    { name: 'owner', reference: 'customer_ref', from: 'owner' },
    { name: 'recipient', reference: 'recipient_ref', from: { field: 'recipientId' } },
  ],
  fields: [
    field('status', {
      schema: { oneOf: ['open', 'paid', 'sent'] },
      filters: ['eq', 'in', 'exists'],
      sort: true,
      write: ['create', 'update'],
      required: true,
    }),
    field('total', {
      schema: { type: 'number', minimum: 0 },
      filters: ['range'],
      sort: true,
      write: ['create', 'update'],
      nullable: true,
    }),
    field('placed', { schema: { type: 'date' }, filters: ['eq', 'range'], sort: true, write: ['create'] }),
    field('number', { column: 'order_no', schema: { type: 'integer' }, filters: ['eq', 'in'] }),
    field('gift', { schema: { type: 'boolean' }, filters: ['eq'], write: ['create', 'update'] }),
    field('title', { filters: ['eq'], write: ['create', 'update'] }),
    field('tags', {
      schema: { array: true, maxItems: 3, maxLength: 10 },
      filters: ['eq'],
      write: ['create', 'update'],
    }),
    field('address', {
      schema: {
        type: 'object',
        members: new Map([
          ['city', schema({ required: true, maxLength: 40 })],
          ['zip', schema({ pattern: /^\d{5}$/ })],
        ]),
      },
      write: ['create', 'update'],
      nullable: true,
    }),
    field('phone', {
      filters: ['eq', 'in', 'range', 'exists'],
      sort: true,
      write: ['create', 'update'],
      encryption: { subject: 'owner', lookup: 'phone' },
    }),
    field('note', {
      schema: { type: 'text', maxLength: 500 },
      filters: ['eq'],
      write: ['create', 'update'],
      nullable: true,
      encryption: { subject: 'owner' },
    }),
    field('recipientId', { write: ['create', 'update'], nullable: true }),
    field('recipientName', {
      write: ['create', 'update'],
      filters: ['eq'],
      encryption: { subject: 'recipient', beacon: { field: 'recipientName_beacon', bits: 8 } },
    }),
    field('iban', { mask: { kind: 'last', keep: 4 }, filters: ['eq', 'in', 'exists'], sort: true, write: ['create'] }),
    field('secret', { read: false, write: ['create'] }),
  ],
});
