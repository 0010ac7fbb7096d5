import { Refusal } from '../../contract/refusal.ts';
import type { ParsedRequest } from '../../contract/request.ts';
import type { ResourceScope, StoredDocument } from '../../contract/resource.ts';
import type { StoreReply } from '../../contract/store.ts';
import type { SubjectKey } from '../../contract/vault.ts';
import { equalJson, type Json, type JsonObject, jsonObject } from '../../json/index.ts';
import type { Patch } from '../body.ts';
import { absent, answer, type Call } from '../compiled.ts';
import { readId } from '../document-id.ts';
import { encryptColumns, isEncrypted } from '../encrypt.ts';
import { matchesTag, readTags } from '../etag.ts';
import { namingField, personOf } from '../people.ts';
import { minimal, preferenceApplied } from '../prefer.ts';
import { scopeOf, vaultOf } from '../scope.ts';
import { plainColumns, refuseOutside } from './create.ts';

/**
 * A merge patch: read, compared, merged, written if nothing has come between.
 *
 * @throws Refusal `precondition_required`, `invalid`, `malformed_body`, `malformed_json`, `malformed_request`,
 *   `unsupported_media`, `too_large`
 */
export function update(call: Call, request: ParsedRequest): () => Promise<StoreReply> {
  const { compiled, context } = call;
  const { resource, options } = compiled;
  const id = readId(resource, call.id);
  const like = readTags(request.headers.get('if-match'), true);
  if (like === undefined) throw new Refusal('precondition_required');
  const patch = compiled.body.update(request);
  const short = minimal(request);
  return async () => {
    if (id === undefined) return absent(call);
    const scope = await scopeOf(resource, context.principal.claims, options.vault);
    const found = await compiled.store().get(scope, id);
    if (found === undefined) return absent(call);
    if (!matchesTag(like, compiled.etag(found))) throw new Refusal('precondition');
    const columns = await changedColumns(call, scope, found, patch);
    const written =
      Object.keys(columns).length === 0 ? found : await compiled.store().update(scope, id, found.version, columns);
    if (written === 'absent') return absent(call);
    if (written === 'changed') throw new Refusal(like === '*' ? 'conflict' : 'precondition');
    const etag = compiled.etag(written);
    if (short) return answer(call, 204, undefined, { headers: { etag, ...preferenceApplied } });
    const documents = await compiled.decrypt([written]);
    return answer(call, 200, compiled.render(documents[0]!), { headers: { etag }, documents });
  };
}

/** What is to be set, by column. @throws Refusal `invalid`, `forbidden`, `erased`, `unavailable` */
async function changedColumns(
  call: Call,
  scope: ResourceScope,
  found: StoredDocument,
  patch: Patch,
): Promise<JsonObject> {
  const { compiled } = call;
  const { fields } = compiled.resource;
  const [plain] = await compiled.decrypt([found]);
  const current = new Map<string, Json>();
  for (const { name, column } of fields.values()) {
    const value = plain!.columns[column];
    if (value !== undefined) current.set(name, value);
  }
  const values = withoutMasks(call, plain!, patch.apply(current));
  const open = plainColumns(fields, values);
  // Before anything is sealed or remembered: filters speak of plain columns alone.
  refuseOutside(scope, jsonObject([...Object.entries(found.columns), ...open]));
  const sealed = compiled.vaulted ? await sealChanges(call, found, current, values) : {};
  return jsonObject([...open, ...Object.entries(sealed)]);
}

/** A client that sends back what it was shown does not mean to replace a value by its mask. */
function withoutMasks(
  { compiled: { resource, render } }: Call,
  plain: StoredDocument,
  values: ReadonlyMap<string, Json>,
): ReadonlyMap<string, Json> {
  const masked = [...values.keys()].filter((name) => resource.fields.get(name)?.mask);
  if (masked.length === 0) return values;
  const shown = render(plain);
  const kept = new Map(values);
  for (const name of masked) {
    const mask = shown[name];
    if (mask !== undefined && mask !== null && equalJson(mask, values.get(name) ?? null)) kept.delete(name);
  }
  return kept;
}

/**
 * Encrypted members of an update, under the keys of the people whom the document names. Where it names another person from
 * now on, everything of the one before is sealed anew for that person.
 */
async function sealChanges(
  { compiled, context }: Call,
  { columns }: StoredDocument,
  current: ReadonlyMap<string, Json>,
  patched: ReadonlyMap<string, Json>,
): Promise<JsonObject> {
  const { resource, options } = compiled;
  const vault = vaultOf(options.vault);
  const after = new Map([...current, ...patched]);
  const values = new Map<string, Json>();
  const keys = new Map<string, SubjectKey>();
  const cleared: [string, Json][] = [];
  for (const subject of resource.subjects.values()) {
    const own = [...resource.fields.values()].filter(
      (field) => isEncrypted(field) && field.encryption.subject === subject.name,
    );
    const naming = namingField(resource, subject);
    const person =
      naming !== undefined && patched.has(naming)
        ? personOf(resource, subject, after, context.principal.claims)
        : undefined;
    const renamed =
      naming !== undefined &&
      patched.has(naming) &&
      !equalJson(person ?? null, personOf(resource, subject, current, context.principal.claims) ?? null);
    const changed = own.filter(({ name }) => patched.has(name));
    if (!renamed && changed.every(({ name }) => patched.get(name) === null)) {
      for (const { name } of changed) values.set(name, null);
      continue;
    }
    // What the old key does not open any more is cleared: under the new pseudonym it would be nobody's.
    const moved = renamed ? own.filter(({ name, column }) => isThere(columns[column]) || patched.has(name)) : changed;
    for (const { name } of moved) values.set(name, after.get(name) ?? null);
    if (renamed && person === undefined) cleared.push([subject.reference, null]);
    const key = renamed
      ? person === undefined
        ? undefined
        : await vault.open(person)
      : await presentKey(columns[subject.reference], () =>
          personOf(resource, subject, current, context.principal.claims),
        );
    if (key !== undefined) keys.set(subject.name, key);
  }
  return jsonObject([...cleared, ...Object.entries(await encryptColumns(resource, values, keys, vault))]);

  /** The key that the document is sealed with; where it names nobody yet, that of the person whom it is about. */
  async function presentKey(
    reference: Json | undefined,
    personOfDocument: () => string | undefined,
  ): Promise<SubjectKey | undefined> {
    if (typeof reference === 'string') {
      const key = (await vault.byReferences([reference])).get(reference);
      if (key === undefined) throw new Refusal('erased', 'update: the person has no key any more');
      return key;
    }
    const person = personOfDocument();
    return person === undefined ? undefined : vault.open(person);
  }
}

function isThere(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}
