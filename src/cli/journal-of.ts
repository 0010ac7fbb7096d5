import { join, resolve } from 'node:path';
import type { LoadedConfig } from '../config/index.ts';
import type { Io } from './io.ts';
import type { Journal } from './journal.ts';

/**
 * The journal of a run: where `--journal FILE` says, else beside the project's configuration; none with `--no-journal`,
 * and none without a project.
 *
 * @throws PosternError `E_OUTPUT`
 */
export async function journalOf(
  io: Io,
  option: string | boolean | undefined,
  config: LoadedConfig | undefined,
): Promise<Journal | undefined> {
  if (option === false) return undefined;
  const path =
    typeof option === 'string' ? resolve(io.cwd, option) : config && join(config.root, '.postern', 'journal.jsonl');
  if (path === undefined) return undefined;
  const [{ openJournal }, { plannedRequests }] = await Promise.all([
    import('./journal.ts'),
    import('../probe/dry-run.ts'),
  ]);
  const { services } = await import('../probe/index.ts');
  return openJournal(path, plannedRequests(services), () => new Date());
}
