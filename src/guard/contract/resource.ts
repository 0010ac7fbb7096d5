/**
 * Typed resources: what a team declares under `resources` and clients get as REST. The api room reads requests and prints
 * answers; a store's room runs the typed queries below in its own language, with the owner's filter always inside.
 */
import type { JsonObject, JsonScalar } from '../json/value.ts';
import type { BoundFilter, Filter, Mask } from './grant.ts';

export const RESOURCE_OPERATIONS = ['list', 'count', 'get', 'create', 'update', 'delete'] as const;
export type ResourceOperation = (typeof RESOURCE_OPERATIONS)[number];

/** Types that mean the same in every store and in JSON: `date` is RFC 3339 text, `integer` a safe integer. */
export const RESOURCE_TYPES = ['keyword', 'text', 'integer', 'number', 'boolean', 'date', 'uuid', 'object'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** How a list may be narrowed by a field: `?city=…`, `?city[in]=a,b`, `?placed[gte]=…`, `?note[exists]=true`. */
export const RESOURCE_FILTERS = ['eq', 'in', 'range', 'exists'] as const;
export type ResourceFilter = (typeof RESOURCE_FILTERS)[number];

/** Whose personal data the encrypted fields of a document hold. */
export interface ResourceSubject {
  /** Field that names the person in plain: the declaration's own name for this subject. */
  readonly name: string;
  /** Field of the store that holds the person's random pseudonym; written by the gateway alone, never shown. */
  readonly reference: string;
  /** `owner`: the caller, by the owner's claim. A path: a member of the document that names another person. */
  readonly from: 'owner' | { readonly field: string };
}

export interface FieldEncryption {
  /** Name of one of the resource's subjects, whose key encrypts it. */
  readonly subject: string;
  /** How `eq` finds it: over the vault's own map of normalised values to people; null: it cannot be searched. */
  readonly lookup: 'exact' | 'email' | 'phone' | null;
  /** Bits of a truncated keyed hash beside the ciphertext, in `<field>_beacon`; null (the default): the store holds none. */
  readonly beacon: { readonly field: string; readonly bits: number } | null;
}

/** A JSON Schema subset: what a value that a client sends must be. */
export interface ResourceSchema {
  readonly type: ResourceType;
  /** With `array: true` the value is a list of this type. */
  readonly array: boolean;
  readonly maxItems: number | null;
  readonly minLength: number | null;
  /** Characters (code points). */
  readonly maxLength: number | null;
  readonly pattern: RegExp | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly oneOf: readonly JsonScalar[] | null;
  /** Of `object`: its members; nothing else may be in it. */
  readonly members: ReadonlyMap<string, ResourceSchema> | null;
  /** Of a member of an `object`: must be there. */
  readonly required: boolean;
}

export interface ResourceField {
  /** Name in the API and, unless `column` says otherwise, in the store. One segment: no dots. */
  readonly name: string;
  /** Name in the store: top-level member of the document, or column. */
  readonly column: string;
  readonly description: string;
  readonly schema: ResourceSchema;
  /** Shown in answers. */
  readonly read: boolean;
  /** May be sent with. */
  readonly write: ReadonlySet<'create' | 'update'>;
  /** Must be sent when a document is created. */
  readonly required: boolean;
  /** May be null: in answers, and (to clear it) in an update. */
  readonly nullable: boolean;
  readonly mask: Mask | null;
  readonly encryption: FieldEncryption | null;
  readonly filters: ReadonlySet<ResourceFilter>;
  readonly sort: boolean;
}

export interface ResourceOwner {
  /** Column or member that names the owner; set by the gateway at creation, compared in every query. */
  readonly column: string;
  readonly type: 'keyword' | 'number' | 'uuid';
  /** Path of the claim. */
  readonly claim: readonly string[];
  /** The column holds the owner's random pseudonym instead of the claim's value. */
  readonly pseudonym: boolean;
}

/** One declared resource. Frozen; part of a policy snapshot. */
export interface Resource {
  readonly name: string;
  /** Position in the policy, for people: `resources.orders`. */
  readonly position: string;
  readonly title: string;
  readonly description: string;
  /** Decoded segments of its collection: `['v1', 'orders']`. The first is the version. */
  readonly path: readonly string[];
  readonly upstream: string;
  readonly store: 'elasticsearch' | 'postgresql';
  /** Index or data stream; table. */
  readonly source: string;
  /** PostgreSQL schema; null for other stores. */
  readonly namespace: string | null;
  /** Column of the id; null: the document id of the store (Elasticsearch). */
  readonly id: { readonly column: string | null; readonly type: 'uuid' | 'keyword' | 'integer' };
  /** Null only where the policy says `owner: none`. */
  readonly owner: ResourceOwner | null;
  readonly subjects: ReadonlyMap<string, ResourceSubject>;
  /** A further constant filter over columns, beside the owner's; null: none. */
  readonly filter: Filter | null;
  /** By API name, in the policy's order. */
  readonly fields: ReadonlyMap<string, ResourceField>;
  /** What each role may do. */
  readonly roles: ReadonlyMap<string, ReadonlySet<ResourceOperation>>;
  /** Every operation that some role may do: these exist. */
  readonly operations: ReadonlySet<ResourceOperation>;
  /** Default order of a list; may be empty (then by the store's tie-breaker alone). */
  readonly order: readonly ResourceOrder[];
  readonly page: { readonly default: number; readonly max: number };
  /** Most values of one `[in]`. */
  readonly maxValues: number;
  /** Largest body, bytes. */
  readonly maxBody: number;
  /** Documents that an erasure must keep, with the reason; null: none. */
  readonly hold: { readonly filter: Filter; readonly reason: string } | null;
  /** Documents of the owner go with the owner's erasure; `false`: kept, and reported as kept. */
  readonly erase: boolean;
  /** Hash over everything above that decides: a sealed cursor is good only under the declaration that made it. */
  readonly hash: string;
}

export interface ResourceOrder {
  /** API name of the field. */
  readonly field: string;
  readonly descending: boolean;
}

/** A typed comparison on a column. Values are of the column's type; dates are RFC 3339 text in UTC. */
export type Condition =
  | {
      readonly kind: 'in';
      readonly column: string;
      readonly type: ResourceType;
      readonly values: readonly JsonScalar[];
    }
  | {
      readonly kind: 'range';
      readonly column: string;
      readonly type: ResourceType;
      readonly bounds: Readonly<Partial<Record<'gt' | 'gte' | 'lt' | 'lte', string | number>>>;
    }
  | { readonly kind: 'exists'; readonly column: string; readonly exists: boolean };

/** Which documents there are for this caller; a store's room puts it into every query, and checks every document against it again. */
export interface ResourceScope {
  readonly resource: Resource;
  /** Owner's filter and the declaration's, bound; null only for `owner: none` without a filter. */
  readonly bound: BoundFilter | null;
}

export interface ListQuery {
  readonly conditions: readonly Condition[];
  readonly order: readonly { readonly column: string; readonly type: ResourceType; readonly descending: boolean }[];
  readonly size: number;
  /** Position after the last document of the page before: values of `order`, then the store's tie-breaker. */
  readonly after: readonly JsonScalar[] | null;
}

/** A document of the store, by columns: exactly those that `columnsOf(resource)` names and that it has. */
export interface StoredDocument {
  readonly id: string;
  /** Changes with every write. Never shown: an ETag is a keyed token of it. */
  readonly version: string;
  readonly columns: JsonObject;
}

export interface ListPage {
  readonly documents: readonly StoredDocument[];
  /** Where the next page begins; null at the end. */
  readonly next: readonly JsonScalar[] | null;
}

/**
 * Runs typed queries on one store. What `bound` excludes is absent in every respect.
 *
 * @throws Refusal `upstream_down`, `upstream_slow`, `upstream_answer`, `post_check`
 */
export interface ResourceStore {
  list(scope: ResourceScope, query: ListQuery): Promise<ListPage>;
  /** Exact. */
  count(scope: ResourceScope, conditions: readonly Condition[]): Promise<number>;
  get(scope: ResourceScope, id: string): Promise<StoredDocument | undefined>;
  /** `exists`: a document of this id is there, whoever's it is. Visible to the next read. */
  create(scope: ResourceScope, id: string, columns: JsonObject): Promise<StoredDocument | 'exists'>;
  /** Sets these columns (null clears) if the document is still of this version. */
  update(
    scope: ResourceScope,
    id: string,
    version: string,
    columns: JsonObject,
  ): Promise<StoredDocument | 'changed' | 'absent'>;
  /** @param version null: whatever it is */
  remove(scope: ResourceScope, id: string, version: string | null): Promise<'removed' | 'changed' | 'absent'>;
}
