import type { Command } from 'commander';
import { eraseSubject } from '../erase.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { type LedgerOptions, openLedger, withLedger } from './ledger.ts';
import { type VaultOptions, withPolicy, withVault } from './open.ts';
import { describeEvent } from './receipt.ts';
import { confirmed, readSubject } from './subject.ts';
import { stdoutColors } from './text.ts';

interface ShredOptions extends VaultOptions, LedgerOptions {
  readonly keepDocuments: boolean;
  readonly yes: boolean;
}

export function vaultShred(command: Command, io: Io, exit: (code: number) => void): void {
  withLedger(
    withPolicy(command.command('shred'))
      .description('delete a person’s documents and destroy the key: copies of what it encrypted are unreadable')
      .argument('<subject>', 'the person, as the claim of the policy says it; - for the first line of stdin')
      .option('--keep-documents', 'leave the documents: only what they hold encrypted becomes unreadable', false)
      .option('--yes', 'do not ask', false),
  )
    .addHelpText(
      'after',
      `
There is no way back. A shred that was interrupted goes on where it was when the command is run again. The receipt says
from when on nothing live can be read, and from when on no backup: that is when the key of the epoch goes (\`rotate\`).

Without --keep-documents it does what \`postern erase\` does: the documents of every declared resource first, then the key.

Examples:
  $ postern vault shred user-4711                                  documents and key, after a plan and a question
  $ postern vault shred - --keep-documents --yes < subject.txt     not in the history of the shell
  $ postern vault shred user-4711 --keep-documents`,
    )
    .action(async (argument: string, options: ShredOptions) => {
      if (!options.keepDocuments) {
        return exit(await eraseSubject(io, argument, { ...options, dryRun: false }));
      }
      const subject = await readSubject(io, argument);
      const question = 'Destroy the key of this person? Nothing can bring it back.';
      if (!(await confirmed(io, question, { yes: options.yes, stdinTaken: argument === '-' }))) {
        io.stderr.write('Nothing was done.\n');
        exit(0);
        return;
      }
      const { report, event, ledger, vault } = await withVault(
        io,
        options.policy,
        async ({ vault, config: { retain } }) => {
          const { shredEvent } = await import('../../guard/vault/index.ts');
          const ledger = await openLedger(io, vault.vaultId, options);
          const report = await vault.shredSubject(subject, {
            deleteDocuments: async () => [],
            retain,
            issueReceipt: async (body) => (await ledger.append(shredEvent(body, { documentsKept: true }))).hash,
            onStep: (step) => io.stderr.write(`done: ${STEPS[step]}\n`),
          });
          return { report, event: shredEvent(report, { documentsKept: true }), ledger, vault: vault.vaultId };
        },
      );
      // Undefined where an earlier run kept its receipts elsewhere.
      const entry = await ledger.findShred(report.subject);
      const receipt = entry && { file: entry.path, sha256: entry.hash, signedBy: ledger.publicKey };
      const colors = stdoutColors(io);
      await print(
        io,
        options.json
          ? JSON.stringify({ vault, ...report, receipt: receipt ?? null }, null, 2)
          : [
              colors.green('shredded'),
              ...describeEvent(event),
              ...(receipt ? [`receipt             ${receipt.file}, signed by ${receipt.signedBy}`] : []),
            ].join('\n'),
      );
      exit(0);
    });
}

const STEPS = {
  tombstone: 'no key is made for this person any more, and every gateway has heard it',
  documents: 'documents',
  key: 'the key is out of the store',
  purge: 'every gateway has forgotten it',
  receipt: 'the receipt is signed',
} as const;
