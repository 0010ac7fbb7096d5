import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSecret } from '../../config/secret.ts';
import { PosternError } from '../../core/errors.ts';
import { type EpochKeys, openEpochKeys, openRootKey } from '../../crypto/keyring/index.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Vault, VaultStore } from '../contract/vault.ts';
import type { VaultConfig } from '../policy/resources-config.ts';
import { createVault, type VaultAdmin } from '../vault/index.ts';

export interface OpenVault {
  readonly vault: Vault & VaultAdmin;
  /** Reads what every request needs: the store, and the present epoch's key. @throws PosternError `E_KEY` @throws Refusal `unavailable` */
  probe(): Promise<void>;
  /** What will go wrong if nobody acts, such as a key service that is away when an epoch ends; null: nothing known. */
  trouble(): string | null;
}

/**
 * The vault of a policy. Keys are made on first use, and only then: a folder that is not mounted must not become a new vault.
 *
 * @param store closed with the vault
 * @param gateway name of this process among those that share the store
 * @throws PosternError `E_KEY`, `E_GUARD`
 */
export async function openVault(
  config: VaultConfig,
  store: VaultStore,
  env: NodeJS.ProcessEnv,
  gateway: string,
): Promise<OpenVault> {
  await checkFirstUse(config, store);
  const root = await openRootKey(config.rootKey, (reference) => readSecret(reference, env));
  const keys = await openEpochKeys(config.keys, root, { epochMs: config.epoch }).catch((error: unknown) => {
    root.close();
    throw error;
  });
  try {
    const vault = await createVault({ store, keys, gateway, cache: config.cache });
    return { vault, probe: () => probe(vault, keys), trouble: () => keys.trouble() };
  } catch (error) {
    keys.close();
    throw error instanceof Refusal ? toldToOperator(error) : error;
  }
}

async function checkFirstUse({ keys, rootKey }: VaultConfig, store: VaultStore): Promise<void> {
  if (await isThere(join(keys, 'vault.json'))) {
    const file = rootKey.kind === 'file' || rootKey.kind === 'sealed' ? rootKey.path : null;
    if (file === null || (await isThere(file))) return;
    throw new PosternError('E_KEY', `the root key ${file} is missing, and ${keys} is wrapped by it`, {
      hint: 'Restore it from its backup (or mount it). A new one cannot open anything of this vault.',
    });
  }
  const { subjects, shredded } = await store.counts().catch((error: unknown) => {
    throw error instanceof Refusal ? toldToOperator(error) : error;
  });
  if (subjects + shredded === 0) return;
  throw new PosternError('E_KEY', `${keys} holds no keys, and the store holds those of ${subjects + shredded} people`, {
    hint: 'Mount it, or restore its newest copy (docs/guard/vault.md). New keys would open nothing, and forget who was shredded.',
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // Anything else is told by whoever opens it.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

async function probe(vault: Vault, keys: EpochKeys): Promise<void> {
  await keys.current();
  // Finding makes nothing, whoever that is: the store is asked, and what was wrong with it is over.
  await vault.find('');
}

/** What clients get as a refusal says at a start why there is none. */
function toldToOperator(error: Refusal): PosternError {
  return new PosternError('E_GUARD', error.detail, { cause: error });
}
