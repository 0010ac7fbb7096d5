/**
 * Filters and conditions as SQL.
 *
 * A comparison with NULL is neither true nor false to the database, and false to the filter (a missing field equals
 * nothing). Where a clause stands for itself the two are the same, since only what is true is chosen; under a negation
 * they differ, so that is written `IS NOT TRUE`.
 */
import type { BoundFilter } from '../../contract/grant.ts';
import { Refusal } from '../../contract/refusal.ts';
import type { Condition, Resource, ResourceScope } from '../../contract/resource.ts';
import type { Json } from '../../json/value.ts';
import { type Column, columnOf, kindOf } from './kind.ts';
import { type Kind, literal, parameter, sqlType } from './literal.ts';
import { join, name, type Sql, sql, type Values } from './print.ts';

const FALSE = sql`FALSE`;

/** What the caller's documents are, and what of them is asked for. */
export function whereScope(
  { resource, bound }: ResourceScope,
  conditions: readonly Condition[],
  values: Values,
  narrowed: readonly Sql[] = [],
): Sql {
  const parts = bound === null ? [] : [whereFilter(resource, bound, values)];
  parts.push(...conditions.map((condition) => whereCondition(resource, condition, values)), ...narrowed);
  return parts.length === 0 ? sql`TRUE` : join(parts, ' AND ');
}

export function whereFilter(resource: Resource, bound: BoundFilter, values: Values): Sql {
  switch (bound.kind) {
    case 'terms':
      return equals(bound.field, columnOf(resource, bound.field, bound.type), bound.values, values);
    case 'range':
      return within(bound.field, columnOf(resource, bound.field, bound.type), bound.bounds, values);
    case 'exists':
      return exists(bound.field, columnOf(resource, bound.field, null));
    default: {
      const parts = bound.filters.map((filter) => whereFilter(resource, filter, values));
      // A policy that has such a group is refused; if one came here, it must not open anything.
      if (parts.length === 0) throw new Refusal('forbidden', 'filter: an empty group');
      if (bound.kind === 'all') return sql`(${join(parts, ' AND ')})`;
      return bound.kind === 'any' ? sql`(${join(parts, ' OR ')})` : sql`(${join(parts, ' OR ')}) IS NOT TRUE`;
    }
  }
}

export function whereCondition(resource: Resource, condition: Condition, values: Values): Sql {
  const { column } = condition;
  const { array } = columnOf(resource, column, null);
  if (condition.kind === 'exists') {
    const is = exists(column, columnOf(resource, column, null));
    return condition.exists ? is : sql`(${is}) IS NOT TRUE`;
  }
  const of: Column = { kind: kindOf(condition.type), array };
  if (condition.kind === 'in') return equals(column, of, condition.values, values);
  return within(column, of, condition.bounds, values);
}

export function column(of: string): Sql {
  return sql`t.${name(of)}`;
}

function equals(of: string, { kind, array }: Column, wanted: readonly Json[], values: Values): Sql {
  const literals = wanted.map((value) => literal(kind, value)).filter((value) => value !== undefined);
  const [only, ...others] = literals;
  if (only === undefined) return FALSE;
  const test = (value: Sql): Sql =>
    others.length === 0
      ? sql`${value} = ${parameter(values, kind, only)}`
      : sql`${value} = ANY (${values.list(literals, sqlType(kind, literals))})`;
  return array ? someItem(of, test) : test(column(of));
}

type Bounds = Extract<Condition, { kind: 'range' }>['bounds'];

const COMPARE = {
  gt: (value: Sql, bound: Sql) => sql`${value} > ${bound}`,
  gte: (value: Sql, bound: Sql) => sql`${value} >= ${bound}`,
  lt: (value: Sql, bound: Sql) => sql`${value} < ${bound}`,
  lte: (value: Sql, bound: Sql) => sql`${value} <= ${bound}`,
} as const;

function within(of: string, { kind, array }: Column, bounds: Bounds, values: Values): Sql {
  const tests: ((value: Sql) => Sql)[] = [];
  for (const key of ['gt', 'gte', 'lt', 'lte'] as const) {
    const bound = bounds[key];
    if (bound === undefined) continue;
    const text = literal(kind, bound);
    if (text === undefined) throw new Refusal('malformed_parameter', 'condition: a bound of another type');
    const value = parameter(values, kind, text);
    tests.push((item) => COMPARE[key](ordered(item, kind), value));
  }
  if (tests.length === 0) return FALSE;
  const test = (value: Sql): Sql =>
    sql`(${join(
      tests.map((each) => each(value)),
      ' AND ',
    )})`;
  return array ? someItem(of, test) : test(column(of));
}

/** Texts are ordered by their code points, as in every other store, and not by the database's language. */
export function ordered(value: Sql, kind: Kind): Sql {
  return kind === 'text' ? sql`${value} COLLATE "C"` : value;
}

function exists(of: string, { array }: Column): Sql {
  return array ? someItem(of, (item) => sql`${item} IS NOT NULL`) : sql`${column(of)} IS NOT NULL`;
}

/** A list is the sum of its items, as for the filter. */
function someItem(of: string, test: (item: Sql) => Sql): Sql {
  return sql`EXISTS (SELECT 1 FROM pg_catalog.unnest(${column(of)}) AS item (value) WHERE ${test(sql`item.value`)})`;
}
