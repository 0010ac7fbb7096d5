import type { JsonScalar } from '../json/value.ts';
import type { ResourceOperation } from './resource.ts';

/** Operations that a rule can grant. Everything else does not exist. `info`, `ping` and `health` need no grant but a principal. */
export const OPERATIONS = [
  'search',
  'count',
  'msearch',
  'get',
  'exists',
  'mget',
  'scroll',
  'pit',
  'field_caps',
  'index',
  'create',
  'update',
  'delete',
  'bulk',
] as const;
export type GrantedOperation = (typeof OPERATIONS)[number];
/** What the journal and the metrics call an operation. */
export type OperationName =
  | GrantedOperation
  | 'info'
  | 'ping'
  | 'health'
  | `resource.${ResourceOperation}`
  | 'describe'
  | `device.${'challenge' | 'enrol' | 'token' | 'revoke'}`;

export const FIELD_TYPES = [
  'keyword',
  'text',
  'long',
  'integer',
  'short',
  'byte',
  'double',
  'float',
  'half_float',
  'scaled_float',
  'boolean',
  'date',
  'ip',
  'geo_point',
  'object',
  'nested',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** How a masked value is shown. Deterministic masks are keyed (`token`), so that equal values can be joined and not guessed. */
export type Mask =
  | { readonly kind: 'redact' }
  | { readonly kind: 'token' }
  | { readonly kind: 'last'; readonly keep: number }
  | { readonly kind: 'email' }
  | { readonly kind: 'network' }
  | { readonly kind: 'year' };

export interface FieldRule {
  /** Full literal path (`address.city`, `name.keyword`). */
  readonly name: string;
  readonly type: FieldType;
  /** Null: shown as it is, and usable in queries. A masked field is shown masked and usable nowhere. */
  readonly mask: Mask | null;
}

/** The fields of a strict rule by full path. What is not in it does not exist. */
export type FieldSet = ReadonlyMap<string, FieldRule>;

/** A literal of the policy, or a claim by its path. */
export type FilterValue = { readonly literal: string | number | boolean } | { readonly claim: readonly string[] };

/** Types that an exact comparison is defined for; a filter on `text` is a policy error. */
export type FilterType = 'keyword' | 'number' | 'boolean' | 'date';

/** The document filter's language: what the gateway can evaluate by itself, so that every returned hit is checked again. */
export type Filter =
  | { readonly kind: 'term'; readonly field: string; readonly type: FilterType; readonly value: FilterValue }
  | {
      readonly kind: 'terms';
      readonly field: string;
      readonly type: FilterType;
      /** One claim that holds a list, or values one by one. */
      readonly values: readonly FilterValue[] | { readonly claim: readonly string[] };
    }
  | {
      readonly kind: 'range';
      readonly field: string;
      readonly type: 'number' | 'date';
      readonly bounds: Readonly<Partial<Record<'gt' | 'gte' | 'lt' | 'lte', FilterValue>>>;
    }
  | { readonly kind: 'exists'; readonly field: string; readonly type: FilterType }
  | { readonly kind: 'all' | 'any' | 'none'; readonly filters: readonly Filter[] };

/** The filter with the principal's claims in it. */
export type BoundFilter =
  | {
      readonly kind: 'terms';
      readonly field: string;
      readonly type: FilterType;
      readonly values: readonly JsonScalar[];
    }
  | {
      readonly kind: 'range';
      readonly field: string;
      readonly type: 'number' | 'date';
      readonly bounds: Readonly<Partial<Record<'gt' | 'gte' | 'lt' | 'lte', string | number>>>;
    }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'all' | 'any' | 'none'; readonly filters: readonly BoundFilter[] };

export interface WriteRules {
  /** Fields that a writer may send, with what a value must be. Without a map (compat) every field. */
  readonly fields: ReadonlyMap<string, WriteField> | null;
  /** Fields that the gateway sets itself, from a literal or a claim; a client that sends another value is refused. */
  readonly set: ReadonlyMap<string, FilterValue>;
  /** Fields that a new document must hold. */
  readonly required: readonly string[];
}

export interface WriteField {
  readonly type: FieldType;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly oneOf?: readonly (string | number | boolean)[];
}

export interface GrantLimits {
  /** Hits in one page. */
  readonly page: number;
  /** from + size. */
  readonly window: number;
  /** Items of one msearch, mget or bulk. */
  readonly items: number;
  /** Clauses of one query, with every value of a `terms`. */
  readonly clauses: number;
  /** Buckets that one aggregation tree may ask for (the product along each branch). */
  readonly buckets: number;
  /** Longest life of a scroll or point in time, milliseconds. */
  readonly keepAlive: number;
}

/** One rule of one role, for one concrete index: what a principal may do there. Frozen; part of a policy snapshot. */
export interface Grant {
  readonly role: string;
  /** Position in the policy, for people: `roles.mobile.rules[0]`. */
  readonly rule: string;
  readonly upstream: string;
  /** The concrete index or data stream that is named to the store. Never an alias, never a pattern. */
  readonly index: string;
  readonly dataStream: boolean;
  readonly mode: 'strict' | 'compat';
  readonly operations: ReadonlySet<GrantedOperation>;
  /** Null only where the rule says `filter: all`. */
  readonly filter: Filter | null;
  /** Null (whole documents) only in compat. */
  readonly fields: FieldSet | null;
  readonly write: WriteRules | null;
  /** With a namespace, document ids are `<namespace>:<id>` in the store and `<id>` for the client. */
  readonly idNamespace: FilterValue | null;
  /** `constant` (default): scores say nothing. `index-wide`: relevance, whose statistics cover hidden documents. */
  readonly scoring: 'constant' | 'index-wide';
  readonly limits: GrantLimits;
  /** Hash over everything above that decides: a sealed id is good only under the grant that made it. */
  readonly hash: string;
}

/** What the names of a request mean to one principal. */
export interface Access {
  /** The grant that decides this operation on the index that the client calls `name` (a concrete name, or an alias that the policy declares); undefined: does not exist for this principal. */
  find(name: string, operation: GrantedOperation): Grant | undefined;
  /** Every grant of the operation, one per concrete index, in the policy's order: what `_all` and wildcards mean. */
  all(operation: GrantedOperation): readonly Grant[];
}
