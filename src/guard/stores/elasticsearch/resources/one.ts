/** One document of the caller's: looked for by its id *and* the scope, written on the version that was seen. */
import { Refusal } from '../../../contract/refusal.ts';
import type { ResourceScope, ResourceStore, StoredDocument } from '../../../contract/resource.ts';
import type { Upstream } from '../../../contract/store.ts';
import { holds } from '../../../document/index.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject, parseAnswer } from '../../../json/index.ts';
import { hasLoneSurrogate } from '../../../json/surrogate.ts';
import { projectColumns } from '../../resource/columns.ts';
import { withImplied } from '../../resource/implied.ts';
import { changeOf, pruned } from './change.ts';
import { isSuccess, refusalOf } from './failure.ts';
import { documentOf, readHit, readHits, type StoredHit, versionOf } from './hits.ts';
import { createRequest, currentRequest, lookupRequest, removeRequest, updateRequest } from './request.ts';

export async function get(upstream: Upstream, scope: ResourceScope, id: string): Promise<StoredDocument | undefined> {
  const hit = await look(upstream, scope, id);
  return hit === undefined ? undefined : documentOf(hit, scope);
}

export async function create(
  upstream: Upstream,
  scope: ResourceScope,
  id: string,
  columns: JsonObject,
): Promise<StoredDocument | 'exists'> {
  if (!isId(id)) throw new Refusal('invalid', 'create: no id that the store can hold');
  const document = withImplied(columns, scope.bound);
  checkInside(document, scope, 'create');
  const answer = await upstream.send(createRequest(scope, id, document));
  if (answer.status === 409) return 'exists';
  if (!isSuccess(answer)) throw refusalOf(answer, 'create', true);
  return { id, version: versionOf(written(answer.body, id)), columns: projectColumns(scope.resource, document) };
}

export async function update(
  upstream: Upstream,
  scope: ResourceScope,
  id: string,
  version: string,
  columns: JsonObject,
): Promise<StoredDocument | 'changed' | 'absent'> {
  const hit = await look(upstream, scope, id);
  if (hit === undefined) return 'absent';
  if (hit.version !== version) return 'changed';
  if (Object.keys(columns).length === 0) return documentOf(hit, scope);
  checkInside(jsonObject([...Object.entries(hit.source), ...Object.entries(columns)]), scope, 'update');
  const answer = await upstream.send(updateRequest(scope, hit, changeOf(hit.source, columns)));
  if (answer.status === 409) return 'changed';
  if (answer.status === 404) return 'absent';
  if (!isSuccess(answer)) throw refusalOf(answer, 'update', true);
  const json = written(answer.body, id);
  const after = isJsonObject(json.get) ? json.get._source : undefined;
  if (!isJsonObject(after)) throw new Refusal('upstream_answer', 'update: not of the expected shape');
  return { id, version: versionOf(json), columns: pruned(projectColumns(scope.resource, after)) };
}

/** Of a removal that asks for no version: how often it meets another writer before it gives up. */
const ATTEMPTS = 4;

export async function remove(
  upstream: Upstream,
  scope: ResourceScope,
  id: string,
  version: string | null,
): ReturnType<ResourceStore['remove']> {
  let hit = await look(upstream, scope, id);
  if (hit === undefined) return 'absent';
  if (version !== null && hit.version !== version) return 'changed';
  for (let left = ATTEMPTS; ; left -= 1) {
    const answer = await upstream.send(removeRequest(hit));
    if (isSuccess(answer)) return 'removed';
    if (answer.status === 404) return 'absent';
    if (answer.status !== 409) throw refusalOf(answer, 'remove');
    if (version !== null || left <= 1) return 'changed';
    // The search had seen an older version, or someone wrote meanwhile.
    const now: StoredHit | undefined = await current(upstream, scope, hit);
    if (now === undefined) return 'absent';
    hit = now;
  }
}

async function look(upstream: Upstream, scope: ResourceScope, id: string): Promise<StoredHit | undefined> {
  if (!isId(id)) return undefined;
  const answer = await upstream.send(lookupRequest(scope, id));
  if (!isSuccess(answer)) throw refusalOf(answer, 'get');
  const hits = readHits(answer, scope, 2);
  if (hits.some((hit) => hit.id !== id)) throw new Refusal('post_check', 'get: another document');
  return hits[0];
}

/** Undefined also where the document is the caller's no more. */
async function current(upstream: Upstream, scope: ResourceScope, hit: StoredHit): Promise<StoredHit | undefined> {
  const answer = await upstream.send(currentRequest(scope, hit));
  if (answer.status === 404) return undefined;
  if (!isSuccess(answer)) throw refusalOf(answer, 'remove');
  const json = parseAnswer(answer.body);
  if (!isJsonObject(json) || json._id !== hit.id || json._index !== hit.index) {
    throw new Refusal('post_check', 'remove: another document');
  }
  if (json.found !== true || !isJsonObject(json._source)) return undefined;
  return scope.bound !== null && !holds(scope.bound, json._source) ? undefined : readHit(json, scope);
}

/** Nobody writes a document out of the own sight: it would be another's, or nobody's. */
function checkInside(document: JsonObject, { bound }: ResourceScope, what: string): void {
  if (bound !== null && !holds(bound, document)) throw new Refusal('forbidden', `${what}: outside the filter`);
}

function written(body: Uint8Array, id: string): JsonObject {
  const json: Json = parseAnswer(body);
  if (!isJsonObject(json)) throw new Refusal('upstream_answer', 'write: not of the expected shape');
  if (json._id !== id) throw new Refusal('post_check', 'write: another document');
  return json;
}

/** An id is at most 512 bytes; one that a path cannot hold unchanged is none. */
function isId(id: string): boolean {
  return (
    id !== '' &&
    id !== '.' &&
    id !== '..' &&
    !id.includes('\0') &&
    !hasLoneSurrogate(id) &&
    Buffer.byteLength(id) <= 512
  );
}
