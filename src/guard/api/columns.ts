import type { Resource, ResourceField } from '../contract/resource.ts';

/** Columns that the gateway alone writes: the owner's, people's pseudonyms, beacons, the id. */
export function ownColumns({ id, owner, subjects, fields }: Resource): ReadonlySet<string> {
  const columns = new Set<string>();
  if (id.column !== null) columns.add(id.column);
  if (owner !== null) columns.add(owner.column);
  for (const { reference } of subjects.values()) columns.add(reference);
  for (const { encryption } of fields.values()) if (encryption?.beacon) columns.add(encryption.beacon.field);
  return columns;
}

/** The field that a path begins with: by its name, else by its column. */
export function fieldNamed(fields: Resource['fields'], path: string): ResourceField | undefined {
  const [first = ''] = path.split('.', 1);
  const named = fields.get(first);
  if (named !== undefined) return named;
  for (const field of fields.values()) if (field.column === first) return field;
  return undefined;
}
