/** `postern inspect …` without the other verbs: what a hook runs at every build loads nothing of theirs. */
import { inspect } from './inspect.ts';
import { processIo } from './io.ts';
import { run } from './program.ts';

export function main(argv: readonly string[]): Promise<number> {
  return run([inspect], argv, processIo());
}
