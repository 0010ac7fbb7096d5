/** `PUT|POST /<index>/_doc[/<id>]`: a new document, or one in the place of a document that the principal sees. */
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { planWrite } from '../write/one.ts';
import { conditionOf } from '../write/parameters.ts';
import type { Call } from './call.ts';
import { planCreate } from './create.ts';
import { bodyOf } from './plan.ts';

export function planIndex(call: Call, context: StoreContext): Plan {
  if (call.request.query.get('op_type') === 'create') return planCreate(call, context);
  const document = bodyOf(call.request);
  if (document === undefined) throw new Refusal('malformed_body', 'body: missing');
  return planWrite(call, context, 'index', { document, condition: conditionOf(call.request) });
}
