/** `HEAD /`: answered by the gateway itself. */
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { ownDialect } from '../dialect/index.ts';
import type { Call } from './call.ts';
import { ownPlan } from './plan.ts';

export function planPing(_call: Call, context: StoreContext): Plan {
  return ownPlan('ping', ownDialect(context), null);
}
