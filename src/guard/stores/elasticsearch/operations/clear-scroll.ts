/**
 * `DELETE /_search/scroll`: closes scrolls of the principal's own. An id that opens nothing – expired, altered,
 * another's – frees nothing, and the answer is the store's own for that.
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext, UpstreamRequest } from '../../../contract/store.ts';
import { jsonObject } from '../../../json/index.ts';
import { authorize } from '../encode.ts';
import type { Call } from './call.ts';
import { freedReply, idsOf, planClosing } from './closing.ts';
import { bodyOf } from './plan.ts';
import { oneOf } from './scroll-request.ts';

export function planClearScroll(call: Call, context: StoreContext): Plan {
  const body = bodyOf(call.request);
  for (const key in body)
    if (key !== 'scroll_id') throw new Refusal('unsupported_option', 'clear_scroll: unknown option');
  const { query } = call.request;
  const ids = oneOf([idsOf(body?.scroll_id), listOf(query.get('scroll_id')), listOf(call.parameters.get('scroll_id'))]);
  if (ids === undefined) throw new Refusal('malformed_body', 'clear_scroll: no scroll_id');
  // Everybody's scrolls (B142).
  if (ids.includes('_all')) throw new Refusal('forbidden', 'clear_scroll: _all');
  return planClosing('scroll', ids, context, clearRequest, (answer, _sealed, dialect) => freedReply(answer, dialect));
}

/** @param ids the store's own */
export function clearRequest(ids: readonly string[]): UpstreamRequest {
  return authorize({ method: 'DELETE', segments: ['_search', 'scroll'], body: jsonObject([['scroll_id', ids]]) });
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',');
}
