import { readSecret } from '../../config/secret.ts';
import { openEpochKeys, openRootKey } from '../../crypto/keyring/index.ts';
import type { Vault, VaultStore } from '../contract/vault.ts';
import type { VaultConfig } from '../policy/resources-config.ts';
import { createVault, type VaultAdmin } from '../vault/index.ts';

/**
 * The vault of a policy.
 *
 * @param store closed with the vault
 * @param gateway name of this process among those that share the store
 * @throws PosternError `E_KEY` @throws Refusal `unavailable`
 */
export async function openVault(
  config: VaultConfig,
  store: VaultStore,
  env: NodeJS.ProcessEnv,
  gateway: string,
): Promise<Vault & VaultAdmin> {
  const root = await openRootKey(config.rootKey, (reference) => readSecret(reference, env));
  const keys = await openEpochKeys(config.keys, root, { epochMs: config.epoch }).catch((error: unknown) => {
    root.close();
    throw error;
  });
  try {
    return await createVault({ store, keys, gateway, cache: config.cache });
  } catch (error) {
    keys.close();
    throw error;
  }
}
