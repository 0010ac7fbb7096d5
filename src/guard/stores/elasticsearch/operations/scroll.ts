/**
 * `GET|POST /_search/scroll`: the next page of a scroll, by a sealed id in the body, the query or the path (B141). Read
 * and filtered as the first page was (B149): the projection travels in the seal.
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, SealContent, StoreContext, StoreReply, Upstream } from '../../../contract/store.ts';
import { type Json, type JsonObject, jsonObject } from '../../../json/index.ts';
import { readSealed, sealFor } from '../../../seal/index.ts';
import { authorize } from '../encode.ts';
import { keepAliveOf } from '../parameters.ts';
import { errorReply, type Projection, projectionFrom, projectSearch, reply } from '../response/index.ts';
import type { Call } from './call.ts';
import { clearRequest } from './clear-scroll.ts';
import { bodyOf, isSuccess, planOf } from './plan.ts';
import { oneOf, textOf } from './scroll-request.ts';

export function planScroll(call: Call, context: StoreContext): Plan {
  const body = bodyOf(call.request);
  for (const key in body)
    if (key !== 'scroll_id' && key !== 'scroll') throw new Refusal('unsupported_option', 'scroll: unknown option');
  const { query } = call.request;
  const text = oneOf([textOf(body?.scroll_id), query.get('scroll_id'), call.parameters.get('scroll_id')]);
  if (text === undefined) throw new Refusal('malformed_body', 'scroll: no scroll_id');
  const asked = oneOf([textOf(body?.scroll), query.get('scroll')]);
  const opened = readSealed(text, 'scroll', context);
  const { content } = opened;
  if (opened.standing === 'revoked') return closingPlan(content);
  const { grants } = opened;
  const longest = Math.min(...grants.map(({ limits }) => limits.keepAlive));
  const keepAlive = asked === undefined ? undefined : keepAliveOf(asked, longest);
  const projection = projectionOf(content, grants, context);
  if (projection === undefined) return closingPlan(content);
  const entries: [string, Json][] = [['scroll_id', content.id]];
  if (keepAlive !== undefined) entries.push(['scroll', `${keepAlive}ms`]);
  const request = authorize({ method: 'POST', segments: ['_search', 'scroll'], body: jsonObject(entries) });
  // Without a new life the store keeps the old one, and so does the seal.
  const life = Math.max(keepAlive ?? 0, content.expiresAt - context.now);
  const dialect = context.dialectOf(content.upstream);
  return planOf('scroll', grants, async (upstream) => {
    const answer = await upstream.send(request);
    // The store's word for an expired one would differ from ours for a foreign one (B139).
    if (answer.status === 404) throw new Refusal('absent', 'scroll: the store knows it no more');
    if (!isSuccess(answer)) return errorReply(answer);
    const { json, documents, scrollId } = projectSearch(answer, projection);
    if (scrollId === undefined) return reply(200, json, { dialect, documents });
    const sealed = sealFor('scroll', scrollId, grants, life, content.state, context);
    return reply(200, withId('_scroll_id', sealed, json), { dialect, documents });
  });
}

/** Undefined where the rules are the same, but the principal's claims say another filter by now. */
function projectionOf(content: SealContent, grants: readonly Grant[], context: StoreContext): Projection | undefined {
  try {
    return projectionFrom(content.state, grants, context);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'forbidden') return undefined;
    throw error;
  }
}

/** What was opened under rules that hold no more is closed, and nothing of it is shown (B145). */
function closingPlan({ id, upstream: name, indices }: SealContent): Plan {
  const request = clearRequest([id]);
  const run = async (upstream: Upstream): Promise<StoreReply> => {
    try {
      await upstream.send(request);
    } catch (error) {
      // It then ends with its keep-alive; the answer must not tell the two apart.
      if (!(error instanceof Refusal)) throw error;
    }
    throw new Refusal('forbidden', 'sealed id: the rule has changed');
  };
  return { ...planOf('scroll', [], run), upstream: name, indices };
}

function withId(name: string, id: string, json: JsonObject): JsonObject {
  return Object.assign(Object.create(null), { [name]: id }, json);
}
