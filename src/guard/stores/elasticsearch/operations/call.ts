import type { ParsedRequest } from '../../../contract/request.ts';
import type { Plan, StoreContext } from '../../../contract/store.ts';

/** A request that the route table knows: what every operation is planned from. */
export interface Call {
  readonly request: ParsedRequest;
  /** Variables of the route, percent-decoded: `index`, `id`, `scroll_id`. Only those that stood in the path. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What an operation's file exports. @throws Refusal */
export type Planner = (call: Call, context: StoreContext) => Plan;
