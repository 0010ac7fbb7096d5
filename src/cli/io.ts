import pc from 'picocolors';

/** Where a command reads from and writes to; handed in so that tests need no process. */
export interface Io {
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  cwd: string;
}

export function processIo(): Io {
  return { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env, cwd: process.cwd() };
}

/** NO_COLOR (no-color.org) wins over CLICOLOR_FORCE (bixense.com/clicolors), which wins over what the stream is. */
export function wantsColor(io: Io, stream: { isTTY?: boolean }): boolean {
  if (io.env.NO_COLOR) return false;
  if (io.env.CLICOLOR_FORCE && io.env.CLICOLOR_FORCE !== '0') return true;
  return stream.isTTY === true && io.env.TERM !== 'dumb';
}

/** Columns to lay text out in. Piped text is not wrapped to a terminal that is not there. */
export function widthOf(io: Io): number {
  const asked = Number(io.env.COLUMNS);
  if (Number.isInteger(asked) && asked >= 40) return Math.min(asked, 240);
  return io.stdout.isTTY ? Math.max(40, io.stdout.columns ?? 80) : 100;
}

/** Colours for what goes to stderr. */
export function stderrColors(io: Io): ReturnType<typeof pc.createColors> {
  return pc.createColors(wantsColor(io, io.stderr));
}

/**
 * Keeps an error of stdout or stderr from ending the process with a stack trace, and with 1, which means findings.
 *
 * @returns waits until stdout is written, and gives what went wrong with it. A reader that has seen enough (`| head`) is
 *   no failure; neither is a lost message on stderr.
 */
export function watchStreams(io: Io): () => Promise<Error | undefined> {
  let failure: NodeJS.ErrnoException | undefined;
  io.stdout.on('error', (error) => {
    failure ??= error;
  });
  io.stderr.on('error', () => {});
  return async () => {
    await new Promise<void>((done) => io.stdout.write('', () => setImmediate(done)));
    return failure?.code === 'EPIPE' ? undefined : failure;
  };
}
