export { createLimits, type Limits, type LimitsEvent, type LimitsOptions, type Ticket } from './limits.ts';
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { peerKey } from './peer-key.ts';
export { shareOfCalls, shareOfRole } from './shares.ts';
export type { Gate, LimitStore, Pass } from './store.ts';
