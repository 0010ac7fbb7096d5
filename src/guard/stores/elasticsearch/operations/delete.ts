/** `DELETE /<index>/_doc/<id>`: of a document that the principal sees; everything else is not found. */
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { planWrite } from '../write/one.ts';
import { conditionOf } from '../write/parameters.ts';
import type { Call } from './call.ts';

export function planDelete(call: Call, context: StoreContext): Plan {
  return planWrite(call, context, 'delete', { document: null, condition: conditionOf(call.request) });
}
