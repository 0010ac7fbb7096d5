import type { Command } from 'commander';
import type { SubjectExport } from '../../guard/vault/index.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { type VaultOptions, withPolicy, withVault } from './open.ts';
import { readSubject } from './subject.ts';
import { date, iso } from './text.ts';

export function vaultExportSubject(command: Command, io: Io, exit: (code: number) => void): void {
  withPolicy(
    command
      .command('export-subject')
      .description('what the vault knows of a person: no key, no value')
      .argument('<subject>', 'the person, as the claim of the policy says it; - for the first line of stdin'),
  )
    .addHelpText(
      'after',
      `
The reference is what documents carry instead of the person. Exit code 1 when the vault knows nothing of this person.

Examples:
  $ postern vault export-subject - < subject.txt
  $ postern vault export-subject user-4711 --json`,
    )
    .action(async (argument: string, options: VaultOptions) => {
      const subject = await readSubject(io, argument);
      const known = await withVault(io, options.policy, ({ vault }) => vault.exportSubject(subject));
      await print(io, options.json ? JSON.stringify(known ? asJson(known) : null, null, 2) : text(known));
      exit(known === undefined ? 1 : 0);
    });
}

function asJson({ id, reference, shreddedAt, hasKey, epoch, shred }: SubjectExport): object {
  return {
    id,
    reference,
    shredded: iso(shreddedAt),
    hasKey,
    epoch: epoch?.epoch ?? null,
    shred: shred && { step: shred.step, begun: iso(shred.times.tombstone ?? null) },
  };
}

function text(known: SubjectExport | undefined): string {
  if (known === undefined) return 'The vault knows nothing of this person.';
  const { id, reference, shreddedAt, hasKey, epoch, shred } = known;
  return [
    `id         ${id}`,
    `reference  ${reference}`,
    hasKey ? `key        there, wrapped by epoch ${epoch?.epoch ?? '–'}` : 'key        none',
    `shredded   ${shreddedAt === null ? 'no' : date(shreddedAt)}`,
    ...(shred === null ? [] : [`shred      done up to ${shred.step}`]),
  ].join('\n');
}
