export type { FleetResult } from './inspect-one.ts';
export { type FleetRun, inspectFolder } from './run.ts';
