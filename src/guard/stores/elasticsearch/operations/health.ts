/**
 * `GET /_cluster/health`: a constant of the cluster's shape. Clients ask it to see whether they may begin; the numbers
 * of a real cluster are nobody's business here (B171).
 */
import type { Plan, StoreContext } from '../../../contract/store.ts';
import type { JsonObject } from '../../../json/value.ts';
import { ownDialect } from '../dialect/index.ts';
import { CLUSTER } from '../dialect/info.ts';
import type { Call } from './call.ts';
import { ownPlan } from './plan.ts';

const HEALTH: JsonObject = {
  cluster_name: CLUSTER,
  status: 'green',
  timed_out: false,
  number_of_nodes: 1,
  number_of_data_nodes: 1,
  active_primary_shards: 1,
  active_shards: 1,
  relocating_shards: 0,
  initializing_shards: 0,
  unassigned_shards: 0,
  delayed_unassigned_shards: 0,
  number_of_pending_tasks: 0,
  number_of_in_flight_fetch: 0,
  task_max_waiting_in_queue_millis: 0,
  active_shards_percent_as_number: 100,
};

export function planHealth(_call: Call, context: StoreContext): Plan {
  return ownPlan('health', ownDialect(context), HEALTH);
}
