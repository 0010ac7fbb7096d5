import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of this package. Templates and the keeper are read from there, because only compiled code lies in dist/.
 */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json was not found above the lab');
    folder = parent;
  }
  return folder;
}
