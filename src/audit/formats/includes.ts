/**
 * Where an include of a configuration file leads inside the audited tree. Targets are written for the machine that the
 * file runs on: an absolute path is looked for below each folder above the file (a copied root file system), then beside
 * the file by its last parts (`/etc/mysql/conf.d` next to `docker/mysql/my.cnf`).
 */
import { dirname, join, normalize } from 'node:path/posix';
import { type Source, sourceOf } from '../source.ts';

/** Includes inside includes that are followed; servers stop at 10 to 16. */
export const MAX_INCLUDE_DEPTH = 16;

export interface IncludeTree {
  /** The file's own text, or null when it is not in the tree. */
  open(path: string): Source | null;
  /** The first place in the tree where `target` stands, or null. */
  file(from: string, target: string): string | null;
  /** Files of the folder that `target` means, in byte order; null when the tree does not have it. */
  folder(from: string, target: string): string[] | null;
  /** Files that a pattern with `*`, `?` or `[…]` means, in byte order. */
  matches(from: string, pattern: string): string[];
}

/** @param sources the files that were recognised; others are found by their exact path only */
export function includeTree(sources: readonly Source[], text: (path: string) => string | null): IncludeTree {
  const known = new Map(sources.map((source) => [source.path, source]));
  const paths = [...known.keys()].sort();
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const list = byFolder.get(dirname(path)) ?? [];
    list.push(path);
    byFolder.set(dirname(path), list);
  }
  function open(path: string): Source | null {
    const source = known.get(path);
    if (source) return source;
    const found = text(path);
    if (found === null) return null;
    const other = sourceOf(path, found);
    known.set(path, other);
    return other;
  }
  return {
    open,
    file: (from, target) => placesOf(from, target).find((path) => open(path) !== null) ?? null,
    folder(from, target) {
      for (const place of placesOf(from, target)) {
        const inside = byFolder.get(place);
        if (inside) return inside;
      }
      return null;
    },
    matches(from, pattern) {
      for (const place of placesOf(from, pattern)) {
        const found = (byFolder.get(dirname(place)) ?? []).filter((path) => path !== from && globMatches(place, path));
        if (found.length > 0) return found;
      }
      return [];
    },
  };
}

/** Paths of the tree that a target may mean, likeliest first; none outside it. */
function placesOf(from: string, target: string): string[] {
  if (target === '' || target.length > 1024 || target.includes('\0')) return [];
  const folder = dirname(from);
  if (!target.startsWith('/')) return inside([join(folder, target)]);
  const parts = normalize(target)
    .split('/')
    .filter((part) => part !== '')
    .slice(-32);
  const below: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    // A copied root file system holds the file below the same first folder as its target.
    if (at === '.' || at === '/') {
      if (folder.split('/')[0] === parts[0]) below.push(join(...parts));
    } else if (folder.startsWith(`${at}/${parts[0]}/`) || folder === `${at}/${parts[0]}`)
      below.push(join(at, ...parts));
    if (at === '.' || at === '/') break;
  }
  return inside([...below, ...parts.slice(1).map((_part, index) => join(folder, ...parts.slice(index + 1)))]);
}

function inside(paths: readonly string[]): string[] {
  return paths.map((path) => path.replace(/\/+$/, '')).filter((path) => path !== '..' && !path.startsWith('../'));
}

/** fnmatch() for `*`, `?` and `[…]`, in time of text times pattern. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const step = pattern[p] === '*' ? null : matchOne(pattern, p, text[t] ?? '');
    if (step !== null && step > 0) {
      p += step;
      t += 1;
    } else if (pattern[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (star >= 0 && text[resume] !== '/') {
      p = star + 1;
      resume += 1;
      t = resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** How many characters of the pattern take this one; 0 when they do not. */
function matchOne(pattern: string, at: number, character: string): number {
  const head = pattern[at];
  if (head === '?') return character === '/' ? 0 : 1;
  const close = head === '[' ? pattern.indexOf(']', at + 2) : -1;
  if (close < 0) return head === character ? 1 : 0;
  const body = pattern.slice(at + 1, Math.min(close, at + 64));
  const negated = body.startsWith('!') || body.startsWith('^');
  const set = negated ? body.slice(1) : body;
  let found = false;
  for (let index = 0; index < set.length; index += 1) {
    const low = set[index] ?? '';
    const high = set[index + 1] === '-' ? set[index + 2] : undefined;
    if (high !== undefined) index += 2;
    if (character >= low && character <= (high ?? low)) found = true;
  }
  return found !== negated ? close - at + 1 : 0;
}

/** The files that no other includes; of a circle, its first. What they include is judged with them. */
export function includeRoots<F extends { source: Source }>(
  files: readonly F[],
  includesOf: (file: F) => readonly string[],
): F[] {
  const byPath = new Map(files.map((file) => [file.source.path, file]));
  const edges = new Map(files.map((file) => [file.source.path, includesOf(file).filter((path) => byPath.has(path))]));
  const targets = new Set([...edges].flatMap(([from, list]) => list.filter((path) => path !== from)));
  const roots = files.filter(({ source }) => !targets.has(source.path));
  const reached = new Set<string>();
  function reach(start: string): void {
    const open = [start];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      open.push(...(edges.get(path) ?? []));
    }
  }
  for (const { source } of roots) reach(source.path);
  for (const file of files) {
    if (reached.has(file.source.path)) continue;
    roots.push(file);
    reach(file.source.path);
  }
  return roots;
}
