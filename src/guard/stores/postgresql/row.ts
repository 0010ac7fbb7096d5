/**
 * Rows on their way out. The database prints a row's columns as one JSON object, in which nothing is lost: digits of
 * numbers stay, lists and objects are what they are, moments are ISO 8601 with all their microseconds.
 */
import { Refusal } from '../../contract/refusal.ts';
import type { Resource, ResourceScope, StoredDocument } from '../../contract/resource.ts';
import { fieldsOf, holds } from '../../document/index.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject, parseAnswer } from '../../json/index.ts';
import { columnsOf, projectColumns } from '../resource/columns.ts';
import type { SqlRow } from './database.ts';
import { idColumn } from './id.ts';
import { join, name, type Sql, sql } from './print.ts';
import { column } from './where.ts';

/** Printed once for each policy snapshot. */
const known = new WeakMap<Resource, Sql>();

/** Id, version, and the closed list of columns: those that are declared, and what the check of every row compares. */
export function rowColumns({ resource, bound }: ResourceScope): Sql {
  const { names } = columnsOf(resource);
  const more = bound === null ? [] : fieldsOf(bound).filter((field) => !names.includes(field));
  if (more.length > 0) return printColumns(resource, [...names, ...more]);
  let columns = known.get(resource);
  if (columns === undefined) {
    columns = printColumns(resource, names);
    known.set(resource, columns);
  }
  return columns;
}

function printColumns(resource: Resource, names: readonly string[]): Sql {
  const columns = names.map((each) => sql`${shown(resource, each)} AS ${name(each)}`);
  // `d` alone would be a column of that name, where there is one.
  const document =
    columns.length === 0
      ? sql`'{}'`
      : sql`(SELECT pg_catalog.row_to_json(d.*) FROM (SELECT ${join(columns, ', ')}) AS d)::text`;
  return sql`${idColumn(resource)}::text, t.xmin::text, ${document}`;
}

/** A column of type `json` is text, in which a key may stand twice; `jsonb` has each once. */
function shown(resource: Resource, of: string): Sql {
  const field = columnsOf(resource).fields.get(of);
  const isObject = field?.encryption === null && field.schema.type === 'object';
  return isObject ? sql`pg_catalog.to_jsonb(${column(of)})` : column(of);
}

/** @throws Refusal `upstream_answer`; `post_check` for a row that the scope excludes */
export function readRow(row: SqlRow, scope: ResourceScope): StoredDocument {
  const [id, version, text] = row;
  if (typeof id !== 'string' || typeof version !== 'string' || typeof text !== 'string') {
    throw new Refusal('upstream_answer', 'row: not of the expected shape');
  }
  const json = parseAnswer(Buffer.from(text));
  if (!isJsonObject(json)) throw new Refusal('upstream_answer', 'row: not of the expected shape');
  if (scope.bound !== null && !holds(scope.bound, json)) throw new Refusal('post_check', 'row: outside the filter');
  return { id, version, columns: projectColumns(scope.resource, typed(scope.resource, json)) };
}

function typed(resource: Resource, json: JsonObject): JsonObject {
  const { fields } = columnsOf(resource);
  return jsonObject(
    Object.entries(json).map(([of, value]) => {
      const field = fields.get(of);
      if (field === undefined || field.encryption !== null) return [of, value];
      const { type } = field.schema;
      if (type === 'date') return [of, each(value, dateText)];
      if (type === 'number' || type === 'integer') return [of, each(value, finite)];
      return [of, value];
    }),
  );
}

function each(value: Json, change: (item: Json) => Json): Json {
  return Array.isArray(value) ? value.map(change) : change(value);
}

/** `NaN` and the infinities come as texts: JSON has no number for them, so there is none. */
function finite(value: Json): Json {
  return typeof value === 'string' ? null : value;
}

/** `2026-01-01T10:00:00.123456+00:00`, without the offset (`timestamp`) or the time (`date`). Sessions are in UTC. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00:00)?)?$/;

/** RFC 3339 in UTC: always milliseconds, and microseconds where there are some. What is no such moment is none. */
function dateText(value: Json): Json {
  const [, day, time = '00:00:00', fraction = ''] = typeof value === 'string' ? (DATE.exec(value) ?? []) : [];
  return day === undefined ? null : `${day}T${time}.${fraction.padEnd(3, '0')}Z`;
}
