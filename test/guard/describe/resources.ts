/** Declared resources as the policy compiles them, for tests of their description. */
import type { FilterValue } from '../../../src/guard/contract/grant.ts';
import {
  RESOURCE_OPERATIONS,
  type Resource,
  type ResourceField,
  type ResourceFilter,
  type ResourceSchema,
  type ResourceType,
} from '../../../src/guard/contract/resource.ts';
import type { ApiConfig } from '../../../src/guard/policy/resources-config.ts';

export function schemaOf(type: ResourceType, limits: Partial<ResourceSchema> = {}): ResourceSchema {
  return {
    type,
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
    ...limits,
  };
}

interface FieldParts extends Partial<Omit<ResourceField, 'name' | 'schema' | 'filters' | 'write'>> {
  readonly limits?: Partial<ResourceSchema>;
  readonly filters?: readonly ResourceFilter[];
  readonly write?: readonly ('create' | 'update')[];
}

export function fieldOf(name: string, type: ResourceType, parts: FieldParts = {}): ResourceField {
  const { limits, filters, write, ...rest } = parts;
  return {
    name,
    column: `column_${name}`,
    description: '',
    schema: schemaOf(type, limits),
    read: true,
    required: false,
    nullable: false,
    mask: null,
    encryption: null,
    sort: false,
    ...rest,
    filters: new Set(filters ?? []),
    write: new Set(write ?? []),
  };
}

export function resourceOf(name: string, fields: readonly ResourceField[], parts: Partial<Resource> = {}): Resource {
  return {
    name,
    position: `resources.${name}`,
    title: name.charAt(0).toUpperCase() + name.slice(1),
    description: '',
    path: ['v1', name],
    upstream: 'hidden-upstream',
    store: 'elasticsearch',
    source: `hidden-index-${name}`,
    namespace: null,
    id: { column: null, type: 'uuid' },
    owner: { column: 'hidden_owner', type: 'keyword', claim: ['hidden_claim'], pseudonym: false },
    subjects: new Map(),
    filter: null,
    fields: new Map(fields.map((field) => [field.name, field])),
    roles: new Map([['hidden-role', new Set(RESOURCE_OPERATIONS)]]),
    operations: new Set(RESOURCE_OPERATIONS),
    order: [],
    page: { default: 20, max: 100 },
    maxValues: 50,
    maxBody: 65_536,
    hold: null,
    erase: true,
    hash: `hash-of-${name}`,
    ...parts,
  };
}

const deleted: FilterValue = { literal: true };

/** Everything that a declaration can say, once. */
export function orders(): Resource {
  const both = ['create', 'update'] as const;
  return resourceOf(
    'orders',
    [
      fieldOf('status', 'keyword', {
        description: 'How far it has come',
        limits: { oneOf: ['open', 'paid', 'sent'] },
        filters: ['eq', 'in'],
        sort: true,
        write: both,
        required: true,
      }),
      fieldOf('total', 'number', { limits: { minimum: 0 }, filters: ['range'], sort: true, write: ['create'] }),
      fieldOf('quantity', 'integer', { limits: { minimum: 1, maximum: 99 }, filters: ['eq', 'range'], write: both }),
      fieldOf('placed', 'date', { filters: ['range'], sort: true, write: ['create'] }),
      fieldOf('gift', 'boolean', { filters: ['eq'], write: both }),
      fieldOf('basket', 'uuid', { filters: ['eq', 'in'], write: ['create'], required: true }),
      fieldOf('phone', 'keyword', {
        encryption: { subject: 'owner', lookup: 'phone', beacon: null },
        limits: { maxLength: 40 },
        filters: ['eq'],
        write: both,
      }),
      fieldOf('email', 'keyword', {
        encryption: { subject: 'owner', lookup: 'email', beacon: null },
        mask: { kind: 'email' },
        filters: ['eq', 'in'],
        write: ['create'],
      }),
      fieldOf('note', 'text', {
        encryption: { subject: 'owner', lookup: null, beacon: null },
        limits: { maxLength: 500 },
        nullable: true,
        filters: ['exists'],
        write: both,
      }),
      fieldOf('iban', 'keyword', { mask: { kind: 'last', keep: 4 } }),
      fieldOf('tags', 'keyword', {
        limits: { array: true, maxItems: 10, maxLength: 20, pattern: /^[a-z]+$/u },
        filters: ['eq', 'in'],
        write: both,
      }),
      fieldOf('address', 'object', {
        limits: {
          members: new Map([
            ['street', schemaOf('text', { maxLength: 200, required: true })],
            ['city', schemaOf('keyword', { minLength: 1, required: true })],
            ['lines', schemaOf('text', { array: true, maxItems: 3 })],
          ]),
        },
        nullable: true,
        write: both,
      }),
      fieldOf('secretCode', 'keyword', { read: false, write: ['create'], limits: { minLength: 4, maxLength: 8 } }),
    ],
    {
      title: 'Orders',
      description: 'What was bought',
      order: [{ field: 'placed', descending: true }],
      filter: { kind: 'none', filters: [{ kind: 'term', field: 'hidden_deleted', type: 'boolean', value: deleted }] },
    },
  );
}

/** A resource that can only be looked at. */
export function products(): Resource {
  return resourceOf('products', [fieldOf('name', 'text'), fieldOf('price', 'number', { filters: ['range'] })], {
    path: ['v1', 'shop', 'products'],
    id: { column: 'hidden_id', type: 'integer' },
    owner: null,
    store: 'postgresql',
    upstream: 'furniture',
    operations: new Set(['list', 'count', 'get']),
  });
}

export function shop(resources: readonly Resource[] = [orders(), products()]): ApiConfig {
  return { title: 'Shop', description: 'Orders of a shop', publish: true, corsOrigins: [], resources };
}
