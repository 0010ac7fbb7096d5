import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { InspectReport } from '../core/contract/inspect.ts';
import { PosternError } from '../core/errors.ts';
import { SCHEMAS } from '../report/input.ts';
import { exitCodeOf } from './exit-code.ts';
import { formatOf } from './format.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import { checkFormats, emit, type OutputOptions, parseFailOn, withOutput } from './output.ts';
import { createProgress, type Progress } from './progress.ts';
import { findConfig, redactionKey } from './project.ts';
import { readJson } from './read-bounded.ts';
import { readCheckReport } from './read-report.ts';

const FORMATS = ['table', 'json', 'html', 'markdown'];

interface DiffOptions extends OutputOptions {
  all: boolean;
}

export function diff(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('diff')
      .description('what changed between two builds of an app, or between two checks: what opened, closed, changed')
      .argument(
        '<before>',
        'a package, its report (`postern inspect FILE --format json`), or a report of `postern check`',
      )
      .argument('<after>', 'the same of the other build or run')
      .option('--all', "also what is not the app's own", false),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Examples:
  $ postern diff app-3.1.apk app-3.2.apk
  $ postern diff last-release.json app-release.aab --fail-on medium     exit 1 for a new finding
  $ postern diff a.json b.json --format markdown > comment.md
  $ postern diff yesterday.json today.json              two reports of \`postern check\`: what opened, closed, changed

Exit code 1: the second one has a new finding at or above --fail-on, or a store that opened. Credentials compare by keyed hash: two reports
must come from one project (the key that its postern.yaml names), else every credential looks new.`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      checkFormats(io, options, FORMATS);
      const config = await findConfig(io, undefined);
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const [ofCheck, alsoOfCheck] = await Promise.all(
        [before, after].map((path) => isCheckReport(resolve(io.cwd, path))),
      );
      if (ofCheck !== alsoOfCheck) {
        const [one, other] = ofCheck ? [before, after] : [after, before];
        throw new PosternError('E_USAGE', `${one} is a report of \`postern check\`, and ${other} is none`, {
          hint: 'Compare two reports of `postern check`, or two packages (or their reports).',
        });
      }
      if (ofCheck) {
        const code = await diffReports(io, before, after, options, failOn);
        exit(code);
        return;
      }
      const key = await redactionKey(config);
      const progress = await createProgress(io, options);
      const builds: { path: string; report: InspectReport }[] = [];
      try {
        await interruptible(async ({ signal }) => {
          for (const path of [before, after]) {
            builds.push({ path, report: await buildOf(resolve(io.cwd, path), path, key, signal, progress) });
          }
        });
      } finally {
        progress.stop();
      }
      const [first, second] = builds;
      if (first === undefined || second === undefined) throw new PosternError('E_INTERNAL', 'nothing to compare');
      const { diffBuilds } = await import('../inspect/index.ts');
      const difference = diffBuilds(first, second, { all: options.all });
      const { render } = await import('../report/index.ts');
      await emit(io, options, FORMATS, (format, look) =>
        render(formatOf(format), difference, { ...look, all: options.all }),
      );
      const known = new Set(first.report.findings.map(({ fingerprint }) => fingerprint));
      const fresh = second.report.findings.filter(({ fingerprint }) => !known.has(fingerprint));
      exit(exitCodeOf(fresh, [...first.report.skips, ...second.report.skips], failOn, options.exitZero));
    });
}

/** Two runs of the main job. */
async function diffReports(
  io: Io,
  before: string,
  after: string,
  options: DiffOptions,
  failOn: ReturnType<typeof parseFailOn>,
): Promise<number> {
  const [first, second] = await Promise.all(
    [before, after].map(async (path) => ({ path, report: await readCheckReport(resolve(io.cwd, path)) })),
  );
  if (first === undefined || second === undefined) throw new PosternError('E_INTERNAL', 'nothing to compare');
  const [{ diffChecks, newFindings }, { render }] = await Promise.all([
    import('../check/diff.ts'),
    import('../report/index.ts'),
  ]);
  const difference = diffChecks(first, second);
  await emit(io, options, FORMATS, (format, look) =>
    render(formatOf(format), difference, { ...look, all: options.all }),
  );
  return exitCodeOf(newFindings(first.report, second.report), second.report.skips, failOn, options.exitZero);
}

async function isCheckReport(path: string): Promise<boolean> {
  if (!REPORT.test(path)) return false;
  const { value } = await readJson(path, 'E_REPORT_INVALID');
  return schemaOf(value) === SCHEMAS.check;
}

const REPORT = /\.json$/i;

async function buildOf(
  file: string,
  named: string,
  key: Uint8Array,
  signal: AbortSignal,
  progress: Progress,
): Promise<InspectReport> {
  const { statSync } = await import('node:fs');
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PosternError('E_USAGE', `${named} is a folder`, {
      hint: 'Name two packages, or their reports. What a whole folder shares: postern inspect FOLDER.',
    });
  }
  if (REPORT.test(file)) return readInspectReport(file);
  const { inspectPackage } = await import('../inspect/index.ts');
  return inspectPackage(file, {
    name: named,
    redactionKey: key,
    signal,
    onProgress: ({ entry, done, total }) => progress.update(`${named} ${entry}`, done, total),
  });
}

const OTHER_REPORTS = [
  [SCHEMAS.check, 'a report of `postern check`'],
  [SCHEMAS.audit, 'a report of `postern audit`'],
  [SCHEMAS.fleet, 'a report of a whole folder'],
  [SCHEMAS.diff, 'a difference already'],
  [SCHEMAS.checkDiff, 'a difference already'],
  [SCHEMAS.receipt, 'a receipt'],
] as const;

function schemaOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
}

async function readInspectReport(path: string): Promise<InspectReport> {
  const hint = 'Write a report with `postern inspect FILE --format json > report.json`.';
  const { value } = await readJson(path, 'E_REPORT_INVALID', hint);
  const other = OTHER_REPORTS.find(([schema]) => schema === schemaOf(value));
  if (other !== undefined) {
    throw new PosternError('E_REPORT_INVALID', `${path} is ${other[1]}: only reports of one package are compared`, {
      hint,
    });
  }
  const { inspectReportSchema } = await import('../core/contract/inspect.ts');
  const parsed = inspectReportSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const what = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a report'}`;
  throw new PosternError('E_REPORT_INVALID', `${path} is no report of one package: ${what}`, { hint });
}
