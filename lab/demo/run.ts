/** Runs the real commands of the story, and shows them as they would be typed. */
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pc from 'picocolors';
import { PosternError } from '../../src/core/errors.ts';
import { packageRoot } from '../package-root.ts';

export interface RunOptions {
  /** Said on stdin. */
  input?: string;
  /** A file for what it prints. */
  into?: string;
  /** Exit codes that are part of the story; 0 alone by default. */
  fine?: readonly number[];
  /** `notes`: what goes to stderr, where the result was just shown; `command`: what was run. */
  show?: 'all' | 'notes' | 'command' | 'nothing';
}

export interface RunPlace {
  /** The range's folder. */
  dir: string;
  reportDir: string;
  log(line: string): void;
  signal: AbortSignal;
  /** Nothing but `log` is shown. */
  quiet: boolean;
}

/** Rejects when the exit code is none of those expected. */
export async function runPostern(
  args: readonly string[],
  { fine = [0], show = 'all', input, into }: RunOptions,
  { dir, reportDir, log, signal, quiet }: RunPlace,
): Promise<void> {
  const shown = [...args.map(quoted), ...(into === undefined ? [] : ['>', into])];
  if (show !== 'nothing') {
    const line = `\n  $ postern ${shown.map((arg) => arg.replace(reportDir, here(reportDir))).join(' ')}`;
    log(pc.cyan(show === 'command' ? line : `${line}\n`));
  }
  const file = into === undefined ? undefined : await open(into, 'w');
  try {
    const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'postern.js'), ...args], {
      cwd: dir,
      stdio: [
        input === undefined ? 'ignore' : 'pipe',
        file?.fd ?? (show === 'all' && !quiet ? 'inherit' : 'ignore'),
        quiet || show === 'command' || show === 'nothing' ? 'ignore' : 'inherit',
      ],
      signal,
      windowsHide: true,
    });
    child.stdin?.end(input);
    const code = await new Promise<number | null>((done, failed) => {
      child.once('error', failed);
      child.once('close', done);
    });
    if (code === null || !fine.includes(code)) {
      throw new PosternError('E_LAB', `postern ${args[0]} ended with exit code ${code}.`, {
        hint: show === 'all' ? 'Its own lines above say why.' : `Run it by hand: postern ${shown.join(' ')}`,
      });
    }
  } finally {
    await file?.close();
  }
}

/** As it would have to be typed. */
function quoted(arg: string): string {
  return /[?&*]/.test(arg) ? `'${arg}'` : arg;
}

export async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** A path as it is told to the user. */
export function here(path: string): string {
  return relative(process.cwd(), path) || path;
}
