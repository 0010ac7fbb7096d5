/** The doubles that tests of other rooms use do what the real stores do. */
import { beforeEach, describe } from 'vitest';
import { createMemoryDevices } from '../guard/devices/testing/memory-store.ts';
import { createMemoryVaultStore } from '../guard/vault/testing/memory-store.ts';
import { deviceSuite } from './testing/device-suite.ts';
import { vaultSuite } from './testing/vault-suite.ts';

describe('the double of the vault in memory', () => {
  let shared: ReturnType<typeof createMemoryVaultStore>;
  beforeEach(() => {
    shared = createMemoryVaultStore();
  });
  vaultSuite(async () => shared, 'double');
});

describe('the double of devices in memory', () => {
  let shared: ReturnType<typeof createMemoryDevices>;
  beforeEach(() => {
    shared = createMemoryDevices();
  });
  deviceSuite(async () => shared);
});
