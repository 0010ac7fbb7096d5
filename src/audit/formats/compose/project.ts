/**
 * The services of a project as Docker puts them together: `include`, `extends`, and the files that are merged.
 *
 * - Without `-f` Docker reads the first of `compose.yaml`, `compose.yml`, `docker-compose.yml`, `docker-compose.yaml`, and
 *   the first of `compose.override.yml`, `compose.override.yaml`, `docker-compose.override.yml`,
 *   `docker-compose.override.yaml`; or what `COMPOSE_FILE` in `.env` lists. A `-f` list is known to nobody here.
 * - Paths and `.env` belong to the folder of the first file; those of an included or extended file to its own.
 * - A service is a stack of layers, the base first; how a key joins its layers is decided where it is read. `!reset` drops
 *   what was below, `!override` replaces it.
 *
 * https://docs.docker.com/reference/compose-file/merge/ , …/include/ and …/services/#extends, and the merge of
 * compose-go (override/merge.go, override/uncity.go, loader/extends.go, cli/options.go).
 */
import { basename, dirname } from 'node:path/posix';
import type { Siblings } from '../../model.ts';
import { type Source, type Span, sourceOf } from '../../source.ts';
import { child, entryOf, type MapNode, readYaml, textOf, type YamlNode } from '../yaml/read.ts';
import { readDotenv } from './dotenv.ts';
import { interpolate } from './interpolate.ts';
import { type Joined, joinSources, shifted } from './joined.ts';
import { inRoot } from './paths.ts';

const MAX_FILES = 40;
const MAX_DEPTH = 8;
const MAX_LAYERS = 64;
const MAX_SERVICES = 2_000;

const FILE_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDE_NAMES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

const SERVICE_KEYS = [
  'image',
  'build',
  'ports',
  'environment',
  'volumes',
  'command',
  'container_name',
  'network_mode',
  'env_file',
  'extends',
  'deploy',
  'depends_on',
  'restart',
  'networks',
  'expose',
  'profiles',
  'privileged',
  'healthcheck',
  'labels',
];

/** One service as one file writes it. */
export interface Layer {
  node: MapNode;
  /** What relative paths are relative to. */
  folder: string;
  variables: ReadonlyMap<string, string>;
}

/** A part of a service's key, base first. */
export interface Part {
  node: YamlNode;
  keySpan: Span;
  entry: Span;
  layer: Layer;
}

export interface ProjectService {
  name: string;
  nameSpan: Span;
  layers: readonly Layer[];
  /** False when a part of it could not be read. */
  complete: boolean;
}

interface ProjectFile {
  path: string;
  folder: string;
  variables: ReadonlyMap<string, string>;
  roots: readonly YamlNode[];
}

export interface Project {
  joined: Joined;
  services: ProjectService[];
  roots: readonly YamlNode[];
  /** Files whose services are judged with this one: overrides, includes. */
  merged: ReadonlySet<string>;
  /** Services of other files that are judged where they are extended: `path\0service`. */
  extended: ReadonlySet<string>;
  recognised: boolean;
}

export type SkipFunction = (code: string, offset: number, reason: string, severity?: 'note' | 'incomplete') => void;

export function loadProject(
  source: Source,
  ownRoots: readonly YamlNode[],
  siblings: Siblings,
  skip: SkipFunction,
): Project {
  const joined = joinSources(source);
  const merged = new Set<string>();
  const extended = new Set<string>();
  const files = new Map<string, ProjectFile | null>();
  const roots: YamlNode[] = [];
  let recognised = false;
  /** Includes that include each other cost no more than this. */
  let budget = 200;

  const folder = dirname(source.path);
  const dotenv = (inside: string): Map<string, string> =>
    readDotenv(siblings.text(inRoot(inside, '.env') ?? '.env') ?? '');
  const variables = dotenv(folder);

  function open(path: string, inFolder: string, given: ReadonlyMap<string, string>): ProjectFile | null {
    const known = files.get(path);
    if (known !== undefined) return known;
    const text = files.size < MAX_FILES ? siblings.text(path) : null;
    const other = text === null ? null : sourceOf(path, text);
    const base = other === null ? 0 : joined.add(other);
    const file = other && {
      path,
      folder: inFolder,
      variables: given,
      roots: readYaml(other.text).roots.map((root) => shifted(root, base)),
    };
    files.set(path, file);
    return file;
  }

  /** Services of one file, with what it includes and extends. */
  function servicesOf(file: ProjectFile, depth: number): Map<string, ProjectService> {
    const found = new Map<string, ProjectService>();
    budget -= 1;
    if (budget < 0) return found;
    for (const root of file.roots) {
      if (!roots.includes(root)) roots.push(root);
      for (const [name, service] of included(root, file, depth)) found.set(name, service);
    }
    for (const root of file.roots) {
      const map = child(root, 'services');
      if (map?.kind !== 'map') continue;
      for (const { key, keySpan, value } of map.entries) {
        if (value?.kind !== 'map' || !SERVICE_KEYS.some((name) => entryOf(value, name))) continue;
        if (file.path === source.path) recognised = true;
        if (found.size >= MAX_SERVICES) {
          skip('COMPOSE_LIMIT', keySpan.start, `more than ${MAX_SERVICES} services`);
          break;
        }
        const { layers, complete } = extendedLayers(file, map, found, key, value, 0);
        found.set(key, { name: key, nameSpan: keySpan, layers, complete });
      }
    }
    return found;
  }

  function included(root: YamlNode, file: ProjectFile, depth: number): Map<string, ProjectService> {
    const found = new Map<string, ProjectService>();
    const list = child(root, 'include');
    for (const item of list?.kind === 'seq' ? list.items.slice(0, MAX_FILES) : []) {
      const written = child(item, 'path') ?? item;
      const paths = (written.kind === 'seq' ? written.items : [written]).map((node) => pathOf(node, file));
      const [first] = paths;
      if (first === null || first === undefined || depth >= MAX_DEPTH || paths.includes(null)) {
        skip('CONFIG_INCLUDE', item.span.start, 'includes a compose file that was not found', 'note');
        continue;
      }
      const directory = child(item, 'project_directory');
      const inFolder = (directory && pathOf(directory, file)) ?? dirname(first);
      const given = new Map([...environmentOf(item, file, inFolder), ...file.variables]);
      for (const path of paths) {
        const other = path === null || path === file.path ? null : open(path, inFolder, given);
        if (other === null) {
          skip('CONFIG_INCLUDE', item.span.start, 'includes a compose file that was not found', 'note');
          continue;
        }
        merged.add(other.path);
        stack(found, servicesOf(other, depth + 1));
      }
    }
    return found;
  }

  function environmentOf(item: YamlNode, file: ProjectFile, inFolder: string): Map<string, string> {
    const list = child(item, 'env_file');
    if (list === null) return dotenv(inFolder);
    const nodes = list.kind === 'seq' ? list.items : [list];
    return new Map(
      nodes.slice(0, 20).flatMap((node) => {
        const path = pathOf(node, file);
        return [...readDotenv((path === null ? null : siblings.text(path)) ?? '')];
      }),
    );
  }

  function extendedLayers(
    file: ProjectFile,
    services: MapNode,
    others: ReadonlyMap<string, ProjectService>,
    name: string,
    node: MapNode,
    depth: number,
  ): { layers: Layer[]; complete: boolean } {
    const own: Layer = { node, folder: file.folder, variables: file.variables };
    const entry = entryOf(node, 'extends');
    if (!entry) return { layers: [own], complete: true };
    const base = textOf(entry.value) ?? textOf(child(entry.value, 'service'));
    const where = child(entry.value, 'file');
    const path = where === null ? null : pathOf(where, file);
    const outside = where !== null && path !== file.path;
    const otherFolder = path === null ? file.folder : dirname(path);
    const other = outside && path !== null ? open(path, otherFolder, file.variables) : outside ? null : file;
    const maps = outside ? (other?.roots ?? []).map((root) => child(root, 'services')) : [services];
    const map = maps.find((one) => base !== null && child(one, base)?.kind === 'map');
    const target = base === null ? null : child(map, base);
    const fromInclude = base === null || outside ? undefined : others.get(base);
    if (target?.kind !== 'map' && fromInclude) {
      return { layers: [...fromInclude.layers, own], complete: fromInclude.complete };
    }
    const isItself = !outside && base === name;
    if (target?.kind !== 'map' || map?.kind !== 'map' || base === null || other === null || isItself) {
      skip('CONFIG_INCLUDE', entry.keySpan.start, 'extends a service of another file, which was not found');
      return { layers: [own], complete: false };
    }
    if (depth >= MAX_DEPTH) return { layers: [own], complete: false };
    if (outside) extended.add(`${other.path}\0${base}`);
    const below = extendedLayers(other, map, new Map(), base, target, depth + 1);
    return { layers: [...below.layers, own], complete: below.complete };
  }

  function pathOf(node: YamlNode, file: ProjectFile): string | null {
    const text = textOf(node) ?? textOf(child(node, 'path'));
    const written = text === null ? null : interpolate(text, file.variables);
    return written?.known ? inRoot(file.folder, written.text) : null;
  }

  const own: ProjectFile = { path: source.path, folder, variables, roots: ownRoots };
  files.set(source.path, own);
  const services = servicesOf(own, 0);
  for (const path of filesWith(source.path, variables, siblings)) {
    const other = open(path, folder, variables);
    if (other === null) continue;
    merged.add(path);
    stack(services, servicesOf(other, 0));
  }
  return { joined, services: [...services.values()], roots, merged, extended, recognised };
}

/** Lays the services of a later file over those of an earlier one. */
function stack(below: Map<string, ProjectService>, above: ReadonlyMap<string, ProjectService>): void {
  for (const [name, service] of above) {
    const base = below.get(name);
    if (!base) below.set(name, service);
    else {
      const layers = [...base.layers, ...service.layers].slice(-MAX_LAYERS);
      below.set(name, { ...base, layers, complete: base.complete && service.complete });
    }
  }
}

/** Other files that Docker reads together with this one, when it is the one that Docker begins with. */
function filesWith(path: string, variables: ReadonlyMap<string, string>, siblings: Siblings): string[] {
  const folder = dirname(path);
  const name = basename(path);
  const listed = variables.get('COMPOSE_FILE');
  if (listed !== undefined && listed !== '') {
    const paths = listed.split(variables.get('COMPOSE_PATH_SEPARATOR') || ':').slice(0, MAX_FILES);
    const resolved = paths.flatMap((one) => inRoot(folder, one.trim()) ?? []);
    return resolved[0] === path ? resolved.slice(1) : [];
  }
  const rank = FILE_NAMES.indexOf(name);
  if (rank < 0) return [];
  const exists = (other: string): boolean => siblings.text(inRoot(folder, other) ?? other) !== null;
  if (FILE_NAMES.slice(0, rank).some(exists)) return [];
  const override = OVERRIDE_NAMES.find(exists);
  return override === undefined ? [] : [inRoot(folder, override) ?? override];
}

/** What a service says under a key, base first. */
export function partsOf(service: ProjectService, key: string): Part[] {
  let parts: Part[] = [];
  for (const layer of service.layers) {
    const entry = entryOf(layer.node, key);
    if (!entry) continue;
    if (entry.value?.tag === '!reset' || entry.value?.tag === '!override') parts = [];
    if (entry.value === null || entry.value.tag === '!reset') continue;
    if (entry.value.kind === 'scalar' && entry.value.isNull) continue;
    parts.push({ node: entry.value, keySpan: entry.keySpan, entry: entry.span, layer });
  }
  return parts;
}

/** What holds for a key whose later value replaces the earlier ones. */
export function partOf(service: ProjectService, key: string): Part | null {
  return partsOf(service, key).at(-1) ?? null;
}
