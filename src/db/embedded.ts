import type { Data } from './data.ts';
import { createEmbeddedDevices } from './devices-embedded.ts';
import { openEnvironment } from './embedded-environment.ts';
import { createEmbeddedVault } from './vault-embedded.ts';

const TIDY_MS = 60_000;

/**
 * The vault's and the devices' rows in a folder of this machine, for all of its processes at once.
 *
 * @param folder absolute; made with mode 0700 where it is missing. Never on a network file system, and not shared by
 *   containers: processes know one another by their ids
 * @throws PosternError `E_GUARD` when it cannot be opened
 */
export async function createEmbeddedData(folder: string): Promise<Data> {
  const environment = await openEnvironment(folder);
  const vault = createEmbeddedVault(environment);
  const devices = createEmbeddedDevices(environment);
  environment.enlist();
  const tidying = setInterval(environment.tidy, TIDY_MS);
  tidying.unref();
  return {
    vault,
    devices,
    async close() {
      clearInterval(tidying);
      await vault.close();
      await environment.close();
    },
  };
}
