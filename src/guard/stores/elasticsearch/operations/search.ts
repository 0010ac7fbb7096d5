/**
 * `_search`: over indices of the path, or over what a sealed point in time holds. The document filter is put in by the
 * compiler; here it is decided where the search goes, and what of the store's ids the client gets.
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext, StoreReply, Upstream, UpstreamRequest } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';
import { readSealed, sealFor } from '../../../seal/index.ts';
import { authorize } from '../encode.ts';
import { bindFilter } from '../filter/index.ts';
import { requireAlso, resolveIndices } from '../indices.ts';
import { keepAliveOf } from '../parameters.ts';
import { errorReply, type Projection, passSearch, projectionState, projectSearch, reply } from '../response/index.ts';
import { type CompiledSearch, compileSearch, type SearchScope } from '../search/index.ts';
import type { Call } from './call.ts';
import { bodyOf, isSuccess, planOf } from './plan.ts';

export function planSearch(call: Call, context: StoreContext): Plan {
  const body = bodyOf(call.request);
  if (body?.pit !== undefined) return planPitSearch(call, body, body.pit, context);
  const grants = resolveIndices(call.parameters.get('index'), 'search', context.access);
  const scroll = call.request.query.get('scroll');
  const keepAlive = scroll === undefined ? undefined : scrollLife(scroll, grants, context);
  const scope = scopeOf(grants, context, scroll === undefined ? 'search' : 'scroll');
  const compiled = compileSearch(body, call.request.query, scope);
  const query = [...compiled.query, ...wholeness(call)];
  if (keepAlive !== undefined) query.push(['scroll', `${keepAlive}ms`]);
  const request = authorize({
    method: 'POST',
    segments: [grants.map(({ index }) => index).join(','), '_search'],
    query,
    body: compiled.body,
  });
  return planOf('search', grants, (upstream) =>
    runSearch(upstream, request, compiled.projection, scope, (id) =>
      keepAlive === undefined
        ? undefined
        : ['_scroll_id', sealFor('scroll', id, grants, keepAlive, projectionState(compiled.projection), context)],
    ),
  );
}

/** The scope of a compilation: the filter with the principal's claims in it. @param grants ≥ 1, of one rule */
export function scopeOf(grants: readonly Grant[], context: StoreContext, within: SearchScope['within']): SearchScope {
  const grant = grants[0]!;
  const bound = grant.filter === null ? null : bindFilter(grant.filter, context.principal.claims);
  return { grants, bound, context, dialect: context.dialectOf(grant.upstream), within };
}

/** The filter is injected again: what was open when the point in time was made is not trusted (B143). */
function planPitSearch(call: Call, body: JsonObject, pit: Json, context: StoreContext): Plan {
  if (call.parameters.has('index') || call.request.query.has('scroll'))
    throw new Refusal('malformed_body', 'body.pit: together with an index or a scroll');
  if (!isJsonObject(pit) || typeof pit.id !== 'string') throw new Refusal('malformed_body', 'body.pit: without an id');
  const opened = readSealed(pit.id, 'pit', context);
  if (opened.standing === 'revoked') throw new Refusal('forbidden', 'body.pit: the rule has changed');
  const { content, grants } = opened;
  requireAlso(grants, 'search', context.access);
  const scope = scopeOf(grants, context, 'pit');
  const compiled = compileSearch(body, call.request.query, scope);
  const request = authorize({
    method: 'POST',
    segments: ['_search'],
    query: [...compiled.query, ...wholeness(call)],
    body: compiled.body,
  });
  // Without a new life the store keeps the old one, and so does the seal.
  const life = Math.max(compiled.pit?.keepAlive ?? 0, content.expiresAt - context.now);
  return planOf('search', grants, (upstream) =>
    runSearch(upstream, request, compiled.projection, scope, (id) => [
      'pit_id',
      sealFor('pit', id, grants, life, content.state, context),
    ]),
  );
}

/** All shards or an error. */
export const WHOLE = [['allow_partial_search_results', 'false']] as const;

/** A client may ask not to be shown half an answer; that the other half is welcome is the stores' default. */
function wholeness({ request }: Call): CompiledSearch['query'] {
  return request.query.get('allow_partial_search_results') === 'false' ? WHOLE : [];
}

/** Stands for an answer that is not printed. */
const NOTHING: JsonObject = Object.freeze({});

async function runSearch(
  upstream: Upstream,
  request: UpstreamRequest,
  projection: Projection,
  { dialect }: SearchScope,
  seal: (id: string) => readonly [string, string] | undefined,
): Promise<StoreReply> {
  const answer = await upstream.send(request);
  if (!isSuccess(answer)) return errorReply(answer, { dialect });
  const passed = passSearch(answer, projection);
  if (passed !== undefined) return reply(200, NOTHING, { dialect, documents: passed.documents, bytes: passed.bytes });
  const { json, documents, scrollId, pitId, bytes } = projectSearch(answer, projection);
  const id = scrollId ?? pitId;
  const sealed = id === undefined ? undefined : seal(id);
  if (sealed === undefined) return reply(200, json, { dialect, documents, bytes });
  return reply(200, { [sealed[0]]: sealed[1], ...json }, { dialect, documents });
}

function scrollLife(scroll: string, grants: readonly Grant[], context: StoreContext): number {
  requireAlso(grants, 'scroll', context.access);
  return keepAliveOf(scroll, shortestLife(grants));
}

function shortestLife(grants: readonly Grant[]): number {
  return Math.min(...grants.map(({ limits }) => limits.keepAlive));
}
