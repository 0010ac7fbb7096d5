/** What the detection of slow theft looks at in a request and its answer. Worked out only where somebody looks. */
import type { ParsedRequest } from '../../../contract/request.ts';
import type { AnswerFeatures, Plan, StoreContext, StoreReply } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject, parseJson, printJson } from '../../../json/index.ts';

/** How deep and how wide a query is looked through for a range. */
const MAX_STEPS = 256;

/** Undefined for operations by which nothing is walked, tried or sliced. */
export function featuresOf(
  { operation, indices }: Plan,
  request: ParsedRequest,
  reply: StoreReply,
  context: StoreContext,
): AnswerFeatures | undefined {
  const source = indices.join(',');
  switch (operation) {
    case 'get':
    case 'exists':
      return { source, continues: false, misses: reply.status === 404 ? 1 : 0, range: null };
    case 'mget': {
      const misses = reply.status === 200 ? Math.max(0, itemsOf(bodyOf(request)) - reply.documents.length) : 0;
      return { source, continues: false, misses, range: null };
    }
    case 'scroll':
      return { source, continues: reply.documents.length > 0, misses: 0, range: null };
    case 'search':
    case 'count': {
      const body = bodyOf(request);
      const from = body?.from ?? request.query.get('from');
      const continues = body?.search_after !== undefined || (from !== undefined && Number(from) > 0);
      const range = rangeIn(body?.query);
      return {
        source,
        continues,
        misses: 0,
        range: range === undefined ? null : context.token('range', printJson(range)),
      };
    }
    default:
      return undefined;
  }
}

/** It was read once already, so it can be read. */
function bodyOf({ body }: ParsedRequest): JsonObject | undefined {
  const json = body.length === 0 ? undefined : parseJson(body);
  return isJsonObject(json) ? json : undefined;
}

function itemsOf(body: JsonObject | undefined): number {
  const list = body?.docs ?? body?.ids;
  return Array.isArray(list) ? list.length : 0;
}

/** The bounds of the first range of a query. */
function rangeIn(query: Json | undefined): Json | undefined {
  const waiting: Json[] = query === undefined ? [] : [query];
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const json = waiting.pop();
    if (json === undefined) return undefined;
    if (Array.isArray(json)) waiting.push(...json.slice(0, MAX_STEPS));
    if (!isJsonObject(json)) continue;
    if (isJsonObject(json.range)) return json.range;
    waiting.push(...Object.values(json).slice(0, MAX_STEPS));
  }
  return undefined;
}
