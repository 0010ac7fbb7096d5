/**
 * The order of a list, and a place in it: [values of the order…, id], as the database prints them; null is NULL. Missing
 * values stand last in either direction, and the id, which is unique, decides between equals.
 */
import { Refusal } from '../../contract/refusal.ts';
import type { ListQuery, Resource } from '../../contract/resource.ts';
import type { JsonScalar } from '../../json/value.ts';
import { idColumn, idParameter } from './id.ts';
import { kindOf } from './kind.ts';
import { join, type Sql, sql, type Values } from './print.ts';
import { column, ordered } from './where.ts';

type Order = ListQuery['order'];

export function orderBy(resource: Resource, order: Order): Sql {
  const keys = order.map((key) =>
    key.descending ? sql`${keyOf(key)} DESC NULLS LAST` : sql`${keyOf(key)} ASC NULLS LAST`,
  );
  return join([...keys, sql`${idKey(resource)} ASC`], ', ');
}

/** What a row's place is made of, beside its id. */
export function placeColumns(order: Order): readonly Sql[] {
  return order.map((key) => sql`${column(key.column)}::text`);
}

/** Whether a row comes after the place. @throws Refusal `malformed_parameter` for what is no place of this order */
export function whereAfter(resource: Resource, order: Order, after: readonly JsonScalar[], values: Values): Sql {
  const id = after[order.length];
  if (after.length !== order.length + 1 || typeof id !== 'string') throw malformed();
  const last = idParameter(resource, id, values);
  if (last === undefined) throw malformed();
  let rest = sql`${idKey(resource)} > ${last}`;
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const key = order[at];
    const value = after[at];
    if (key === undefined || (typeof value !== 'string' && value !== null)) throw malformed();
    rest = afterKey(key, value, rest, values);
  }
  return rest;
}

function afterKey(key: Order[number], value: string | null, rest: Sql, values: Values): Sql {
  const of = keyOf(key);
  // Nothing comes after what is missing, but the other missing ones.
  if (value === null) return sql`(${of} IS NULL AND ${rest})`;
  const same = values.same(value);
  const beyond = key.descending ? sql`${of} < ${same}` : sql`${of} > ${same}`;
  return sql`(${beyond} OR ${of} IS NULL OR (${of} = ${same} AND ${rest}))`;
}

function keyOf({ column: of, type }: Order[number]): Sql {
  return ordered(column(of), kindOf(type));
}

function idKey(resource: Resource): Sql {
  return ordered(idColumn(resource), kindOf(resource.id.type));
}

function malformed(): Refusal {
  return new Refusal('malformed_parameter', 'position: not of this order');
}
