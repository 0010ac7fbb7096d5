/** For tests of the whole command as a process: what is compiled must be what is tested. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The command's file for `node`. */
export const COMMAND = join(root, 'bin', 'postern.js');

/** An old build would tell an old story. @returns why it cannot be run; undefined when it can */
export function whyNotBuilt(): string | undefined {
  const stamp = join(root, 'dist', '.complete');
  if (!existsSync(stamp)) return 'dist/ is not built (npm run build)';
  const built = statSync(stamp).mtimeMs;
  const newer = ['src', 'lab'].some((top) =>
    readdirSync(join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
      .some((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs > built),
  );
  return newer ? 'dist/ is older than its sources (npm run build)' : undefined;
}
