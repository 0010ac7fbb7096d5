/** Kubernetes NetworkPolicy (networking.k8s.io/v1): a pod that one selects is reached by nobody but those it lists. */
import type { PlainReach } from '../reach.ts';
import { cutOff, head, who } from './notes.ts';

export function networkPolicy(reach: readonly PlainReach[]): string {
  const documents = reach.map((one) =>
    [
      'apiVersion: networking.k8s.io/v1',
      'kind: NetworkPolicy',
      'metadata:',
      `  name: postern-${one.id.replaceAll('_', '-')}`,
      'spec:',
      ...[who(one, true), ...cutOff(one)].map((note) => `  # ${note}`),
      '  podSelector:',
      '    matchLabels:',
      `      app: "${one.service}"`,
      '  policyTypes:',
      '    - Ingress',
      ...ingress(one),
    ].join('\n'),
  );
  const notes = head('#', 'networkpolicy', [
    'It works where the network plug-in enforces policies (Calico, Cilium, …); others accept it and do nothing.',
    'Change the labels to those of your pods. Addresses are seen as they arrive: behind a load balancer that hides',
    'the sender set `externalTrafficPolicy: Local`.',
  ]);
  return `${notes.join('\n')}\n${documents.join('\n---\n')}\n`;
}

function ingress(one: PlainReach): string[] {
  const peers = one.from.flatMap(({ name, cidrs }) =>
    cidrs.length > 0 ? [] : ['        - podSelector:', '            matchLabels:', `              app: "${name}"`],
  );
  const blocks = [...one.cidrs[4], ...one.cidrs[6]].flatMap((cidr) => [
    '        - ipBlock:',
    `            cidr: "${cidr}"`,
  ]);
  if (peers.length + blocks.length === 0) return ['  ingress: []'];
  return [
    '  ingress:',
    '    - from:',
    ...peers,
    ...blocks,
    '      ports:',
    `        - protocol: ${one.protocol.toUpperCase()}`,
    `          port: ${one.port}`,
  ];
}
