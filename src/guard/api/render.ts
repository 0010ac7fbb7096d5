/** Documents as clients see them: declared fields, of their types, masked where the declaration says so. */
import type { FieldType } from '../contract/grant.ts';
import type { Resource, ResourceField, StoredDocument } from '../contract/resource.ts';
import { maskValue } from '../document/index.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { ownColumns } from './columns.ts';
import { compileShow } from './typed-value.ts';

export type Render = (document: StoredDocument) => JsonObject;

/** @param token keyed token for `token` masks, bound to the column: the same value has one token in the search API too */
export function createRender(resource: Resource, token: (field: string, value: string) => string): Render {
  const hidden = hiddenColumns(resource);
  const shown = [...resource.fields.values()]
    .filter(({ read, column }) => read && !hidden.has(column))
    .map((field) => showField(field, { token }));
  return ({ id, columns }) => {
    const json: Record<string, Json> = Object.create(null);
    json.id = id;
    for (const { name, column, nullable, show } of shown) {
      const stored = columns[column];
      const value = stored === undefined || stored === null ? undefined : show(stored);
      if (value !== undefined && value !== null) json[name] = value;
      else if (nullable) json[name] = null;
    }
    return json;
  };
}

/** Pseudonyms and beacons are for the store; whatever a declaration says, no client sees them. */
function hiddenColumns(resource: Resource): ReadonlySet<string> {
  const { id, owner } = resource;
  const shownOwn = [id.column, owner === null || owner.pseudonym ? null : owner.column];
  return new Set([...ownColumns(resource)].filter((column) => !shownOwn.includes(column)));
}

interface ShownField {
  readonly name: string;
  readonly column: string;
  readonly nullable: boolean;
  show(value: Json): Json | undefined;
}

function showField(field: ResourceField, context: { token(field: string, value: string): string }): ShownField {
  const { name, column, mask, schema } = field;
  const typed = compileShow(schema);
  const type: FieldType = schema.type === 'date' ? 'date' : 'keyword';
  const nullable = field.nullable || field.encryption !== null;
  if (mask === null) return { name, column, nullable, show: typed };
  return {
    name,
    column,
    nullable,
    show(value) {
      // What is not of the declared type is masked as well, not shown: the mask decides over whatever stands there.
      const whole = typed(value) ?? value;
      return maskValue(mask, type, whole, context, column);
    },
  };
}
