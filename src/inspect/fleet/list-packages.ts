/** Finds the packages of a folder. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import type { Skip } from '../../core/skip.ts';
import { compare } from '../detectors/evidence.ts';
import { PACKAGE_NAME } from '../read-package.ts';

/** Most folders below one another: beyond that it is a loop, or not a store of packages. */
const MAX_DEPTH = 40;

export interface Listed {
  /** Relative to the folder, with `/`, in the order of code units. */
  paths: string[];
  skips: Skip[];
}

/**
 * Every package below `folder` by name. Symbolic links are not followed: they may lead round in a circle or out of the
 * folder. One to a package that is not read under its own name is told.
 *
 * @throws PosternError E_INPUT_NOT_FOUND when the folder itself cannot be read
 */
export function listPackages(folder: string): Listed {
  const listed: Listed = { paths: [], skips: [] };
  const pending: { path: string; depth: number }[] = [{ path: folder, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, depth } = next;
    try {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const inner = join(path, entry.name);
        const skip = (reason: string, code: string) =>
          listed.skips.push({ subject: named(folder, inner), code, reason, severity: 'incomplete' });
        if (entry.isDirectory()) {
          if (depth < MAX_DEPTH) pending.push({ path: inner, depth: depth + 1 });
          else skip(`folders lie more than ${MAX_DEPTH} deep`, 'FLEET_FOLDER_DEEP');
        } else if (PACKAGE_NAME.test(entry.name)) {
          if (entry.isFile()) listed.paths.push(named(folder, inner));
          else if (entry.isSymbolicLink() && !isReadAnyway(folder, inner)) {
            skip('symbolic links are not followed, and this one leads to no package of the folder', 'FLEET_LINK');
          }
        }
      }
    } catch (cause) {
      if (depth === 0)
        throw new PosternError('E_INPUT_NOT_FOUND', `cannot read ${folder}`, { at: { path: folder }, cause });
      listed.skips.push({
        subject: named(folder, path),
        code: 'FLEET_FOLDER_UNREADABLE',
        reason: `the folder cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
        severity: 'incomplete',
      });
    }
  }
  listed.paths.sort(compare);
  return listed;
}

/** Leads to a package inside of the folder: that is found where it lies. */
function isReadAnyway(folder: string, link: string): boolean {
  try {
    const target = realpathSync(link);
    const inside = target.startsWith(realpathSync(folder) + sep);
    return inside && PACKAGE_NAME.test(target) && statSync(target).isFile();
  } catch {
    return false; // leads nowhere
  }
}

function named(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}
