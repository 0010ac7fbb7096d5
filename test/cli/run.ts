import { Readable, Writable } from 'node:stream';
import { main } from '../../src/cli/main.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one command line in this process, with its streams caught. */
export async function run(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const code = await main(args, {
    stdout: sink(out),
    stderr: sink(err),
    stdin: Readable.from([]),
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
  });
  return { code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') };
}

/** A stream that keeps what is written to it. */
export function sink(into: Buffer[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      into.push(Buffer.from(chunk));
      done();
    },
  });
}
