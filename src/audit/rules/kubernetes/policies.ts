/** NetworkPolicies in front of stores. */
import { titleOf } from '../../containers/titles.ts';
import { isAboutPort } from '../../formats/kubernetes/policies.ts';
import { defineRule } from '../../model.ts';
import { K8S } from './references.ts';
import { imageSpan, storesIn } from './stores.ts';

const VERIFIED = {
  by: 'source',
  how: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/ – by default a pod is non-isolated for ingress; a missing or empty from matches all sources; policies are additive; without a plug-in that implements them they have no effect.',
} as const;

const STORE =
  'apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: pg\nspec:\n  template:\n    metadata:\n      labels:\n        app: pg\n    spec:\n      containers:\n        - name: pg\n          image: postgres:16\n          ports:\n            - containerPort: 5432\n';

function policy(rest: string): string {
  return `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: pg\nspec:\n${rest}`;
}

export const storeWithoutPolicy = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-without-network-policy',
  aliases: ['K8-NET-006'],
  format: 'kubernetes',
  title: 'No NetworkPolicy stands in front of a store',
  topic: 'network-exposure',
  severity: 'medium',
  owner: 'developer',
  description:
    'A pod that no NetworkPolicy selects accepts connections from every pod of the cluster, of every namespace and team. Whoever gets into one of them – a page with a hole, a forgotten tool – is at the store.',
  remediation:
    'Add a NetworkPolicy whose `podSelector` matches the store and whose `ingress` names the pods of the API and the port of the store only. The network plug-in has to enforce policies (Calico, Cilium, the providers’ own).',
  references: [K8S.networkPolicies],
  cwe: ['CWE-284'],
  cis: ['CIS Kubernetes 1.12 5.3.2'],
  verified: VERIFIED,
  examples: {
    bad: [STORE],
    good: [
      `${STORE}${policy('  podSelector:\n    matchLabels:\n      app: pg\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: api\n      ports:\n        - port: 5432\n')}`,
      `${STORE}${policy('  podSelector: {}\n  policyTypes: [Ingress]\n')}`,
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27\n',
    ],
  },
  *check(file, context) {
    const { cluster } = file.document;
    for (const { container, engine } of storesIn(file)) {
      const port = container.ports[0]?.port ?? null;
      if (cluster.policiesFor(container.pod, port).state !== 'none') continue;
      if (cluster.hasForeignPolicies(container.pod.object)) {
        context.unknown(
          container.pointer,
          'policies of the network plug-in’s own kinds stand near it, which are not read',
        );
        continue;
      }
      yield {
        service: container.name,
        pointer: `${container.pod.object.pointer}.networkPolicy`,
        span: imageSpan(container),
        actual: 'no NetworkPolicy selects it',
        expected: 'a NetworkPolicy that names who may connect',
        message: `Every pod of the cluster reaches ${titleOf(engine)}: no NetworkPolicy of the tree selects it.`,
        confidence: 'tentative',
      };
    }
  },
});

export const policyOpen = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-network-policy-lets-everybody-in',
  aliases: ['K8-NET-007'],
  format: 'kubernetes',
  title: 'The NetworkPolicy of a store lets everybody in',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'developer',
  description:
    'An ingress rule without `from` (or with an empty one, or with `0.0.0.0/0`) lets every source in. Policies add up: a narrow one beside it changes nothing.',
  remediation:
    'Name the pods in `from` (`podSelector`, with `namespaceSelector` for other namespaces) and the port of the store.',
  references: [K8S.networkPolicies],
  cwe: ['CWE-284'],
  verified: VERIFIED,
  examples: {
    bad: [
      `${STORE}${policy('  podSelector:\n    matchLabels:\n      app: pg\n  ingress:\n    - {}\n')}`,
      `${STORE}${policy('  podSelector:\n    matchLabels:\n      app: pg\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: 0.0.0.0/0\n')}`,
    ],
    good: [
      `${STORE}${policy('  podSelector:\n    matchLabels:\n      app: pg\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: api\n')}`,
      `${STORE}${policy('  podSelector:\n    matchLabels:\n      app: pg\n  ingress:\n    - ports:\n        - port: 9187\n')}`,
      `${STORE}${policy('  podSelector:\n    matchLabels:\n      app: web\n  ingress:\n    - {}\n')}`,
    ],
  },
  *check(file) {
    const { cluster, objects } = file.document;
    const own = new Set(objects);
    for (const one of cluster.policies()) {
      if (!own.has(one.object)) continue;
      const store = cluster
        .podsUnder(one)
        .flatMap(({ containers }) => containers)
        .find(({ image }) => image?.engine);
      if (!store?.image?.engine) continue;
      const ports = store.ports.length > 0 ? store.ports : [{ port: null, name: null }];
      for (const [index, rule] of one.rules.entries()) {
        if (!ports.some(({ port, name }) => isAboutPort(rule, port, name))) continue;
        const peer = rule.peers.find(({ who }) => who !== 'some');
        if (!peer) continue;
        yield {
          pointer: `${one.object.pointer}.spec.ingress[${index}]`,
          span: peer.span,
          actual: peer.who === 'anyone' ? 'everybody' : 'every pod of every namespace',
          expected: 'the pods of the API only',
          message: `The policy lets ${peer.who === 'anyone' ? 'everybody' : 'every pod of the cluster'} in to ${titleOf(store.image.engine)}.`,
          severity: peer.who === 'anyone' ? 'high' : 'medium',
        };
      }
    }
  },
});
