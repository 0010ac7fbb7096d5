/** `postern audit …` without the other verbs: what a commit hook runs loads nothing of theirs. */
import { audit } from './audit.ts';
import { processIo } from './io.ts';
import { run } from './program.ts';

export function main(argv: readonly string[]): Promise<number> {
  return run([audit], argv, processIo());
}
