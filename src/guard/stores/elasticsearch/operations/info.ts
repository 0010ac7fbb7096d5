/** `GET /`: answered by the gateway itself. */
import type { Plan, StoreContext } from '../../../contract/store.ts';
import { ownDialect } from '../dialect/index.ts';
import { INFO } from '../dialect/info.ts';
import type { Call } from './call.ts';
import { ownPlan } from './plan.ts';

export function planInfo(_call: Call, context: StoreContext): Plan {
  const dialect = ownDialect(context);
  return ownPlan('info', dialect, INFO[dialect]);
}
