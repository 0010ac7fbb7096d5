/**
 * The manifests of a tree as one cluster: which Service and which policy is about which pod.
 *
 * A tree often holds several applications that use the same labels, and variants of one (base, overlays, examples).
 * Manifests are joined when the namespaces do not contradict each other, and only with the nearest that match: the same
 * file, then the same folder, then the folders around.
 */
import { dirname } from 'node:path/posix';
import type { Source, Span } from '../../source.ts';
import { type ConfigData, configsOf, type Lookup } from './config.ts';
import type { KubernetesObject } from './objects.ts';
import { type ContainerPort, type Pod, podOf } from './pods.ts';
import { firstLabel, isAboutPort, type NetworkPolicy, policyOf, selects } from './policies.ts';
import { type Route, routesOf, type Service, serviceOf } from './services.ts';

/** A way into a pod from outside its cluster. */
export interface Way {
  kind: 'load-balancer' | 'node-port' | 'external-ip' | 'route' | 'host-port' | 'host-network';
  /** From where: the internet, some networks (nodes, a private load balancer, named addresses). */
  from: 'internet' | 'network';
  /** What declares it. */
  object: KubernetesObject;
  span: Span;
  /** Port from outside, and of the container. */
  port: number | null;
  target: number | null;
  protocol: 'tcp' | 'udp';
  service: Service | null;
  route: Route | null;
  /** Asks for a login of its own before the pod sees anything. */
  guarded: boolean;
}

/** What network policies let through to a pod. */
export interface PolicyVerdict {
  /** `none`: no policy selects it, so everything gets through. */
  state: 'none' | 'open' | 'closed';
  policies: readonly NetworkPolicy[];
}

export interface Cluster {
  pods(object: KubernetesObject): Pod | null;
  waysTo(pod: Pod): readonly Way[];
  /** @param port of the container; null: any */
  policiesFor(pod: Pod, port: number | null): PolicyVerdict;
  /** Policies of a network plug-in's own kinds, which are not read, are somewhere near. */
  hasForeignPolicies(near: KubernetesObject): boolean;
  podsOf(service: Service): readonly Pod[];
  podsUnder(policy: NetworkPolicy): readonly Pod[];
  allPods(): readonly Pod[];
  readonly objects: readonly KubernetesObject[];
  services(): readonly Service[];
  policies(): readonly NetworkPolicy[];
  routes(): readonly Route[];
}

const FOREIGN_POLICY =
  /^(?:CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy|GlobalNetworkPolicy|StagedNetworkPolicy|AdminNetworkPolicy|BaselineAdminNetworkPolicy|AuthorizationPolicy|ClusterNetworkPolicy|Server|ServerAuthorization)$/;

export function clusterOf(objects: readonly KubernetesObject[]): Cluster {
  const configs = once(() =>
    groupBy(
      objects.flatMap((object) => configsOf(object).map((one) => ({ ...one, object }))),
      ({ kind, name }) => `${kind}\0${name}`,
    ),
  );
  const lookup: Lookup = (kind, name, from): ConfigData | null =>
    nearest(
      from,
      (configs().get(`${kind}\0${name}`) ?? []).filter(({ object }) => sameNamespace(object, from)),
      ({ object }) => object,
    )[0]?.data ?? null;
  const podMap = once(() => {
    const map = new Map<KubernetesObject, Pod>();
    for (const object of objects) {
      const pod = podOf(object, lookup);
      if (pod) map.set(object, pod);
    }
    return map;
  });
  const allPods = once(() => [...podMap().values()]);
  const byLabel = once(() => {
    const map = new Map<string, Pod[]>();
    for (const pod of allPods()) {
      for (const [key, value] of pod.labels) {
        const label = `${key}\0${value}`;
        const list = map.get(label);
        if (list) list.push(pod);
        else map.set(label, [pod]);
      }
    }
    return map;
  });
  const services = once(() => {
    const named = groupBy(
      objects.filter(({ kind }) => kind === 'Service'),
      ({ name }) => name,
    );
    return objects.flatMap((object) => {
      if (object.kind !== 'Service') return [];
      const others = (named.get(object.name) ?? []).filter((one) => one !== object && sameNamespace(one, object));
      return serviceOf(object, nearest(object, others, (one) => one)[0] ?? null) ?? [];
    });
  });
  const podsByService = new Map<Service, readonly Pod[]>();
  function podsOf(service: Service): readonly Pod[] {
    const known = podsByService.get(service);
    if (known) return known;
    const [first] = service.selector;
    const candidates = first === undefined ? [] : (byLabel().get(first.join('\0')) ?? []);
    const matching = candidates.filter(
      (pod) =>
        sameNamespace(pod.object, service.object) &&
        [...service.selector].every(([key, value]) => pod.labels.get(key) === value),
    );
    const found = nearest(service.object, matching, (pod) => pod.object).slice(0, MOST_JOINED);
    podsByService.set(service, found);
    return found;
  }
  const routes = once(() => objects.flatMap(routesOf));
  const routesTo = once(() => groupBy(routes(), ({ service }) => service));
  const servicesFor = once(() => {
    const map = new Map<Pod, Service[]>();
    for (const service of services()) {
      for (const pod of podsOf(service)) {
        const list = map.get(pod);
        if (list === undefined) map.set(pod, [service]);
        else if (list.length < MOST_JOINED) list.push(service);
      }
    }
    return map;
  });
  const policies = once(() => objects.flatMap((object) => policyOf(object) ?? []));
  const podsByPolicy = new Map<NetworkPolicy, readonly Pod[]>();
  function podsUnder(policy: NetworkPolicy): readonly Pod[] {
    const known = podsByPolicy.get(policy);
    if (known) return known;
    const label = firstLabel(policy.selector);
    const candidates = label === null ? allPods() : (byLabel().get(label) ?? []);
    const found = candidates.filter(
      (pod) =>
        sameNamespace(pod.object, policy.object) &&
        distance(pod.object.source, policy.object.source) <= FAR &&
        selects(policy.selector, pod.labels),
    );
    podsByPolicy.set(policy, found);
    return found;
  }
  const policiesByPod = once(() => {
    const map = new Map<Pod, NetworkPolicy[]>();
    for (const policy of policies().slice(0, 2_000)) {
      for (const pod of podsUnder(policy)) {
        const list = map.get(pod);
        if (list === undefined) map.set(pod, [policy]);
        else if (list.length < MOST_JOINED) list.push(policy);
      }
    }
    return map;
  });
  const foreign = once(() => {
    const found = objects.filter(
      ({ kind, apiVersion }) => FOREIGN_POLICY.test(kind) || /projectcalico\.org/.test(apiVersion),
    );
    // How far it is depends on the folder alone.
    return [...new Map(found.map(({ source }) => [dirname(source.path), source])).values()];
  });
  const foreignNear = new Map<string, boolean>();
  const waysByPod = new Map<Pod, readonly Way[]>();
  function waysTo(pod: Pod): readonly Way[] {
    const known = waysByPod.get(pod);
    if (known) return known;
    const ways = [
      ...hostWays(pod),
      ...(servicesFor().get(pod) ?? []).flatMap((service) =>
        serviceWays(service, pod, routesTo().get(service.object.name) ?? []),
      ),
    ].slice(0, MOST_JOINED);
    waysByPod.set(pod, ways);
    return ways;
  }
  return {
    objects,
    pods: (object) => podMap().get(object) ?? null,
    waysTo,
    policiesFor(pod, port) {
      const found = policiesByPod().get(pod) ?? [];
      if (found.length === 0) return { state: 'none', policies: [] };
      const name = pod.containers.flatMap(({ ports }) => ports).find((one) => one.port === port)?.name ?? null;
      const open = found.some(({ rules }) =>
        rules.some((rule) => isAboutPort(rule, port, name) && rule.peers.some(({ who }) => who === 'anyone')),
      );
      return { state: open ? 'open' : 'closed', policies: found };
    },
    hasForeignPolicies(near) {
      const folder = dirname(near.source.path);
      const known = foreignNear.get(folder) ?? foreign().some((source) => distance(source, near.source) <= FAR);
      foreignNear.set(folder, known);
      return known;
    },
    podsOf,
    podsUnder,
    allPods,
    services,
    policies,
    routes,
  };
}

function hostWays(pod: Pod): Way[] {
  const base = { from: 'network', object: pod.object, service: null, route: null, guarded: false } as const;
  if (pod.hostNetwork) {
    return [{ ...base, kind: 'host-network', span: pod.hostNetwork, port: null, target: null, protocol: 'tcp' }];
  }
  return pod.containers.flatMap(({ ports }) =>
    ports.flatMap(({ host, port, protocol }): Way[] =>
      host === null || /^(?:127\.|::1$)/.test(host.address ?? '')
        ? []
        : [{ ...base, kind: 'host-port', span: host.span, port: host.port, target: port, protocol }],
    ),
  );
}

function serviceWays(service: Service, pod: Pod, routes: readonly Route[]): Way[] {
  const ways: Way[] = [];
  for (const one of service.ports) {
    const target = targetOf(one.target, pod);
    const common = { object: service.object, target, protocol: one.protocol, service, route: null, guarded: false };
    if (service.type === 'LoadBalancer') {
      const from = service.internal || service.ranges?.narrow ? 'network' : 'internet';
      ways.push({ ...common, kind: 'load-balancer', from, span: service.typeSpan, port: one.port });
    } else if (service.type === 'NodePort') {
      ways.push({ ...common, kind: 'node-port', from: 'network', span: service.typeSpan, port: one.nodePort });
    }
    if (service.externalIps) {
      ways.push({ ...common, kind: 'external-ip', from: 'network', span: service.externalIps.span, port: one.port });
    }
  }
  for (const route of routes) {
    if (ways.length >= MOST_JOINED) break;
    if (!sameNamespace(route.object, service.object) && route.namespace === null) continue;
    if (route.namespace !== null && service.object.namespace !== null && route.namespace !== service.object.namespace)
      continue;
    if (distance(route.object.source, service.object.source) > FAR) continue;
    const port = service.ports.find(
      (one) => route.port === null || String(one.port) === route.port || one.name === route.port,
    );
    const target = port ? targetOf(port.target, pod) : null;
    const from = route.internal ? 'network' : 'internet';
    const { object, span, guarded } = route;
    ways.push({
      kind: 'route',
      from,
      object,
      span,
      port: port?.port ?? null,
      target,
      protocol: 'tcp',
      service,
      route,
      guarded,
    });
  }
  return ways;
}

function targetOf(target: string, pod: Pod): number | null {
  if (/^\d{1,5}$/.test(target)) return Number(target);
  const ports: readonly ContainerPort[] = pod.containers.flatMap((container) => container.ports);
  return ports.find(({ name }) => name === target)?.port ?? null;
}

function sameNamespace(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.namespace === null || b.namespace === null || a.namespace === b.namespace;
}

/** Folders further apart than this are different applications. */
const FAR = 5;

/** More Services, pods, policies or ways of one thing are a file made to cost much. */
const MOST_JOINED = 200;

const folders = new WeakMap<Source, readonly string[]>();

function folderOf(source: Source): readonly string[] {
  const known = folders.get(source);
  if (known !== undefined) return known;
  const made = dirname(source.path).split('/');
  folders.set(source, made);
  return made;
}

function distance(a: Source, b: Source): number {
  if (a === b || a.path === b.path) return 0;
  const left = folderOf(a);
  const right = folderOf(b);
  let shared = 0;
  while (shared < left.length && shared < right.length && left[shared] === right[shared]) shared += 1;
  return 1 + left.length + right.length - 2 * shared;
}

/** Of some things that match, those whose manifest is nearest. */
function nearest<T>(from: KubernetesObject, candidates: readonly T[], objectOf: (one: T) => KubernetesObject): T[] {
  const distances = candidates.map((one) => distance(from.source, objectOf(one).source));
  const least = distances.reduce((a, b) => Math.min(a, b), FAR);
  return candidates.filter((_one, index) => distances[index] === least);
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
