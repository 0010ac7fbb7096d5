export { type Alarm, type Anomalies, createAnomalies, type Standing } from './anomalies.ts';
export { createMemoryAnomalies } from './memory.ts';
export { type AnomalyStore, type Hold, STRICTEST_FIRST } from './store.ts';
