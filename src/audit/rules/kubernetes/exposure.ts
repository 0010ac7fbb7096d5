/** Stores that are reached from outside their cluster. */

import { authenticationOf } from '../../containers/authentication.ts';
import { titleOf } from '../../containers/titles.ts';
import type { Way } from '../../formats/kubernetes/cluster.ts';
import { ledToBy } from '../../formats/kubernetes/declare.ts';
import { startedContainer } from '../../formats/kubernetes/login.ts';
import { at } from '../../formats/kubernetes/objects.ts';
import type { PodContainer } from '../../formats/kubernetes/pods.ts';
import { child, entryOf } from '../../formats/yaml/read.ts';
import { defineRule, type Fix, type RuleContext } from '../../model.ts';
import { K8S } from './references.ts';
import { cutEntry, type Manifest, replaceScalar } from './stores.ts';

interface Exposed {
  container: PodContainer;
  way: Way;
  /** A network policy keeps strangers out. */
  shut: boolean;
  open: boolean;
}

/** Ways of one kind that objects of this file make to stores of the whole tree; one per object and store. */
export function* exposedBy(file: Manifest, context: RuleContext, kinds: readonly Way['kind'][]): Generator<Exposed> {
  const { cluster, objects } = file.document;
  const seen = new Set<string>();
  for (const { container, way } of ledToBy(objects, cluster)) {
    const { pod } = container;
    if (pod.object.kind === 'Job' || pod.object.kind === 'CronJob') continue;
    if (!container.image?.engine || !kinds.includes(way.kind)) continue;
    const key = JSON.stringify([way.object.pointer, way.span.start, container.image.engine]);
    if (seen.has(key)) continue;
    seen.add(key);
    const shut = way.kind !== 'route' && cluster.policiesFor(pod, way.target).state === 'closed';
    yield { container, way, shut, open: authenticationOf(startedContainer(container), context).state === 'off' };
  }
}

export function titled({ container }: Exposed): string {
  const title = container.image?.engine ? titleOf(container.image.engine) : 'A store';
  return title.charAt(0).toUpperCase() + title.slice(1);
}

export const AND_OPEN = ', and it asks for no login';

const BLAST =
  'Clients outside the cluster, an app that talks to this store directly among them, can no longer connect; pods of the cluster still can.';

/** A Service of type ClusterIP must not have the fields of the other types. */
const OTHER_TYPES = [
  'loadBalancerIP',
  'loadBalancerClass',
  'loadBalancerSourceRanges',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'allocateLoadBalancerNodePorts',
];

function toClusterIp({ way }: Exposed): Fix | null {
  const spec = at(way.object.node, 'spec');
  const type = child(spec, 'type');
  if (type?.kind !== 'scalar' || OTHER_TYPES.some((key) => entryOf(spec, key))) return null;
  if (way.service?.ports.some(({ nodePort }) => nodePort !== null)) return null;
  return replaceScalar(type, 'ClusterIP', {
    title: `Keep Service ${way.object.name} inside the cluster`,
    blastRadius: BLAST,
    needsConfirmation: true,
  });
}

export const storeLoadBalancer = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-on-load-balancer',
  aliases: ['K8-NET-001', 'K8-NET-003'],
  format: 'kubernetes',
  title: 'A store stands on a load balancer that everybody reaches',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'developer',
  description:
    'A Service of type `LoadBalancer` gets a public address from the provider, unless an annotation makes it internal or `loadBalancerSourceRanges` names who may connect. A stranger reaches the store itself, past the API that was meant to stand in front of it.',
  remediation:
    'Use `type: ClusterIP`; pods reach the store by the name of the Service. Where clients outside need it, make the load balancer internal or list their addresses in `loadBalancerSourceRanges`.',
  references: [
    'https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer',
    'https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer',
  ],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/services-networking/service/ – LoadBalancer exposes a Service externally; loadBalancerSourceRanges limits clients, and without it all are let in; internal load balancers by annotation.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: mongo\nspec:\n  type: LoadBalancer\n  selector:\n    app: mongo\n  ports:\n    - port: 27017\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: mongo\nspec:\n  template:\n    metadata:\n      labels:\n        app: mongo\n    spec:\n      containers:\n        - name: mongo\n          image: mongo:7\n          args: ["--auth"]\n',
      '=== svc.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: es\nspec:\n  type: LoadBalancer\n  loadBalancerSourceRanges: ["0.0.0.0/0"]\n  selector: {app: es}\n  ports: [{port: 9200}]\n=== es.yaml\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: es\nspec:\n  template:\n    metadata:\n      labels: {app: es}\n    spec:\n      containers:\n        - name: es\n          image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n',
    ],
    good: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: mongo\n  annotations:\n    networking.gke.io/load-balancer-type: Internal\nspec:\n  type: LoadBalancer\n  selector:\n    app: mongo\n  ports:\n    - port: 27017\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: mongo\n  labels:\n    app: mongo\nspec:\n  containers:\n    - name: mongo\n      image: mongo:7\n',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: LoadBalancer\n  selector: {app: web}\n  ports: [{port: 443}]\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web}\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27\n',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: pg\nspec:\n  type: LoadBalancer\n  loadBalancerSourceRanges: ["203.0.113.0/28"]\n  selector: {app: pg}\n  ports: [{port: 5432}]\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\n  labels: {app: pg}\nspec:\n  containers:\n    - name: pg\n      image: postgres:16\n',
    ],
  },
  *check(file, context) {
    for (const one of exposedBy(file, context, ['load-balancer'])) {
      if (one.way.from !== 'internet') continue;
      const ranges = one.way.service?.ranges;
      yield {
        pointer: `${one.way.object.pointer}.spec.${ranges ? 'loadBalancerSourceRanges' : 'type'}`,
        span: ranges?.span ?? one.way.span,
        actual: ranges ? 'the whole internet' : 'LoadBalancer',
        expected: 'ClusterIP, an internal load balancer, or named source ranges',
        message: `${titled(one)} has a load balancer that the whole internet reaches${one.open ? AND_OPEN : ''}${one.shut ? '; a NetworkPolicy keeps strangers out where the network plug-in enforces it' : ''}.`,
        severity: one.shut ? 'medium' : one.open ? 'critical' : 'high',
        fix: toClusterIp(one),
      };
    }
  },
});

export const storeNodePort = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-on-node-port',
  aliases: ['K8-NET-002'],
  format: 'kubernetes',
  title: 'A store stands on a port of every node',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'developer',
  description:
    'A Service of type `NodePort` opens a port on every address of every node of the cluster. Where a node has a public address, or shares a network with others, strangers reach the store itself.',
  remediation: 'Use `type: ClusterIP`; for work from outside use `kubectl port-forward`.',
  references: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/services-networking/service/ – NodePort exposes the Service on each node’s IP at a static port.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: redis\nspec:\n  type: NodePort\n  selector:\n    app: redis\n  ports:\n    - port: 6379\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: redis\nspec:\n  template:\n    metadata:\n      labels:\n        app: redis\n    spec:\n      containers:\n        - name: redis\n          image: redis:7\n',
    ],
    good: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: redis\nspec:\n  selector:\n    app: redis\n  ports:\n    - port: 6379\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: redis\n  labels:\n    app: redis\nspec:\n  containers:\n    - name: redis\n      image: redis:7\n',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: metrics\nspec:\n  type: NodePort\n  selector: {app: redis}\n  ports: [{port: 9121}]\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: redis\n  labels: {app: redis}\nspec:\n  containers:\n    - name: redis\n      image: redis:7\n      ports: [{containerPort: 6379}]\n    - name: exporter\n      image: oliver006/redis_exporter:v1.62.0\n      ports: [{containerPort: 9121}]\n',
    ],
  },
  *check(file, context) {
    for (const one of exposedBy(file, context, ['node-port'])) {
      yield {
        pointer: `${one.way.object.pointer}.spec.type`,
        span: one.way.span,
        actual: 'NodePort',
        expected: 'ClusterIP',
        message: `${titled(one)} has a port on every node of the cluster${one.open ? AND_OPEN : ''}.`,
        severity: one.shut ? 'medium' : one.open ? 'critical' : 'high',
        fix: toClusterIp(one),
      };
    }
  },
});

export const storeExternalIp = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-on-external-address',
  aliases: ['K8-NET-004'],
  format: 'kubernetes',
  title: 'A store answers on addresses of its own outside the cluster',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'developer',
  description:
    'With `externalIPs` every node forwards traffic for these addresses to the store; anybody who can route to one of them reaches it.',
  remediation: 'Remove `externalIPs`.',
  references: [
    'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips',
    'https://nvd.nist.gov/vuln/detail/CVE-2020-8554',
  ],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/services-networking/service/ – traffic that enters the cluster for an external IP on the Service’s port is routed to its endpoints.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: pg\nspec:\n  externalIPs:\n    - 198.51.100.7\n  selector:\n    app: pg\n  ports:\n    - port: 5432\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\n  labels:\n    app: pg\nspec:\n  containers:\n    - name: pg\n      image: postgres:16\n',
    ],
    good: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: pg\nspec:\n  selector:\n    app: pg\n  ports:\n    - port: 5432\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\n  labels:\n    app: pg\nspec:\n  containers:\n    - name: pg\n      image: postgres:16\n',
    ],
  },
  *check(file, context) {
    for (const one of exposedBy(file, context, ['external-ip'])) {
      const entry = entryOf(at(one.way.object.node, 'spec'), 'externalIPs');
      yield {
        pointer: `${one.way.object.pointer}.spec.externalIPs`,
        span: one.way.span,
        actual: `${one.way.service?.externalIps?.values.length ?? 0} addresses`,
        expected: 'no external addresses',
        message: `${titled(one)} answers on addresses outside the cluster${one.open ? AND_OPEN : ''}.`,
        severity: one.shut ? 'medium' : one.open ? 'critical' : 'high',
        fix:
          entry &&
          cutEntry(entry, one.way.object.source, {
            title: `Take the external addresses of Service ${one.way.object.name} away`,
            blastRadius: BLAST,
            needsConfirmation: true,
          }),
      };
    }
  },
});

export const storeHostPort = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-on-host-network',
  aliases: ['K8-NET-005'],
  format: 'kubernetes',
  title: 'A store takes a port of its node',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'developer',
  description:
    'With `hostPort`, or `hostNetwork: true`, the store waits on the addresses of the node itself. NetworkPolicies do not hold for pods on the network of the host.',
  remediation: 'Remove `hostPort` and `hostNetwork`; a Service of type ClusterIP leads to the pod.',
  references: [
    K8S.podSecurity,
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#what-you-can-t-do-with-network-policies-at-least-not-yet',
  ],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/ – the baseline profile forbids host namespaces and host ports.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: redis\nspec:\n  containers:\n    - name: redis\n      image: redis:7\n      ports:\n        - containerPort: 6379\n          hostPort: 6379\n',
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: cache\nspec:\n  template:\n    metadata:\n      labels:\n        app: cache\n    spec:\n      hostNetwork: true\n      containers:\n        - name: cache\n          image: memcached:1.6\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: redis\nspec:\n  containers:\n    - name: redis\n      image: redis:7\n      ports:\n        - containerPort: 6379\n          hostPort: 6379\n          hostIP: 127.0.0.1\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: agent\nspec:\n  hostNetwork: true\n  containers:\n    - name: agent\n      image: prom/node-exporter:v1.8.2\n',
    ],
  },
  *check(file, context) {
    for (const one of exposedBy(file, context, ['host-port', 'host-network'])) {
      const network = one.way.kind === 'host-network';
      yield {
        service: one.container.name,
        pointer: network
          ? `${one.way.object.pointer}.hostNetwork`
          : `${one.container.pointer}.ports[${one.way.target}].hostPort`,
        span: one.way.span,
        actual: network ? 'hostNetwork: true' : `hostPort ${one.way.port}`,
        expected: 'a Service of type ClusterIP',
        message: `${titled(one)} waits on the addresses of its node${one.open ? AND_OPEN : ''}.`,
        severity: one.open ? 'critical' : 'high',
      };
    }
  },
});
