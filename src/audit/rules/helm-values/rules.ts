/** Rules for the values of charts of stores. */
import { reachOfCidr } from '../../cloud/cidr.ts';
import type { ChartValues } from '../../formats/helm-values/read.ts';
import { entryAt, valueAt } from '../../formats/helm-values/read.ts';
import { child, type ScalarNode, textOf, type YamlNode } from '../../formats/yaml/read.ts';
import { defineRule, type Fix, type Hit, type ReadFile } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';

type Values = ReadFile<'helm-values'>;

const BITNAMI = 'https://github.com/bitnami/charts/tree/main/bitnami';
const SERVICE = 'https://kubernetes.io/docs/concepts/services-networking/service/';

function replace(node: ScalarNode, text: string, rest: Omit<Fix, 'edits'>): Fix | null {
  return node.inner && node.inner.end > node.inner.start ? { ...rest, edits: [{ ...node.inner, text }] } : null;
}

/** A Service that leaves the cluster, by its values; and the line that says so. */
function exposedService(values: ChartValues): { type: ScalarNode; path: string } | null {
  for (const path of values.chart.services) {
    const service = valueAt(values.node, path);
    const type = child(service, 'type');
    if (type?.kind !== 'scalar' || !/^(?:LoadBalancer|NodePort)$/.test(type.text)) continue;
    if (/^externalAccess\./.test(path) && textOf(valueAt(values.node, 'externalAccess.enabled')) !== 'true') continue;
    const ranges = child(service, 'loadBalancerSourceRanges');
    const listed = ranges?.kind === 'seq' ? ranges.items.map((item) => textOf(item) ?? '') : [];
    if (listed.length > 0 && !listed.some((range) => reachOfCidr(range) === 'internet')) continue;
    const annotations = child(service, 'annotations');
    const internal = (annotations?.kind === 'map' ? annotations.entries : []).some(
      ({ key, value }) =>
        /internal|load-balancer-type|scheme/i.test(key) &&
        /^(?:true|internal|0\.0\.0\.0\/0)$/i.test(textOf(value) ?? ''),
    );
    if (!internal) return { type, path };
  }
  return null;
}

function isOff(values: ChartValues): { node: ScalarNode; path: string } | null {
  for (const [path, off] of values.chart.login) {
    const node = valueAt(values.node, path);
    if (node?.kind === 'scalar' && off.test(node.text)) return { node, path };
  }
  return null;
}

function severityOf(values: ChartValues): Pick<Hit, 'severity' | 'confidence'> {
  const exposed = exposedService(values);
  const severity = exposed?.type.text === 'LoadBalancer' ? 'critical' : 'high';
  return values.certain ? { severity } : { severity, confidence: 'tentative' };
}

const LOGIN_FIX = {
  title: 'Switch the login of the chart on',
  blastRadius:
    'Every client without credentials is refused. The chart makes a password and keeps it in a Secret, unless `auth.existingSecret` names one; data that exists keeps its own users.',
  needsConfirmation: true,
} as const;

export const loginOff = defineRule<'helm-values'>({
  id: 'audit/helm-chart-login-off',
  aliases: ['K8-HELM-001'],
  format: 'helm-values',
  title: 'A chart runs its store without a login',
  topic: 'authentication',
  severity: 'high',
  owner: 'developer',
  description:
    'The values switch off what the chart does by default: the store asks nobody for a password, and every pod of the cluster – with a load balancer everybody – reads and changes everything.',
  remediation:
    'Set `auth.enabled: true` with `auth.existingSecret` (MySQL, MariaDB: no `allowEmptyPassword`; CouchDB: no `allowAdminParty`; Kafka: a SASL protocol).',
  references: [
    `${BITNAMI}/redis#parameters`,
    `${BITNAMI}/mongodb#parameters`,
    'https://github.com/apache/couchdb-helm/tree/main/couchdb',
  ],
  cwe: ['CWE-306'],
  verified: {
    by: 'source',
    how: 'values.yaml and templates of bitnami/charts (redis, mongodb: auth.enabled true by default; false sets ALLOW_EMPTY_PASSWORD=yes) and of apache/couchdb-helm (allowAdminParty).',
  },
  examples: {
    bad: [
      'redis:\n  architecture: standalone\n  auth:\n    enabled: false\n  master:\n    persistence:\n      enabled: true\n',
      '=== shop/Chart.yaml\napiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - name: mongodb\n    version: 16.0.0\n    repository: oci://registry-1.docker.io/bitnamicharts\n=== shop/values.yaml\nmongodb:\n  auth:\n    enabled: false\n',
    ],
    good: [
      'redis:\n  architecture: standalone\n  auth:\n    enabled: true\n    existingSecret: redis\n',
      'redis:\n  enabled: false\n  architecture: standalone\n  auth:\n    enabled: false\n',
      'postgresql:\n  auth:\n    existingSecret: pg\n  primary:\n    service:\n      type: ClusterIP\n',
    ],
  },
  *check({ document }) {
    for (const values of document.charts) {
      if (values.chart.offByDefault) continue;
      const off = isOff(values);
      if (!off) continue;
      const plain = /^(?:auth\.enabled|usePassword)$/.test(off.path);
      yield {
        pointer: `${values.prefix}${off.path}`,
        span: off.node.span,
        actual: off.node.text,
        expected: plain ? 'true' : 'a login',
        message: `${values.chart.title} of this chart asks for no login.`,
        ...severityOf(values),
        fix: plain ? replace(off.node, 'true', LOGIN_FIX) : null,
      };
    }
  },
});

export const searchSecurityOff = defineRule<'helm-values'>({
  id: 'audit/helm-search-security-off',
  aliases: ['K8-HELM-004'],
  format: 'helm-values',
  title: 'A chart runs Elasticsearch or OpenSearch without security',
  topic: 'authentication',
  severity: 'high',
  owner: 'developer',
  description:
    'Bitnami’s charts of Elasticsearch and OpenSearch have `security.enabled: false` unless the values say otherwise: every pod of the cluster reads and deletes every index.',
  remediation:
    'Set `security.enabled: true`, `security.existingSecret` with the password, and certificates (`security.tls.autoGenerated: true` makes them).',
  references: [`${BITNAMI}/elasticsearch#enable-security`, `${BITNAMI}/opensearch`],
  cwe: ['CWE-306', 'CWE-1188'],
  verified: {
    by: 'source',
    how: 'bitnami/charts elasticsearch 22.1.7 and opensearch 2.0.11: values.yaml has security.enabled: false.',
  },
  examples: {
    bad: [
      'elasticsearch:\n  security:\n    enabled: false\n  master:\n    replicaCount: 1\n  data:\n    replicaCount: 1\n',
      '=== Chart.yaml\napiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - name: elasticsearch\n    version: 21.0.0\n    repository: https://charts.bitnami.com/bitnami\n=== values.yaml\nelasticsearch:\n  master:\n    replicaCount: 1\n',
    ],
    good: [
      'elasticsearch:\n  security:\n    enabled: true\n    existingSecret: es\n  master:\n    replicaCount: 1\n  data:\n    replicaCount: 1\n',
      'elasticsearch:\n  master:\n    replicaCount: 1\n  data:\n    replicaCount: 1\n',
    ],
  },
  *check({ document }, { unknown }) {
    for (const values of document.charts) {
      if (!values.chart.offByDefault) continue;
      const off = isOff(values);
      const set = entryAt(values.node, 'security.enabled');
      if (!off && set) continue;
      if (!off && (!values.certain || !document.complete)) {
        unknown(
          `${values.prefix}security.enabled`,
          'off by default in Bitnami’s chart, but which chart this is cannot be told',
        );
        continue;
      }
      yield {
        pointer: `${values.prefix}security.enabled`,
        span: off?.node.span ?? values.span,
        actual: off ? off.node.text : 'not set; off by default in this chart',
        expected: 'true',
        message: `${values.chart.title} of this chart runs without security.`,
        ...severityOf(values),
        fix:
          off &&
          replace(off.node, 'true', {
            ...LOGIN_FIX,
            blastRadius:
              'Every client without credentials is refused, and the chart needs certificates: set `security.tls.autoGenerated: true` or name them, or its pods do not start.',
          }),
      };
    }
  },
});

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
    how: 'Templates of bitnami/charts render service.type and loadBalancerSourceRanges into the Service of the store.',
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
    how: 'bitnami/charts: networkPolicy.enabled true and allowExternal true by default in redis, mongodb, postgresql and others of 2024 and later.',
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
  verified: { by: 'source', how: 'bitnami/charts: tls.enabled is false by default in redis, mongodb and postgresql.' },
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

/** Passwords that stand in values, with where. */
function* passwordsIn({ document }: Values): Generator<{ values: ChartValues; path: string; node: ScalarNode }> {
  for (const values of document.charts) {
    for (const path of values.chart.passwords) {
      const node: YamlNode | null = valueAt(values.node, path);
      if (node?.kind !== 'scalar' || node.isNull || node.text === '' || node.span.end <= node.span.start) continue;
      if (/\$\{|\{\{|^(?:<.*>|\*+|vault:|ref\+|ENC\[|secretref)|^\$\w/i.test(node.text)) continue;
      yield { values, path, node };
    }
  }
}

function isWrittenToBeReplaced(text: string): boolean {
  return /change[-_ ]?(?:me|it|this)|replace|your[-_ ]|placeholder|redacted/i.test(text);
}

export const chartPassword = defineRule<'helm-values'>({
  id: 'audit/helm-well-known-password',
  format: 'helm-values',
  title: 'A chart is given a well-known password',
  topic: 'secrets',
  severity: 'high',
  owner: 'developer',
  description:
    'The password is one that everybody tries first: a vendor’s sample, a default, or a top entry of the usual lists. It is no better than none.',
  remediation:
    'Leave the password out – the chart makes a random one – or name a Secret in `auth.existingSecret`; change it on the running store.',
  references: [
    `${BITNAMI}/postgresql#parameters`,
    'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  ],
  cwe: ['CWE-1392', 'CWE-521'],
  verified: {
    by: 'source',
    how: 'bitnami/charts: auth.password and its relatives become the password of the store; without them a random one is made.',
  },
  examples: {
    bad: ['postgresql:\n  auth:\n    postgresPassword: postgres\n    database: shop\n'],
    good: [
      'postgresql:\n  auth:\n    postgresPassword: ""\n    existingSecret: pg\n',
      'postgresql:\n  auth:\n    postgresPassword: ${PG_PASSWORD}\n',
    ],
  },
  *check(file) {
    for (const { values, path, node } of passwordsIn(file)) {
      if (!isWellKnown(node.text)) continue;
      yield {
        pointer: `${values.prefix}${path}`,
        span: node.span,
        actual: hidden(node.text),
        expected: 'auth.existingSecret',
        message: `The password of ${values.chart.title} is one that everybody tries first.`,
        severity: exposedService(values) ? 'critical' : 'high',
      };
    }
  },
});

export const chartLiteralPassword = defineRule<'helm-values'>({
  id: 'audit/helm-literal-password',
  format: 'helm-values',
  title: 'A password is written into the values of a chart',
  topic: 'secrets',
  severity: 'high',
  owner: 'developer',
  description:
    'Whoever can read the repository, or the release (`helm get values`), has the password; it also stays in the history after it is removed.',
  remediation:
    'Name a Secret in `auth.existingSecret` and keep its value out of the repository; change the password on the running store.',
  references: [`${BITNAMI}/postgresql#parameters`, 'https://helm.sh/docs/helm/helm_get_values/'],
  cwe: ['CWE-798'],
  verified: {
    by: 'source',
    how: 'helm.sh/docs – helm get values prints what a release was given; bitnami/charts take auth.existingSecret instead.',
  },
  examples: {
    bad: ['postgresql:\n  auth:\n    password: correct-horse-example-1\n    database: shop\n'],
    good: [
      'postgresql:\n  auth:\n    existingSecret: pg\n    database: shop\n',
      'postgresql:\n  auth:\n    password: "<path:kv/data/pg#password>"\n    database: shop\n',
    ],
  },
  *check(file) {
    for (const { values, path, node } of passwordsIn(file)) {
      if (isWellKnown(node.text) || isWrittenToBeReplaced(node.text)) continue;
      yield {
        pointer: `${values.prefix}${path}`,
        span: node.span,
        actual: hidden(node.text),
        expected: 'auth.existingSecret',
        message: `A password of ${values.chart.title} stands in the values as it is.`,
      };
    }
  },
});
