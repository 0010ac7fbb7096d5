import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { print, writeResult } from '../output.ts';
import { readCheckReport } from '../read-report.ts';
import { json } from './lint.ts';

interface InitOptions {
  mapping?: string;
  /** Another name of `--mapping`: with it alone, typed resources are proposed. */
  fromMapping?: string;
  report?: string;
  resources: boolean;
  output: string;
  force: boolean;
}

export function guardInit(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('init')
    .description('propose a policy from what a store holds')
    .option('--mapping <file>', 'what GET /_mapping of the store says')
    .option('--from-mapping <file>', 'the same as --mapping FILE --resources')
    .option('--report <file>', 'a report of `postern check --format json`: the stores that it found')
    .option('--resources', 'propose typed resources (REST) instead of rules for searches; needs --mapping', false)
    .option('--output <file>', 'where to write it; - for stdout', 'guard.yaml')
    .option('--force', 'replace an existing file', false)
    .addHelpText(
      'after',
      `
Personal fields are masked, credentials and the like left out, and every TODO is yours to decide: the gateway does not
start before.

Examples:
  $ curl -s http://127.0.0.1:9200/_mapping > mapping.json && postern guard init --mapping mapping.json
  $ postern guard init --from-mapping mapping.json          typed resources (REST)
  $ postern check --output json=report.json; postern guard init --report report.json`,
    )
    .action(async ({ fromMapping, ...given }: InitOptions) => {
      if (fromMapping !== undefined && given.mapping !== undefined) {
        throw new PosternError('E_USAGE', '--mapping and --from-mapping: name one of them');
      }
      const options = fromMapping === undefined ? given : { ...given, mapping: fromMapping, resources: true };
      if (options.mapping === undefined && options.report === undefined) {
        throw new PosternError('E_USAGE', 'from what? Name a --mapping or a --report', {
          hint: 'See `postern guard init --help`.',
        });
      }
      if (options.resources && options.mapping === undefined) {
        throw new PosternError('E_USAGE', '--resources needs the types of fields: name a --mapping', {
          hint: 'curl https://STORE/_mapping > mapping.json',
        });
      }
      const target = resolve(io.cwd, options.output);
      if (options.output !== '-' && existsSync(target) && !options.force) {
        throw new PosternError('E_OUTPUT', `${options.output} is there already`, {
          hint: 'Name another --output, or replace it with --force.',
        });
      }
      const [{ proposePolicy }, { readMapping }, { classifyFields }] = await Promise.all([
        import('../../guard/propose/index.ts'),
        import('../../guard/policy/index.ts'),
        import('../../classify/index.ts'),
      ]);
      const text = proposePolicy({
        ...(options.mapping !== undefined && { mapping: readMapping(await json(io, options.mapping)) }),
        ...(options.report !== undefined && { report: await readCheckReport(resolve(io.cwd, options.report)) }),
        resources: options.resources,
        classify: (names, index) => classifyFields(names, index),
      });
      if (options.output === '-') await print(io, text);
      else {
        writeResult(target, text);
        io.stderr.write(
          `${options.output} is written. Replace each TODO, then: postern guard lint ${options.output}\n`,
        );
      }
      exit(0);
    });
}
