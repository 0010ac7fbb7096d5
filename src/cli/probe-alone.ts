/** `postern probe …` without the other verbs: a look at one port loads nothing of theirs. */
import { processIo } from './io.ts';
import { probe } from './probe/index.ts';
import { run } from './program.ts';

export function main(argv: readonly string[]): Promise<number> {
  return run([probe], argv, processIo());
}
