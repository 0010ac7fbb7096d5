/** Stores that an operator runs: what its own kinds say about reachability, login, encryption and backups. */
import {
  annotation,
  at,
  isFalse,
  isTrue,
  itemsOf,
  type KubernetesObject,
  knownText,
} from '../../formats/kubernetes/objects.ts';
import { reachOf } from '../../formats/pg-hba/address.ts';
import { pgHbaFormat } from '../../formats/pg-hba/read.ts';
import { child, entryOf, textOf, type YamlNode } from '../../formats/yaml/read.ts';
import { defineRule, type Hit } from '../../model.ts';
import { type Span, sourceOf } from '../../source.ts';
import type { Manifest } from './stores.ts';

const OPERATED: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^elasticsearch\.k8s\.elastic\.co\//, /^Elasticsearch$/, 'Elasticsearch'],
  [/^kibana\.k8s\.elastic\.co\//, /^Kibana$/, 'Kibana'],
  [/^apm\.k8s\.elastic\.co\//, /^ApmServer$/, 'APM Server'],
  [/^enterprisesearch\.k8s\.elastic\.co\//, /^EnterpriseSearch$/, 'Enterprise Search'],
  [/^postgresql\.cnpg\.io\//, /^Cluster$/, 'PostgreSQL'],
  [/^acid\.zalan\.do\//, /^postgresql$/, 'PostgreSQL'],
  [/^pgv2\.percona\.com\//, /^PerconaPGCluster$/, 'PostgreSQL'],
  [/^pxc\.percona\.com\//, /^PerconaXtraDBCluster$/, 'MySQL'],
  [/^psmdb\.percona\.com\//, /^PerconaServerMongoDB$/, 'MongoDB'],
  [/^mongodbcommunity\.mongodb\.com\//, /^MongoDBCommunity$/, 'MongoDB'],
  [/^kafka\.strimzi\.io\//, /^Kafka$/, 'Kafka'],
  [/^databases\.spotahome\.com\//, /^RedisFailover$/, 'Redis'],
  [/^redis\.redis\.opstreelabs\.in\//, /^(?:Redis|RedisCluster|RedisReplication)$/, 'Redis'],
  [/^rabbitmq\.com\//, /^RabbitmqCluster$/, 'RabbitMQ'],
];

/** What an operator runs for an object, as people call it. */
function operated(object: KubernetesObject): string | null {
  return OPERATED.find(([group, kind]) => group.test(object.apiVersion) && kind.test(object.kind))?.[2] ?? null;
}

function isStrimzi(object: KubernetesObject): boolean {
  return object.apiVersion.startsWith('kafka.strimzi.io/');
}

const PAGES = new Set(['Kibana', 'APM Server', 'Enterprise Search']);

interface Found {
  span: Span;
  pointer: string;
  actual: string;
}

/** Fields that give a store an address outside the cluster. */
function* exposures(object: KubernetesObject): Generator<Found> {
  const spec = at(object.node, 'spec');
  const types: readonly (readonly string[])[] = [
    ['http', 'service'],
    ['service'],
    ['kubernetesConfig', 'service'],
    ['haproxy', 'exposePrimary'],
    ['proxysql', 'expose'],
    ['pmm'],
    ['sharding', 'mongos', 'expose'],
    ['proxy', 'pgBouncer', 'expose'],
    ['expose'],
  ];
  for (const path of types) yield* exposedByType(at(spec, ...path), path.join('.'));
  const services = itemsOf(at(spec, 'managed', 'services', 'additional'));
  for (const [index, service] of services.entries())
    yield* exposedByType(child(service, 'serviceTemplate'), `managed.services.additional[${index}].serviceTemplate`);
  for (const [index, set] of itemsOf(child(spec, 'replsets')).entries())
    yield* exposedByType(child(set, 'expose'), `replsets[${index}].expose`);
  const ranges = itemsOf(child(spec, 'allowedSourceRanges')).length > 0;
  for (const key of ['enableMasterLoadBalancer', 'enableReplicaLoadBalancer']) {
    const node = child(spec, key);
    if (isTrue(node) && !ranges) yield { span: node.span, pointer: key, actual: 'true' };
  }
}

function* exposedByType(node: YamlNode | null, pointer: string): Generator<Found> {
  if (isFalse(child(node, 'enabled')) || isFalse(child(node, 'exposeEnabled'))) return;
  const type =
    at(node, 'spec', 'type') ?? child(node, 'serviceType') ?? child(node, 'exposeType') ?? child(node, 'type');
  const text = textOf(type);
  if (!type || (text !== 'LoadBalancer' && text !== 'NodePort')) return;
  const spec = child(node, 'spec') ?? node;
  if (itemsOf(child(spec, 'loadBalancerSourceRanges')).length > 0) return;
  const annotations =
    at(node, 'metadata', 'annotations') ?? child(node, 'annotations') ?? child(node, 'serviceAnnotations');
  const internal = (annotations?.kind === 'map' ? annotations.entries : []).some(
    ({ key, value }) =>
      /internal|load-balancer-type|scheme/i.test(key) && /^(?:true|internal|0\.0\.0\.0\/0)$/i.test(textOf(value) ?? ''),
  );
  if (!internal) yield { span: type.span, pointer: `${pointer}.type`, actual: text };
}

/** Listeners of Kafka outside the cluster. */
function* listeners(object: KubernetesObject): Generator<Found & { login: boolean; where: string }> {
  const items = itemsOf(at(object.node, 'spec', 'kafka', 'listeners'));
  for (const [index, item] of items.entries()) {
    const type = child(item, 'type');
    const where = textOf(type) ?? 'internal';
    const base = { pointer: `kafka.listeners[${index}]`, actual: `type ${where}`, where };
    yield { ...base, span: type?.span ?? item.span, login: child(item, 'authentication') !== null };
  }
}

function hitOf(
  object: KubernetesObject,
  found: Found,
  rest: Pick<Hit, 'message' | 'expected' | 'severity' | 'confidence' | 'fix'>,
): Hit {
  return { pointer: `${object.pointer}.spec.${found.pointer}`, span: found.span, actual: found.actual, ...rest };
}

function* operatedIn(file: Manifest): Generator<{ object: KubernetesObject; name: string }> {
  for (const object of file.document.objects) {
    const name = operated(object);
    if (name !== null) yield { object, name };
  }
}

const ECK = (rest: string, kind = 'Elasticsearch'): string =>
  `apiVersion: ${kind.toLowerCase()}.k8s.elastic.co/v1\nkind: ${kind}\nmetadata:\n  name: search\nspec:\n  version: 8.15.0\n${rest}`;

export const operatorStoreExposed = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-operator-store-exposed',
  format: 'kubernetes',
  title: 'An operator gives a store an address outside the cluster',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'it',
  description:
    'The object asks its operator for a Service of type `LoadBalancer` or `NodePort`. A stranger reaches the store itself and tries passwords, or needs none.',
  remediation:
    'Leave the Service at ClusterIP, make the load balancer internal by the annotation of the provider, or list who may connect in its source ranges.',
  references: [
    'https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/accessing-services',
    'https://strimzi.io/docs/operators/latest/configuring.html#type-GenericKafkaListener-reference',
    'https://cloudnative-pg.io/documentation/current/service_management/',
    'https://postgres-operator.readthedocs.io/en/latest/reference/cluster_manifest/',
  ],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'The operators’ own references: spec.http.service of ECK, managed.services of CloudNativePG, enableMasterLoadBalancer of Zalando’s, listeners of Strimzi, expose of Percona’s.',
  },
  examples: {
    bad: [
      ECK('  http:\n    service:\n      spec:\n        type: LoadBalancer\n'),
      'apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata:\n  name: pg\nspec:\n  enableMasterLoadBalancer: true\n',
    ],
    good: [
      ECK(
        '  http:\n    service:\n      metadata:\n        annotations:\n          networking.gke.io/load-balancer-type: Internal\n      spec:\n        type: LoadBalancer\n',
      ),
      ECK('  nodeSets:\n    - name: default\n      count: 3\n'),
    ],
  },
  *check(file) {
    for (const { object, name } of operatedIn(file)) {
      for (const found of exposures(object)) {
        yield hitOf(object, found, {
          expected: 'ClusterIP, or an internal load balancer',
          message: `${name} is reached from outside the cluster.`,
          severity: PAGES.has(name) || found.actual === 'NodePort' ? 'medium' : 'high',
        });
      }
      if (!isStrimzi(object)) continue;
      for (const found of listeners(object)) {
        if (!/^(?:loadbalancer|nodeport|ingress|route)$/.test(found.where) || !found.login) continue;
        const message = 'Kafka has a listener outside the cluster.';
        yield hitOf(object, found, { expected: 'internal or cluster-ip', message, severity: 'medium' });
      }
    }
  },
});

export const operatorStoreWithoutLogin = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-operator-store-without-login',
  format: 'kubernetes',
  title: 'A store that an operator runs asks for no login',
  topic: 'authentication',
  severity: 'high',
  owner: 'it',
  description:
    'The object leaves the login of the store out, or switches it off: anonymous access in Elasticsearch, a Kafka listener without `authentication`, Redis without the Secret of its password, `trust` in the `pg_hba` of PostgreSQL.',
  remediation:
    'Name the Secret with the password (`spec.auth.secretPath`, `kubernetesConfig.redisSecret`), give each Kafka listener an `authentication`, remove `xpack.security.authc.anonymous`, and write `scram-sha-256` for `trust`.',
  references: [
    'https://www.elastic.co/guide/en/elasticsearch/reference/current/anonymous-access.html',
    'https://strimzi.io/docs/operators/latest/configuring.html#type-GenericKafkaListener-reference',
    'https://github.com/spotahome/redis-operator#enabling-redis-auth',
    'https://cloudnative-pg.io/documentation/current/postgresql_conf/#the-pg_hba-section',
  ],
  cwe: ['CWE-306'],
  verified: {
    by: 'source',
    how: 'README of spotahome/redis-operator (auth.secretPath enables it), Strimzi’s listener reference (authentication is optional), Elastic’s anonymous access page, CloudNativePG’s pg_hba section.',
  },
  examples: {
    bad: [
      'apiVersion: databases.spotahome.com/v1\nkind: RedisFailover\nmetadata:\n  name: cache\nspec:\n  redis:\n    replicas: 3\n',
      'apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nmetadata:\n  name: events\nspec:\n  kafka:\n    listeners:\n      - name: external\n        port: 9094\n        type: loadbalancer\n        tls: true\n',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n  backup: {}\n  postgresql:\n    pg_hba:\n      - host all all 0.0.0.0/0 trust\n',
      ECK(
        '  nodeSets:\n    - name: default\n      config:\n        xpack.security.authc:\n          anonymous:\n            username: anonymous\n            roles: superuser\n',
      ),
    ],
    good: [
      'apiVersion: databases.spotahome.com/v1\nkind: RedisFailover\nmetadata:\n  name: cache\nspec:\n  auth:\n    secretPath: redis-auth\n',
      'apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nmetadata:\n  name: events\nspec:\n  kafka:\n    listeners:\n      - name: external\n        port: 9094\n        type: loadbalancer\n        tls: true\n        authentication:\n          type: scram-sha-512\n',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n  backup: {}\n  postgresql:\n    pg_hba:\n      - hostssl all all 10.0.0.0/8 scram-sha-256\n',
    ],
  },
  *check(file) {
    for (const { object, name } of operatedIn(file)) {
      const spec = at(object.node, 'spec');
      for (const found of missingLogins(object, spec)) {
        yield hitOf(object, found, {
          expected: 'a login',
          message: `${name} asks for no login.`,
          severity: found.outside ? 'critical' : 'medium',
        });
      }
      for (const [index, set] of itemsOf(child(spec, 'nodeSets')).entries()) {
        const anonymous = anonymousRoles(child(set, 'config'));
        if (!anonymous) continue;
        const found = {
          span: anonymous.span,
          pointer: `nodeSets[${index}].config.xpack.security.authc.anonymous`,
          actual: 'anonymous users have roles',
        };
        yield hitOf(object, found, {
          expected: 'no anonymous access',
          message: 'Elasticsearch lets everybody in as an anonymous user with roles.',
          severity: 'high',
        });
      }
      for (const path of [
        ['postgresql', 'pg_hba'],
        ['patroni', 'pg_hba'],
      ]) {
        for (const [index, row] of itemsOf(at(spec, ...path)).entries()) {
          if (!isTrust(textOf(row) ?? '')) continue;
          const found = { span: row.span, pointer: `${path.join('.')}[${index}]`, actual: 'trust' };
          yield hitOf(object, found, {
            expected: 'scram-sha-256',
            message: 'PostgreSQL lets these connections in without a password.',
            severity: 'high',
          });
        }
      }
    }
  },
});

function* missingLogins(object: KubernetesObject, spec: YamlNode | null): Generator<Found & { outside: boolean }> {
  const here = { span: object.nameSpan, outside: false };
  if (
    object.kind === 'RedisFailover' &&
    knownText(at(spec, 'auth', 'secretPath')) === null &&
    at(spec, 'auth') === null
  ) {
    yield { ...here, pointer: 'auth.secretPath', actual: 'not set' };
  }
  if (object.apiVersion.startsWith('redis.redis.opstreelabs.in/')) {
    const cluster = child(spec, 'kubernetesConfig');
    if (cluster && child(cluster, 'redisSecret') === null) {
      yield { ...here, pointer: 'kubernetesConfig.redisSecret', actual: 'not set' };
    }
  }
  if (!isStrimzi(object)) return;
  for (const found of listeners(object)) {
    const outside = /^(?:loadbalancer|nodeport|ingress|route)$/.test(found.where);
    if (!found.login && outside) yield { ...found, outside: true };
  }
}

/** `xpack.security.authc.anonymous.roles`, dotted, nested or mixed as Elasticsearch reads it. */
function anonymousRoles(config: YamlNode | null): { span: Span } | null {
  const open: { node: YamlNode | null; key: string; depth: number }[] = [{ node: config, key: '', depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, key, depth } = next;
    if (key === 'xpack.security.authc.anonymous.roles') return node;
    if (node?.kind !== 'map' || depth > 8) continue;
    for (const entry of node.entries) {
      const path = key === '' ? entry.key : `${key}.${entry.key}`;
      if ('xpack.security.authc.anonymous.roles'.startsWith(path))
        open.push({ node: entry.value, key: path, depth: depth + 1 });
    }
  }
  return null;
}

/** A row of pg_hba.conf that lets other machines in without a password. */
function isTrust(row: string): boolean {
  if (!/\btrust\b/.test(row) || row.length > 2_000) return false;
  const { rows } = pgHbaFormat.read(sourceOf('pg_hba.conf', `${row}\n`), { text: () => null }).document;
  return rows.some(
    ({ method, address }) => method === 'trust' && address !== null && reachOf(address.range) !== 'loopback',
  );
}

export const operatorTlsOff = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-elastic-http-without-tls',
  aliases: ['K8-ECK-001'],
  format: 'kubernetes',
  title: 'HTTPS is switched off for an Elastic product',
  topic: 'encryption-in-transit',
  severity: 'medium',
  owner: 'it',
  description:
    'With `http.tls.selfSignedCertificate.disabled` and no certificate of your own, passwords and data travel between pods, and to everybody outside, as they are.',
  remediation:
    'Remove the setting, or name your certificate in `spec.http.tls.certificate.secretName`. Behind a proxy that ends TLS keep the way from it to the pods closed to others.',
  references: ['https://www.elastic.co/docs/deploy-manage/security/k8s-https-settings'],
  cwe: ['CWE-319'],
  verified: {
    by: 'source',
    how: 'Elastic Cloud on Kubernetes documentation and sources (common/v1 TLSOptions.Enabled): TLS is off when selfSignedCertificate.disabled is true and no certificate is named.',
  },
  examples: {
    bad: [ECK('  http:\n    tls:\n      selfSignedCertificate:\n        disabled: true\n')],
    good: [
      ECK(
        '  http:\n    tls:\n      selfSignedCertificate:\n        disabled: true\n      certificate:\n        secretName: my-cert\n',
      ),
      ECK('  count: 1\n', 'Kibana'),
    ],
  },
  *check(file) {
    for (const { object, name } of operatedIn(file)) {
      const tls = at(object.node, 'spec', 'http', 'tls');
      const entry = entryOf(child(tls, 'selfSignedCertificate'), 'disabled');
      if (!isTrue(entry?.value) || knownText(at(tls, 'certificate', 'secretName')) !== null) continue;
      const found = { span: entry.value.span, pointer: 'http.tls.selfSignedCertificate.disabled', actual: 'true' };
      const outside = [...exposures(object)].length > 0;
      const { inner } = entry.value;
      yield hitOf(object, found, {
        expected: 'not set',
        message: `${name} speaks plain HTTP${outside ? ', and it is reached from outside the cluster' : ''}.`,
        severity: name === 'Elasticsearch' || outside ? 'high' : 'medium',
        fix: inner && {
          edits: [{ ...inner, text: 'false' }],
          title: `Let ${name} speak HTTPS`,
          blastRadius:
            'Clients that call it by http:// are refused, and have to trust the certificate of the operator (Secret …-http-certs-public).',
          needsConfirmation: true,
        },
      });
    }
  },
});

export const operatorBackupOff = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-operator-backup-off',
  aliases: ['K8-BAK-001'],
  format: 'kubernetes',
  title: 'A store that an operator runs has no backup',
  topic: 'retention',
  severity: 'low',
  owner: 'it',
  description:
    'The operator can make backups, and its object switches them off or does not say where they go: after a mistake or an attack nothing brings the data back.',
  remediation: 'Set `spec.backup` of the object with a destination, a schedule and how long backups are kept.',
  references: [
    'https://cloudnative-pg.io/documentation/current/backup/',
    'https://docs.percona.com/percona-operator-for-mongodb/backups.html',
  ],
  cwe: ['CWE-1053'],
  verified: {
    by: 'source',
    how: 'CloudNativePG: without spec.backup (or a plug-in) there is no WAL archive and no physical backup; Percona operators: backup.enabled false switches backups off.',
  },
  examples: {
    bad: [
      'apiVersion: psmdb.percona.com/v1\nkind: PerconaServerMongoDB\nmetadata:\n  name: mongo\nspec:\n  backup:\n    enabled: false\n',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n',
    ],
    good: [
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n  backup:\n    barmanObjectStore:\n      destinationPath: s3://backups/\n',
      'apiVersion: psmdb.percona.com/v1\nkind: PerconaServerMongoDB\nmetadata:\n  name: mongo\nspec:\n  backup:\n    enabled: true\n',
    ],
  },
  *check(file) {
    for (const { object, name } of operatedIn(file)) {
      const spec = at(object.node, 'spec');
      const enabled = at(spec, 'backup', 'enabled');
      if (isFalse(enabled)) {
        const found = { span: enabled.span, pointer: 'backup.enabled', actual: 'false' };
        yield hitOf(object, found, { expected: 'true', message: `Backups of ${name} are switched off.` });
      } else if (
        object.apiVersion.startsWith('postgresql.cnpg.io/') &&
        spec &&
        !child(spec, 'backup') &&
        !child(spec, 'plugins')
      ) {
        const scheduled = file.document.cluster.objects.some(
          ({ kind, node }) => kind === 'ScheduledBackup' && textOf(at(node, 'spec', 'cluster', 'name')) === object.name,
        );
        const snapshot = annotation(object, 'cnpg.io/skipWalArchiving') !== null;
        if (scheduled || snapshot) continue;
        const found = { span: object.nameSpan, pointer: 'backup', actual: 'not set' };
        yield hitOf(object, found, {
          expected: 'spec.backup with a destination',
          message: `${name} has no backup.`,
          confidence: 'tentative',
        });
      }
    }
  },
});
