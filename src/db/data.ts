import type { DeviceStore } from '../guard/contract/device.ts';
import type { VaultStore } from '../guard/contract/vault.ts';

/** A gateway that takes part in purges, for people. */
export interface Gateway {
  readonly name: string;
  readonly leaseMs: number;
  /** ms since the epoch, by its own clock. */
  readonly renewedAt: number;
}

export interface StoredVault extends VaultStore {
  /** Who holds, or held until lately, a lease. */
  gateways(): Promise<readonly Gateway[]>;
}

/** What outlasts the processes: the vault's rows and the devices'. */
export interface Data {
  readonly vault: StoredVault;
  readonly devices: DeviceStore;
  close(): Promise<void>;
}
