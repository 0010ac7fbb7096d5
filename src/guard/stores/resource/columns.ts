/** What a store reads of a declared resource: its columns, and what its filter compares. */

import type { Resource, ResourceField } from '../../contract/resource.ts';
import { fieldsOf } from '../../document/index.ts';
import { bareObject } from '../../json/bare.ts';
import type { Json, JsonObject } from '../../json/value.ts';

export interface Columns {
  /**
   * Every column of a `StoredDocument`, each once: of the fields that are shown, merged into or encrypted, the owner's, the people's pseudonyms, and what the declared filter speaks of (there a dot leads into an object).
   */
  readonly names: readonly string[];
  /** The declared field of a column; a column without one is the gateway's own (owner, references, beacons). */
  readonly fields: ReadonlyMap<string, ResourceField>;
}

const cache = new WeakMap<Resource, Columns>();

/** Worked out once for each policy snapshot. */
export function columnsOf(resource: Resource): Columns {
  let columns = cache.get(resource);
  if (columns === undefined) {
    columns = {
      names: [...namesOf(resource)],
      fields: new Map([...resource.fields.values()].map((f) => [f.column, f])),
    };
    cache.set(resource, columns);
  }
  return columns;
}

function namesOf({ owner, subjects, filter, fields }: Resource): Set<string> {
  const names = new Set<string>();
  if (owner !== null) names.add(owner.column);
  for (const { reference, from } of subjects.values()) {
    names.add(reference);
    const naming = from === 'owner' ? undefined : fields.get(from.field.split('.', 1)[0] ?? '');
    if (naming !== undefined) names.add(naming.column);
  }
  for (const name of filter === null ? [] : fieldsOf(filter)) names.add(name);
  for (const { read, write, encryption, column } of fields.values()) {
    if (read || write.has('update') || encryption !== null) names.add(column);
  }
  return names;
}

/** Exactly the resource's columns, of those that the document has. */
export function projectColumns(resource: Resource, document: JsonObject): JsonObject {
  const shown = bareObject();
  const take = (name: string): void => {
    const value: Json | undefined = Object.hasOwn(document, name) ? document[name] : undefined;
    if (value !== undefined) shown[name] = value;
  };
  for (const name of columnsOf(resource).names) {
    take(name);
    const dot = name.indexOf('.');
    if (dot !== -1) take(name.slice(0, dot));
  }
  return shown;
}
