import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { InspectReport } from '../core/contract/inspect.ts';
import { PosternError } from '../core/errors.ts';
import type { Skip } from '../core/skip.ts';
import { plain } from '../report/untrusted.ts';
import { exitCodeOf } from './exit-code.ts';
import type { FolderOptions } from './inspect-folder.ts';
import { interruptible } from './interrupt.ts';
import { type Io, stderrColors } from './io.ts';
import { checkFormats, emit, parseFailOn, withOutput } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig, redactionKey } from './project.ts';
import { readBounded } from './read-bounded.ts';

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'markdown', 'cyclonedx'];

/** The form's answers take some hundred kilobytes. */
const MOST_OF_FORM = 4 << 20;

interface InspectOptions extends FolderOptions {
  dataSafety?: string;
}

export function inspect(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('inspect')
      .description('read an app package: back ends, credentials, settings')
      .argument('<file...>', 'packages (APK, APKS, XAPK, AAB, AAR, IPA), files of one, or one folder of packages')
      .option('--all', "show also what is not the app's own, with the reason", false)
      .option('--reveal-secrets', 'print secrets in clear; for local use only', false)
      .option(
        '--data-safety <file>',
        'answers to Google Play’s Data safety form (CSV of Play Console), held against the package',
      )
      .option('--allow-partial', 'do not exit with 3 when part of a package could not be read', false)
      .option('--workers <n>', 'folder: packages read at the same time (default: one per processor)')
      .option('--timeout <seconds>', 'folder: longest time for one package (default: 600)')
      .option('--cache <folder>', 'folder: where results are kept for the next run (default: the user’s cache)')
      .option('--no-cache', 'folder: read every package anew and keep nothing'),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Examples:
  $ postern inspect app-release.apk
  $ postern inspect app.ipa --format json --output sarif=app.sarif
  $ postern inspect app.ipa --allow-partial    an encrypted app: read what can be read, and exit with 0
  $ postern inspect app.apk --all              SDK and documentation hosts too, with the reason
  $ postern inspect app.apk --output cyclonedx=app.cdx.json    its libraries and back ends as an SBOM
  $ postern inspect app.apk --data-safety data_safety.csv    what the store listing declares against what is found
  $ postern inspect apps/                      every package of a folder: which back ends do they share?
  $ postern inspect apps/ --output html=fleet.html    the same as a page with a picture
  $ postern inspect apps/ --format jsonl --workers 4 > apps.jsonl    one line per package

A folder is read with several workers. Stopped with Ctrl-C, it goes on where it was when it is run again: results are kept
by the hash of the package and of the detectors.`,
    )
    .action(async (files: string[], options: InspectOptions) => {
      const folder = await folderOf(io, files);
      if (folder !== undefined) {
        if (options.dataSafety !== undefined) throw oneApp();
        const { inspectFolderCommand } = await import('./inspect-folder.ts');
        return exit(await inspectFolderCommand(io, folder, options));
      }
      checkFormats(io, options, FORMATS);
      if (options.revealSecrets) {
        io.stderr.write(
          `${stderrColors(io).yellow('warning')} secrets are printed in clear; do not share this output\n`,
        );
      }
      const config = await findConfig(io, undefined);
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const key = await redactionKey(config);
      const { inspectPackage, readDataSafety } = await import('../inspect/index.ts');
      const declared = options.dataSafety;
      if (declared !== undefined && files.length > 1) throw oneApp();
      const dataSafety =
        declared === undefined
          ? undefined
          : readDataSafety(declared, (await readBounded(resolve(io.cwd, declared), MOST_OF_FORM)).toString('utf8'));
      const progress = await createProgress(io, options);
      const reports: { path: string; report: InspectReport }[] = [];
      let failure: unknown;
      const stopped: Skip[] = [];
      await interruptible(async ({ signal }) => {
        for (const file of files) {
          try {
            const report = await inspectPackage(resolve(io.cwd, file), {
              name: file,
              redactionKey: key,
              revealSecrets: options.revealSecrets,
              ...(dataSafety === undefined ? {} : { dataSafety }),
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
      const skips = [...stopped, ...(options.allowPartial ? [] : reports.flatMap(({ report }) => report.skips))];
      exit(failure === undefined ? exitCodeOf(findings, skips, failOn, options.exitZero) : 2);
    });
}

function oneApp(): PosternError {
  return new PosternError('E_USAGE', '--data-safety is the declaration of one app; name its package');
}

/** @throws PosternError E_USAGE when a folder is not the only argument */
async function folderOf(io: Io, files: readonly string[]): Promise<string | undefined> {
  const { statSync } = await import('node:fs');
  if (files.includes('')) throw new PosternError('E_USAGE', 'the name of a package is empty');
  const folder = files.find((file) => statSync(resolve(io.cwd, file), { throwIfNoEntry: false })?.isDirectory());
  if (folder !== undefined && files.length > 1) {
    throw new PosternError('E_USAGE', `${folder} is a folder: it is inspected by itself`, {
      hint: 'Run the command once per folder, or name the packages.',
    });
  }
  return folder;
}
