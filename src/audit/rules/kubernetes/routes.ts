/** Stores and administration pages that an Ingress or a route publishes. */
import { ledToBy } from '../../formats/kubernetes/declare.ts';
import type { PodContainer } from '../../formats/kubernetes/pods.ts';
import { defineRule, type Hit } from '../../model.ts';
import { AND_OPEN, exposedBy, titled } from './exposure.ts';
import { K8S } from './references.ts';

export const storeRouted = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-behind-route',
  aliases: ['K8-NET-008'],
  format: 'kubernetes',
  title: 'A route leads from the internet to a store',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'developer',
  description:
    'An Ingress, a route of the Gateway API or of a proxy hands requests from the internet on to the store itself instead of to an API that knows who may see what.',
  remediation:
    'Route to the API and let it speak to the store. Where the store has to be reached by HTTP, put a login in front (for ingress-nginx `nginx.ingress.kubernetes.io/auth-url`) or use an internal ingress class.',
  references: [K8S.ingress, 'https://gateway-api.sigs.k8s.io/api-types/httproute/'],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/services-networking/ingress/ – an Ingress exposes HTTP(S) routes from outside the cluster to Services; the backend names the Service and its port.',
  },
  examples: {
    bad: [
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: search\nspec:\n  rules:\n    - host: search.example.com\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: es\n                port:\n                  number: 9200\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: es\nspec:\n  selector:\n    app: es\n  ports:\n    - port: 9200\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: es\n  labels:\n    app: es\nspec:\n  containers:\n    - name: es\n      image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n',
    ],
    good: [
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: api\nspec:\n  rules:\n    - http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: api\n                port:\n                  number: 80\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: api\nspec:\n  selector:\n    app: api\n  ports:\n    - port: 80\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: api\n  labels:\n    app: api\nspec:\n  containers:\n    - name: api\n      image: registry.example.com/api:1.0\n',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: search\n  annotations:\n    nginx.ingress.kubernetes.io/auth-url: https://auth.example.com/check\nspec:\n  defaultBackend:\n    service:\n      name: es\n      port:\n        number: 9200\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: es\nspec:\n  selector: {app: es}\n  ports: [{port: 9200}]\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: es\n  labels: {app: es}\nspec:\n  containers:\n    - name: es\n      image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n',
    ],
  },
  *check(file, context) {
    for (const one of exposedBy(file, context, ['route'])) {
      // Object stores and their pages are made to be reached by HTTP, with keys.
      if (one.way.guarded || one.way.from !== 'internet' || one.container.image?.engine === 's3') continue;
      yield {
        pointer: `${one.way.object.pointer}.backend[${one.way.route?.service ?? ''}]`,
        span: one.way.span,
        actual: `a route to ${one.way.route?.service ?? 'the store'}`,
        expected: 'a route to the API only',
        message: `A route leads from outside the cluster to ${titled(one)}${one.open ? AND_OPEN : ''}.`,
        severity: one.open ? 'critical' : 'high',
      };
    }
  },
});

export const adminPageExposed = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-admin-page-exposed',
  format: 'kubernetes',
  title: 'An administration page of a store is reached from outside the cluster',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'it',
  description:
    'phpMyAdmin, mongo-express, Kibana and their like show and change everything in a store, often with a login that they hold themselves. From outside the cluster everybody tries passwords on them.',
  remediation:
    'Remove the Service of type LoadBalancer or NodePort and the route; use `kubectl port-forward`, or put a login of your own in front.',
  references: [
    K8S.service,
    'https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/',
  ],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/services-networking/service/ – LoadBalancer and NodePort are reached from outside the cluster; images named as administration pages in their documentation.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: ui\nspec:\n  type: LoadBalancer\n  selector:\n    app: ui\n  ports:\n    - port: 80\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: ui\n  labels:\n    app: ui\nspec:\n  containers:\n    - name: ui\n      image: phpmyadmin:5\n',
    ],
    good: [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: ui\nspec:\n  selector:\n    app: ui\n  ports:\n    - port: 80\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: ui\n  labels:\n    app: ui\nspec:\n  containers:\n    - name: ui\n      image: phpmyadmin:5\n',
    ],
  },
  *check(file): Generator<Hit> {
    const { cluster, objects } = file.document;
    const seen = new Set<PodContainer>();
    for (const { container, way } of ledToBy(objects, cluster)) {
      const page = container.image?.adminUi;
      if (!page || way.guarded || seen.has(container)) continue;
      seen.add(container);
      if (cluster.policiesFor(container.pod, way.target).state === 'closed') continue;
      // Kibana asks for the login of Elasticsearch, the others know one login for everybody.
      const withLogin = page === 'Kibana' || page === 'OpenSearch Dashboards' || page === 'pgAdmin';
      yield {
        pointer: `${way.object.pointer}.${page}`,
        span: way.span,
        actual: way.kind === 'route' ? 'a route' : (way.service?.type ?? 'a port of the node'),
        expected: 'reached inside the cluster only',
        message: `${page} is reached from outside the cluster.`,
        severity: withLogin || way.from !== 'internet' ? 'medium' : 'high',
      };
    }
  },
});
