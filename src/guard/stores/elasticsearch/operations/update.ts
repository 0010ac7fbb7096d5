/** `POST /<index>/_update/<id>`: a partial document merged into one that the principal sees (B164). */
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { readUpdate } from '../write/body.ts';
import { planWrite } from '../write/one.ts';
import { conditionOf } from '../write/parameters.ts';
import type { Call } from './call.ts';
import { bodyOf } from './plan.ts';

/** Each is a look-up and a write. */
const MAX_RETRIES = 5;

export function planUpdate(call: Call, context: StoreContext): Plan {
  const { document, detectNoop } = readUpdate(bodyOf(call.request));
  const condition = conditionOf(call.request);
  const retries = Number(call.request.query.get('retry_on_conflict') ?? 0);
  if (retries > 0 && condition !== null)
    throw new Refusal('malformed_parameter', 'parameters.retry_on_conflict: together with if_seq_no');
  if (retries > MAX_RETRIES) throw new Refusal('too_costly', 'parameters.retry_on_conflict: too many');
  return planWrite(call, context, 'update', { document, condition }, { detectNoop, retries });
}
