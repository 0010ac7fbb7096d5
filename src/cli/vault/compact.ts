import type { Command } from 'commander';
import { PosternError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { type VaultOptions, vaultPolicy, withPolicy } from './open.ts';

export function vaultCompact(command: Command, io: Io, exit: (code: number) => void): void {
  withPolicy(command.command('compact').description('write the embedded store anew, without what was deleted'))
    .addHelpText(
      'after',
      `
With the gateways of this machine stopped. The old file is overwritten; what the disk itself and backups keep of it is
reached by \`rotate\` alone, which destroys the key that it would take to read it.

Example:
  $ postern vault compact`,
    )
    .action(async (options: VaultOptions) => {
      const { policy } = await vaultPolicy(io, options.policy);
      if (policy.data.kind !== 'embedded') {
        throw new PosternError('E_USAGE', 'the rows are in PostgreSQL, which has its own way: VACUUM FULL', {
          hint: `VACUUM FULL ${policy.data.schema}.subjects; VACUUM FULL ${policy.data.schema}.look_ups`,
        });
      }
      const { compactEmbedded } = await import('../../db/embedded-compact.ts');
      const { bytesBefore, bytesAfter } = await compactEmbedded(policy.data.folder);
      await print(
        io,
        options.json
          ? JSON.stringify({ bytesBefore, bytesAfter }, null, 2)
          : `${bytesBefore.toLocaleString('en')} bytes before, ${bytesAfter.toLocaleString('en')} after`,
      );
      exit(0);
    });
}
