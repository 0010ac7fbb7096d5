import { Refusal } from '../../../contract/refusal.ts';
import type { UpstreamAnswer } from '../../../contract/store.ts';
import { parseAnswer } from '../../../json/answer.ts';
import { isJsonObject, type JsonObject, jsonObject } from '../../../json/value.ts';
import { requireJson, shardsOf } from './search.ts';

/** @param strict shard numbers that tell of hidden values are left out; the careful way unless told @throws Refusal `upstream_answer` */
export function projectCount(answer: UpstreamAnswer, strict = true): JsonObject {
  requireJson(answer);
  const json = parseAnswer(answer.body);
  if (!isJsonObject(json) || typeof json.count !== 'number') throw new Refusal('upstream_answer', 'no count');
  return jsonObject([
    ['count', json.count],
    ['_shards', shardsOf(json._shards, strict)],
  ]);
}
