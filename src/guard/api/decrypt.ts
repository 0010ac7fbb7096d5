import type { Resource } from '../contract/resource.ts';
import type { Reference, SubjectKey, Vault } from '../contract/vault.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isEncrypted, placeOf } from './encrypt.ts';
import { valueOfText } from './seal-text.ts';

export interface Decrypted {
  /** Columns as stored, those of encrypted fields in plain. */
  readonly columns: JsonObject;
  /** Values that no key opens: shredded, of another vault, or altered. They are null. */
  readonly unreadable: number;
  /** Values that stand in the store in plain: from before the field was declared as encrypted. */
  readonly plain: number;
}

/** The pseudonyms of everyone in these documents. */
export function referencesOf(resource: Resource, documents: Iterable<JsonObject>): ReadonlySet<Reference> {
  const references = new Set<Reference>();
  for (const columns of documents) {
    for (const { reference } of resource.subjects.values()) {
      const value = columns[reference];
      if (typeof value === 'string') references.add(value);
    }
  }
  return references;
}

/**
 * A document with its encrypted fields in plain. A value that was never sealed is shown as it stands while the person has a
 * key or the document names nobody (it is to be encrypted yet), and is null when the document names someone without a key.
 */
export function decryptDocument(
  resource: Resource,
  columns: JsonObject,
  keys: ReadonlyMap<Reference, SubjectKey>,
  vault: Vault,
): Decrypted {
  let opened: Record<string, Json> | undefined;
  let unreadable = 0;
  let plain = 0;
  for (const field of resource.fields.values()) {
    if (!isEncrypted(field)) continue;
    const stored = columns[field.column];
    if (stored === undefined || stored === null) continue;
    const reference = columns[resource.subjects.get(field.encryption.subject)?.reference ?? ''];
    const key = typeof reference === 'string' ? keys.get(reference) : undefined;
    let value: Json | undefined;
    if (typeof stored === 'string' && vault.isSealed(stored)) {
      const text = key === undefined ? undefined : vault.unseal(key, placeOf(resource, field), stored);
      value = text === undefined ? undefined : valueOfText(field.schema, text);
    } else if (key !== undefined || reference === undefined || reference === null) {
      value = stored;
      plain += 1;
    }
    if (value === undefined) unreadable += 1;
    opened ??= Object.assign(Object.create(null) as Record<string, Json>, columns);
    opened[field.column] = value ?? null;
  }
  return { columns: opened ?? columns, unreadable, plain };
}
