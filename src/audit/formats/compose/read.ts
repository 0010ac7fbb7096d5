/**
 * docker-compose.yml: the services of a Compose file with what matters for exposure.
 * https://docs.docker.com/reference/compose-file/
 *
 * Parsed as YAML 1.2: YAML 1.1 would read an unquoted `22:22` as a number in base 60.
 */
import { basename, dirname, join, normalize } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format, Siblings } from '../../model.ts';
import { lineEnd, type Source, type Span } from '../../source.ts';
import { child, entryOf, type MapNode, readYaml, textOf, type YamlNode } from '../yaml/read.ts';
import { yamlSkips } from '../yaml/skips.ts';
import { type Command, readCommand } from './command.ts';
import { declaredServices } from './declare.ts';
import { baseImage } from './dockerfile.ts';
import { readDotenv } from './dotenv.ts';
import { type EnvironmentVariable, readEnvironment } from './environment.ts';
import { type Image, readImage } from './image.ts';
import { interpolate, splitOutside } from './interpolate.ts';
import { type ComposePort, readPorts } from './ports.ts';

export interface ComposeMount {
  /** As written after interpolation. */
  source: string;
  /** Relative to the audited root; null for named volumes and paths outside it. */
  path: string | null;
  target: string;
  span: Span;
}

export interface ComposeService {
  name: string;
  nameSpan: Span;
  image: (Image & { span: Span }) | null;
  ports: ComposePort[];
  environment: EnvironmentVariable[];
  /** Where one more variable can be written; null where a small edit cannot. */
  environmentEnd: { at: number; before: string; form: 'map' | 'list' } | null;
  /** Names set by files of `env_file` that could be read. */
  environmentFiles: ReadonlySet<string>;
  /** False when variables may come from somewhere that was not read: then absence proves nothing. */
  environmentComplete: boolean;
  command: Command | null;
  entrypoint: Command | null;
  mounts: ComposeMount[];
  hostNetwork: { span: Span; entry: Span } | null;
  privileged: { span: Span; inner: Span | null } | null;
}

export interface ComposeDocument {
  services: ComposeService[];
}

const MAX_SERVICES = 2_000;
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
];

export const composeFormat: Format<'docker-compose'> = {
  name: 'docker-compose',
  title: 'Docker Compose',
  settings: () => [],
  containers: declaredServices,
  recognises(path, text) {
    if (
      !/^\ufeff?(?:services|"services"|'services')[ \t]*:/m.test(text) &&
      !/^\ufeff?\s*\{\s*"services"\s*:/.test(text)
    )
      return false;
    if (/^(?:docker-)?compose[\w.-]*\.(?:ya?ml|json)$/i.test(basename(path))) return true;
    if (/\.(?:md|rst|adoc|html?)$/i.test(path)) return false;
    return /^[ \t]+["']?image["']?[ \t]*:|\bimage["']?[ \t]*:[ \t]*\S/m.test(text);
  },
  read(source, siblings) {
    const { roots, problems } = readYaml(source.text);
    const skips: Skip[] = yamlSkips(source, problems);
    const folder = dirname(source.path);
    const variables = readDotenv(siblings.text(inRoot(folder, '.env') ?? '.env') ?? '');
    const services: ComposeService[] = [];
    function skip(code: string, offset: number, reason: string, severity: Skip['severity'] = 'incomplete'): void {
      const { line } = source.position(offset);
      if (skips.length < 50) skips.push({ subject: `${source.path}:${line}`, code, reason, severity });
    }
    let recognised = false;
    for (const root of roots) {
      const include = entryOf(root, 'include');
      if (include)
        skip(
          'CONFIG_INCLUDE',
          include.keySpan.start,
          'includes other compose files, which are judged only where they are found',
          'note',
        );
      const map = child(root, 'services');
      if (map?.kind !== 'map') continue;
      for (const { key, keySpan, value } of map.entries) {
        if (value?.kind !== 'map' || !SERVICE_KEYS.some((name) => entryOf(value, name))) continue;
        recognised = true;
        if (services.length >= MAX_SERVICES) {
          skip('COMPOSE_LIMIT', keySpan.start, `more than ${MAX_SERVICES} services`);
          break;
        }
        services.push(
          readService(key, keySpan, extended(value, map, skip), { source, siblings, folder, variables, root, skip }),
        );
      }
    }
    const complete = !skips.some((entry) => entry.severity === 'incomplete');
    const failed = !recognised && problems.length > 0;
    return { document: { services }, status: failed ? 'failed' : complete ? 'read' : 'partial', skips };
  },
};

type SkipFunction = (code: string, offset: number, reason: string, severity?: Skip['severity']) => void;

interface Reader {
  source: Source;
  siblings: Siblings;
  folder: string;
  variables: ReadonlyMap<string, string>;
  root: YamlNode;
  skip: SkipFunction;
}

/** `extends` within the same file: keys that the service does not set come from the other one. */
function extended(service: MapNode, services: MapNode, skip: SkipFunction): MapNode {
  let result = service;
  let entry = entryOf(service, 'extends');
  for (let depth = 0; entry && depth < 8; depth += 1) {
    const name = textOf(entry.value) ?? textOf(child(entry.value, 'service'));
    if (name === null || child(entry.value, 'file')) {
      skip('CONFIG_INCLUDE', entry.keySpan.start, 'extends a service of another file, which was not followed');
      return result;
    }
    const base = child(services, name);
    if (base?.kind !== 'map') return result;
    const own = new Set(result.entries.map(({ key }) => key));
    const inherited = base.entries.filter(({ key }) => !own.has(key)).map((other) => ({ ...other, merged: true }));
    result = { ...result, entries: [...result.entries, ...inherited] };
    entry = entryOf(base, 'extends');
  }
  return result;
}

function readService(name: string, nameSpan: Span, node: MapNode, reader: Reader): ComposeService {
  const { source, variables, skip } = reader;
  const ports: ComposePort[] = [];
  for (const reading of readPorts(child(node, 'ports'), source, variables)) {
    if ('port' in reading) ports.push(reading.port);
    else skip('COMPOSE_PORT', reading.unreadable.start, 'a published port whose number cannot be told');
  }
  const files = environmentFiles(node, reader);
  const network = entryOf(node, 'network_mode');
  const privileged = child(node, 'privileged');
  return {
    name,
    nameSpan,
    image: imageOf(child(node, 'image'), variables) ?? builtImage(node, reader),
    ports,
    environment: readEnvironment(child(node, 'environment'), source, variables),
    environmentEnd: environmentEnd(child(node, 'environment'), source),
    environmentFiles: files.names,
    // A Dockerfile may set variables of its own.
    environmentComplete:
      files.complete &&
      (child(node, 'image') !== null || child(node, 'build') === null) &&
      !(child(node, 'extends') && textOf(child(child(node, 'extends'), 'file'))),
    command: readCommand(child(node, 'command')),
    entrypoint: readCommand(child(node, 'entrypoint')),
    mounts: readMounts(node, reader),
    hostNetwork:
      network?.value && textOf(network.value) === 'host' ? { span: network.value.span, entry: network.span } : null,
    privileged:
      privileged?.kind === 'scalar' && privileged.text === 'true'
        ? { span: privileged.span, inner: privileged.inner }
        : null,
  };
}

/** After the last entry of a block `environment`: its line ending and the indentation of its entries. */
function environmentEnd(node: YamlNode | null, source: Source): ComposeService['environmentEnd'] {
  if (node === null || node.kind === 'scalar' || node.flow) return null;
  const entry = node.kind === 'map' ? node.entries.at(-1) : undefined;
  if (entry?.merged) return null;
  const last = entry?.span ?? (node.kind === 'seq' ? node.items.at(-1)?.span : undefined);
  const first = entry?.keySpan ?? last;
  if (!last || !first) return null;
  const before = source.text.slice(source.text.lastIndexOf('\n', first.start - 1) + 1, first.start);
  if (!(node.kind === 'map' ? /^[ ]*$/ : /^[ ]*- +$/).test(before)) return null;
  const at = lineEnd(source.text, last.end);
  return { at, before: `${source.eol}${before}`, form: node.kind === 'map' ? 'map' : 'list' };
}

function imageOf(node: YamlNode | null, variables: ReadonlyMap<string, string>): ComposeService['image'] {
  const text = textOf(node);
  if (text === null || !node) return null;
  // With an unknown registry or tag the name may still be known: `${REGISTRY}/redis:7`, `elasticsearch:${VERSION}`.
  const reference = interpolate(text, variables).text.replace(/^\/+/, '');
  const last = splitOutside(text, ':').at(-1)?.text ?? '';
  return { ...readImage(reference, interpolate(last, variables).known), span: node.span };
}

/** The engine of an image that is built here, by what its Dockerfile stands on. */
function builtImage(node: MapNode, reader: Reader): ComposeService['image'] {
  const build = child(node, 'build');
  if (!build) return null;
  const context = interpolate(textOf(build) ?? textOf(child(build, 'context')) ?? '.', reader.variables);
  const folder = context.known ? inRoot(reader.folder, context.text) : null;
  const file = folder === null ? null : inRoot(folder, textOf(child(build, 'dockerfile')) ?? 'Dockerfile');
  const text = file === null ? null : reader.siblings.text(file);
  if (text === null) return null;
  const given = readEnvironment(child(build, 'args'), reader.source, reader.variables);
  const base = baseImage(text, new Map(given.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))));
  // What the Dockerfile changes is not read, so the defaults of the image it stands on are not taken for granted.
  return base && { ...readImage(base.reference, base.known), publisher: 'other', span: build.span };
}

function environmentFiles(node: MapNode, reader: Reader): { names: Set<string>; complete: boolean } {
  const names = new Set<string>();
  let complete = true;
  const list = child(node, 'env_file');
  const items = list?.kind === 'seq' ? list.items : list ? [list] : [];
  for (const item of items.slice(0, 50)) {
    const written = textOf(item) ?? textOf(child(item, 'path'));
    const path = written === null ? null : interpolate(written, reader.variables);
    const inside = path?.known ? inRoot(reader.folder, path.text) : null;
    const text = inside === null ? null : reader.siblings.text(inside);
    if (text === null) complete = false;
    else for (const name of readDotenv(text).keys()) names.add(name);
  }
  return { names, complete };
}

function readMounts(node: MapNode, reader: Reader): ComposeMount[] {
  const mounts: ComposeMount[] = [];
  function add(sourceText: string, target: string, span: Span): void {
    const { text } = interpolate(sourceText, reader.variables);
    const isPath = /^(?:\.|\/|~)/.test(text);
    mounts.push({ source: text, path: isPath ? inRoot(reader.folder, text) : null, target, span });
  }
  const volumes = child(node, 'volumes');
  for (const item of volumes?.kind === 'seq' ? volumes.items : []) {
    if (item.kind === 'scalar') {
      const [from, to] = splitOutside(item.text, ':');
      if (from && to) add(from.text, interpolate(to.text, reader.variables).text, item.span);
    } else {
      const from = textOf(child(item, 'source')) ?? textOf(child(item, 'src'));
      const to = textOf(child(item, 'target')) ?? textOf(child(item, 'dst')) ?? textOf(child(item, 'destination'));
      if (from !== null && to !== null) add(from, interpolate(to, reader.variables).text, item.span);
    }
  }
  const definitions = child(reader.root, 'configs');
  const configs = child(node, 'configs');
  for (const item of configs?.kind === 'seq' ? configs.items : []) {
    const name = textOf(item) ?? textOf(child(item, 'source'));
    const file = name === null ? null : textOf(child(child(definitions, name), 'file'));
    if (name === null || file === null) continue;
    add(/^[./~]/.test(file) ? file : `./${file}`, textOf(child(item, 'target')) ?? `/${name}`, item.span);
  }
  return mounts;
}

/** A path of a compose file in `folder`, relative to the audited root; null when it leaves the root. */
function inRoot(folder: string, path: string): string | null {
  if (path.startsWith('/') || path.startsWith('~') || path.includes('\0')) return null;
  const joined = normalize(join(folder, path)).replace(/\/$/, '');
  return joined === '..' || joined.startsWith('../') ? null : joined;
}
