import { Refusal } from '../../../contract/refusal.ts';
import type { Condition, ListPage, ListQuery, ResourceScope } from '../../../contract/resource.ts';
import type { Upstream } from '../../../contract/store.ts';
import { isJsonObject, parseAnswer } from '../../../json/index.ts';
import { isSuccess, refusalOf } from './failure.ts';
import { checkWhole, documentOf, readHits } from './hits.ts';
import { placeOf, positionAfter } from './position.ts';
import { countRequest, listRequest } from './request.ts';

export async function list(upstream: Upstream, scope: ResourceScope, query: ListQuery): Promise<ListPage> {
  const { after, order, size } = query;
  const place = after === null ? null : placeOf(after, order.length);
  const answer = await upstream.send(listRequest(scope, query, place));
  if (!isSuccess(answer)) throw refusalOf(answer, 'list');
  const hits = readHits(answer, scope, size + 1);
  const page = hits.slice(0, size);
  return {
    documents: page.map((hit) => documentOf(hit, scope)),
    next: hits.length > size && page.length > 0 ? positionAfter(page, order.length, after) : null,
  };
}

export async function count(
  upstream: Upstream,
  scope: ResourceScope,
  conditions: readonly Condition[],
): Promise<number> {
  const answer = await upstream.send(countRequest(scope, conditions));
  if (!isSuccess(answer)) throw refusalOf(answer, 'count');
  const json = parseAnswer(answer.body);
  if (!isJsonObject(json) || typeof json.count !== 'number') throw new Refusal('upstream_answer', 'count: no number');
  checkWhole(json);
  return json.count;
}
