/**
 * Whether a document satisfies a filter, computed as the store computes it for exact types. Every hit is checked with
 * this before it is shown, and every document before it is written. What cannot be compared is neither true nor false,
 * so that a negation cannot turn it into a permission.
 */
import type { BoundFilter } from '../contract/grant.ts';
import { type Json, JsonNumber, type JsonObject } from '../json/value.ts';
import { type Compared, equalBoolean, equalKeyword, equalNumber, withinDate, withinNumber } from './compare.ts';
import { valuesAt } from './values.ts';

export function holds(bound: BoundFilter, source: JsonObject): boolean {
  return evaluate(bound, source) === true;
}

function evaluate(bound: BoundFilter, source: JsonObject): Compared {
  switch (bound.kind) {
    case 'terms':
      return anyOf(indexedAt(source, bound.field), (value) => equalsOne(bound, value));
    case 'range':
      return anyOf(indexedAt(source, bound.field), (value) => within(bound, value));
    case 'exists':
      return anyOf(indexedAt(source, bound.field), (value) => (isScalar(value) ? true : undefined));
    case 'all':
      return group(bound.filters, source, false);
    case 'any':
      return group(bound.filters, source, true);
    default: {
      const any = group(bound.filters, source, true);
      return any === undefined || bound.filters.length === 0 ? undefined : !any;
    }
  }
}

/** Kleene's logic: one `decisive` decides; else one that cannot be told leaves it open. An empty group is never true. */
function group(filters: readonly BoundFilter[], source: JsonObject, decisive: boolean): Compared {
  if (filters.length === 0) return undefined;
  let open = false;
  for (const filter of filters) {
    const result = evaluate(filter, source);
    if (result === decisive) return decisive;
    if (result === undefined) open = true;
  }
  return open ? undefined : !decisive;
}

function anyOf(values: readonly Json[] | undefined, test: (value: Json) => Compared): Compared {
  if (values === undefined) return undefined;
  let open = false;
  for (const value of values) {
    const result = test(value);
    if (result === true) return true;
    if (result === undefined) open = true;
  }
  return open ? undefined : false;
}

/**
 * The values of a field; of a multi-field (`tenant.keyword`), which a document does not hold by itself, those of its
 * parent. A document with both is one that no mapping explains.
 */
function indexedAt(source: JsonObject, field: string): readonly Json[] | undefined {
  const values = valuesAt(source, field);
  const dot = field.lastIndexOf('.');
  if (dot === -1) return values;
  const parents = valuesAt(source, field.slice(0, dot)).filter(isScalar);
  if (parents.length === 0) return values;
  return values.length === 0 ? parents : undefined;
}

/** Objects have no value of their own: what the store indexes of them are their members. */
function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value instanceof JsonNumber;
}

function equalsOne(bound: Extract<BoundFilter, { kind: 'terms' }>, value: Json): Compared {
  let open = false;
  for (const wanted of bound.values) {
    const result =
      bound.type === 'keyword'
        ? equalKeyword(wanted, value)
        : bound.type === 'number'
          ? equalNumber(wanted, value)
          : bound.type === 'boolean'
            ? equalBoolean(wanted, value)
            : undefined;
    if (result === true) return true;
    if (result === undefined) open = true;
  }
  return open ? undefined : false;
}

function within(bound: Extract<BoundFilter, { kind: 'range' }>, value: Json): Compared {
  return bound.type === 'date' ? withinDate(bound.bounds, value) : withinNumber(bound.bounds, value);
}
