/** Whether what clients send can become a document, and one that somebody's key encrypts. */
import type { Resource } from '../contract/resource.ts';
import type { Path, Problems } from './problems.ts';

export function checkWrites(resource: Omit<Resource, 'hash'>, path: Path, problems: Problems): void {
  for (const operation of ['create', 'update'] as const) {
    const writable = [...resource.fields.values()].filter(({ write }) => write.has(operation));
    if (resource.operations.has(operation) && writable.length === 0) {
      problems.add(
        [...path, 'roles'],
        `no field may be sent with ${operation}`,
        `Add \`write: [${operation}]\` to fields, or grant no role ${operation}.`,
      );
    }
    if (resource.operations.has(operation)) continue;
    for (const { name } of writable) {
      problems.add(
        [...path, 'fields', name, 'write'],
        `no role may ${operation}`,
        `Grant a role ${operation}, or leave it out here.`,
      );
    }
  }
}

/** The field that names a person decides whose key encrypts. */
export function checkSubjects(resource: Omit<Resource, 'hash'>, path: Path, problems: Problems): void {
  const { fields, subjects } = resource;
  for (const { name, from } of subjects.values()) {
    if (from === 'owner') continue;
    const at = [...path, 'subjects', name, 'from'];
    const field = fields.get(from.field);
    if (!field) {
      problems.add(at, 'there is no field of this name', `Known: ${[...fields.keys()].join(', ')}.`);
      continue;
    }
    if ((field.schema.type !== 'keyword' && field.schema.type !== 'uuid') || field.schema.array) {
      problems.add(at, `${from.field} does not name one person`, 'Use a keyword or uuid field.');
    }
    if (field.encryption)
      problems.add(at, `${from.field} is encrypted itself`, 'Use a field that the store holds in plain.');
    if (field.mask) problems.add(at, `${from.field} is masked`, 'Use a field that is shown as it is.');
    const sealed = [...fields.values()].some(
      ({ encryption, write }) => encryption?.subject === name && write.has('create'),
    );
    if (sealed && !field.write.has('create')) {
      problems.add(
        [...path, 'fields', from.field],
        'names the person whose key encrypts, and cannot be sent at creation',
        'Add `write: [create]`.',
      );
    }
  }
}
