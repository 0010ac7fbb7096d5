/** Every statement of a resource, from typed parts alone: each but an insertion compares the owner, and that one checks it. */
import type { BoundFilter } from '../../contract/grant.ts';
import { Refusal } from '../../contract/refusal.ts';
import type { Condition, ListQuery, Resource, ResourceScope } from '../../contract/resource.ts';
import type { JsonObject } from '../../json/value.ts';
import { withImplied } from '../resource/implied.ts';
import type { SqlStatement } from './database.ts';
import { idColumn, idName, idParameter } from './id.ts';
import { orderBy, placeColumns, whereAfter } from './keyset.ts';
import { join, name, type Sql, sql, Values } from './print.ts';
import { rowColumns } from './row.ts';
import { whereFilter, whereScope } from './where.ts';
import { written } from './write.ts';

/** One more than the page, to know whether there is another. */
export function listStatement(scope: ResourceScope, query: ListQuery): SqlStatement {
  const { resource } = scope;
  const values = new Values();
  const narrowed = query.after === null ? [] : [whereAfter(resource, query.order, query.after, values)];
  const where = whereScope(scope, query.conditions, values, narrowed);
  const columns = join([rowColumns(scope), ...placeColumns(query.order)], ', ');
  const limit = values.one(String(query.size + 1), 'bigint');
  return values.statement(
    'read',
    sql`SELECT ${columns} FROM ${table(resource)} AS t WHERE ${where} ORDER BY ${orderBy(resource, query.order)} LIMIT ${limit}`,
  );
}

export function countStatement(scope: ResourceScope, conditions: readonly Condition[]): SqlStatement {
  const values = new Values();
  const where = whereScope(scope, conditions, values);
  return values.statement('read', sql`SELECT count(*)::text FROM ${table(scope.resource)} AS t WHERE ${where}`);
}

/** Undefined, here and below: the table cannot have a row of this id. */
export function getStatement(scope: ResourceScope, id: string): SqlStatement | undefined {
  const values = new Values();
  const where = whereOne(scope, id, null, values);
  if (where === undefined) return undefined;
  return values.statement(
    'read',
    sql`SELECT ${rowColumns(scope)} FROM ${table(scope.resource)} AS t WHERE ${where} LIMIT 1`,
  );
}

/** No row: one of this id is there. */
export function createStatement(scope: ResourceScope, id: string, columns: JsonObject): SqlStatement {
  const { resource, bound } = scope;
  const values = new Values();
  const key = idParameter(resource, id, values);
  if (key === undefined) throw new Refusal('invalid', 'create: no id that the table can hold');
  const names: Sql[] = [idName(resource)];
  const given: Sql[] = [key];
  for (const [of, value] of Object.entries(withImplied(columns, bound))) {
    if (of === resource.id.column) continue;
    names.push(name(of));
    given.push(written(resource, of, value, values));
  }
  return values.statement(
    'write',
    sql`INSERT INTO ${table(resource)} AS t (${join(names, ', ')}) VALUES (${join(given, ', ')}) ON CONFLICT (${idName(resource)}) DO NOTHING RETURNING ${returned(scope, values)}`,
  );
}

/** @param columns at least one */
export function updateStatement(
  scope: ResourceScope,
  id: string,
  version: string,
  columns: JsonObject,
): SqlStatement | undefined {
  const { resource } = scope;
  const values = new Values();
  const where = whereOne(scope, id, version, values);
  if (where === undefined) return undefined;
  const changes = Object.entries(columns).map(
    ([of, value]) => sql`${name(of)} = ${written(resource, of, value, values)}`,
  );
  return values.statement(
    'write',
    sql`UPDATE ${table(resource)} AS t SET ${join(changes, ', ')} WHERE ${where} RETURNING ${returned(scope, values)}`,
  );
}

export function removeStatement(scope: ResourceScope, id: string, version: string | null): SqlStatement | undefined {
  const values = new Values();
  const where = whereOne(scope, id, version, values);
  if (where === undefined) return undefined;
  return values.statement('write', sql`DELETE FROM ${table(scope.resource)} AS t WHERE ${where} RETURNING 1`);
}

const VERSION = /^\d{1,10}$/;

function whereOne(scope: ResourceScope, id: string, version: string | null, values: Values): Sql | undefined {
  const key = idParameter(scope.resource, id, values);
  if (key === undefined || (version !== null && !VERSION.test(version))) return undefined;
  const narrowed = [sql`${idColumn(scope.resource)} = ${key}`];
  if (version !== null) narrowed.push(sql`t.xmin = ${values.one(version, 'xid')}`);
  return whereScope(scope, [], values, narrowed);
}

/**
 * The row as it is now, defaults and triggers included – if the scope still shows it. If not, the division fails, and the
 * whole statement with it: nobody writes a row out of the own sight.
 */
function returned(scope: ResourceScope, values: Values): Sql {
  const { resource, bound } = scope;
  return bound === null ? rowColumns(scope) : sql`${rowColumns(scope)}, ${inside(resource, bound, values)}`;
}

function inside(resource: Resource, bound: BoundFilter, values: Values): Sql {
  return sql`1 / (CASE WHEN ${whereFilter(resource, bound, values)} THEN 1 ELSE 0 END)`;
}

function table({ namespace, source }: Resource): Sql {
  return namespace === null ? name(source) : sql`${name(namespace)}.${name(source)}`;
}
