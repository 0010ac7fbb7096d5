export { peerKey } from '../contract/peer-key.ts';
export { createLimits, type Limits, type LimitsEvent } from './limits.ts';
export { createMemoryStore } from './memory-store.ts';
export { shareOfCalls, shareOfRole, smallShareOfRole } from './shares.ts';
export type { LimitStore, Spender } from './store.ts';
