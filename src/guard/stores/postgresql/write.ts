/** Values on their way into a table, each cast to what the declaration says its column is. */
import { Refusal } from '../../contract/refusal.ts';
import type { Resource } from '../../contract/resource.ts';
import { printJson } from '../../json/print.ts';
import { isJsonObject, type Json, JsonNumber } from '../../json/value.ts';
import { columnsOf } from '../resource/columns.ts';
import { columnOf } from './kind.ts';
import { type Kind, literal, sqlType } from './literal.ts';
import type { Sql, SqlType, Values } from './print.ts';

/** @throws Refusal `invalid` for what the column's type does not hold */
export function written(resource: Resource, of: string, value: Json, values: Values): Sql {
  const field = columnsOf(resource).fields.get(of);
  const plain = field?.encryption === null ? field.schema : undefined;
  if (plain?.type === 'object') return values.one(value === null ? null : jsonText(value), 'jsonb');
  const { kind, array } = field === undefined ? undeclared(resource, of, value) : columnOf(resource, of, null);
  if (array) return list(kind, value, values);
  return value === null ? values.one(null, nullType(kind)) : scalar(kind, value, values);
}

function scalar(kind: Kind, value: Json, values: Values): Sql {
  const text = literalOf(kind, value);
  return values.one(text, sqlType(kind, [text]));
}

function list(kind: Kind, value: Json, values: Values): Sql {
  if (value === null) return values.none(nullType(kind));
  if (!Array.isArray(value)) throw invalid();
  const items = value.map((item: Json) => literalOf(kind, item));
  return values.list(items, items.length === 0 ? nullType(kind) : sqlType(kind, items));
}

/** A column of the gateway's own (a reference, a beacon), or one that only the filter names. */
function undeclared(resource: Resource, of: string, value: Json): { kind: Kind; array: boolean } {
  const type =
    typeof value === 'boolean' ? 'boolean' : typeof value === 'number' || value instanceof JsonNumber ? 'number' : null;
  return columnOf(resource, of, type);
}

function literalOf(kind: Kind, value: Json): string {
  const text = literal(kind, value);
  if (text === undefined) throw invalid();
  return text;
}

function nullType(kind: Kind): SqlType {
  return kind === 'number' ? 'numeric' : sqlType(kind, []);
}

/** `jsonb` holds no NUL, wherever in the value. */
function jsonText(value: Json): string {
  if (!(isJsonObject(value) || Array.isArray(value))) throw invalid();
  const text = printJson(value);
  if (/\\u0000|\\ud[89a-f]/i.test(text)) throw invalid();
  return text;
}

function invalid(): Refusal {
  return new Refusal('invalid', 'write: a value that the column cannot hold');
}
