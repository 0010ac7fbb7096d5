import { Refusal } from '../contract/refusal.ts';
import type { FieldEncryption, Resource, ResourceField } from '../contract/resource.ts';
import type { SubjectKey, ValuePlace, Vault } from '../contract/vault.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { normalise } from './normalise.ts';
import { comparedTexts, textOfValue } from './seal-text.ts';

/** An encrypted field of a resource. */
export type EncryptedField = ResourceField & { readonly encryption: FieldEncryption };

export function isEncrypted(field: ResourceField): field is EncryptedField {
  return field.encryption !== null;
}

/** What values of a field are authenticated with. */
export function placeOf({ store }: Resource, { column }: ResourceField): ValuePlace {
  return { store, column };
}

/** What the vault calls the look-up of a field. */
export function mapOf({ name }: Resource, { column }: ResourceField): string {
  return `${name}.${column}`;
}

/** The normalised forms by which a value can be found; items that have none cannot be. */
export function lookupValues(field: EncryptedField, value: Json): readonly string[] {
  const lookup = field.encryption.lookup ?? 'exact';
  const found: string[] = [];
  for (const text of comparedTexts(field.schema, value)) {
    const normal = normalise(lookup, text);
    if (normal !== undefined && !found.includes(normal)) found.push(normal);
  }
  return found;
}

/**
 * Columns for the encrypted fields among `values`: ciphertext, beacons where they are declared, and the pseudonyms of
 * everyone whose key is given. Remembers look-ups before it returns, so that a document is never there without them.
 *
 * A look-up that is not needed any more stays in the vault until the person is erased: whether another document of the
 * person still needs it cannot be told without reading them all. It does no harm, since what it finds is compared after
 * decryption.
 *
 * @param values by API name, as they are to be stored; null clears @param keys by the subject's name
 * @throws Refusal `invalid` for a field whose person has no key here, `erased`, `unavailable`
 */
export async function encryptColumns(
  resource: Resource,
  values: ReadonlyMap<string, Json>,
  keys: ReadonlyMap<string, SubjectKey>,
  vault: Vault,
): Promise<JsonObject> {
  const columns: Record<string, Json> = Object.create(null);
  const finds: { readonly map: string; readonly value: string; readonly key: SubjectKey }[] = [];
  for (const [subject, key] of keys) {
    const declared = resource.subjects.get(subject);
    if (declared !== undefined) columns[declared.reference] = key.reference;
  }
  // Without a pause: a key that is in hand now can be forgotten, and zeroed, by the time that something was awaited.
  for (const [name, value] of values) {
    const field = resource.fields.get(name);
    if (field === undefined || !isEncrypted(field)) continue;
    const { beacon, lookup, subject } = field.encryption;
    if (value === null) {
      columns[field.column] = null;
      if (beacon !== null) columns[beacon.field] = null;
      continue;
    }
    const key = keys.get(subject);
    if (key === undefined) throw noPerson(name);
    columns[field.column] = vault.seal(key, placeOf(resource, field), textOfValue(field.schema, value));
    const map = mapOf(resource, field);
    const found = lookup === null && beacon === null ? [] : lookupValues(field, value);
    if (beacon !== null)
      columns[beacon.field] = beaconsOf(field, found, (text) => vault.beacon(map, text, beacon.bits));
    if (lookup !== null) for (const text of found) finds.push({ map, value: text, key });
  }
  for (const { map, value, key } of finds) await vault.remember(map, value, key);
  return columns;
}

function beaconsOf({ schema }: ResourceField, values: readonly string[], beacon: (text: string) => string): Json {
  const beacons = values.map(beacon);
  return schema.array ? beacons : (beacons[0] ?? null);
}

export function noPerson(name: string): Refusal {
  return new Refusal('invalid', `${name}: nobody's`, {
    problems: [{ pointer: `/${name}`, detail: 'needs the field that names the person it is about' }],
  });
}
