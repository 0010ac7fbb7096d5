import type { JsonObject } from '../../../json/value.ts';
import type { Query } from './ast.ts';

/** Prints a query in its one long form: reading what this printed gives the same query. */
export function printQuery(query: Query): JsonObject {
  switch (query.kind) {
    case 'plain':
      return { [query.type]: query.options };
    case 'field':
      return { [query.type]: { [query.field]: query.options } };
    case 'terms':
      return { terms: { [query.field]: query.values, ...query.options } };
    default:
      return { [query.type]: { ...printInner(query.inner), ...query.options } };
  }
}

function printInner(inner: Extract<Query, { kind: 'compound' }>['inner']): JsonObject {
  const printed: Record<string, JsonObject | JsonObject[]> = {};
  for (const [key, queries] of inner) {
    printed[key] = 'kind' in queries ? printQuery(queries) : queries.map(printQuery);
  }
  return printed;
}
