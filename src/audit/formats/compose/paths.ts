import { join, normalize } from 'node:path/posix';

/** A path of a compose file in `folder`, relative to the audited root; null when it leaves the root. */
export function inRoot(folder: string, path: string): string | null {
  if (path === '' || path.startsWith('/') || path.startsWith('~') || path.includes('\0')) return null;
  const joined = normalize(join(folder, path)).replace(/\/$/, '');
  return joined === '..' || joined.startsWith('../') ? null : joined;
}
