import { type Dirent, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Most folder entries looked at for one pattern, so that `**` at the root of a disk ends. */
const MAX_ENTRIES = 200_000;

export interface Expanded {
  /** Absolute paths, sorted, each once. */
  files: string[];
  /** Patterns that nothing matched, as written. */
  unmatched: string[];
  /** Patterns whose folders held too much to look through. */
  cut: string[];
}

/**
 * The files that paths and globs name. `*` and `?` stay within one name, `**` spans folders (but not `node_modules` and
 * hidden ones), `{a,b}` is either, `[a-z]` is one of. Links are not followed. A pattern without these is a path.
 *
 * @param root what relative patterns are relative to
 */
export async function expandFiles(root: string, patterns: readonly string[]): Promise<Expanded> {
  const found = new Set<string>();
  const unmatched: string[] = [];
  const cut: string[] = [];
  for (const pattern of patterns) {
    const budget = { left: MAX_ENTRIES };
    const before = found.size;
    let hits = 0;
    for (const file of await expandOne(root, pattern, budget)) {
      hits++;
      found.add(file);
    }
    if (hits === 0 && found.size === before) unmatched.push(pattern);
    if (budget.left <= 0) cut.push(pattern);
  }
  return { files: [...found].sort(), unmatched, cut };
}

async function expandOne(root: string, pattern: string, budget: { left: number }): Promise<string[]> {
  if (!hasMagic(pattern) || existsSync(resolve(root, pattern))) {
    const path = resolve(root, pattern);
    return existsSync(path) ? [path] : [];
  }
  const segments = pattern.replaceAll('\\', '/').split('/');
  const plain = segments.findIndex(hasMagic);
  const base = segments.slice(0, plain).join('/');
  return walk(resolve(root, base === '' && pattern.startsWith('/') ? '/' : base), segments.slice(plain), budget);
}

async function walk(folder: string, segments: readonly string[], budget: { left: number }): Promise<string[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined || budget.left <= 0) return [];
  const spans = segment === '**';
  const matches = spans ? undefined : segmentPattern(segment);
  const found = spans && rest.length > 0 ? await walk(folder, rest, budget) : [];
  for (const entry of await list(folder)) {
    if (--budget.left <= 0) break;
    const path = join(folder, entry.name);
    if (spans) {
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
        found.push(...(await walk(path, segments, budget)));
      } else if (entry.isFile() && rest.length === 0) found.push(path);
    } else if (matches?.test(entry.name) && (segment.startsWith('.') || !entry.name.startsWith('.'))) {
      if (rest.length > 0 && entry.isDirectory()) found.push(...(await walk(path, rest, budget)));
      else if (rest.length === 0 && !entry.isDirectory()) found.push(path);
    }
  }
  return found;
}

async function list(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

function hasMagic(text: string): boolean {
  return /[*?{}[\]]/.test(text);
}

/** One glob over a whole path with forward slashes; for the ignore file. */
export function matchesGlob(path: string, glob: string): boolean {
  const parts = glob.split('/').map((segment) => (segment === '**' ? null : segmentSource(segment)));
  let source = '';
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    if (part === null) source += last ? '.*' : '(?:.*/)?';
    else source += part + (last ? '' : '/');
  }
  return compiled(source, glob).test(path);
}

function segmentPattern(segment: string): RegExp {
  return compiled(segmentSource(segment), segment);
}

/** A pattern that is none, such as `[z-a]`, stands for itself. */
function compiled(source: string, glob: string): RegExp {
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return new RegExp(`^${glob.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  }
}

/** A regular expression for one name. Runs of stars are one star, so that matching stays fast. */
function segmentSource(segment: string): string {
  let source = '';
  let depth = 0;
  for (let at = 0; at < segment.length; at++) {
    const char = segment[at] ?? '';
    if (char === '*') {
      if (segment[at - 1] !== '*') source += '[^/]*';
    } else if (char === '?') source += '[^/]';
    else if (char === '{' && segment.indexOf('}', at) > 0) {
      source += '(?:';
      depth++;
    } else if (char === '}' && depth > 0) {
      source += ')';
      depth--;
    } else if (char === ',' && depth > 0) source += '|';
    else if (char === '[' && segment.indexOf(']', at + 2) > 0) {
      const end = segment.indexOf(']', at + 2);
      const set = segment.slice(at + 1, end).replace(/[\\[\]^]/g, '\\$&');
      source += /^\\\^|^!/.test(set) ? `[^/${set.replace(/^(?:\\\^|!)/, '')}]` : `[${set}]`;
      at = end;
    } else source += char.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  return source + ')'.repeat(depth);
}
