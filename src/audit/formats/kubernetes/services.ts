/** Ways into a cluster: Services of the types that leave it, and routes (Ingress, Gateway API and their relatives). */
import { reachOfCidr } from '../../cloud/cidr.ts';
import type { Span } from '../../source.ts';
import { child, textOf, type YamlNode } from '../yaml/read.ts';
import { annotation, at, itemsOf, type KubernetesObject, knownText, numberOf, spanAt, textMap } from './objects.ts';

export interface ServicePort {
  name: string | null;
  port: number;
  /** A number, the name of a container port, or the same as `port`. */
  target: string;
  nodePort: number | null;
  protocol: 'tcp' | 'udp';
  span: Span;
}

export interface Service {
  object: KubernetesObject;
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  typeSpan: Span;
  selector: ReadonlyMap<string, string>;
  ports: readonly ServicePort[];
  externalIps: { values: readonly string[]; span: Span } | null;
  /** The load balancer is for the provider's private network only. */
  internal: boolean;
  /** Addresses that the load balancer lets in; null: all of them. */
  ranges: { values: readonly string[]; span: Span; narrow: boolean } | null;
}

/** Annotations by which load balancers of providers are private, and the values that say so. */
const INTERNAL: readonly (readonly [string, RegExp])[] = [
  ['service.beta.kubernetes.io/aws-load-balancer-internal', /^(?!false$)./],
  ['service.beta.kubernetes.io/aws-load-balancer-scheme', /^internal$/i],
  ['networking.gke.io/load-balancer-type', /^internal$/i],
  ['cloud.google.com/load-balancer-type', /^internal$/i],
  ['service.beta.kubernetes.io/azure-load-balancer-internal', /^true$/i],
  ['service.beta.kubernetes.io/openstack-internal-load-balancer', /^true$/i],
  ['service.beta.kubernetes.io/oci-load-balancer-internal', /^true$/i],
  ['oci-network-load-balancer.oraclecloud.com/internal', /^true$/i],
  ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', /^private$/i],
  ['service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', /^intranet$/i],
  ['service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', /./],
  ['yandex.cloud/load-balancer-type', /^internal$/i],
  ['service.beta.kubernetes.io/scw-loadbalancer-private', /^true$/i],
];
const RANGES = [
  'service.beta.kubernetes.io/load-balancer-source-ranges',
  'service.beta.kubernetes.io/azure-allowed-ip-ranges',
];

export function serviceOf(object: KubernetesObject, base: KubernetesObject | null): Service | null {
  if (object.kind !== 'Service' || object.apiVersion !== 'v1') return null;
  const spec = at(object.node, 'spec');
  const type = knownText(child(spec, 'type')) ?? knownText(at(base?.node, 'spec', 'type')) ?? 'ClusterIP';
  const own = textMap(child(spec, 'selector'));
  const ports = child(spec, 'ports') ?? at(base?.node, 'spec', 'ports');
  const externals = itemsOf(child(spec, 'externalIPs')).flatMap((item) => knownText(item) ?? []);
  return {
    object,
    type: type === 'NodePort' || type === 'LoadBalancer' || type === 'ExternalName' ? type : 'ClusterIP',
    typeSpan: spanAt(object, 'spec', 'type'),
    selector: own.size > 0 ? own : textMap(at(base?.node, 'spec', 'selector')),
    ports: itemsOf(ports).flatMap(portOf),
    externalIps: externals.length > 0 ? { values: externals, span: spanAt(object, 'spec', 'externalIPs') } : null,
    internal: isInternal(object),
    ranges: rangesOf(object),
  };
}

function portOf(item: YamlNode): ServicePort[] {
  const port = numberOf(child(item, 'port'));
  if (port === null) return [];
  return [
    {
      name: textOf(child(item, 'name')),
      port,
      target: knownText(child(item, 'targetPort')) ?? String(port),
      nodePort: numberOf(child(item, 'nodePort')),
      protocol: textOf(child(item, 'protocol'))?.toUpperCase() === 'UDP' ? 'udp' : 'tcp',
      span: item.span,
    },
  ];
}

function isInternal(object: KubernetesObject): boolean {
  if (INTERNAL.some(([key, value]) => value.test(annotation(object, key) ?? ''))) return true;
  // The AWS Load Balancer Controller makes internal ones unless the scheme says otherwise.
  const type = annotation(object, 'service.beta.kubernetes.io/aws-load-balancer-type') ?? '';
  const loadBalancer = knownText(at(object.node, 'spec', 'loadBalancerClass')) ?? '';
  const byController = /^(?:external|nlb-ip)$/.test(type) || loadBalancer === 'service.k8s.aws/nlb';
  return byController && annotation(object, 'service.beta.kubernetes.io/aws-load-balancer-scheme') === null;
}

function rangesOf(object: KubernetesObject): Service['ranges'] {
  const listed = itemsOf(at(object.node, 'spec', 'loadBalancerSourceRanges')).map((item) => textOf(item) ?? '');
  const annotated = RANGES.map((key) => [key, annotation(object, key)] as const).find(([, value]) => value !== null);
  if (listed.length === 0 && annotated === undefined) {
    const tags = annotation(object, 'service.beta.kubernetes.io/azure-allowed-service-tags');
    return tags === null ? null : { values: [], span: object.nameSpan, narrow: true };
  }
  const values = listed.length > 0 ? listed : (annotated?.[1] ?? '').split(',').map((value) => value.trim());
  const span =
    listed.length > 0
      ? spanAt(object, 'spec', 'loadBalancerSourceRanges')
      : spanAt(object, 'metadata', 'annotations', annotated?.[0] ?? '');
  return { values, span, narrow: !values.some((value) => reachOfCidr(value) === 'internet') };
}

/** Something that hands requests from outside on to a service. */
export interface Route {
  object: KubernetesObject;
  service: string;
  /** Number or name; null: not told. */
  port: string | null;
  namespace: string | null;
  span: Span;
  /** Asks for a login or lets only some addresses in, before the service sees the request. */
  guarded: boolean;
  /** For the provider's private network only. */
  internal: boolean;
}

const ROUTES = new Set([
  'Ingress',
  'HTTPRoute',
  'TCPRoute',
  'TLSRoute',
  'GRPCRoute',
  'UDPRoute',
  'IngressRoute',
  'IngressRouteTCP',
  'HTTPProxy',
  'VirtualService',
  'Route',
]);
const MAX_ROUTES = 2_000;

export function routesOf(object: KubernetesObject): Route[] {
  if (object.kind === 'ConfigMap') return tcpServices(object);
  if (!ROUTES.has(object.kind)) return [];
  const guarded = isGuarded(object);
  const internal = isInternalRoute(object);
  const routes: Route[] = [];
  const open: { node: YamlNode; key: string; depth: number }[] = [
    { node: at(object.node, 'spec') ?? object.node, key: 'spec', depth: 0 },
  ];
  // One walk for all of them: whatever names a service, by the key it stands under.
  for (let next = open.pop(); next && routes.length < MAX_ROUTES; next = open.pop()) {
    const { node, key, depth } = next;
    if (depth > 12 || node.kind === 'scalar') continue;
    if (node.kind === 'seq') {
      open.push(...node.items.slice(0, 1_000).map((item) => ({ node: item, key, depth: depth + 1 })));
      continue;
    }
    const found = backendOf(node, key);
    if (found) routes.push({ object, ...found, guarded, internal });
    else
      for (const entry of node.entries)
        if (entry.value) open.push({ node: entry.value, key: entry.key, depth: depth + 1 });
  }
  return routes.reverse();
}

function backendOf(node: YamlNode, key: string): Pick<Route, 'service' | 'port' | 'namespace' | 'span'> | null {
  const old = knownText(child(node, 'serviceName'));
  if (old !== null) return { service: old, port: textOf(child(node, 'servicePort')), namespace: null, span: node.span };
  const name = knownText(child(node, 'name'));
  if (key === 'service' && name !== null) {
    const port = child(node, 'port');
    return {
      service: name,
      port: textOf(child(port, 'number')) ?? textOf(child(port, 'name')),
      namespace: null,
      span: node.span,
    };
  }
  if ((key === 'backendRefs' || key === 'services' || key === 'to') && name !== null) {
    const kind = textOf(child(node, 'kind')) ?? 'Service';
    if (kind !== 'Service') return null;
    return {
      service: name,
      port: textOf(child(node, 'port')),
      namespace: knownText(child(node, 'namespace')),
      span: node.span,
    };
  }
  if (key === 'destination') {
    const [service, namespace] = (knownText(child(node, 'host')) ?? '').split('.');
    if (!service) return null;
    return { service, port: textOf(at(node, 'port', 'number')), namespace: namespace ?? null, span: node.span };
  }
  return null;
}

/** ingress-nginx hands whole ports on by `tcp-services`: `"5432": "namespace/service:5432"`. */
function tcpServices(object: KubernetesObject): Route[] {
  if (!/(?:^|-)tcp-services$|^nginx-ingress-tcp|-ingress-nginx-tcp$/.test(object.name)) return [];
  const data = at(object.node, 'data');
  return (data?.kind === 'map' ? data.entries : []).flatMap(({ key, value }): Route[] => {
    const [, namespace, service, port] = /^([\w-]+)\/([\w-]+):([\w-]+)/.exec(knownText(value) ?? '') ?? [];
    if (!/^\d+$/.test(key) || !value || service === undefined) return [];
    const where = { namespace: namespace ?? null, port: port ?? null, span: value.span };
    return [{ object, service, ...where, guarded: false, internal: false }];
  });
}

const GUARDS = [
  'nginx.ingress.kubernetes.io/auth-type',
  'nginx.ingress.kubernetes.io/auth-url',
  'nginx.ingress.kubernetes.io/auth-tls-secret',
  'nginx.ingress.kubernetes.io/whitelist-source-range',
  'nginx.ingress.kubernetes.io/allowlist-source-range',
  'ingress.kubernetes.io/auth-type',
  'ingress.kubernetes.io/whitelist-source-range',
  'traefik.ingress.kubernetes.io/router.middlewares',
  'traefik.ingress.kubernetes.io/whitelist-source-range',
  'alb.ingress.kubernetes.io/auth-type',
  'alb.ingress.kubernetes.io/inbound-cidrs',
  'alb.ingress.kubernetes.io/security-groups',
  'haproxy.org/auth-type',
  'haproxy.org/whitelist',
  'haproxy.org/allow-list',
  'konghq.com/plugins',
  'haproxy.router.openshift.io/ip_whitelist',
];

function isGuarded(object: KubernetesObject): boolean {
  if (GUARDS.some((key) => annotation(object, key) !== null)) return true;
  const routes = itemsOf(at(object.node, 'spec', 'routes'));
  return routes.some((route) => itemsOf(child(route, 'middlewares')).length > 0);
}

function isInternalRoute(object: KubernetesObject): boolean {
  const name =
    knownText(at(object.node, 'spec', 'ingressClassName')) ?? annotation(object, 'kubernetes.io/ingress.class') ?? '';
  if (/internal|private/i.test(name)) return true;
  const scheme = annotation(object, 'alb.ingress.kubernetes.io/scheme');
  // The controller makes internal ones unless the scheme says otherwise.
  return scheme === null ? name === 'alb' : scheme === 'internal';
}
