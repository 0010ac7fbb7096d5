/** `_count`: the compiled query with the document filter in it, and one number (B160). */
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { authorize } from '../encode.ts';
import { resolveIndices } from '../indices.ts';
import { errorReply, projectCount, reply } from '../response/index.ts';
import { isStrict } from '../response/projection.ts';
import { compileCount } from '../search/index.ts';
import type { Call } from './call.ts';
import { bodyOf, isSuccess, planOf } from './plan.ts';
import { scopeOf } from './search.ts';

export function planCount(call: Call, context: StoreContext): Plan {
  const grants = resolveIndices(call.parameters.get('index'), 'count', context.access);
  const scope = scopeOf(grants, context, 'search');
  const { body } = compileCount(bodyOf(call.request), call.request.query, scope);
  const request = authorize({
    method: 'POST',
    segments: [grants.map(({ index }) => index).join(','), '_count'],
    body,
  });
  return planOf('count', grants, async (upstream) => {
    const answer = await upstream.send(request);
    if (!isSuccess(answer)) return errorReply(answer, { dialect: scope.dialect });
    return reply(200, projectCount(answer, isStrict(grants[0]!)), { dialect: scope.dialect });
  });
}
