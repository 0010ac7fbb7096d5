/** `GET /{index}/_doc/{id}` and `GET /{index}/_source/{id}`. A denial is a miss, byte for byte (B150, B152). */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Dialect, Plan, StoreContext, StoreReply } from '../../../contract/store.ts';
import { isJsonObject, parseAnswer } from '../../../json/index.ts';
import { resolveIndex } from '../indices.ts';
import { errorJson, errorReply, projectSearch, reply } from '../response/index.ts';
import type { Call } from './call.ts';
import {
  compileLookup,
  documentJson,
  type Found,
  foundIn,
  isRealtime,
  lookupRequest,
  realtimeFound,
  realtimeRequest,
} from './lookup.ts';
import { isSuccess, planOf } from './plan.ts';

export function planGet(call: Call, context: StoreContext): Plan {
  return planDocument(call, context, 'get', (found, { grant, id, dialect }) =>
    reply(found === undefined ? 404 : 200, documentJson(grant, id, found, dialect), {
      dialect,
      documents: found === undefined ? [] : [found.document],
      outcome: found === undefined ? 'absent' : 'answered',
    }),
  );
}

export function planGetSource(call: Call, context: StoreContext): Plan {
  return planDocument(call, context, 'get', (found, { dialect }) => {
    const source = found?.hit._source;
    return found === undefined || !isJsonObject(source)
      ? reply(404, errorJson(404, 'resource_not_found_exception', 'not found'), { dialect, outcome: 'absent' })
      : reply(200, source, { dialect, documents: [found.document] });
  });
}

export interface Asked {
  readonly grant: Grant;
  readonly id: string;
  readonly dialect: Dialect;
}

/** One document of one index, by its id; what is said of it is the caller's. */
export function planDocument(
  { parameters }: Call,
  context: StoreContext,
  operation: 'get' | 'exists',
  answerOf: (found: Found | undefined, asked: Asked) => StoreReply,
): Plan {
  const index = parameters.get('index');
  const id = parameters.get('id');
  if (index === undefined || id === undefined) throw new Refusal('internal', 'get: a route without index or id');
  const grant = resolveIndex(index, operation, context.access);
  const asked = { grant, id, dialect: context.dialectOf(grant.upstream) };
  if (isRealtime(grant)) {
    const request = realtimeRequest(grant, id, context);
    return planOf(operation, [grant], async (upstream) => {
      const answer = await upstream.send(request);
      // A miss has the same shape as a find; a 404 of another shape means that the index is gone.
      const json = isSuccess(answer) || answer.status === 404 ? parseAnswer(answer.body) : null;
      if (!isJsonObject(json) || typeof json.found !== 'boolean') return errorReply(answer, { dialect: asked.dialect });
      return answerOf(realtimeFound(json, grant, id, context), asked);
    });
  }
  const lookup = compileLookup(grant, [id], context);
  const request = lookupRequest(lookup);
  return planOf(operation, [grant], async (upstream) => {
    const answer = await upstream.send(request);
    if (!isSuccess(answer)) return errorReply(answer, { dialect: asked.dialect });
    return answerOf(foundIn(projectSearch(answer, lookup.compiled.projection)).get(id), asked);
  });
}
