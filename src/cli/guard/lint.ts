import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { PosternError } from '../../core/errors.ts';
import { type Io, wantsColor } from '../io.ts';
import { print } from '../output.ts';
import { loadNamedPolicy } from './load.ts';

export function guardLint(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('lint')
    .description('find what is valid in a policy and yet not meant, or not safe')
    .argument('[policy]', 'the policy file', 'guard.yaml')
    .option('--mapping <file>', 'what GET /_mapping of the store says, to hold the policy against')
    .option('--aliases <file>', 'what GET /_alias of the store says')
    .option('--format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      `
Exit code 1 when something of severity error is found.

Examples:
  $ postern guard lint
  $ curl -s https://store.internal:9200/_mapping > mapping.json
  $ postern guard lint guard.yaml --mapping mapping.json`,
    )
    .action(async (file: string, options: { mapping?: string; aliases?: string; format: string }) => {
      if (options.format !== 'text' && options.format !== 'json') {
        throw new PosternError('E_USAGE', `this command has no format "${options.format}"`, {
          hint: 'Use text or json.',
        });
      }
      const policy = await loadNamedPolicy(io, file);
      const { lint, readAliases, readMapping } = await import('../../guard/policy/index.ts');
      const findings = lint(policy, {
        ...(options.mapping !== undefined && { mapping: readMapping(await json(io, options.mapping)) }),
        ...(options.aliases !== undefined && { aliases: readAliases(await json(io, options.aliases)) }),
      });
      const colors = pc.createColors(wantsColor(io, io.stdout));
      const paint = { error: colors.red, warning: colors.yellow, info: colors.dim };
      const shown = relative(io.cwd, policy.path);
      await print(
        io,
        options.format === 'json'
          ? JSON.stringify(findings, null, 2)
          : findings.length === 0
            ? 'nothing found'
            : findings
                .map(
                  ({ rule, severity, message, position }) =>
                    `${shown}:${position.line}:${position.column}: ${paint[severity](severity)} ${message} ${colors.dim(`(${rule})`)}`,
                )
                .join('\n'),
      );
      exit(findings.some(({ severity }) => severity === 'error') ? 1 : 0);
    });
}

/** @throws PosternError `E_INPUT_NOT_FOUND`, `E_INPUT_UNSUPPORTED` */
export async function json(io: Io, file: string): Promise<unknown> {
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch((cause: unknown) => {
    throw new PosternError('E_INPUT_NOT_FOUND', `${file} cannot be read`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new PosternError('E_INPUT_UNSUPPORTED', `${file} is not JSON`);
  }
}
