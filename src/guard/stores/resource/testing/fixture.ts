/** One declared resource, as the policy's reader would make it, and documents of it. */
import type { BoundFilter } from '../../../contract/grant.ts';
import {
  RESOURCE_OPERATIONS,
  type Resource,
  type ResourceField,
  type ResourceScope,
  type ResourceType,
} from '../../../contract/resource.ts';

const TYPES: readonly [name: string, type: ResourceType, array?: boolean][] = [
  ['status', 'keyword'],
  ['note', 'text'],
  ['units', 'integer'],
  ['total', 'number'],
  ['paid', 'boolean'],
  ['placed', 'date'],
  ['basket', 'uuid'],
  ['address', 'object'],
  ['tags', 'keyword', true],
];

export function fieldOf(name: string, type: ResourceType, array = false): ResourceField {
  return {
    name,
    column: name,
    description: '',
    schema: {
      type,
      array,
      maxItems: null,
      minLength: null,
      maxLength: null,
      pattern: null,
      minimum: null,
      maximum: null,
      oneOf: null,
      members: null,
      required: false,
    },
    read: true,
    write: new Set(['create', 'update']),
    required: false,
    nullable: true,
    mask: null,
    encryption: null,
    filters: new Set(['eq', 'in', 'range', 'exists']),
    sort: !array && type !== 'text' && type !== 'object',
  };
}

export function resourceFixture(changes: Partial<Resource>): Resource {
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
    subjects: new Map(),
    filter: { kind: 'term', field: 'deleted', type: 'boolean', value: { literal: false } },
    fields: new Map(TYPES.map(([name, type, array]) => [name, fieldOf(name, type, array)])),
    roles: new Map(),
    operations: new Set(RESOURCE_OPERATIONS),
    order: [],
    page: { default: 20, max: 100 },
    maxValues: 100,
    maxBody: 65_536,
    hold: null,
    erase: true,
    hash: 'h',
    ...changes,
  };
}

/** Orders of `owner` that are not deleted. */
export function scopeFixture(resource: Resource, owner: string): ResourceScope {
  const bound: BoundFilter = {
    kind: 'all',
    filters: [
      { kind: 'terms', field: 'customer', type: 'keyword', values: [owner] },
      { kind: 'terms', field: 'deleted', type: 'boolean', values: [false] },
    ],
  };
  return { resource, bound };
}

/** Texts that would mean something to a parser, if one got to see them. */
export const HOSTILE = [
  `o'; DROP TABLE orders; --`,
  '" OR ""="',
  "' OR '1'='1",
  '$1',
  '%',
  '_%',
  '*',
  'a*b?',
  'x OR y',
  'ssn:1',
  '{"match_all":{}}',
  '\\',
  "\\'",
  'a\\"b,{c}',
  '{}',
  'NULL',
  '\u202e\u0301ẞİ',
  '😀\u{10ffff}',
  'ﬁ\u00a0\u200b',
  ' leading',
  'trailing ',
  '\t\r\n',
  'z'.repeat(8000),
];
