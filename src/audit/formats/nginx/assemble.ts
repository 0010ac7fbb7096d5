/** `include`: the directives of the files that it names stand in its place (ngx_conf_include). */
import { dirname, join } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Assembly, ReadFile, Siblings } from '../../model.ts';
import { sourceOf } from '../../source.ts';
import { type NginxDirective, parseNginx } from './parse.ts';

/** What every installation brings; nothing in these decides who gets in. */
const HARMLESS =
  /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi|proxy)(?:_params|\.conf|-php\.conf)|koi-\w+|win-utf|modules-(?:enabled|available)\/.*|modules\/.*|options-ssl-nginx\.conf|naxsi[\w.]*|[^/]*\.types)$/;
const PREFIXES =
  /^(?:\/etc\/nginx|\/usr\/local\/nginx\/conf|\/usr\/local\/etc\/nginx|\/opt\/nginx\/conf|\/usr\/local\/openresty\/nginx\/conf|\/opt\/bitnami\/nginx\/conf)\//;
const MOST_INCLUDES = 2_000;
/** Directives that includes may bring in all; files that include each other many times multiply them. */
const MOST_DIRECTIVES = 200_000;
const DEEPEST = 12;

type File = ReadFile<'nginx'>;

export function assembleNginx(files: readonly File[], siblings: Siblings): Assembly<'nginx'> {
  const included = new Set<File>();
  const skips: Skip[] = [];
  let room = MOST_INCLUDES;
  let weight = MOST_DIRECTIVES;

  /** The files of an `include`; null: none could be found. */
  function targets(pattern: string, root: File): File[] | null {
    const folder = dirname(root.source.path);
    const relative = pattern.replace(PREFIXES, '');
    const plain = !/[*?[]/.test(pattern);
    for (const path of candidates(relative, pattern, folder)) {
      if (plain) {
        const known = files.find(({ source }) => source.path === path);
        if (known) return [known];
        const text = siblings.text(path);
        if (text !== null) return [fileOf(path, text)];
      } else {
        const matches = files.filter(({ source }) => globMatches(path, source.path)).sort(byPath);
        if (matches.length > 0) return matches;
      }
    }
    return null;
  }

  function expand(list: readonly NginxDirective[], root: File, trail: readonly string[]): [NginxDirective[], boolean] {
    const result: NginxDirective[] = [];
    let complete = true;
    for (const directive of list) {
      const pattern = directive.name === 'include' ? directive.arguments[0]?.value : undefined;
      if (pattern === undefined || directive.block !== null) {
        if (directive.block === null) result.push(directive);
        else {
          const [block, whole] = expand(directive.block, root, trail);
          complete &&= whole;
          result.push({ ...directive, block });
        }
        continue;
      }
      if (HARMLESS.test(pattern)) continue;
      const found = room > 0 && trail.length < DEEPEST ? targets(pattern, root) : null;
      room -= 1;
      // A glob that matches nothing is no error for nginx; here the files may just not be in the tree.
      if (found === null) {
        complete = false;
        result.push(directive);
        continue;
      }
      for (const file of found) {
        const { path } = file.source;
        if (trail.includes(path)) {
          complete = false;
          continue;
        }
        included.add(file);
        weight -= weightOf(file.document.directives);
        if (weight < 0) return [result, false];
        const [inner, whole] = expand(file.document.directives, root, [...trail, path]);
        complete &&= whole && file.document.complete;
        result.push(...inner);
      }
    }
    return [result, complete];
  }

  const joined = files.map((file): File => {
    const [directives, complete] = expand(file.document.directives, file, [file.source.path]);
    return { ...file, document: { directives, complete: complete && file.document.complete } };
  });
  const roots = joined.filter((_file, at) => {
    const original = files[at];
    return original === undefined || !included.has(original);
  });
  // Files that include each other in a circle have no root; each is judged then.
  const kept = roots.length > 0 ? roots : joined;
  for (const { source, document } of kept) {
    const missing = includesLeft(document.directives, 0);
    if (missing.length === 0) continue;
    const reason = `includes files that are not in the tree: ${missing.slice(0, 3).join(', ')}`;
    skips.push({ subject: source.path, code: 'CONFIG_INCLUDE', reason, severity: 'note' });
  }
  return { files: kept, skips };
}

function weightOf(list: readonly NginxDirective[]): number {
  let sum = list.length;
  for (const { block } of list) if (block) sum += weightOf(block);
  return sum;
}

function fileOf(path: string, text: string): File {
  const source = sourceOf(path, text);
  const { directives, problems } = parseNginx(source);
  return { format: 'nginx', source, document: { directives, complete: problems.length === 0 } };
}

function byPath(a: File, b: File): number {
  return a.source.path < b.source.path ? -1 : 1;
}

/** Where `/etc/nginx/conf.d/*.conf` may lie in the tree: beside the main file, or below a copy of the host's folders. */
function candidates(relative: string, written: string, folder: string): string[] {
  const found: string[] = [];
  // A piece of the configuration does not say where the main file lies: somewhere above it.
  for (let above = folder; !relative.startsWith('/'); above = dirname(above)) {
    found.push(join(above, relative));
    if (above === '.' || above === '/' || found.length > 12) break;
  }
  if (written.startsWith('/')) {
    const bare = written.slice(1);
    const etc = folder.lastIndexOf('etc/nginx');
    found.push(etc >= 0 ? join(folder.slice(0, etc), bare) : join(folder, bare), bare);
  }
  return [...new Set(found)].filter((path) => !path.startsWith('..'));
}

/** `*`, `?` and sets within one folder, as glob(3) has them. */
function globMatches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  return wanted.length === parts.length && wanted.every((one, at) => segmentMatches(one, parts[at] ?? ''));
}

function segmentMatches(pattern: string, name: string): boolean {
  if (pattern.length > 200 || (name.startsWith('.') && !pattern.startsWith('.'))) return false;
  // Two pointers instead of a regular expression, which could backtrack.
  let at = 0;
  let star = -1;
  let mark = 0;
  let p = 0;
  while (at < name.length) {
    if (pattern[p] === '*') {
      star = p;
      mark = at;
      p += 1;
    } else if (pattern[p] === '?' || pattern[p] === name[at]) {
      p += 1;
      at += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

function includesLeft(list: readonly NginxDirective[], depth: number): string[] {
  if (depth > 64) return [];
  return list.flatMap(({ name, arguments: words, block }) =>
    block ? includesLeft(block, depth + 1) : name === 'include' ? [words[0]?.value ?? ''] : [],
  );
}
