import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { RootKeyConfig, VaultConfig } from '../../guard/policy/resources-config.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { checkRootIsThere, isSetUp, localFile, openVault, type VaultOptions, vaultPolicy, withPolicy } from './open.ts';
import { askTwice, knownPassphrase, placeOf, type SealedConfig } from './passphrases.ts';
import { date } from './text.ts';

export function vaultInit(command: Command, io: Io, exit: (code: number) => void): void {
  withPolicy(command.command('init').description('make the root key, the folder of keys and the store'))
    .addHelpText(
      'after',
      `
What is there already is left as it is. For a root key that is sealed by a passphrase, the passphrase is read from where
the policy says it stands, and asked for where it is not there yet.

Examples:
  $ postern vault init
  $ VAULT_PASSPHRASE=… postern vault init --policy deploy/guard.yaml`,
    )
    .action(async (options: VaultOptions) => {
      const { policy, config } = await vaultPolicy(io, options.policy);
      const { rootKey, keys } = config;
      const before = isSetUp(config);
      if (before) checkRootIsThere(config);
      const asked = rootKey.kind === 'sealed' && !existsSync(rootKey.path) ? await seal(io, rootKey) : undefined;
      // The passphrase that was just asked for is not yet where the policy says it stands.
      const known: VaultConfig = asked === undefined ? config : { ...config, rootKey: { ...asked.rootKey } };
      const env = asked === undefined ? io.env : { ...io.env, ...asked.env };
      const report = await openVault({ ...io, env }, policy, known, async ({ vault }) => {
        const { epochs, subjects } = await vault.status();
        const current = epochs.at(-1);
        return { vault: vault.vaultId, subjects, epoch: current?.epoch ?? 0, ends: current?.ends ?? null };
      });
      const store = policy.data.kind === 'embedded' ? policy.data.folder : `${policy.data.url} (${policy.data.schema})`;
      if (options.json) {
        await print(
          io,
          JSON.stringify({ ...report, made: !before, rootKey: describeRoot(rootKey), keys, store }, null, 2),
        );
      } else {
        await print(
          io,
          [
            before ? `The vault ${report.vault} was there already.` : `The vault ${report.vault} is made.`,
            '',
            `root key     ${describeRoot(rootKey)}`,
            `epochs' keys ${keys}`,
            `store        ${store}`,
            `epoch        ${report.epoch}, until ${date(report.ends)}`,
            '',
            'Back up, each apart from the other two:',
            ...backupAdvice(rootKey, keys, store).map((line) => `  - ${line}`),
            ...(asked ? ['', passphraseAdvice(rootKey)] : []),
          ].join('\n'),
        );
      }
      exit(0);
    });
}

/** Set for the rest of this run; the name is nobody else's. */
const ASKED = 'POSTERN_VAULT_INIT_PASSPHRASE';

/** A new sealed root key. @returns the passphrase as a variable, where it had to be asked for */
async function seal(
  io: Io,
  config: SealedConfig,
): Promise<{ rootKey: SealedConfig; env: Readonly<Record<string, string>> } | undefined> {
  const { createSealedRoot } = await import('../../crypto/keyring/index.ts');
  const known = await knownPassphrase(io, config);
  const passphrase = known ?? (await askTwice(io, 'Passphrase of the root key'));
  await createSealedRoot(config.path, passphrase);
  if (known !== undefined) return undefined;
  return { rootKey: { ...config, passphrase: { env: ASKED } }, env: { [ASKED]: passphrase } };
}

export function describeRoot(rootKey: RootKeyConfig): string {
  switch (rootKey.kind) {
    case 'file':
      return `file ${rootKey.path}`;
    case 'sealed':
      return `file ${rootKey.path}, sealed by a passphrase`;
    case 'transit':
      return `transit key ${rootKey.mount}/${rootKey.key} at ${rootKey.url}`;
    case 'aws-kms':
      return `AWS KMS ${rootKey.keyId} (${rootKey.region})`;
  }
}

function backupAdvice(rootKey: RootKeyConfig, keys: string, store: string): string[] {
  return [
    localFile(rootKey) === null
      ? 'the root key: by the key service, as its documentation says. Without it nothing can be read again'
      : `the root key ${localFile(rootKey)}: once, offline, never beside the other two. Without it nothing can be read again`,
    `${keys}: daily, and never keep a copy for longer than \`retain\`: an old copy brings destroyed keys back`,
    `${store}: with your other databases. Alone it opens nothing`,
  ];
}

function passphraseAdvice(rootKey: RootKeyConfig): string {
  return rootKey.kind === 'sealed' ? `The passphrase was not kept. The gateway looks for it ${placeOf(rootKey)}.` : '';
}
