export { isLoopback, parseAddress } from './address.ts';
export type { AuthorityRequest } from './authority.ts';
export { type Deadline, deadlineIn } from './deadline.ts';
export { createDialer, type Dialed, type Dialer } from './dialer.ts';
export { systemEnvironment } from './environment.ts';
export { Peer, type PeerSigns } from './peer.ts';
export type { PinnedAddress } from './resolve.ts';
export { createScope, type NetworkTarget, type Scope, type ScopeEntry } from './scope.ts';
