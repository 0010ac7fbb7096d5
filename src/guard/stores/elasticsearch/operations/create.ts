/** `PUT|POST /<index>/_create/<id>`, and `op_type=create`: a document where none is. */
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { planWrite } from '../write/one.ts';
import { conditionOf } from '../write/parameters.ts';
import type { Call } from './call.ts';
import { bodyOf } from './plan.ts';

export function planCreate(call: Call, context: StoreContext): Plan {
  const document = bodyOf(call.request);
  if (document === undefined) throw new Refusal('malformed_body', 'body: missing');
  if (conditionOf(call.request) !== null)
    throw new Refusal('malformed_parameter', 'if_seq_no: of a document to be made');
  return planWrite(call, context, 'create', { document, condition: null });
}
