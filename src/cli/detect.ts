import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** What `init` finds in a project folder. All paths are relative to it, with forward slashes. */
export interface Detected {
  packages: string[];
  /** Folders that hold configuration this tool reads. */
  configuration: string[];
}

const PACKAGES = new Set(['.apk', '.ipa', '.aab', '.apks', '.xapk']);
const SKIPPED = new Set(['node_modules', '.git', 'dist', '.gradle', 'Pods', 'DerivedData', '.postern']);
const CONFIG_NAME =
  /^(?:(?:docker-)?compose[^/]*\.ya?ml|elasticsearch\.yml|opensearch\.yml|redis[^/]*\.conf|pg_hba\.conf|postgresql\.conf)$/i;
const COMPOSE_CONTENT = /^services:\s*$/m;
const HEAD_BYTES = 8192;
const MOST_ENTRIES = 50_000;
const DEEPEST = 8;

/** Walks a project folder, bounded in entries and depth, without following links. */
export function detect(root: string): Detected {
  const packages: string[] = [];
  const folders = new Set<string>();
  let seen = 0;
  const visit = (folder: string, depth: number): void => {
    let entries: import('node:fs').Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return; // A folder that may not be read holds nothing that this user could audit.
    }
    for (const entry of entries) {
      if (++seen > MOST_ENTRIES) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth < DEEPEST && !SKIPPED.has(entry.name)) visit(path, depth + 1);
      } else if (entry.isFile()) {
        if (PACKAGES.has(extname(entry.name).toLowerCase())) packages.push(slashes(relative(root, path)));
        else if (CONFIG_NAME.test(entry.name) || looksLikeCompose(path))
          folders.add(slashes(relative(root, folder)) || '.');
      }
    }
  };
  visit(root, 0);
  return { packages: packages.sort(), configuration: outermost([...folders].sort()) };
}

function looksLikeCompose(path: string): boolean {
  if (!/\.ya?ml$/i.test(path)) return false;
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      const length = readSync(file, head, 0, HEAD_BYTES, 0);
      return COMPOSE_CONTENT.test(head.toString('utf8', 0, length));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

function outermost(folders: readonly string[]): string[] {
  return folders.filter(
    (folder) =>
      folder === '.' || !folders.some((other) => other !== folder && other !== '.' && folder.startsWith(`${other}/`)),
  );
}

function slashes(path: string): string {
  return path.split(sep).join('/');
}
