/**
 * Opens a point in time: `POST /<index>/_pit` (Elasticsearch), `POST /<index>/_search/point_in_time` (OpenSearch). The
 * id that the client gets is sealed; each search with it is filtered anew (B143).
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { isJsonObject, type Json, jsonObject, parseAnswer } from '../../../json/index.ts';
import { sealFor } from '../../../seal/index.ts';
import { isElasticsearch } from '../dialect/index.ts';
import { authorize } from '../encode.ts';
import { resolveIndices } from '../indices.ts';
import { keepAliveOf } from '../parameters.ts';
import { errorReply, reply } from '../response/index.ts';
import { shardsOf } from '../response/search.ts';
import type { Call } from './call.ts';
import { isSuccess, planOf } from './plan.ts';

export function planOpenPit(call: Call, context: StoreContext): Plan {
  const grants = resolveIndices(call.parameters.get('index'), 'pit', context.access);
  const dialect = context.dialectOf(grants[0]!.upstream);
  const elasticsearch = isElasticsearch(dialect);
  // Each product knows its own path only.
  if (elasticsearch !== (call.request.rawSegments.at(-1) === '_pit'))
    throw new Refusal('forbidden', "pit: the other product's path");
  const asked = call.request.query.get('keep_alive');
  if (asked === undefined) throw new Refusal('malformed_parameter', 'parameters.keep_alive: missing');
  const keepAlive = keepAliveOf(asked, Math.min(...grants.map(({ limits }) => limits.keepAlive)));
  const request = authorize({
    method: 'POST',
    segments: [
      grants.map(({ index }) => index).join(','),
      ...(elasticsearch ? ['_pit'] : ['_search', 'point_in_time']),
    ],
    query: [['keep_alive', `${keepAlive}ms`]],
  });
  return planOf('pit', grants, async (upstream) => {
    const answer = await upstream.send(request);
    if (!isSuccess(answer)) return errorReply(answer);
    const json = parseAnswer(answer.body);
    const id = isJsonObject(json) ? json[elasticsearch ? 'id' : 'pit_id'] : undefined;
    if (!isJsonObject(json) || typeof id !== 'string') throw new Refusal('upstream_answer', 'pit: without an id');
    const sealed = sealFor('pit', id, grants, keepAlive, '', context);
    const entries: [string, Json][] = [[elasticsearch ? 'id' : 'pit_id', sealed]];
    if (!elasticsearch)
      entries.push(
        ['_shards', shardsOf(json._shards, true)],
        ['creation_time', counted(json.creation_time) || context.now],
      );
    return reply(200, jsonObject(entries), { dialect });
  });
}

function counted(value: Json | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
