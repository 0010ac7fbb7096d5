import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { loadNamedPolicy } from './load.ts';

export function guardLearn(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('learn')
    .description('propose a narrower policy from what was used')
    .argument('<journals...>', 'files of the journal')
    .option('--policy <file>', 'the policy in force', 'guard.yaml')
    .addHelpText(
      'after',
      `
Watch first (\`observe\` in a role), then learn. The proposal is printed and nothing is changed; counts, and what enforcing
would have refused, stand in it as comments.

Example:
  $ postern guard learn journal/*.jsonl > guard.proposed.yaml`,
    )
    .action(async (files: readonly string[], options: { policy: string }) => {
      const policy = await loadNamedPolicy(io, options.policy);
      const { learnPolicy, readUsage } = await import('../../guard/propose/index.ts');
      const usage = await readUsage(files.map((file) => resolve(io.cwd, file)));
      await print(io, learnPolicy(policy, await readFile(policy.path, 'utf8'), usage));
      exit(0);
    });
}
