/** The literals of core/contract/fleet.ts, checked against it by the compiler: importing it would load the schema library. */
import type { FleetReport } from '../../core/contract/fleet.ts';

export type { FleetReport, FleetSharer } from '../../core/contract/fleet.ts';

export const FLEET_SCHEMA_ID: FleetReport['schema'] = 'https://postern.dev/schema/fleet-1.json';
