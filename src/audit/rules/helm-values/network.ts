/** Stores of charts that the network reaches: Services, network policies, TLS. */
import { valueAt } from '../../formats/helm-values/read.ts';
import { defineRule } from '../../model.ts';
import { BITNAMI, exposedService, isOff, replace } from './shared.ts';

const SERVICE = 'https://kubernetes.io/docs/concepts/services-networking/service/';

export const storeExposed = defineRule<'helm-values'>({
  id: 'audit/helm-store-exposed',
  format: 'helm-values',
  title: 'A chart gives its store an address outside the cluster',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'developer',
  description:
    'The values ask for a Service of type `LoadBalancer` or `NodePort`: a stranger reaches the store itself, past the API that was meant to stand in front of it.',
  remediation:
    'Set `service.type: ClusterIP`; or make the load balancer internal by annotation, or list who may connect in `loadBalancerSourceRanges`.',
  references: [SERVICE, `${BITNAMI}/postgresql#parameters`],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://github.com/bitnami/charts/blob/main/bitnami/redis/templates/master/service.yaml – service.type and loadBalancerSourceRanges go into the Service of the store',
  },
  examples: {
    bad: ['postgresql:\n  auth:\n    existingSecret: pg\n  primary:\n    service:\n      type: LoadBalancer\n'],
    good: [
      'postgresql:\n  auth:\n    existingSecret: pg\n  primary:\n    service:\n      type: ClusterIP\n',
      'postgresql:\n  auth:\n    existingSecret: pg\n  primary:\n    service:\n      type: LoadBalancer\n      loadBalancerSourceRanges:\n        - 203.0.113.0/28\n',
    ],
  },
  *check({ document }) {
    for (const values of document.charts) {
      const exposed = exposedService(values);
      if (!exposed) continue;
      const { type, path } = exposed;
      const open = isOff(values) !== null;
      yield {
        pointer: `${values.prefix}${path}.type`,
        span: type.span,
        actual: type.text,
        expected: 'ClusterIP',
        message: `${values.chart.title} of this chart is reached from outside the cluster${open ? ', and it asks for no login' : ''}.`,
        severity: open && type.text === 'LoadBalancer' ? 'critical' : 'high',
        confidence: values.certain ? 'firm' : 'tentative',
        fix: replace(type, 'ClusterIP', {
          title: 'Keep the store inside the cluster',
          blastRadius:
            'Clients outside the cluster, an app that talks to this store directly among them, can no longer connect; pods of the cluster still can.',
          needsConfirmation: true,
        }),
      };
    }
  },
});

export const networkPolicyOff = defineRule<'helm-values'>({
  id: 'audit/helm-network-policy-off',
  aliases: ['K8-HELM-002'],
  format: 'helm-values',
  title: 'A chart leaves out the NetworkPolicy of its store',
  topic: 'network-exposure',
  severity: 'medium',
  owner: 'developer',
  description:
    'Without the policy of the chart every port of the store – metrics and replication too – is open to every pod of the cluster.',
  remediation:
    'Set `networkPolicy.enabled: true`, and `networkPolicy.allowExternal: false`, which lets in only pods with the client label of the chart.',
  references: [
    `${BITNAMI}/redis#parameters`,
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  ],
  cwe: ['CWE-284'],
  verified: {
    by: 'source',
    how: 'https://github.com/bitnami/charts/blob/main/bitnami/redis/values.yaml – networkPolicy.enabled and allowExternal are true by default, as in mongodb and postgresql',
  },
  examples: {
    bad: [
      'redis:\n  architecture: standalone\n  auth:\n    existingSecret: redis\n  networkPolicy:\n    enabled: false\n',
    ],
    good: [
      'redis:\n  architecture: standalone\n  auth:\n    existingSecret: redis\n  networkPolicy:\n    enabled: true\n',
    ],
  },
  *check({ document }) {
    for (const values of document.charts) {
      for (const path of values.chart.policies) {
        const node = valueAt(values.node, path);
        if (node?.kind !== 'scalar' || node.text !== 'false') continue;
        yield {
          pointer: `${values.prefix}${path}`,
          span: node.span,
          actual: 'false',
          expected: 'true, with allowExternal: false',
          message: `Every pod of the cluster reaches every port of ${values.chart.title}.`,
          confidence: values.certain ? 'firm' : 'tentative',
          fix: replace(node, 'true', {
            title: 'Let the chart make its NetworkPolicy',
            blastRadius:
              'Only the ports of the store itself stay open, to every pod unless `allowExternal: false` is set; scrapers of metrics may be refused.',
            needsConfirmation: true,
          }),
        };
      }
    }
  },
});

export const tlsOff = defineRule<'helm-values'>({
  id: 'audit/helm-chart-tls-off',
  aliases: ['K8-HELM-003'],
  format: 'helm-values',
  title: 'A chart runs its store without TLS',
  topic: 'encryption-in-transit',
  severity: 'low',
  owner: 'developer',
  description:
    'Passwords and data travel as they are: between the nodes of the cluster, and to every client outside where the Service has an address there.',
  remediation:
    'Set `tls.enabled: true` with certificates (`tls.autoGenerated: true` makes them), and let clients check them.',
  references: [`${BITNAMI}/redis#securing-traffic-using-tls`, `${BITNAMI}/postgresql`],
  cwe: ['CWE-319'],
  verified: {
    by: 'source',
    how: 'https://github.com/bitnami/charts/blob/main/bitnami/redis/values.yaml – tls.enabled is false by default, as in mongodb and postgresql',
  },
  examples: {
    bad: ['redis:\n  architecture: standalone\n  auth:\n    existingSecret: redis\n  tls:\n    enabled: false\n'],
    good: [
      'redis:\n  architecture: standalone\n  auth:\n    existingSecret: redis\n  tls:\n    enabled: true\n    autoGenerated: true\n',
      'redis:\n  architecture: standalone\n  auth:\n    existingSecret: redis\n',
    ],
  },
  *check({ document }) {
    for (const values of document.charts) {
      const exposed = exposedService(values) !== null;
      for (const path of values.chart.tls) {
        const node = valueAt(values.node, path);
        if (node?.kind !== 'scalar' || node.text !== 'false') continue;
        yield {
          pointer: `${values.prefix}${path}`,
          span: node.span,
          actual: 'false',
          expected: 'true',
          message: `${values.chart.title} of this chart speaks without TLS${exposed ? ', and it is reached from outside the cluster' : ''}.`,
          severity: exposed ? 'high' : 'low',
          confidence: values.certain ? 'firm' : 'tentative',
        };
      }
    }
  },
});
