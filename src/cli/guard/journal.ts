import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type Io, wantsColor } from '../io.ts';
import { collect, print } from '../output.ts';

export function guardJournal(command: Command, io: Io, exit: (code: number) => void): void {
  const journal = command
    .command('journal')
    .description("the gateway's record of decisions")
    .addHelpText('after', '\nExample:\n  $ postern guard journal verify journal/*.jsonl');
  journal
    .command('verify')
    .description('find lines that were edited, moved, or taken away')
    .argument('<files...>', 'files of one or more processes, packed ones (.gz) too')
    .option('--trust <key>', 'public key of the journal (base64url); may be repeated', collect, [])
    .option('--witness <file>', 'what the witness kept, to find a tail that was cut off')
    .option('--format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      `
Without --trust the keys that the files name are believed. Without --witness nobody can know whether the last lines were
cut off, and the answer says so. Exit code 1 when something is wrong.

Examples:
  $ postern guard journal verify journal/*.jsonl --trust 3q2-7wAA…
  $ postern guard journal verify journal/*.jsonl --witness /mnt/other-host/witness.jsonl`,
    )
    .action(async (files: readonly string[], options: { trust: string[]; witness?: string; format: string }) => {
      const { readWitnessFile, verifyJournal } = await import('../../guard/journal/index.ts');
      const result = await verifyJournal(
        files.map((file) => resolve(io.cwd, file)),
        {
          ...(options.trust.length > 0 && { publicKeys: options.trust }),
          ...(options.witness !== undefined && { witness: readWitnessFile(resolve(io.cwd, options.witness)) }),
        },
      );
      const colors = pc.createColors(wantsColor(io, io.stdout));
      const wrong = result.problems.length + result.problemsOmitted;
      const text =
        options.format === 'json'
          ? JSON.stringify(result, null, 2)
          : [
              wrong === 0 ? colors.green('intact') : colors.red(`${wrong} problem${wrong === 1 ? '' : 's'}`),
              `decisions     ${result.entries} in ${result.segments} segment${result.segments === 1 ? '' : 's'}`,
              `checkpoints   ${result.checkpoints} signed; ${result.unsigned} decisions after the last one`,
              `keys          ${result.keys}`,
              `cut-off tail  ${result.truncation}`,
              ...result.torn.map(
                ({ file, bytes }) => `unfinished    ${file}: ${bytes} bytes, owned up to by the next segment`,
              ),
              ...result.problems.map(({ file, line, kind }) => `${colors.red(kind)}  ${file}:${line}`),
              ...(result.problemsOmitted > 0 ? [`… and ${result.problemsOmitted} more`] : []),
            ].join('\n');
      await print(io, text);
      exit(wrong === 0 ? 0 : 1);
    });
}
