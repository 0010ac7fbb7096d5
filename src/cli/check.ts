import { resolve } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../core/errors.ts';
import { inputOf } from './check-input.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import { journalOf } from './journal-of.ts';
import { checkFormats, collect, emit, type OutputOptions, parseFailOn, withOutput } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig } from './project.ts';
import { readCheckReport } from './read-report.ts';
import { allRules } from './rules.ts';
import { sourcesOf } from './sources.ts';

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'html', 'markdown'];

interface CheckOptions extends OutputOptions {
  config?: string;
  target: string[];
  baseline?: string;
  ignoreFile?: string;
  showSuppressed: boolean;
  emptyPassword?: boolean;
  with: string[];
  journal: string | boolean;
}

export function check(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('check')
      .description('the main job: inspect, audit, probe, and tell how they hang together')
      .argument('[path...]', 'packages and configuration folders; none: what postern.yaml lists')
      .option('--config <file>', 'postern.yaml to use (default: the nearest one upward)')
      .option('--target <host>', 'also probe this loopback host; may be repeated', collect, [])
      .option('--baseline <report>', 'an earlier JSON report: what it holds is not new and does not fail the run')
      .option('--ignore-file <file>', 'accepted findings (default: the one that postern.yaml names)')
      .option('--show-suppressed', 'show accepted findings too', false)
      .option('--with <file>', 'also what another place saw (`postern probe --from`); may be repeated', collect, [])
      .option(
        '--journal <file>',
        'keep a journal of all that is sent (default: .postern/journal.jsonl beside postern.yaml)',
      )
      .option('--no-journal', 'keep none')
      .option('--empty-password', 'one login with an empty password at MySQL/MariaDB (always tried on loopback)'),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Examples:
  $ postern check                                      what postern.yaml lists
  $ postern check app.apk deploy/                      no configuration needed; nothing is contacted
  $ postern check app.apk deploy/ --target 127.0.0.1   and the stores on this machine
  $ postern check --output html=report.html --output json=report.json
  $ postern check --baseline main.json --fail-on medium    in a release gate`,
    )
    .action(async (paths: string[], options: CheckOptions) => {
      checkFormats(io, options, FORMATS);
      const config = await findConfig(io, options.config);
      if (!config && paths.length === 0 && options.target.length === 0) {
        throw new PosternError('E_CONFIG_NOT_FOUND', 'there is no postern.yaml here or above, and no path was given');
      }
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const [{ input, root }, { runCheck, checkExitCode }, baseline] = await Promise.all([
        inputOf(io, config, {
          paths,
          targets: options.target,
          with: options.with,
          ...(options.ignoreFile === undefined ? {} : { ignoreFile: options.ignoreFile }),
          ...(options.emptyPassword === undefined ? {} : { emptyPassword: options.emptyPassword }),
        }),
        import('../check/index.ts'),
        options.baseline === undefined ? undefined : readCheckReport(resolve(io.cwd, options.baseline)),
      ]);
      const journal = await journalOf(io, options.journal, config);
      const progress = await createProgress(io, options);
      const report = await interruptible(({ signal }) =>
        runCheck({
          ...input,
          ...(journal === undefined ? {} : { onSend: (sent) => journal.write(sent) }),
          ...(baseline ? { baseline } : {}),
          onProgress: ({ part, label, done, total }) => progress.update(`${part} ${label}`, done, total),
          signal,
        }),
      );
      progress.stop();
      journal?.close();
      const [{ render }, { formatOf }, rules, sources] = await Promise.all([
        import('../report/index.ts'),
        import('./format.ts'),
        allRules(),
        sourcesOf(root, report),
      ]);
      await emit(io, options, FORMATS, (format, look) =>
        render(formatOf(format), report, {
          ...look,
          rules,
          sources,
          baseDirectory: root,
          baseline: baseline !== undefined,
          all: options.showSuppressed,
        }),
      );
      exit(checkExitCode(report, { failOn, exitZero: options.exitZero }));
    });
}
