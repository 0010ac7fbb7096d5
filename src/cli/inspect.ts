import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { InspectReport } from '../core/contract/inspect.ts';
import { PosternError } from '../core/errors.ts';
import type { Skip } from '../core/skip.ts';
import { plain } from '../report/untrusted.ts';
import { exitCodeOf } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { type Io, stderrColors } from './io.ts';
import { checkFormats, emit, type OutputOptions, parseFailOn, withOutput } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig, redactionKey } from './project.ts';

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'markdown'];

interface InspectOptions extends OutputOptions {
  revealSecrets: boolean;
  all: boolean;
}

export function inspect(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('inspect')
      .description('read an app package: back ends, credentials, settings')
      .argument('<file...>', 'APK, APKS, XAPK, AAB or IPA files')
      .option('--all', "show also what is not the app's own, with the reason", false)
      .option('--reveal-secrets', 'print secrets in clear; for local use only', false),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Examples:
  $ postern inspect app-release.apk
  $ postern inspect app.ipa --format json --output sarif=app.sarif
  $ postern inspect app.apk --all              SDK and documentation hosts too, with the reason`,
    )
    .action(async (files: string[], options: InspectOptions) => {
      checkFormats(io, options, FORMATS);
      if (options.revealSecrets) {
        io.stderr.write(
          `${stderrColors(io).yellow('warning')} secrets are printed in clear; do not share this output\n`,
        );
      }
      const config = await findConfig(io, undefined);
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const key = await redactionKey(config);
      const { inspectPackage } = await import('../inspect/index.ts');
      const progress = await createProgress(io, options);
      const reports: { path: string; report: InspectReport }[] = [];
      let failure: unknown;
      const stopped: Skip[] = [];
      await interruptible(async ({ signal }) => {
        for (const file of files) {
          try {
            const report = await inspectPackage(resolve(io.cwd, file), {
              redactionKey: key,
              revealSecrets: options.revealSecrets,
              signal,
              onProgress: ({ entry, done, total }) => progress.update(`${file} ${entry}`, done, total),
            });
            reports.push({ path: file, report });
          } catch (error) {
            if (signal.aborted) {
              stopped.push({
                subject: file,
                code: 'STOPPED',
                reason: 'stopped before it was read',
                severity: 'incomplete',
              });
              continue;
            }
            // With several packages a broken one must not hide the others; it still decides the exit code.
            failure ??= error;
            if (files.length === 1) continue;
            const reason =
              error instanceof PosternError ? `${error.message} (${error.code})` : 'it could not be read (E_INTERNAL)';
            io.stderr.write(`${stderrColors(io).red('error')} ${plain(`${file}: ${reason}`)}\n`);
          }
        }
      });
      progress.stop();
      if (failure !== undefined && files.length === 1) throw failure;
      for (const { subject, reason } of stopped) io.stderr.write(`${plain(`not read: ${subject}: ${reason}`)}\n`);
      if (reports.length === 0) return exit(failure !== undefined ? 2 : options.exitZero ? 0 : 3);
      await emit(io, options, FORMATS, async (format, look) => {
        const { renderInspect } = await import('./render-inspect.ts');
        return renderInspect(format, reports, { ...look, all: options.all });
      });
      const findings = reports.flatMap(({ report }) => report.findings);
      const skips = [...stopped, ...reports.flatMap(({ report }) => report.skips)];
      exit(failure === undefined ? exitCodeOf(findings, skips, failOn, options.exitZero) : 2);
    });
}
