/** The room of Elasticsearch and OpenSearch: a request becomes a plan, or is refused. */
import { Refusal } from '../../contract/refusal.ts';
import type { ParsedRequest } from '../../contract/request.ts';
import type { Plan, Store, StoreContext, StoreReply } from '../../contract/store.ts';
import { isJsonObject, parseAnswer, printJson } from '../../json/index.ts';
import { checkCompatible, ownDialect } from './dialect/index.ts';
import { featuresOf } from './operations/features.ts';
import { checkParameters } from './parameters.ts';
import { applyFilterPath } from './response/index.ts';
import { PLANNERS } from './routes/planners.ts';
import { createRouter } from './routes/router.ts';
import { ROUTES } from './routes/table.ts';
import { SEARCH_PARAMETERS } from './search/index.ts';

export function createElasticsearchStore(): Store {
  const router = createRouter(ROUTES, { search: SEARCH_PARAMETERS, msearch: SHAPES });
  return {
    plan(request, context) {
      const { route, parameters } = router.match(request);
      checkParameters(request.query, route.parameters);
      const plan = watched(PLANNERS[route.name]({ request, parameters }, context), request, context);
      checkCompatible(request, dialectOf(plan, context));
      const filterPath = request.query.get('filter_path');
      if (filterPath === undefined && request.compatibleWith === null) return plan;
      return { ...plan, run: async (upstream) => dress(await plan.run(upstream), filterPath, request.compatibleWith) };
    },
  };
}

function watched(plan: Plan, request: ParsedRequest, context: StoreContext): Plan {
  if (context.watched !== true) return plan;
  return {
    ...plan,
    run: async (upstream) => {
      const reply = await plan.run(upstream);
      const features = featuresOf(plan, request, reply, context);
      return features === undefined ? reply : { ...reply, features };
    },
  };
}

/** How answers are written, which all items of an `_msearch` have in common. */
const SHAPES = new Map(
  [...SEARCH_PARAMETERS].filter(([name]) => name === 'rest_total_hits_as_int' || name === 'typed_keys'),
);

function dialectOf({ upstream }: Plan, context: StoreContext) {
  return upstream === null ? ownDialect(context) : context.dialectOf(upstream);
}

/** `filter_path` never reaches the store: it is applied to what the client may see (B043). Errors stay whole. */
function dress(reply: StoreReply, filterPath: string | undefined, version: string | null): StoreReply {
  const headers =
    version === null
      ? reply.headers
      : { ...reply.headers, 'content-type': `application/vnd.elasticsearch+json;compatible-with=${version}` };
  if (filterPath === undefined || filterPath === '' || reply.status >= 300 || reply.body.length === 0)
    return { ...reply, headers };
  const json = parseAnswer(typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body);
  if (!isJsonObject(json)) throw new Refusal('internal', 'filter_path: the answer is no object');
  return { ...reply, headers, body: printJson(applyFilterPath(json, filterPath)) };
}
