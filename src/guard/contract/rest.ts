/**
 * The REST face of a resource, said once: the api room speaks it, the describe room documents it.
 *
 *   GET    /v1/orders          list    200 {"items": [document, …], "next": cursor or null}
 *   POST   /v1/orders          create  201 document · Location · ETag            body: application/json
 *   GET    /v1/orders/count    count   200 {"count": 17}
 *   GET    /v1/orders/{id}     get     200 document · ETag · 304
 *   PATCH  /v1/orders/{id}     update  200 document · ETag · 412 · 428           body: application/merge-patch+json (RFC 7396)
 *   DELETE /v1/orders/{id}     delete  204 · 412
 *
 * A document is an object: `id` (always a string), then the fields that are read, in the policy's order. A field without a
 * value is left out, or null where it is `nullable` or encrypted (null is also what a shredded value is). Masked fields of
 * whatever type are strings (or null); of an array, lists of them.
 *
 * Query parameters: `<field>` (eq), `<field>[in]` (comma-separated), `<field>[gt|gte|lt|lte]`, `<field>[exists]` (true|false)
 * as `parametersOf` lists them, for list and count; `sort` (comma-separated, `-` first for descending), `size`, `cursor`
 * for list. A page after the first repeats the filters and the order of the first beside `cursor`. With an equality on an
 * encrypted field a page may hold fewer documents than `size`, even none, and still have a `next`: what the store finds is
 * compared after decryption, and only so much is looked at for one page.
 *
 * Request headers: If-Match (PATCH: required; DELETE), If-None-Match (GET of a document), Idempotency-Key (POST),
 * Prefer: return=minimal (POST: 201 without a body; PATCH: 204).
 *
 * Every refusal is application/problem+json (RFC 9457): {type: "urn:postern:problem:<code>", title, status, errors?:
 * [{detail, pointer?}]}; `pointer` is a JSON Pointer (RFC 6901) into the body, and is missing where a parameter is meant.
 */
import type { ResourceField, ResourceOperation } from './resource.ts';

export const MERGE_PATCH = 'application/merge-patch+json';
export const PROBLEM = 'application/problem+json';
export const PROBLEM_TYPE = 'urn:postern:problem:';
/** Longest sealed cursor that is read. */
export const MAX_CURSOR = 6144;
/** Keys of one `sort`. */
export const MAX_SORT = 4;
/** Characters of an Idempotency-Key, without its quotes. */
export const MAX_IDEMPOTENCY_KEY = 255;
/** Last segment of a collection's count. No document of this id can be named. */
export const COUNT = 'count';

/** Method of each operation, and whether its path names one document. */
export const ROUTES = {
  list: { method: 'GET', item: false },
  create: { method: 'POST', item: false },
  count: { method: 'GET', item: false },
  get: { method: 'GET', item: true },
  update: { method: 'PATCH', item: true },
  delete: { method: 'DELETE', item: true },
} as const satisfies Record<ResourceOperation, { method: string; item: boolean }>;

export const RANGE_OPERATORS = ['gt', 'gte', 'lt', 'lte'] as const;
export type RangeOperator = (typeof RANGE_OPERATORS)[number];
export type FilterOperator = 'eq' | 'in' | 'exists' | RangeOperator;

export interface FilterParameter {
  /** As it stands in the query: `placed[gte]`. */
  readonly name: string;
  readonly operator: FilterOperator;
}

/** The filters of one field that clients can use: none of a masked one, equality alone of an encrypted one that can be looked up. */
export function parametersOf(field: ResourceField): readonly FilterParameter[] {
  const { name, filters, encryption, mask } = field;
  if (mask !== null) return [];
  const found: FilterParameter[] = [];
  const lookedUp = encryption === null || encryption.lookup !== null || encryption.beacon !== null;
  if (filters.has('eq') && lookedUp) found.push({ name, operator: 'eq' });
  if (encryption !== null) return found;
  if (filters.has('in')) found.push({ name: `${name}[in]`, operator: 'in' });
  if (filters.has('range')) {
    for (const operator of RANGE_OPERATORS) found.push({ name: `${name}[${operator}]`, operator });
  }
  if (filters.has('exists')) found.push({ name: `${name}[exists]`, operator: 'exists' });
  return found;
}

/** Whether a list can be ordered by the field. */
export function isSortable({ sort, encryption, mask }: ResourceField): boolean {
  return sort && encryption === null && mask === null;
}
