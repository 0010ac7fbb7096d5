import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../../core/errors.ts';
import type { Data } from '../../db/data.ts';
import { Refusal } from '../../guard/contract/refusal.ts';
import type { Vault } from '../../guard/contract/vault.ts';
import type { Policy } from '../../guard/policy/index.ts';
import type { RootKeyConfig, VaultConfig } from '../../guard/policy/resources-config.ts';
import type { VaultAdmin } from '../../guard/vault/index.ts';
import { openData } from '../guard/data.ts';
import { loadNamedPolicy } from '../guard/load.ts';
import type { Io } from '../io.ts';

/** What this process is called among the gateways that take part in purges. */
export const OWN_NAME = 'postern vault';

export interface VaultOptions {
  readonly policy: string;
  readonly json: boolean;
}

export interface Opened {
  readonly policy: Policy;
  readonly config: VaultConfig;
  readonly data: Data;
  readonly vault: Vault & VaultAdmin;
}

/** The options that every verb of the vault has. */
export function withPolicy(command: Command): Command {
  return command
    .option('--policy <file>', 'the policy that says where the vault is', 'guard.yaml')
    .option('--json', 'print JSON', false);
}

/** The policy and the part of it that is the vault. @throws PosternError `E_POLICY_INVALID` */
export async function vaultPolicy(io: Io, file: string): Promise<{ policy: Policy; config: VaultConfig }> {
  const policy = await loadNamedPolicy(io, file);
  if (policy.vault === null) {
    throw new PosternError('E_POLICY_INVALID', `${file} has no vault`, {
      hint: 'Add `vault: { rootKey: { file: .postern/vault-root.key }, keys: .postern/vault-keys }`, or name another --policy.',
    });
  }
  return { policy, config: policy.vault };
}

/** Whether its keys were made. Without this look, a folder that is not mounted would become a new and empty vault. */
export function isSetUp({ keys }: VaultConfig): boolean {
  return existsSync(join(keys, 'vault.json'));
}

/** The file of a root key that no service keeps. */
export function localFile(rootKey: RootKeyConfig): string | null {
  return rootKey.kind === 'file' || rootKey.kind === 'sealed' ? rootKey.path : null;
}

/** A key file is made on first use; not where there are keys that another one wrapped. @throws PosternError `E_KEY` */
export function checkRootIsThere({ rootKey, keys }: VaultConfig): void {
  const file = localFile(rootKey);
  if (file === null || existsSync(file)) return;
  throw new PosternError('E_KEY', `the root key ${file} is missing, and ${keys} is wrapped by it`, {
    hint: 'Restore it from its backup (or mount it). A new one cannot open anything of this vault.',
  });
}

/**
 * Opens the vault of the policy, runs, and closes it again.
 *
 * @throws PosternError `E_GUARD` also for what the vault refuses
 */
export async function withVault<T>(io: Io, file: string, run: (opened: Opened) => Promise<T>): Promise<T> {
  const { policy, config } = await vaultPolicy(io, file);
  refuseNoVault(config, file);
  return await openVault(io, policy, config, run);
}

/** @throws PosternError `E_GUARD` where its keys were not made, `E_KEY` where what wraps them is missing */
export function refuseNoVault(config: VaultConfig, file: string): void {
  if (!isSetUp(config)) {
    throw new PosternError('E_GUARD', `there is no vault yet: ${config.keys} holds no keys`, {
      hint: `Make it: postern vault init --policy ${file}. If there was one, restore its folder of keys (or mount it) first.`,
    });
  }
  checkRootIsThere(config);
}

/** As `withVault`, and makes what is missing. */
export async function openVault<T>(
  io: Io,
  policy: Policy,
  config: VaultConfig,
  run: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { openVault: open } = await import('../../guard/run/vault.ts');
  const data = await openData(policy, io.env);
  try {
    const { vault } = await open(config, data.vault, io.env, OWN_NAME);
    try {
      return await run({ policy, config, data, vault });
    } finally {
      await vault.close();
    }
  } catch (error) {
    throw asFailure(error);
  } finally {
    await data.close();
  }
}

/** A refusal is what a client gets; here its detail is for the operator. */
function asFailure(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const hint = error.cause instanceof PosternError ? error.cause.hint : HINTS[error.code];
  const reason = error.cause instanceof PosternError ? `: ${error.cause.message}` : '';
  return new PosternError('E_GUARD', `${error.detail === '' ? error.message : error.detail}${reason}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  unavailable: 'What was begun is written down: run the same command again, it goes on where it was.',
  conflict: 'Nothing was made unreadable yet: run the same command again.',
};
