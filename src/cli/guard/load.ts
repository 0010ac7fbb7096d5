import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import type { Policy } from '../../guard/policy/index.ts';
import type { Io } from '../io.ts';

/**
 * The policy that a verb of the guard is about.
 *
 * @throws PosternError `E_INPUT_NOT_FOUND`, `E_POLICY_INVALID`
 */
export async function loadNamedPolicy(io: Io, file: string): Promise<Policy> {
  const path = resolve(io.cwd, file);
  if (!existsSync(path)) {
    throw new PosternError('E_INPUT_NOT_FOUND', `there is no ${file}`, {
      hint: 'Write one with `postern guard init`, or name the file.',
    });
  }
  const { loadPolicy } = await import('../../guard/policy/index.ts');
  return loadPolicy(path);
}
