/** The containers of manifests, with the ports by which they are reached from outside their cluster. */
import { assetId } from '../../../core/asset.ts';
import type { PublishedPort } from '../../declared.ts';
import type { DeclaredContainer, ReadFile } from '../../model.ts';
import type { Cluster, Way } from './cluster.ts';
import type { KubernetesObject } from './objects.ts';
import type { PodContainer } from './pods.ts';

/** Containers of one file, in its order. */
export function containersIn({ document }: Pick<ReadFile<'kubernetes'>, 'document'>): PodContainer[] {
  return document.objects.flatMap((object) => document.cluster.pods(object)?.containers ?? []);
}

export function declaredContainers(file: ReadFile<'kubernetes'>): DeclaredContainer[] {
  const { source, document } = file;
  return containersIn(file).map((container) => ({
    container,
    declared: {
      name: container.name,
      file: source.path,
      format: 'kubernetes',
      line: source.position(container.nameSpan.start).line,
      asset: assetId('config', source.path, container.name),
      image: container.image?.reference ?? null,
      engine: container.image?.engine ?? null,
      version: container.image?.version ?? null,
      published: publishedPorts(container, document.cluster),
      mounts: container.mounts.flatMap(({ path, target }) => (path === null ? [] : [{ source: path, target }])),
      environment: [...new Set([...container.environment.map(({ name }) => name), ...container.environmentFiles])],
      hostNetwork: container.pod.hostNetwork !== null,
    },
  }));
}

function publishedPorts(container: PodContainer, cluster: Cluster): PublishedPort[] {
  return waysToContainer(container, cluster).flatMap((way): PublishedPort[] => {
    // A route speaks HTTP for the pod: it is a proxy in front, no published port.
    if (way.kind === 'route' || way.kind === 'host-network' || way.target === null) return [];
    const place = way.object.source === container.pod.object.source ? way.span : container.nameSpan;
    const shut = cluster.policiesFor(container.pod, way.target).state === 'closed';
    return [
      {
        hostIp: null,
        hostPort: way.port,
        containerPort: way.target,
        protocol: way.protocol,
        ...container.pod.object.source.position(place.start),
        pointer: `${way.object.pointer}.ports[${way.port ?? ''}:${way.target}]`,
        allInterfaces: !shut && (way.from === 'internet' || way.kind === 'node-port' || way.kind === 'host-port'),
      },
    ];
  });
}

/** Ways to the pod that end at this container: at a port it declares, or at any where it declares none. */
export function waysToContainer(container: PodContainer, cluster: Cluster): Way[] {
  const { pod } = container;
  const others = pod.containers
    .filter((one) => one !== container)
    .flatMap(({ ports }) => ports.map(({ port }) => port));
  return cluster
    .waysTo(pod)
    .filter(
      ({ target }) =>
        target === null ||
        container.ports.some(({ port }) => port === target) ||
        (!others.includes(target) && (pod.containers.length === 1 || container.ports.length === 0)),
    );
}

/** A container and a way that leads to it. */
export interface Led {
  container: PodContainer;
  way: Way;
}

const ledBy = new WeakMap<Cluster, Map<KubernetesObject, (Led & { order: number })[]>>();

/** What the ways of some objects lead to in the whole tree, in the order of its pods. */
export function ledToBy(objects: readonly KubernetesObject[], cluster: Cluster): readonly Led[] {
  let all = ledBy.get(cluster);
  if (all === undefined) {
    all = new Map();
    let order = 0;
    for (const container of cluster.allPods().flatMap(({ containers }) => containers)) {
      for (const way of waysToContainer(container, cluster)) {
        const list = all.get(way.object);
        const led = { container, way, order: order++ };
        if (list === undefined) all.set(way.object, [led]);
        else list.push(led);
      }
    }
    ledBy.set(cluster, all);
  }
  const found = all;
  return objects.flatMap((object) => found.get(object) ?? []).sort((a, b) => a.order - b.order);
}
