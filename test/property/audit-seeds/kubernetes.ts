import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'kubernetes',
    text: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: es # search\nspec:\n  type: LoadBalancer\n  selector: {app: es}\n  ports:\n    - port: 9200\n      targetPort: http\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: es\nspec:\n  template:\n    metadata:\n      labels: {app: es, "tier": data}\n    spec:\n      containers:\n        - name: es\n          image: "docker.elastic.co/elasticsearch/elasticsearch:7.17.9"\n          securityContext: {privileged: true}\n          ports: [{name: http, containerPort: 9200}]\n          env:\n            - name: xpack.security.enabled\n              value: \'false\'\n            - name: ELASTIC_PASSWORD\n              value: changeme\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: es}\nspec:\n  podSelector: {matchLabels: {app: es}}\n  ingress:\n    - {}\n',
    pointed: [
      ['audit/kubernetes-store-on-load-balancer', 'LoadBalancer'],
      ['audit/kubernetes-store-privileged', 'true'],
      ['audit/kubernetes-store-without-login', "'false'"],
      ['audit/kubernetes-well-known-password', 'changeme'],
      ['audit/kubernetes-network-policy-lets-everybody-in', '{}'],
    ],
  },
  {
    format: 'kubernetes',
    text: '{"apiVersion": "v1", "kind": "List", "items": [\n  {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "stringData": {"password": "correct-horse-example-1"}},\n  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cache"}, "data": {"app.conf": "a \\"b\\"\\n\\tc\\n"}}\n]}\n',
    pointed: [['audit/kubernetes-secret-committed', '"correct-horse-example-1"']],
  },
];
