/** Pods that manifests make, directly or through a workload, and their containers. */
import { readCommand } from '../../containers/command.ts';
import { type Image, readImage } from '../../containers/image.ts';
import type { Container, ContainerMount, EnvironmentVariable } from '../../containers/model.ts';
import type { Span } from '../../source.ts';
import { child, entryOf, type MapNode, textOf, type YamlNode } from '../yaml/read.ts';
import type { ConfigData, Lookup } from './config.ts';
import { at, isTrue, itemsOf, type KubernetesObject, knownText, numberOf, textMap } from './objects.ts';

export interface ContainerPort {
  name: string | null;
  port: number;
  protocol: 'tcp' | 'udp';
  /** The port it takes of its node, and where that is said. */
  host: { port: number; address: string | null; span: Span } | null;
}

export interface PodContainer extends Container {
  pod: Pod;
  /** As written. */
  node: MapNode;
  ports: readonly ContainerPort[];
  /** Below its object: `Deployment/redis.containers[redis]`. */
  pointer: string;
}

export interface Pod {
  object: KubernetesObject;
  spec: MapNode;
  labels: ReadonlyMap<string, string>;
  hostNetwork: Span | null;
  serviceAccount: string | null;
  containers: PodContainer[];
}

const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  DeploymentConfig: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

export function podOf(object: KubernetesObject, lookup: Lookup): Pod | null {
  const path = Object.hasOwn(TEMPLATES, object.kind) ? TEMPLATES[object.kind] : undefined;
  if (path === undefined) return null;
  const template = path.length === 0 ? object.node : at(object.node, ...path);
  const spec = at(template, 'spec');
  if (spec?.kind !== 'map') return null;
  const network = child(spec, 'hostNetwork');
  const pod: Pod = {
    object,
    spec,
    labels: textMap(at(template, 'metadata', 'labels')),
    hostNetwork: isTrue(network) ? network.span : null,
    serviceAccount: knownText(child(spec, 'serviceAccountName')) ?? knownText(child(spec, 'serviceAccount')),
    containers: [],
  };
  const nodes = itemsOf(child(spec, 'containers')).filter((node) => node.kind === 'map');
  pod.containers = nodes.slice(0, 200).map((node) => containerOf(node, pod, nodes.length > 1, lookup));
  return pod;
}

function containerOf(node: MapNode, pod: Pod, several: boolean, lookup: Lookup): PodContainer {
  const nameNode = child(node, 'name');
  const name = knownText(nameNode) ?? '';
  const { object } = pod;
  const short = /^[\w.-]{1,253}$/.test(name) ? name : '…';
  const environment = environmentOf(node, object, lookup);
  return {
    name: several ? `${object.pointer}/${short}` : object.pointer,
    nameSpan: object.nameSpan,
    image: imageOf(child(node, 'image')),
    ...environment,
    // `command` stands in for the image's entrypoint, `args` for its command.
    entrypoint: readCommand(child(node, 'command')),
    command: readCommand(child(node, 'args')),
    mounts: mountsOf(node, pod, lookup),
    pod,
    node,
    ports: portsOf(node),
    pointer: `${object.pointer}.containers[${short}]`,
  };
}

function imageOf(node: YamlNode | null): (Image & { span: Span }) | null {
  const text = textOf(node);
  if (text === null || !node) return null;
  const templated = /\{\{|\$\{|<%/.test(text);
  if (templated && !/^[\w./:@-]+:/.test(text)) return null;
  const reference = text.replace(/(?:\{\{|\$\{|<%).*$/s, '');
  return { ...readImage(reference, !templated), span: node.span };
}

function portsOf(node: MapNode): ContainerPort[] {
  return itemsOf(child(node, 'ports')).flatMap((item): ContainerPort[] => {
    const port = numberOf(child(item, 'containerPort'));
    if (port === null) return [];
    const hostPort = child(item, 'hostPort');
    const number = numberOf(hostPort);
    return [
      {
        name: textOf(child(item, 'name')),
        port,
        protocol: textOf(child(item, 'protocol'))?.toUpperCase() === 'UDP' ? 'udp' : 'tcp',
        host:
          number === null || number === 0 || !hostPort
            ? null
            : { port: number, address: knownText(child(item, 'hostIP')), span: hostPort.span },
      },
    ];
  });
}

interface Environment {
  environment: EnvironmentVariable[];
  environmentFiles: ReadonlySet<string>;
  environmentComplete: boolean;
}

function environmentOf(node: MapNode, object: KubernetesObject, lookup: Lookup): Environment {
  const found = new Map<string, EnvironmentVariable>();
  const files = new Set<string>();
  let complete = true;
  for (const item of itemsOf(child(node, 'envFrom'))) {
    const prefix = textOf(child(item, 'prefix')) ?? '';
    const config = knownText(at(item, 'configMapRef', 'name'));
    const secret = knownText(at(item, 'secretRef', 'name'));
    const data: ConfigData | null =
      config !== null ? lookup('ConfigMap', config, object) : secret !== null ? lookup('Secret', secret, object) : null;
    if (data === null) {
      complete = false;
      continue;
    }
    for (const [key, value] of data.values) {
      const name = `${prefix}${key}`;
      files.add(name);
      // What a ConfigMap says is known, and it is judged where it is written.
      if (config !== null && value !== null) found.set(name, given(name, value, item.span));
    }
    if (!data.complete) complete = false;
  }
  for (const item of itemsOf(child(node, 'env'))) {
    const name = textOf(child(item, 'name'));
    if (name === null) continue;
    const value = child(item, 'value');
    const reference = at(item, 'valueFrom', 'configMapKeyRef');
    if (value?.kind === 'scalar' && !value.isNull) {
      // `$(NAME)` is another variable; `${NAME}` and templates are filled in before the file is applied.
      const known = knownText(value) !== null && !/\$\(\w+\)/.test(value.text);
      const inner = value.inner ?? null;
      found.set(name, {
        name,
        value: known ? value.text : null,
        source: known ? 'literal' : 'unknown',
        span: value.span,
        inner,
      });
    } else if (reference) {
      const data = lookup('ConfigMap', knownText(child(reference, 'name')) ?? '', object);
      const text = data?.values.get(knownText(child(reference, 'key')) ?? '') ?? null;
      found.set(name, { ...given(name, text, item.span), source: text === null ? 'unknown' : 'file' });
    } else {
      const empty = entryOf(item, 'valueFrom') === undefined;
      found.set(name, { ...given(name, empty ? '' : null, item.span), source: empty ? 'literal' : 'unknown' });
    }
  }
  const environment = [...found.values()].filter(({ name }) => /^[\w.-]{1,128}$/.test(name)).slice(0, 1_000);
  return { environment, environmentFiles: files, environmentComplete: complete };
}

function given(name: string, value: string | null, span: Span): EnvironmentVariable {
  return { name, value, source: 'file', span, inner: null };
}

/** Paths are those of embedded texts (`embeddedPath`), or of files that a kustomization makes a ConfigMap of. */
function mountsOf(node: MapNode, pod: Pod, lookup: Lookup): ContainerMount[] {
  const volumes = new Map(itemsOf(child(pod.spec, 'volumes')).map((volume) => [textOf(child(volume, 'name')), volume]));
  return itemsOf(child(node, 'volumeMounts')).flatMap((mount): ContainerMount[] => {
    const volume = volumes.get(textOf(child(mount, 'name')));
    const target = knownText(child(mount, 'mountPath'));
    if (!volume || target === null) return [];
    const subPath = knownText(child(mount, 'subPath'));
    const sources = [volume, ...itemsOf(at(volume, 'projected', 'sources'))].slice(0, 50);
    const found = sources.flatMap((source): ContainerMount[] => {
      const config = child(source, 'configMap');
      const secret = child(source, 'secret');
      const host = knownText(at(source, 'hostPath', 'path'));
      if (host !== null) return [{ source: host, path: null, target, span: mount.span }];
      const name =
        knownText(child(config, 'name')) ?? knownText(child(secret, 'secretName')) ?? knownText(child(secret, 'name'));
      if (name === null) return [];
      const data = lookup(config ? 'ConfigMap' : 'Secret', name, pod.object);
      const label = `${config ? 'configmap' : 'secret'}/${name}`;
      return filesOf(child(config ?? secret, 'items'), subPath, target).flatMap(
        ({ key, at: place }): ContainerMount[] => {
          const mounted = { source: label, span: mount.span };
          if (key === null && data !== null && data.files.size > 0) {
            return [...data.files].map(([file, path]) => ({
              ...mounted,
              path,
              target: `${place.replace(/\/$/, '')}/${file}`,
            }));
          }
          return [{ ...mounted, path: data === null ? null : pathIn(data, key), target: place }];
        },
      );
    });
    return found.length > 0
      ? found
      : [{ source: textOf(child(volume, 'name')) ?? '', path: null, target, span: mount.span }];
  });
}

/** Which keys of a ConfigMap appear where; a null key is all of them in a folder. */
function filesOf(items: YamlNode | null, subPath: string | null, target: string): { key: string | null; at: string }[] {
  const named = itemsOf(items).flatMap((item) => {
    const key = knownText(child(item, 'key'));
    const path = knownText(child(item, 'path')) ?? key;
    return key === null || path === null ? [] : [{ key, path }];
  });
  if (subPath !== null) return [{ key: named.find(({ path }) => path === subPath)?.key ?? subPath, at: target }];
  if (named.length === 0) return [{ key: null, at: target }];
  return named.map(({ key, path }) => ({ key, at: `${target.replace(/\/$/, '')}/${path}` }));
}

function pathIn(data: ConfigData, key: string | null): string | null {
  if (key === null) return data.folder;
  return data.files.get(key) ?? (data.folder === null ? null : `${data.folder}/${key}`);
}
