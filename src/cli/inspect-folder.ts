/** `postern inspect FOLDER`: every package below it, several at a time; what was read before comes from the cache. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FleetLine } from '../core/contract/fleet.ts';
import { PosternError } from '../core/errors.ts';
import type { FleetResult, FleetRun } from '../inspect/fleet/index.ts';
import { harmless } from '../report/json.ts';
import { plain } from '../report/untrusted.ts';
import { exitCodeOf } from './exit-code.ts';
import { formatOf } from './format.ts';
import { interruptible } from './interrupt.ts';
import { type Io, stderrColors } from './io.ts';
import { createLineFiles } from './line-files.ts';
import { checkFormats, emit, type OutputOptions, parseFailOn } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig } from './project.ts';

export const FOLDER_FORMATS = ['table', 'json', 'jsonl', 'html', 'markdown'];

export interface FolderOptions extends OutputOptions {
  all: boolean;
  revealSecrets: boolean;
  allowPartial: boolean;
  workers?: string;
  timeout?: string;
  /** A folder; `false` for `--no-cache`. */
  cache?: string | boolean;
}

/** Checked against the contract by the compiler: importing it would load the schema library. */
const FLEET_LINE: FleetLine['schema'] = 'https://postern.dev/schema/fleet-line-1.json';

export async function inspectFolderCommand(io: Io, folder: string, options: FolderOptions): Promise<number> {
  if (options.revealSecrets) {
    throw new PosternError('E_USAGE', '--reveal-secrets is for single packages', {
      hint: 'Results of a folder are kept and passed on. Inspect the one package whose secrets you need.',
    });
  }
  checkFormats(io, options, FOLDER_FORMATS);
  const workers = positive(options.workers, '--workers') ?? (await import('node:os')).availableParallelism();
  const timeout = positive(options.timeout, '--timeout');
  const config = await findConfig(io, undefined);
  const failOn = parseFailOn(options.failOn, config?.failOn);
  const wanted = options.cache === false ? undefined : resolve(io.cwd, cacheFolder(options.cache, io.env));
  const { redactionKey, home } = await keyOf(io, config?.keys.redaction, wanted);
  const worker = workerFile();
  const detectors = detectorsHash();
  const { inspectFolder } = await import('../inspect/fleet/index.ts');
  const progress = await createProgress(io, options);
  const files = createLineFiles(io, options.output, 'jsonl');
  const toStdout = options.format === 'jsonl';
  const started = Date.now();
  try {
    const run = await interruptible((interrupted) =>
      inspectFolder(folder, resolve(io.cwd, folder), {
        redactionKey,
        workers: Math.min(workers, 64),
        signal: interrupted.signal,
        ...(worker === undefined ? {} : { worker }),
        ...(timeout === undefined ? {} : { timeout: timeout * 1000 }),
        ...(home === undefined || detectors === undefined ? {} : { cache: { folder: home, detectors } }),
        onProgress: ({ path, done, total, cached }) =>
          progress.update(`${path}${left(started, done - cached, total - done)}`, done, total),
        async onResult(result) {
          const line = lineOf(result);
          files.write(line);
          // `| head` has seen enough; files go on
          if (toStdout && !(await isTaken(io, line)) && options.output.length === 0) interrupted.abort();
        },
      }),
    );
    progress.stop();
    const { render } = await import('../report/index.ts');
    const look = { all: options.all };
    const others = { ...options, output: options.output.filter((spec) => !spec.startsWith('jsonl=')) };
    if (toStdout) await emitFiles(io, others, (format, at) => render(formatOf(format), run.report, { ...at, ...look }));
    else
      await emit(io, others, FOLDER_FORMATS, (format, at) => render(formatOf(format), run.report, { ...at, ...look }));
    for (const { subject, reason } of run.skips) io.stderr.write(`${plain(`not read: ${subject}: ${reason}`)}\n`);
    if (run.unkept > 0) {
      const what = `${run.unkept} results could not be kept in ${home}: the next run reads these packages anew`;
      io.stderr.write(`${stderrColors(io).yellow('warning')} ${plain(what)}\n`);
    }
    if (run.left > 0) {
      const again = home === undefined ? '' : ' Run the same command again: it goes on where it stopped.';
      io.stderr.write(`${stderrColors(io).yellow('stopped')} ${run.left} packages were not looked at.${again}\n`);
    }
    return exitOf(run, failOn, options);
  } finally {
    progress.stop();
    files.close();
  }
}

function exitOf(
  { report, skips, left: unread }: FleetRun,
  failOn: ReturnType<typeof parseFailOn>,
  { exitZero, allowPartial }: FolderOptions,
): number {
  const severities = (['critical', 'high', 'medium', 'low', 'info'] as const).filter((severity) =>
    report.apps.some(({ findings }) => findings[severity] > 0),
  );
  if (report.failures.some(({ code }) => code === 'E_INTERNAL')) return 2; // a defect of ours is never a clean run
  const partial = report.summary.failed > 0 || unread > 0 || (!allowPartial && report.summary.partial > 0);
  const gaps = partial ? [{ severity: 'incomplete' as const }] : [];
  return exitCodeOf(
    severities.map((severity) => ({ severity })),
    [...skips, ...gaps],
    failOn,
    exitZero,
  );
}

async function emitFiles(io: Io, options: OutputOptions, render: Parameters<typeof emit>[3]): Promise<void> {
  const { writeOutputs } = await import('./output.ts');
  await writeOutputs(io, options, FOLDER_FORMATS, render);
}

/** One line of JSON; the report inside is text already. */
function lineOf(result: FleetResult): string {
  const head = `{"schema":${JSON.stringify(FLEET_LINE)},"path":${JSON.stringify(result.path)}`;
  const body = 'report' in result ? `"report":${result.report}` : `"error":${JSON.stringify(result.error)}`;
  return `${harmless(`${head},${body}}`)}\n`;
}

/** How long it will take, told once there is something to go by; packages from the cache take no time. */
function left(started: number, read: number, rest: number): string {
  if (read < 3 || rest === 0) return '';
  const seconds = (((Date.now() - started) / read) * rest) / 1000;
  return seconds < 90 ? ` · ${Math.ceil(seconds)} s left` : ` · ${Math.ceil(seconds / 60)} min left`;
}

function positive(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new PosternError('E_USAGE', `${option} ${text}: a whole number above 0 is needed`);
}

/** Where programs of this user keep what they can make again. */
function cacheFolder(named: string | boolean | undefined, env: Io['env']): string {
  if (typeof named === 'string') return named;
  const base =
    env.XDG_CACHE_HOME ||
    (process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : process.platform === 'win32'
        ? env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
        : join(homedir(), '.cache'));
  return join(base, 'postern', 'inspect');
}

/** @returns false when nobody reads stdout any more */
function isTaken(io: Io, line: string): Promise<boolean> {
  return new Promise((done) => {
    io.stdout.write(line, (error) => done(!error));
  });
}

/**
 * The project's key; without a project the cache's own, so that what is kept compares with what comes. Where a cache cannot
 * be made nothing is kept, and the packages are read all the same.
 */
async function keyOf(
  io: Io,
  ofProject: string | undefined,
  home: string | undefined,
): Promise<{ redactionKey: Uint8Array; home: string | undefined }> {
  const { loadOrCreateRedactionKey } = await import('../crypto/index.ts');
  if (ofProject !== undefined) return { redactionKey: await loadOrCreateRedactionKey(ofProject), home };
  if (home !== undefined) {
    try {
      return { redactionKey: await loadOrCreateRedactionKey(join(home, 'redaction.key')), home };
    } catch (error) {
      // a key that others can read, or that is none, is for the user to see to
      if (!(error instanceof PosternError) || error.cause === undefined) throw error;
      const message = `results are not kept for the next run: ${error.message}`;
      io.stderr.write(`${stderrColors(io).yellow('warning')} ${plain(message)}\n`);
    }
  }
  return { redactionKey: randomBytes(32), home: undefined };
}

/** Compiled modules lie under `dist/`, with this file joined into `dist/src/cli/main.js` or a chunk. */
function compiled(path: string): URL | undefined {
  const here = import.meta.url;
  const at = here.lastIndexOf('/dist/');
  if (at < 0) return undefined;
  const file = new URL(`${here.slice(0, at)}/dist/${path}`);
  return existsSync(fileURLToPath(file)) ? file : undefined;
}

function workerFile(): URL | undefined {
  return compiled('src/inspect/fleet/worker.js');
}

/**
 * Names the code that made a report. The command's main file names its chunks by the hashes of what is in them, so that its
 * own hash changes with any of them. Without a build there is no such name, and nothing is cached.
 */
function detectorsHash(): string | undefined {
  const main = compiled('src/cli/main.js');
  const thread = workerFile();
  if (main === undefined || thread === undefined) return undefined;
  const hash = createHash('sha256');
  for (const file of [main, thread]) hash.update(readFileSync(file));
  return hash.digest('hex');
}
