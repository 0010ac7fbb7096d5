/** Whose a column of the store is: a client's, by a field, or the gateway's own, which no client writes. */
import type { Resource } from '../contract/resource.ts';
import type { Path, Problems } from './problems.ts';

export function checkColumns(resource: Omit<Resource, 'hash'>, path: Path, problems: Problems): void {
  const { owner, subjects, fields, id, store } = resource;
  const own = new Map<string, string>();
  function claim(column: string, use: string, at: Path): void {
    const other = own.get(column);
    if (other === undefined) own.set(column, use);
    else problems.add(at, `the column ${column} is already ${other}`, 'Each has a column of its own.');
  }
  if (id.column !== null) claim(id.column, 'that of the ids', [...path, 'id', 'column']);
  for (const { name, reference } of subjects.values()) {
    // With a pseudonym the owner's column and the owner's reference are one.
    if (name === 'owner' && owner?.pseudonym && reference === owner.column) continue;
    claim(reference, `the reference of the subject ${name}`, [...path, 'subjects', name, 'reference']);
  }
  for (const field of fields.values()) {
    const beacon = field.encryption?.beacon;
    if (beacon)
      claim(beacon.field, `the beacon of ${field.name}`, [...path, 'fields', field.name, 'encrypt', 'beacon']);
  }
  if (owner) checkOwner(resource, own, path, problems);
  const used = new Map<string, string>();
  for (const field of fields.values()) {
    const at = [...path, 'fields', field.name];
    const use = own.get(field.column);
    if (use !== undefined) {
      problems.add(
        at,
        `the column ${field.column} is ${use}, which the gateway alone writes and reads`,
        'Leave the field out, or name another `column`.',
      );
    }
    const other = used.get(field.column);
    if (other !== undefined) problems.add(at, `the field ${other} has the same column`, 'Name another `column`.');
    used.set(field.column, field.name);
    if (store === 'postgresql' && Buffer.byteLength(field.column) > 63) {
      problems.add(at, `the column ${field.column} is longer than 63 bytes`, 'The database cuts such names.');
    }
  }
}

function checkOwner(
  { owner, fields }: Omit<Resource, 'hash'>,
  own: ReadonlyMap<string, string>,
  path: Path,
  problems: Problems,
): void {
  if (!owner) return;
  const use = own.get(owner.column);
  if (use !== undefined)
    problems.add([...path, 'owner', 'column'], `is already ${use}`, 'Each has a column of its own.');
  for (const field of fields.values()) {
    if (field.column !== owner.column) continue;
    const at = [...path, 'fields', field.name];
    if (field.write.size > 0) {
      // B224: whoever may write the owner gives documents away, or takes them.
      problems.add(
        [...at, 'write'],
        'the column says whose document it is: the gateway sets it from the claim',
        'Leave `write` out.',
      );
    }
    if (owner.pseudonym)
      problems.add(
        at,
        'the column holds the vault’s random name of the owner, which nobody is shown',
        'Leave the field out.',
      );
    if (field.encryption)
      problems.add(
        [...at, 'encrypt'],
        'the owner is compared in every query, so the column stays readable',
        'Use `owner: { pseudonym: true }` instead.',
      );
    if (field.schema.array) problems.add([...at, 'array'], 'a document has one owner', 'Leave `array` out.');
  }
}
