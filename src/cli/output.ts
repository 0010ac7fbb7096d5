import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../core/errors.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import { type Io, wantsColor, widthOf } from './io.ts';

/** The options that every reporting verb shares. */
export interface OutputOptions {
  format: string;
  output: string[];
  failOn: string;
  exitZero: boolean;
  quiet: boolean;
  progress: boolean;
}

export function withOutput(command: Command, formats: readonly string[], initial: string): Command {
  return command
    .option('--format <format>', `what to print on stdout: ${formats.join(', ')}`, initial)
    .option('--output <FORMAT=FILE>', 'also write this format to a file; may be repeated', collect, [])
    .option('--fail-on <severity>', `exit with 1 at this severity or above: ${SEVERITIES.join(', ')}, never`)
    .option('--exit-zero', 'exit with 0 in spite of findings (1) or an incomplete run (3)', false)
    .option('--quiet', 'print nothing but the result', false)
    .option('--no-progress', 'draw no progress line');
}

/** For options that may be repeated. */
export function collect(value: string, all: string[]): string[] {
  return [...all, value];
}

/** The floor for exit code 1, or `never`. */
export function parseFailOn(value: string | undefined, fallback: Severity | 'never' = 'high'): Severity | 'never' {
  if (value === undefined) return fallback;
  if (value === 'never') return value;
  const severity = SEVERITIES.find((known) => known === value);
  if (severity) return severity;
  throw new PosternError('E_USAGE', `--fail-on ${value}: no such severity`, {
    hint: `Use one of ${SEVERITIES.join(', ')}, never.`,
  });
}

export interface Look {
  color: boolean;
  width: number;
  quiet: boolean;
}

export type Renderer = (format: string, look: Look) => string | Promise<string>;

/**
 * Writes every `--output` and prints the result. `render` is called once per format. What was found is printed also when
 * a file cannot be written: the work is done, and only its copy is missing.
 */
export async function emit(
  io: Io,
  options: Pick<OutputOptions, 'format' | 'output' | 'quiet'>,
  formats: readonly string[],
  render: Renderer,
): Promise<void> {
  checkFormats(io, options, formats);
  const quiet = options.quiet || io.stdout.isTTY !== true;
  const look = { color: wantsColor(io, io.stdout), width: widthOf(io), quiet };
  try {
    await writeOutputs(io, options, formats, render);
  } finally {
    await print(io, await render(options.format, look));
  }
}

/** Says what is wrong with `--format` and `--output` before any work is done. */
export function checkFormats(
  io: Io,
  options: Pick<OutputOptions, 'format' | 'output'>,
  formats: readonly string[],
): void {
  checkFormat(options.format, formats);
  for (const spec of options.output) {
    const { file } = parseOutput(spec, formats, io.cwd);
    if (existsSync(file) && statSync(file).isDirectory()) {
      throw new PosternError('E_OUTPUT', `--output ${spec}: ${file} is a folder`, { hint: 'Name a file in it.' });
    }
  }
}

/** Files never hold colours, and are laid out for a page. One that cannot be written does not hold up the others. */
export async function writeOutputs(
  io: Io,
  options: Pick<OutputOptions, 'output'>,
  formats: readonly string[],
  render: Renderer,
): Promise<void> {
  let failure: unknown;
  for (const spec of options.output) {
    const { format, file } = parseOutput(spec, formats, io.cwd);
    const text = await render(format, { color: false, width: 100, quiet: false });
    try {
      writeResult(file, text);
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}

/** Writes to stdout and waits until it is written. What goes wrong is told at the end of the run (`watchStreams`). */
export function print(io: Io, text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  return new Promise((done) => {
    io.stdout.write(text.endsWith('\n') ? text : `${text}\n`, () => done());
  });
}

function parseOutput(spec: string, formats: readonly string[], cwd: string): { format: string; file: string } {
  const at = spec.indexOf('=');
  if (at <= 0 || at === spec.length - 1) {
    throw new PosternError('E_USAGE', `--output ${spec}: expected FORMAT=FILE`, {
      hint: 'For example --output html=report.html',
    });
  }
  const format = spec.slice(0, at);
  checkFormat(format, formats);
  return { format, file: resolve(cwd, spec.slice(at + 1)) };
}

function checkFormat(format: string, formats: readonly string[]): void {
  if (!formats.includes(format)) {
    throw new PosternError('E_USAGE', `this command has no format "${format}"`, {
      hint: `Use one of ${formats.join(', ')}.`,
    });
  }
}

export function writeResult(file: string, text: string): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, text);
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `${file} could not be written: ${(cause as Error).message}`, { cause });
  }
}

/** Not `recursive: true`: Node 20 then never returns where a file system refuses new names with ENOENT, as /proc does. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
