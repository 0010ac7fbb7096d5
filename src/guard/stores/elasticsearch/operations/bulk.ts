/**
 * `_bulk`: item by item as the single writes are, with one look-up before and one bulk of what was decided. An item that
 * is refused is answered in its place, in the stores' shape (B179). In strict mode the second item for one id is answered
 * like a conflict: it would be decided on a version that the first is about to replace.
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext, StoreReply, Upstream } from '../../../contract/store.ts';
import { isJsonObject, type JsonObject, parseNdjson } from '../../../json/index.ts';
import { authorize } from '../encode.ts';
import { resolveIndex } from '../indices.ts';
import { errorReply } from '../response/index.ts';
import { readUpdate } from '../write/body.ts';
import { bulkReply, type Entry, readBulkAnswer } from '../write/bulk-answer.ts';
import { type BulkItem, readBulkLines } from '../write/bulk-lines.ts';
import { type Decision, decideItem, type PreparedItem, prepareItem, type Stored } from '../write/item.ts';
import { lookupRequest, readLookup } from '../write/lookup.ts';
import { refreshOf } from '../write/parameters.ts';
import { bulkLines, onlyIndex, refreshQuery, type Write } from '../write/request.ts';
import { type WriteScope, writeScope } from '../write/scope.ts';
import type { Call } from './call.ts';
import { isSuccess, planOf } from './plan.ts';

export function planBulk(call: Call, context: StoreContext): Plan {
  const granted = context.access.all('bulk');
  if (granted.length === 0) throw new Refusal('forbidden', 'bulk: not granted');
  const most = Math.max(...granted.map(({ limits }) => limits.items));
  const asked = readBulkLines(parseNdjson(call.request.body), most);
  const entries = prepareAll(asked, call.parameters.get('index'), context);
  const ready = entries.flatMap(({ prepared }) => (prepared instanceof Refusal ? [] : [prepared]));
  const grants = [...new Set(ready.map(({ scope }) => scope.grant))];
  checkGrants(grants, ready);
  const refresh = refreshOf(call.request);
  const actions = entries.flatMap(({ asked: { action }, prepared }) => (prepared instanceof Refusal ? [] : [action]));
  return planOf('bulk', grants, (upstream) => runBulk(upstream, entries, ready, refreshQuery({ refresh }), context), [
    ...new Set(actions),
  ]);
}

function prepareAll(asked: readonly BulkItem[], path: string | undefined, context: StoreContext): readonly Entry[] {
  const scopes = new Map<Grant, WriteScope>();
  const taken = new Set<string>();
  return asked.map((item) => {
    const name = item.index ?? path;
    if (name === undefined) throw new Refusal('malformed_body', 'bulk: an action without index');
    try {
      const { prepared, detectNoop } = prepareOne(item, name, scopes, context);
      if (prepared.scope.strict && prepared.storeId !== null) {
        const key = `${prepared.scope.grant.index}/${prepared.storeId}`;
        if (taken.has(key)) throw new Refusal('conflict', 'bulk: a second item for one id');
        taken.add(key);
      }
      return { asked: item, name, prepared, detectNoop };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { asked: item, name, prepared: error, detectNoop: undefined };
    }
  });
}

function prepareOne(
  item: BulkItem,
  name: string,
  scopes: Map<Grant, WriteScope>,
  context: StoreContext,
): { prepared: PreparedItem; detectNoop: boolean | undefined } {
  if (item.fault !== null) throw item.fault;
  resolveIndex(name, 'bulk', context.access);
  const grant = resolveIndex(name, item.action, context.access);
  let scope = scopes.get(grant);
  if (scope === undefined) {
    scope = writeScope(grant, context);
    scopes.set(grant, scope);
  }
  const { action, id, condition, body } = item;
  if (action === 'update') {
    const { document, detectNoop } = readUpdate(body);
    return { prepared: prepareItem({ action, id, document, condition }, scope), detectNoop };
  }
  return { prepared: prepareItem({ action, id, document: documentOf(body), condition }, scope), detectNoop: undefined };
}

function documentOf(body: BulkItem['body']): JsonObject | null {
  if (body === undefined) return null;
  if (!isJsonObject(body)) throw new Refusal('malformed_body', 'bulk: a document is not an object');
  return body;
}

/** @throws Refusal `too_costly`; `unsupported_option` for items of several stores */
function checkGrants(grants: readonly Grant[], ready: readonly PreparedItem[]): void {
  for (const grant of grants) {
    if (grant.upstream !== grants[0]!.upstream)
      throw new Refusal('unsupported_option', 'bulk: items of several stores');
    if (ready.filter(({ scope }) => scope.grant === grant).length > grant.limits.items)
      throw new Refusal('too_costly', 'bulk: more items than the rule permits');
  }
}

async function runBulk(
  upstream: Upstream,
  entries: readonly Entry[],
  ready: readonly PreparedItem[],
  query: readonly [string, string][],
  context: StoreContext,
): Promise<StoreReply> {
  const found = new Map<PreparedItem, Stored>();
  for (const scope of new Set(ready.map((item) => item.scope))) {
    const failure = await lookUp(upstream, scope, ready, found);
    if (failure !== undefined) return failure;
  }
  const decisions = entries.map(({ prepared }) => decide(prepared, found));
  const writes = entries.flatMap((entry, i) => {
    const decision = decisions[i]!;
    const { prepared } = entry;
    if (prepared instanceof Refusal || decision instanceof Refusal || decision.kind !== 'write') return [];
    return [{ entry, item: prepared, write: decision }];
  });
  const dialect = context.dialectOf(ready[0]?.scope.grant.upstream ?? context.access.all('bulk')[0]!.upstream);
  if (writes.length === 0) return bulkReply(entries, decisions, undefined, dialect);
  const answer = await upstream.send(bulkRequest(writes, query));
  if (!isSuccess(answer)) return errorReply(answer);
  return bulkReply(entries, decisions, readBulkAnswer(answer, writes, dialect), dialect);
}

/** One look-up for all items of an index. @returns the reply to a store that could not say */
async function lookUp(
  upstream: Upstream,
  scope: WriteScope,
  ready: readonly PreparedItem[],
  found: Map<PreparedItem, Stored>,
): Promise<StoreReply | undefined> {
  const items = ready.filter((item) => item.scope === scope && item.look !== null);
  if (items.length === 0) return undefined;
  const answer = await upstream.send(lookupRequest(items, scope));
  // An index that is not there holds nothing.
  if (!isSuccess(answer)) return answer.status === 404 ? undefined : errorReply(answer);
  const stored = readLookup(answer, items, scope);
  for (const item of items) {
    const one = stored.get(item.storeId ?? '');
    if (one !== undefined) found.set(item, one);
  }
  return undefined;
}

function decide(prepared: PreparedItem | Refusal, found: ReadonlyMap<PreparedItem, Stored>): Decision | Refusal {
  if (prepared instanceof Refusal) return prepared;
  try {
    return decideItem(prepared, found.get(prepared));
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function bulkRequest(
  writes: readonly { readonly entry: Entry; readonly item: PreparedItem; readonly write: Write }[],
  query: readonly [string, string][],
): ReturnType<typeof authorize> {
  const index = onlyIndex(writes.map(({ item }) => item));
  return authorize({
    method: 'POST',
    segments: index === undefined ? ['_bulk'] : [index, '_bulk'],
    query,
    lines: writes.flatMap(({ entry, item, write }) => bulkLines(item, write, index === undefined, entry.detectNoop)),
  });
}
