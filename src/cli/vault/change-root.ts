import { existsSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import type { Command } from 'commander';
import { PosternError } from '../../core/errors.ts';
import type { RootKey } from '../../crypto/keyring/index.ts';
import type { StoredVault } from '../../db/data.ts';
import type { Policy } from '../../guard/policy/index.ts';
import type { RootKeyConfig, VaultConfig } from '../../guard/policy/resources-config.ts';
import { openData } from '../guard/data.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { describeRoot } from './init.ts';
import { checkRootIsThere, isSetUp, localFile, type VaultOptions, vaultPolicy, withPolicy } from './open.ts';
import { askPassphrase, askTwice, knownPassphrase, placeOf } from './passphrases.ts';
import { rootKeyYaml } from './root-yaml.ts';
import { count } from './text.ts';

interface ChangeOptions extends VaultOptions {
  readonly to: string;
}

export function vaultChangeRoot(command: Command, io: Io, exit: (code: number) => void): void {
  withPolicy(command.command('change-root').description('wrap the keys of the vault with another root key'))
    .requiredOption(
      '--to <file>',
      'a policy with the new `vault.rootKey`, beside the present one; the rest of it as it is',
    )
    .addHelpText(
      'after',
      `
Stop the gateways first, and \`rotate\`: those that run with the old root key would begin epochs with it. The keys of
epochs stay as they are, so nothing in the store and no document is written. A new root key of a file is made when it is
not there yet. It may be interrupted and run again with the same files: it goes on where it was. When it is done, every
key was opened with the new root key alone, and it says what to change in the policy.

Examples:
  $ cp guard.yaml guard-new.yaml && $EDITOR guard-new.yaml      its vault.rootKey only
  $ postern vault change-root --to guard-new.yaml
  $ mv guard-new.yaml guard.yaml`,
    )
    .action(async (options: ChangeOptions) => {
      const { policy, config } = await vaultPolicy(io, options.policy);
      const { config: next } = await vaultPolicy(io, options.to);
      checkFolder(config, next, options);
      checkRootIsThere(config);
      await checkStopped(io, policy);
      const { changed, epochs, root } = await change(io, config, next);
      const yaml = rootKeyYaml(next.rootKey, policy.path);
      if (options.json) {
        const facts = { from: describeRoot(config.rootKey), to: describeRoot(next.rootKey), id: root };
        await print(io, JSON.stringify({ ...facts, changed, epochs, policy: yaml }, null, 2));
      } else {
        await print(
          io,
          [
            changed === 0
              ? 'Nothing was left to change.'
              : `${count(changed, 'file was', 'files were')} written again.`,
            `The index key and the ${count(epochs, 'key', 'keys')} of epochs open with ${root}: ${describeRoot(next.rootKey)}.`,
            '',
            `In ${options.policy}, under \`vault:\`, instead of its \`rootKey\`:`,
            '',
            `  ${yaml}`,
            ...(next.rootKey.kind === 'sealed'
              ? ['', `The gateway looks for the passphrase ${placeOf(next.rootKey)}.`]
              : []),
            '',
            'Then:',
            ...advice(config, next).map((line) => `  - ${line}`),
          ].join('\n'),
        );
      }
      exit(0);
    });
}

function checkFolder(config: VaultConfig, next: VaultConfig, { policy, to }: ChangeOptions): void {
  if (next.keys !== config.keys) {
    throw new PosternError('E_USAGE', `${policy} and ${to} name two folders of keys: ${config.keys}, ${next.keys}`, {
      hint: `Only \`vault.rootKey\` may differ. Paths are those of the file's own folder: put ${to} beside ${policy}.`,
    });
  }
  const file = localFile(next.rootKey);
  if (file !== null && file === localFile(config.rootKey)) {
    throw new PosternError('E_USAGE', `${policy} and ${to} name one file of the root key: ${file}`, {
      hint: 'Name another one. To change a passphrase alone: postern vault passphrase.',
    });
  }
  if (!isSetUp(config)) {
    throw new PosternError('E_GUARD', `there is no vault yet: ${config.keys} holds no keys`, {
      hint: 'Name the root key that you want in the policy, and make it: postern vault init.',
    });
  }
}

/** @throws PosternError `E_GUARD` when a gateway, or another verb, renews its lease */
async function checkStopped(io: Io, policy: Policy): Promise<void> {
  const data = await openData(policy, io.env);
  try {
    const name = await firstAtWork(data.vault);
    if (name === undefined) return;
    throw new PosternError('E_GUARD', `${name} is at work with the root key that is to be replaced`, {
      hint: 'Stop all gateways and other verbs of the vault, then run this again. Nothing was changed.',
    });
  } finally {
    await data.close();
  }
}

const LOOK_AGAIN = 100;

/** One that was killed does not renew its lease any more: nobody's clock is asked. */
async function firstAtWork(store: StoredVault): Promise<string | undefined> {
  const before = new Map((await store.gateways()).map((gateway) => [gateway.name, gateway]));
  const longest = Math.max(0, ...[...before.values()].map(({ leaseMs }) => leaseMs));
  const began = performance.now();
  while (performance.now() - began < longest) {
    await after(LOOK_AGAIN);
    const alive = (await store.gateways()).find(({ name, renewedAt }) => before.get(name)?.renewedAt !== renewedAt);
    if (alive !== undefined) return alive.name;
  }
  return undefined;
}

async function change(
  io: Io,
  config: VaultConfig,
  next: VaultConfig,
): Promise<{ changed: number; epochs: number; root: string }> {
  const [{ changeRootKey, openEpochKeys, openRootKey }, { readSecret }] = await Promise.all([
    import('../../crypto/keyring/index.ts'),
    import('../../config/secret.ts'),
  ]);
  const from = await openRootKey(config.rootKey, (reference) => readSecret(reference, io.env));
  let changed: number;
  let to: RootKey | undefined;
  try {
    to = await openNew(io, next.rootKey);
    changed = await changeRootKey(config.keys, from, to);
    // As a gateway will: with the new one alone.
    const keys = await openEpochKeys(config.keys, to, { epochMs: next.epoch });
    try {
      const living = (await keys.list()).filter(({ destroyed }) => destroyed === null);
      for (const { epoch } of living) await keys.get(epoch);
      return { changed, epochs: living.length, root: to.id };
    } finally {
      keys.close();
    }
  } finally {
    to?.close();
    from.close();
  }
}

/** A file of its own is made when it is not there. */
async function openNew(io: Io, rootKey: RootKeyConfig): Promise<RootKey> {
  const [{ createSealedRoot, openRootKey }, { readSecret }] = await Promise.all([
    import('../../crypto/keyring/index.ts'),
    import('../../config/secret.ts'),
  ]);
  if (rootKey.kind !== 'sealed') return await openRootKey(rootKey, (reference) => readSecret(reference, io.env));
  const there = existsSync(rootKey.path);
  const passphrase =
    (await knownPassphrase(io, rootKey)) ??
    (there
      ? await askPassphrase(io, 'Passphrase of the new root key:')
      : await askTwice(io, 'Passphrase of the new root key'));
  if (!there) await createSealedRoot(rootKey.path, passphrase);
  return await openRootKey(rootKey, async () => passphrase);
}

function advice({ keys, rootKey: old }: VaultConfig, { rootKey }: VaultConfig): string[] {
  const file = localFile(rootKey);
  return [
    ...(file === null
      ? []
      : [`back up the root key ${file}, offline, apart from the rest: without it nothing can be read`]),
    `back up ${keys}, bring it to the other machines that have a copy, and start the gateways`,
    `copies of ${keys} that were made before open with the old root key (${describeRoot(old)}) still: delete them within \`retain\`, and the old root key then`,
    'if somebody else may have the old root key and such a copy: postern vault rotate --now',
  ];
}
