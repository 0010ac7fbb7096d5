/** Closes points in time: `DELETE /_pit` (Elasticsearch), `DELETE /_search/point_in_time` (OpenSearch). */
import { Refusal } from '../../../contract/refusal.ts';
import type {
  Dialect,
  Plan,
  StoreContext,
  StoreReply,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../../contract/store.ts';
import { isJsonObject, jsonObject, parseAnswer } from '../../../json/index.ts';
import { authorize } from '../encode.ts';
import { reply } from '../response/index.ts';
import type { Call } from './call.ts';
import { freedReply, idsOf, planClosing, type SentId } from './closing.ts';
import { bodyOf } from './plan.ts';

export function planClosePit(call: Call, context: StoreContext): Plan {
  const elasticsearch = call.request.rawSegments.at(-1) === '_pit';
  const name = elasticsearch ? 'id' : 'pit_id';
  const body = bodyOf(call.request);
  for (const key in body) if (key !== name) throw new Refusal('unsupported_option', 'close_pit: unknown option');
  const ids = idsOf(body?.[name]);
  // Elasticsearch closes one at a time.
  if (ids === undefined || (elasticsearch && typeof body?.[name] !== 'string'))
    throw new Refusal('malformed_body', 'close_pit: no id');
  return planClosing(
    'pit',
    ids,
    context,
    elasticsearch ? closeElasticsearch : closeOpenSearch,
    (answer, sent, dialect) => (elasticsearch ? freedReply(answer, dialect) : closedReply(answer, sent, dialect)),
  );
}

function closeElasticsearch([id = '']: readonly string[]): UpstreamRequest {
  return authorize({ method: 'DELETE', segments: ['_pit'], body: jsonObject([['id', id]]) });
}

function closeOpenSearch(ids: readonly string[]): UpstreamRequest {
  return authorize({ method: 'DELETE', segments: ['_search', 'point_in_time'], body: jsonObject([['pit_id', ids]]) });
}

/** `{"pits": [{"successful": …, "pit_id": …}]}`, in the order of the request, with the ids as they were sent. */
function closedReply(answer: UpstreamAnswer | undefined, sent: readonly SentId[], dialect: Dialect): StoreReply {
  const closed = answer === undefined ? new Set<string>() : closedIn(answer);
  const pits = sent.map(({ text, content }) =>
    jsonObject([
      ['successful', content !== undefined && closed.has(content.id)],
      ['pit_id', text],
    ]),
  );
  const all = pits.every(({ successful }) => successful === true);
  return reply(all ? 200 : 404, jsonObject([['pits', pits]]), { dialect });
}

function closedIn(answer: UpstreamAnswer): ReadonlySet<string> {
  if (answer.status !== 200 && answer.status !== 404)
    throw new Refusal('upstream_answer', 'close_pit: not an answer to closing');
  const json = parseAnswer(answer.body);
  const closed = new Set<string>();
  const pits = isJsonObject(json) && Array.isArray(json.pits) ? json.pits : [];
  for (const pit of pits)
    if (isJsonObject(pit) && pit.successful === true && typeof pit.pit_id === 'string') closed.add(pit.pit_id);
  return closed;
}
