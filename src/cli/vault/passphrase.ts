import type { Command } from 'commander';
import { PosternError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { describeRoot } from './init.ts';
import { type VaultOptions, vaultPolicy, withPolicy } from './open.ts';
import { askPassphrase, askTwice, passphraseFrom, placeOf } from './passphrases.ts';

interface PassphraseOptions extends VaultOptions {
  readonly oldFile?: string;
  readonly newFile?: string;
}

export function vaultPassphrase(command: Command, io: Io, exit: (code: number) => void): void {
  withPolicy(command.command('passphrase').description('change the passphrase that seals the root key'))
    .option('--old-file <file>', 'the present passphrase, instead of being asked for it')
    .option('--new-file <file>', 'the new one, instead of being asked for it')
    .addHelpText(
      'after',
      `
The root key stays the same: gateways go on, and need the new passphrase when they are started again. Copies of the
sealed file open with the passphrase that they were made with. If somebody may have one of them and its passphrase, a
new passphrase does not help: postern vault change-root.

Examples:
  $ postern vault passphrase
  $ postern vault passphrase --old-file secrets/vault --new-file secrets/vault.new && mv secrets/vault.new secrets/vault`,
    )
    .action(async (options: PassphraseOptions) => {
      const { config } = await vaultPolicy(io, options.policy);
      const { rootKey } = config;
      if (rootKey.kind !== 'sealed') {
        throw new PosternError(
          'E_USAGE',
          `the root key of this vault has no passphrase: it is the ${describeRoot(rootKey)}`,
          { hint: 'To move to one that has: postern vault change-root.' },
        );
      }
      const from = await passphraseFrom(io, options.oldFile, '--old-file', () =>
        askPassphrase(io, 'Present passphrase of the root key:'),
      );
      const to = await passphraseFrom(io, options.newFile, '--new-file', () =>
        askTwice(io, 'New passphrase of the root key'),
      );
      if (from.normalize('NFC') === to.normalize('NFC')) {
        throw new PosternError('E_USAGE', 'the new passphrase is the old one');
      }
      const [{ changeSealedPassphrase, openRootKey }, { readSecret }] = await Promise.all([
        import('../../crypto/keyring/index.ts'),
        import('../../config/secret.ts'),
      ]);
      await changeSealedPassphrase(rootKey.path, from, to);
      // What was written is what opens it from now on: tried, while the old file's backup is still at hand.
      const root = await openRootKey(rootKey, async () => to);
      root.close();
      const found = await readSecret(rootKey.passphrase, io.env).catch(() => undefined);
      const inPlace = found?.normalize('NFC') === to.normalize('NFC');
      await print(
        io,
        options.json
          ? JSON.stringify({ rootKey: describeRoot(rootKey), id: root.id, inPlace }, null, 2)
          : [
              `The root key ${root.id} has a new passphrase, and opens with it: ${rootKey.path}`,
              '',
              inPlace
                ? `The gateway looks for it ${placeOf(rootKey)}, and it is there.`
                : `The gateway looks for it ${placeOf(rootKey)}, and it is not there yet: put it there before the next start.`,
              'Make a new backup of the sealed file. Older copies open with the old passphrase: delete them.',
            ].join('\n'),
      );
      exit(0);
    });
}
