import type { Api } from '../api/index.ts';
import type { Authenticator } from '../authn/index.ts';
import type { Access } from '../contract/grant.ts';
import type { Principal } from '../contract/principal.ts';
import type { Dialect, Sealer, Store, Upstream } from '../contract/store.ts';
import type { Devices } from '../devices/index.ts';
import type { DeviceRequirement } from '../policy/devices-config.ts';
import type { RoleLimits } from '../policy/limits-config.ts';

/** One store with its client. */
export interface StoreBinding {
  readonly store: Store;
  readonly upstream: Upstream;
  readonly dialect: Dialect;
}

/**
 * Everything that one request is decided by. A reload replaces the whole; a request keeps the one that it began with.
 */
export interface Snapshot {
  readonly authenticator: Authenticator;
  readonly stores: ReadonlyMap<string, StoreBinding>;
  /** Answers what needs no store, and reads requests before it is known which store they are for. */
  readonly front: StoreBinding;
  readonly sealer: Sealer;
  token(field: string, value: string): string;
  access(principal: Principal, now: number): Access;
  /** The un-narrowed access of roles that are only watched; undefined when the principal has none. */
  observed(principal: Principal, now: number): Access | undefined;
  limitsOf(principal: Principal): RoleLimits;
  /** Typed resources; null: none are declared. */
  readonly api: Api | null;
  readonly devices: Devices | null;
  /** What a role asks of the device; null: nothing. */
  requirementOf(role: string | null): DeviceRequirement | null;
}
