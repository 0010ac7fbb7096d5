/**
 * The endpoint lists of the official clients, read out of their generated source: both vendors generate their clients
 * from their published specifications, and a package of a fixed version is a list that does not change. For tests: the
 * gate compares what is classified with what the clients that are installed here can ask for.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** `name`, and each `METHOD /path/{variable}`, sorted. */
export type Endpoints = Map<string, Set<string>>;

/** @param folder `@elastic/elasticsearch`'s `lib/api/api` */
export function elasticsearchEndpoints(folder: string): Endpoints {
  const endpoints: Endpoints = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const source = readFileSync(join(folder, file), 'utf8');
    // The name stands at the end of each function: `meta = { name: 'ilm.explain_lifecycle', …`.
    let start = 0;
    for (const meta of source.matchAll(/\bmeta = \{\s*name: '([\w.]+)'/g)) {
      addAll(endpoints, meta[1]!, source.slice(start, meta.index));
      start = meta.index;
    }
  }
  return endpoints;
}

/** @param folder `@opensearch-project/opensearch`'s `api` */
export function opensearchEndpoints(folder: string): Endpoints {
  const endpoints: Endpoints = new Map();
  for (const group of readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory())) {
    if (group === '_types') continue;
    for (const file of readdirSync(join(folder, group)).filter(
      (name) => name.endsWith('.js') && !name.startsWith('_'),
    )) {
      const name = snakeCase(basename(file, '.js'));
      const source = readFileSync(join(folder, group, file), 'utf8');
      addAll(endpoints, group === '_core' ? name : `${snakeCase(group)}.${name}`, source);
    }
  }
  return endpoints;
}

/** Pairs each path with the method that stands beside it, whichever comes first. */
function addAll(endpoints: Endpoints, name: string, source: string): void {
  const found = endpoints.get(name) ?? new Set<string>();
  let methods: readonly ((path: string) => string)[] = [];
  let paths: string[] = [];
  for (const [, variable, value] of source.matchAll(/\b(method|path) = ([^;\n]+?);?$/gm)) {
    if (value === "''" || value === '""') continue;
    if (variable === 'method') methods = methodsOf(value!);
    else paths = pathsOf(value!);
    if (methods.length === 0 || paths.length === 0) continue;
    for (const path of paths) for (const method of methods) found.add(`${method(path)} ${path}`);
    paths = [];
    if (variable === 'path') methods = [];
  }
  if (found.size > 0) endpoints.set(name, found);
}

/** `'GET'`; `body ? 'POST' : 'GET'`, which is both; `id == null ? 'POST' : 'PUT'`, which the path decides. */
function methodsOf(expression: string): readonly ((path: string) => string)[] {
  const [, variable, absent, present] = /^(\w+) == null \? '(\w+)' : '(\w+)'/.exec(expression) ?? [];
  if (variable !== undefined && variable !== 'body')
    return [(path) => (path.includes(`{${variable}}`) ? present! : absent!)];
  return [...expression.matchAll(/'([A-Z]+)'/g)].map(
    ([, method]) =>
      () =>
        method!,
  );
}

function pathsOf(expression: string): string[] {
  if (expression.startsWith('`'))
    return [expression.slice(1, -1).replace(/\$\{encodeURIComponent\(params\.(\w+)[^}]*\)\}/g, '{$1}')];
  if (expression.startsWith('[')) {
    // ['', index, '_search'].filter(c => c != null).join('/') : a variable may be missing.
    const parts = /^\[(.*?)\]\.filter/.exec(expression)?.[1]?.split(', ') ?? [];
    let paths = [''];
    for (const [i, part] of parts.entries()) {
      const literal = /^'(.*)'$/.exec(part)?.[1];
      const add = (path: string, text: string) => (i === 0 ? text : `${path}/${text}`);
      paths =
        literal !== undefined
          ? paths.map((path) => add(path, literal))
          : [...paths, ...paths.map((path) => add(path, `{${part}}`))];
    }
    return paths;
  }
  // '/_cat/' + name + '/x'
  return [
    expression
      .split(' + ')
      .map((part) => /^'(.*)'$/.exec(part)?.[1] ?? `{${part}}`)
      .join(''),
  ];
}

function snakeCase(name: string): string {
  return name.replace(/(?<!\d)[A-Z]/g, '_$&').toLowerCase();
}
