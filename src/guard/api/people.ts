/** Whose keys a document is encrypted with. */
import { claimAt } from '../contract/claim-at.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Resource, ResourceSubject } from '../contract/resource.ts';
import type { SubjectKey, Vault } from '../contract/vault.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject } from '../json/value.ts';
import { fieldNamed } from './columns.ts';
import { subjectOfOwner, vaultOf } from './scope.ts';

/**
 * What the vault calls a person of a document: the owner's claim, or what the naming field holds.
 *
 * @param values by API name, in plain
 * @returns undefined where the document names nobody
 * @throws Refusal `forbidden` where the owner's claim is none
 */
export function personOf(
  resource: Resource,
  subject: ResourceSubject,
  values: ReadonlyMap<string, Json>,
  claims: JsonObject,
): string | undefined {
  if (subject.from === 'owner') {
    if (resource.owner === null) throw new Refusal('forbidden', 'owner: the resource has none');
    return subjectOfOwner(resource.owner, claims);
  }
  const { field: path } = subject.from;
  const field = fieldNamed(resource.fields, path);
  let value = field === undefined ? undefined : values.get(field.name);
  const [, ...rest] = path.split('.');
  if (rest.length > 0) value = isJsonObject(value) ? claimAt(value, rest) : undefined;
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return String(value);
  return value instanceof JsonNumber ? value.raw : undefined;
}

/** The field that names a person, when it is not the owner. */
export function namingField(resource: Resource, { from }: ResourceSubject): string | undefined {
  return from === 'owner' ? undefined : fieldNamed(resource.fields, from.field)?.name;
}

/**
 * The keys of everyone that a new document names, made on first use.
 *
 * @throws Refusal `erased`, `unavailable`, `forbidden`
 */
export async function openKeys(
  resource: Resource,
  values: ReadonlyMap<string, Json>,
  claims: JsonObject,
  vault: Vault | null,
): Promise<ReadonlyMap<string, SubjectKey>> {
  const named: [string, string][] = [];
  for (const subject of resource.subjects.values()) {
    const person = personOf(resource, subject, values, claims);
    if (person !== undefined) named.push([subject.name, person]);
  }
  if (named.length === 0) return new Map();
  const open = vaultOf(vault);
  return new Map(
    await Promise.all(named.map(async ([name, person]) => [name, await open.open(person)] as [string, SubjectKey])),
  );
}
