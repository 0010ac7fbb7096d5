import type { Resource } from '../../contract/resource.ts';
import { kindOf } from './kind.ts';
import { literal, parameter } from './literal.ts';
import { name, type Sql, sql, type Values } from './print.ts';

/** Without leading zeros or a plus: one way to write each. 2^63 - 1 has 19 digits. */
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;
const [LEAST, GREATEST] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Undefined where the table cannot have a row of this id. */
export function idParameter({ id: { type } }: Resource, id: string, values: Values): Sql | undefined {
  if (type === 'integer') {
    if (!INTEGER.test(id) || BigInt(id) < LEAST || BigInt(id) > GREATEST) return undefined;
    return values.one(id, 'bigint');
  }
  const text = literal(kindOf(type), id);
  return text === undefined || text === '' ? undefined : parameter(values, kindOf(type), text);
}

/** @throws TypeError without an id column, which the policy's reader does not let through */
export function idName({ id }: Resource): Sql {
  if (id.column === null) throw new TypeError('a table needs a column for its id');
  return name(id.column);
}

export function idColumn(resource: Resource): Sql {
  return sql`t.${idName(resource)}`;
}
