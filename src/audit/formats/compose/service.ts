/** One service of a project: its layers joined key by key, as Docker joins them. */
import { type Command, readCommand } from '../../containers/command.ts';
import { type Image, readImage } from '../../containers/image.ts';
import type { Container, ContainerMount } from '../../containers/model.ts';
import type { Siblings } from '../../model.ts';
import { lineEnd, type Source, type Span } from '../../source.ts';
import { child, textOf, type YamlNode } from '../yaml/read.ts';
import { readBuild } from './dockerfile.ts';
import { environmentFiles } from './env-files.ts';
import { type ComposeVariable, joinEnvironment, readEnvironment } from './environment.ts';
import { interpolate, splitOutside } from './interpolate.ts';
import { readMounts } from './mounts.ts';
import { inRoot } from './paths.ts';
import { type ComposePort, readPorts } from './ports.ts';
import { type Part, type Project, type ProjectService, partOf, partsOf, type SkipFunction } from './project.ts';

export interface ComposeService extends Container {
  image: (Image & { span: Span }) | null;
  ports: ComposePort[];
  environment: ComposeVariable[];
  /** Where one more variable can be written; null where a small edit cannot. */
  environmentEnd: { at: number; before: string; form: 'map' | 'list' } | null;
  environmentComplete: boolean;
  command: Command | null;
  entrypoint: Command | null;
  mounts: ContainerMount[];
  hostNetwork: { span: Span; entry: Span } | null;
  /** `network_mode: service:NAME`: it has the network, and the published ports, of that service. */
  networkOf: string | null;
  networks: readonly string[];
  /** Every network it is on is `internal: true`: Docker then publishes no port of it. */
  internalOnly: boolean;
  hostPid: { span: Span } | null;
  privileged: { span: Span; inner: Span | null } | null;
  capAdd: readonly { name: string; span: Span }[];
  user: { text: string; span: Span } | null;
  /** Started only when one of these is asked for. */
  profiles: readonly string[];
}

export interface ServiceReader {
  project: Project;
  siblings: Siblings;
  skip: SkipFunction;
}

export function readService(service: ProjectService, reader: ServiceReader): ComposeService {
  const { source } = reader.project.joined;
  const written = partsOf(service, 'environment');
  const files = environmentFiles(partsOf(service, 'env_file'), reader);
  const image = partOf(service, 'image');
  const build = partOf(service, 'build');
  const built = build && readBuilt(build, reader);
  const mounts = readMounts(service, reader.project);
  const targets = new Set(mounts.map(({ target }) => target));
  const network = partOf(service, 'network_mode');
  const mode = network && interpolate(textOf(network.node) ?? '', network.layer.variables).text;
  const networks = networksOf(service);
  const isHost = (name: string): boolean => nameOf(reader.project, name) === 'host';
  const onHost = networks.find(({ name }) => isHost(name));
  const privileged = partOf(service, 'privileged');
  const pid = partOf(service, 'pid');
  const user = partOf(service, 'user');
  const last = written.at(-1);
  return {
    name: service.name,
    nameSpan: service.nameSpan,
    image: (image && imageOf(image)) ?? built?.image ?? null,
    ports: joinedPorts(service, reader),
    environment: joinEnvironment(
      written.map(({ node, layer }) => ({ node, variables: layer.variables })),
      source,
      files.variables,
    ),
    environmentEnd: last ? environmentEnd(last.node, source) : null,
    environmentFiles: files.names,
    // A Dockerfile may set variables of its own.
    environmentComplete: files.complete && service.complete && (image !== null || build === null),
    command: commandOf(service, 'command') ?? built?.command ?? null,
    entrypoint: commandOf(service, 'entrypoint'),
    mounts: [...mounts, ...(built?.mounts ?? []).filter(({ target }) => !targets.has(target))],
    hostNetwork:
      network && mode === 'host'
        ? { span: network.node.span, entry: network.entry }
        : onHost
          ? { span: onHost.span, entry: onHost.span }
          : null,
    networkOf: mode?.startsWith('service:') ? mode.slice('service:'.length) : null,
    networks: networks.map(({ name }) => name),
    internalOnly:
      mode === null &&
      (networks.length === 0 ? ['default'] : networks.map(({ name }) => name)).every((name) =>
        isInternal(reader.project, name),
      ),
    hostPid: pid && textOf(pid.node) === 'host' ? { span: pid.node.span } : null,
    privileged:
      privileged?.node.kind === 'scalar' && privileged.node.text === 'true'
        ? { span: privileged.node.span, inner: privileged.node.inner }
        : null,
    capAdd: listOf(service, 'cap_add'),
    user: user && textOf(user.node) !== null ? { text: textOf(user.node) ?? '', span: user.node.span } : null,
    profiles: listOf(service, 'profiles').map(({ name }) => name),
  };
}

/** A service in the network of another one has what that one publishes. */
export function shareNetworks(services: readonly ComposeService[]): void {
  const byName = new Map(services.map((service) => [service.name, service]));
  for (const service of services) {
    const owner = service.networkOf === null ? undefined : byName.get(service.networkOf);
    if (!owner || owner === service) continue;
    // Of two programs of one engine, it is the owner that was given the ports: the other sets it up.
    const own = owner.image?.engine === service.image?.engine ? [] : (ENGINE_PORTS[service.image?.engine ?? ''] ?? []);
    service.ports = owner.ports.filter(({ containerPort }) => own.includes(containerPort));
    service.hostNetwork ??= owner.hostNetwork;
    service.internalOnly = owner.internalOnly;
  }
}

/** What engines listen on, to tell whose port a shared network publishes. */
const ENGINE_PORTS: Readonly<Record<string, readonly number[]>> = {
  elasticsearch: [9200, 9300],
  opensearch: [9200, 9300, 9600],
  postgresql: [5432],
  redis: [6379, 6380],
  mysql: [3306, 33060],
  mongodb: [27017],
  couchdb: [5984],
  memcached: [11211],
  mqtt: [1883, 8883, 9001],
  s3: [9000, 9001],
  cassandra: [9042, 7000, 9160],
  clickhouse: [8123, 9000, 9440],
  rabbitmq: [5672, 15672],
  neo4j: [7474, 7687],
  influxdb: [8086],
  mssql: [1433],
};

function joinedPorts(service: ProjectService, reader: ServiceReader): ComposePort[] {
  const { source } = reader.project.joined;
  const ports = new Map<string, ComposePort>();
  const layers = new Map<string, unknown>();
  for (const { node, layer } of partsOf(service, 'ports')) {
    for (const reading of readPorts(node, source, layer.variables)) {
      if ('port' in reading) {
        const { port } = reading;
        const key = `${port.hostIp ?? '0.0.0.0'}|${port.hostIpKnown ? '' : port.span.start}|${port.key}`;
        // Docker publishes it once; a patch has to mend each place in the file where it is written.
        const twin = layers.get(key) === layer ? ports.get(key) : undefined;
        const edits = twin?.toLoopback && port.toLoopback && [...twin.toLoopback, ...port.toLoopback];
        ports.set(key, twin ? { ...port, toLoopback: edits ?? null } : port);
        layers.set(key, layer);
      } else {
        reader.skip('COMPOSE_PORT', reading.unreadable.start, 'a published port whose number cannot be told');
      }
    }
  }
  return [...ports.values()];
}

function commandOf(service: ProjectService, key: string): Command | null {
  const part = partOf(service, key);
  return part && readCommand(part.node);
}

function listOf(service: ProjectService, key: string): { name: string; span: Span }[] {
  return partsOf(service, key).flatMap(({ node }) =>
    (node.kind === 'seq' ? node.items : [node]).flatMap((item) => {
      const name = textOf(item);
      return name === null ? [] : [{ name, span: item.span }];
    }),
  );
}

function networksOf(service: ProjectService): { name: string; span: Span }[] {
  return partsOf(service, 'networks').flatMap(({ node }) =>
    node.kind === 'map'
      ? node.entries.map(({ key, keySpan }) => ({ name: key, span: keySpan }))
      : (node.kind === 'seq' ? node.items : []).flatMap((item) => {
          const name = textOf(item);
          return name === null ? [] : [{ name, span: item.span }];
        }),
  );
}

function networkDefinitions({ roots }: Project, name: string): YamlNode[] {
  return roots.flatMap((root) => child(child(root, 'networks'), name) ?? []);
}

function isInternal(project: Project, name: string): boolean {
  return networkDefinitions(project, name).some((definition) => textOf(child(definition, 'internal')) === 'true');
}

function nameOf(project: Project, name: string): string {
  const external = networkDefinitions(project, name).find((definition) => {
    const value = child(definition, 'external');
    return value !== null && textOf(value) !== 'false';
  });
  if (!external) return '';
  return textOf(child(external, 'name')) ?? textOf(child(child(external, 'external'), 'name')) ?? name;
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

function imageOf({ node, layer: { variables } }: Part): ComposeService['image'] {
  const text = textOf(node);
  if (text === null) return null;
  // With an unknown registry or tag the name may still be known: `${REGISTRY}/redis:7`, `elasticsearch:${VERSION}`.
  const reference = interpolate(text, variables).text.replace(/^\/+/, '');
  const last = splitOutside(text, ':').at(-1)?.text ?? '';
  return { ...readImage(reference, interpolate(last, variables).known), span: node.span };
}

/** An image that is built here: the engine that its Dockerfile stands on, the configuration it copies, and its command. */
function readBuilt(
  { node: build, layer }: Part,
  reader: ServiceReader,
): { image: ComposeService['image']; mounts: ContainerMount[]; command: Command | null } | null {
  const context = interpolate(textOf(build) ?? textOf(child(build, 'context')) ?? '.', layer.variables);
  const folder = context.known ? inRoot(layer.folder, context.text) : null;
  const file = folder === null ? null : inRoot(folder, textOf(child(build, 'dockerfile')) ?? 'Dockerfile');
  const text = file === null ? null : reader.siblings.text(file);
  if (text === null || folder === null) return null;
  const given = readEnvironment(child(build, 'args'), reader.project.joined.source, layer.variables);
  const { base, copies, command } = readBuild(
    text,
    new Map(given.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))),
  );
  // What else the Dockerfile changes is not read, so the defaults of the image it stands on are not taken for granted.
  const image = base && { ...readImage(base.reference, base.known), publisher: 'other' as const, span: build.span };
  const mounts = copies.map(([from, to]): ContainerMount => {
    const target = to.endsWith('/') ? `${to}${from.split('/').at(-1) ?? ''}` : to;
    return { source: from, path: inRoot(folder, from), target, span: build.span };
  });
  return { image, mounts: image?.engine ? mounts : [], command: command && { words: [...command], span: build.span } };
}
