import type { BoundFilter } from '../../contract/grant.ts';
import { Refusal } from '../../contract/refusal.ts';
import type { ParsedRequest } from '../../contract/request.ts';
import type { ResourceScope, StoredDocument } from '../../contract/resource.ts';
import type { StoreReply } from '../../contract/store.ts';
import type { SubjectKey } from '../../contract/vault.ts';
import { holds } from '../../document/index.ts';
import { equalJson, isJsonObject, type Json, type JsonObject, jsonObject, printJson } from '../../json/index.ts';
import type { Values } from '../body.ts';
import { absent, answer, type Call } from '../compiled.ts';
import { encryptColumns, isEncrypted } from '../encrypt.ts';
import { fingerprint, KEY_LIFE, keyHash, newId, readIdempotencyKey } from '../idempotency.ts';
import { openKeys } from '../people.ts';
import { minimal, preferenceApplied } from '../prefer.ts';
import { boundOf, ownerClaim, subjectOfOwner, vaultOf } from '../scope.ts';

/** @throws Refusal `invalid`, `malformed_body`, `malformed_json`, `malformed_request`, `unsupported_media`, `too_large` */
export function create(call: Call, request: ParsedRequest): () => Promise<StoreReply> {
  const { compiled, context } = call;
  const { resource, options } = compiled;
  const key = readIdempotencyKey(request.headers.get('idempotency-key'));
  const values = compiled.body.create(request);
  const short = minimal(request);
  const { token, idempotency } = options;
  const principal = context.principal.id;
  const id = newId(token, resource, principal, key);
  return async () => {
    if (key === undefined) return created(call, await createOne(call, id, values), short);
    const hash = keyHash(token, resource, principal, key);
    const print = fingerprint(token, resource, canonical(values));
    const standing = await idempotency.begin(hash, print, options.now() + KEY_LIFE);
    if (standing === 'running') throw new Refusal('running');
    if (standing === 'different') throw new Refusal('idempotency', 'idempotency-key: used for another body');
    if (standing === 'same') {
      const { scope } = await ownScope(call);
      const found = await compiled.store().get(scope, id);
      // It was created, and is gone since: not to be made again.
      return found === undefined ? absent(call) : created(call, found, short, [found]);
    }
    try {
      const document = await createOne(call, id, values);
      await idempotency.done(hash);
      return created(call, document, short);
    } catch (error) {
      await idempotency.abandon(hash).catch(() => undefined);
      throw error;
    }
  };
}

/** @param shown that the answer shows to someone who did not just send it: the budget is spent for them */
async function created(
  call: Call,
  document: StoredDocument,
  short: boolean,
  shown: readonly StoredDocument[] = [],
): Promise<StoreReply> {
  const { compiled } = call;
  const location = `/${[...compiled.resource.path, document.id].map(encodeURIComponent).join('/')}`;
  const headers = { location, etag: compiled.etag(document), ...(short ? preferenceApplied : {}) };
  if (short) return answer(call, 201, undefined, { headers });
  const [plain] = await compiled.decrypt([document]);
  return answer(call, 201, compiled.render(plain!), { headers, documents: shown });
}

/** @throws Refusal `conflict`, `idempotency`, `forbidden`, `erased`, `unavailable` and those of the store */
async function createOne(call: Call, id: string, values: Values): Promise<StoredDocument> {
  const { compiled, context } = call;
  const { resource, options } = compiled;
  const { scope, owner } = await ownScope(call);
  const plain = [
    ...constantsOf(scope.bound),
    ...plainColumns(resource.fields, values),
    ...(resource.owner === null ? [] : [[resource.owner.column, owner] as const]),
  ];
  // Before a key is made for anyone: filters speak of plain columns alone.
  refuseOutside(scope, jsonObject(plain));
  const keys = await openKeys(resource, values, context.principal.claims, options.vault);
  const sealed = compiled.vaulted ? await encryptColumns(resource, values, keys, vaultOf(options.vault)) : {};
  const columns = jsonObject([...plain, ...Object.entries(sealed)]);
  const stored = await compiled.store().create(scope, id, columns);
  if (stored !== 'exists') return stored;
  // A creation that was interrupted and is repeated meets its own document.
  const found = await compiled.store().get(scope, id);
  if (found === undefined) throw new Refusal('conflict', 'create: the id is taken');
  const [there] = await compiled.decrypt([found]);
  for (const [name, value] of values) {
    const field = resource.fields.get(name);
    if (field !== undefined && !equalJson(there!.columns[field.column] ?? null, value)) {
      throw new Refusal('idempotency', 'idempotency-key: its document holds something else');
    }
  }
  return found;
}

/** The caller's scope, with the owner's value that new documents get; a person without a key gets one. */
async function ownScope({ compiled, context }: Call): Promise<{ scope: ResourceScope; owner: Json }> {
  const { resource, options } = compiled;
  const { claims } = context.principal;
  let owner: ReturnType<typeof ownerClaim> = null;
  if (resource.owner !== null) {
    owner = ownerClaim(resource.owner, claims);
    if (resource.owner.pseudonym) {
      const key: SubjectKey = await vaultOf(options.vault).open(subjectOfOwner(resource.owner, claims));
      owner = key.reference;
    }
  }
  return { scope: { resource, bound: boundOf(resource, claims, owner) }, owner };
}

export function plainColumns(fields: Call['compiled']['resource']['fields'], values: Values): [string, Json][] {
  const columns: [string, Json][] = [];
  for (const [name, value] of values) {
    const field = fields.get(name);
    if (field !== undefined && !isEncrypted(field)) columns.push([field.column, value]);
  }
  return columns;
}

/**
 * What every document of the scope holds: a column that the filter compares with one value. A new document gets it, so that a
 * declaration's `deleted: false` need not be sent by clients.
 */
function constantsOf(bound: BoundFilter | null): [string, Json][] {
  if (bound === null) return [];
  if (bound.kind === 'all') return bound.filters.flatMap(constantsOf);
  const [only, ...others] = bound.kind === 'terms' ? bound.values : [];
  if (bound.kind !== 'terms' || only === undefined || others.length > 0 || bound.field.includes('.')) return [];
  return [[bound.field, only]];
}

/** Nobody writes a document that is not theirs, or out of their own sight. @throws Refusal `forbidden` */
export function refuseOutside({ bound }: ResourceScope, columns: JsonObject): void {
  if (bound !== null && !holds(bound, columns)) throw new Refusal('forbidden', 'write: outside the filter');
}

/** One text for one content, whatever the order of its members. */
function canonical(values: Values): string {
  const names = [...values.keys()].sort();
  return names.map((name) => `${JSON.stringify(name)}:${printJson(sorted(values.get(name)!))}`).join(',');
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return jsonObject(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key]!)] as const),
  );
}
