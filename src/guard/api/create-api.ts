import { Refusal } from '../contract/refusal.ts';
import type { Answer, ParsedRequest } from '../contract/request.ts';
import type { ResourceOperation } from '../contract/resource.ts';
import type { Plan, StoreContext, StoreReply } from '../contract/store.ts';
import { type Call, compileResource, planOf } from './compiled.ts';
import type { Api, ApiOptions } from './contract.ts';
import { createCors } from './cors.ts';
import { createDescription } from './description.ts';
import { create } from './operations/create.ts';
import { get } from './operations/get.ts';
import { count, list } from './operations/list.ts';
import { remove } from './operations/remove.ts';
import { update } from './operations/update.ts';
import { problemAnswer, RouteRefusal } from './problem.ts';
import { createRoutes, operationOf } from './routes.ts';

/** Everything that requests are decided by is worked out here, once for a policy. */
export function createApi(options: ApiOptions): Api {
  const { config } = options;
  const routes = createRoutes(config.resources.map((resource) => compileResource(resource, options)));
  const cors = createCors(config.corsOrigins);
  const description = createDescription(config.publish ? options.describe : undefined, routes.versions);

  function plan(request: ParsedRequest, context: StoreContext): Plan {
    const route = routes.find(request);
    const { resource } = route.target;
    const roles = context.principal.roles.filter((role) => resource.roles.has(role));
    // A resource that no role of the caller names is not there for it, like one that nobody declared.
    if (roles.length === 0) throw new Refusal('absent', 'routes: no role of the principal has the resource');
    const operation = operationOf(request.method, route);
    const role = roles.find((one) => resource.roles.get(one)?.has(operation));
    if (role === undefined) throw new Refusal('forbidden', `${resource.name}.${operation}: no role may`);
    const call: Call = { compiled: route.target, context, id: route.id };
    return planOf(call, operation, role, runOf(operation, call, request));
  }

  return {
    owns: routes.owns,
    plan,
    refuse: (refusal, headers) => problemAnswer(refusal, headers),
    preflight(request) {
      if (request.method !== 'OPTIONS') return description(request);
      return cors.preflight(request.headers) ?? refusedOptions();
    },
    cors: cors.headers,
  };
}

/** @throws Refusal */
function runOf(operation: ResourceOperation, call: Call, request: ParsedRequest): () => Promise<StoreReply> {
  const hasBody = operation === 'create' || operation === 'update';
  if (!hasBody && request.body.length > 0) throw new Refusal('malformed_body', 'body: not expected here');
  const filtered = operation === 'list' || operation === 'count';
  if (!filtered && request.query.size > 0) {
    throw new Refusal('malformed_parameter', 'query: this operation has no parameters');
  }
  switch (operation) {
    case 'list':
      return list(call, request.query);
    case 'count':
      return count(call, request.query);
    case 'get':
      return get(call, request);
    case 'create':
      return create(call, request);
    case 'update':
      return update(call, request);
    case 'delete':
      return remove(call, request);
  }
}

/** OPTIONS is for preflights of listed origins; whatever else it is, it is the same 405 everywhere. */
function refusedOptions(): Answer {
  return problemAnswer(new RouteRefusal('method', 'options: no preflight', { allow: 'GET, POST, PATCH, DELETE' }));
}
