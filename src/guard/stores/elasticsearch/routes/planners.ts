/** The plan function of each route. */
import { planBulk } from '../operations/bulk.ts';
import type { Planner } from '../operations/call.ts';
import { planClearScroll } from '../operations/clear-scroll.ts';
import { planClosePit } from '../operations/close-pit.ts';
import { planCount } from '../operations/count.ts';
import { planCreate } from '../operations/create.ts';
import { planDelete } from '../operations/delete.ts';
import { planExists, planExistsSource } from '../operations/exists.ts';
import { planFieldCaps } from '../operations/field-caps.ts';
import { planGet, planGetSource } from '../operations/get.ts';
import { planHealth } from '../operations/health.ts';
import { planIndex } from '../operations/index.ts';
import { planInfo } from '../operations/info.ts';
import { planMget } from '../operations/mget.ts';
import { planMsearch } from '../operations/msearch.ts';
import { planOpenPit } from '../operations/open-pit.ts';
import { planPing } from '../operations/ping.ts';
import { planScroll } from '../operations/scroll.ts';
import { planSearch } from '../operations/search.ts';
import { planUpdate } from '../operations/update.ts';
import type { RouteName } from './table.ts';

export const PLANNERS: Readonly<Record<RouteName, Planner>> = {
  info: planInfo,
  ping: planPing,
  health: planHealth,
  search: planSearch,
  count: planCount,
  msearch: planMsearch,
  get: planGet,
  'get-source': planGetSource,
  exists: planExists,
  'exists-source': planExistsSource,
  mget: planMget,
  'field-caps': planFieldCaps,
  scroll: planScroll,
  'clear-scroll': planClearScroll,
  'open-pit': planOpenPit,
  'close-pit': planClosePit,
  index: planIndex,
  create: planCreate,
  update: planUpdate,
  delete: planDelete,
  bulk: planBulk,
};
