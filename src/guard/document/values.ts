import type { BoundFilter, Filter } from '../contract/grant.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/**
 * What a document holds at a path, as the stores index it: objects and dotted keys mean the same (`{"a":{"b":1}}` and
 * `{"a.b":1}`), arrays are the sum of their items at any depth, and null is nothing.
 */
export function valuesAt(source: JsonObject, path: string): Json[] {
  const found: Json[] = [];
  collect(source, path, found);
  return found;
}

/** Recursion is bounded by the dots of the path, and by the nesting that the JSON reader permits. */
function collect(value: Json, path: string, found: Json[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, path, found);
  } else if (path === '') {
    if (value !== null) found.push(value);
  } else if (isJsonObject(value)) {
    for (let end = path.indexOf('.'); end !== -1; end = path.indexOf('.', end + 1)) {
      member(value, path.slice(0, end), path.slice(end + 1), found);
    }
    member(value, path, '', found);
  }
}

function member(object: JsonObject, key: string, rest: string, found: Json[]): void {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value !== undefined) collect(value, rest, found);
}

/** Every field that a filter names, each once. */
export function fieldsOf(filter: Filter | BoundFilter): readonly string[] {
  const names = new Set<string>();
  const visit = (part: Filter | BoundFilter): void => {
    if ('filters' in part) part.filters.forEach(visit);
    else names.add(part.field);
  };
  visit(filter);
  return [...names];
}
