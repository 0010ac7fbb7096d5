/** Stores that an operator runs: what its own kinds say about reachability, login, encryption and backups. */

import { at, itemsOf, type KubernetesObject, knownText } from '../../formats/kubernetes/objects.ts';
import { reachOf } from '../../formats/pg-hba/address.ts';
import { pgHbaFormat } from '../../formats/pg-hba/read.ts';
import { child, textOf, type YamlNode } from '../../formats/yaml/read.ts';
import { defineRule } from '../../model.ts';
import { type Span, sourceOf } from '../../source.ts';
import { ECK, exposures, type Found, hitOf, isStrimzi, listeners, OUTSIDE, operatedIn } from './operated.ts';

const PAGES = new Set(['Kibana', 'APM Server', 'Enterprise Search']);

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
    how: 'https://github.com/zalando/postgres-operator/blob/master/docs/reference/cluster_manifest.md – and the other operators’ references and sources: spec.http.service of ECK; managed.services.additional[].serviceTemplate of CloudNativePG; Zalando’s cluster manifest (without allowedSourceRanges the load balancer is closed: k8sres.go sets 127.0.0.1/32); listener types of Strimzi (KafkaListenerType); deploy/cr.yaml of Percona’s operators (expose, exposePrimary, exposeReplicas).',
  },
  examples: {
    bad: [
      ECK('  http:\n    service:\n      spec:\n        type: LoadBalancer\n'),
      'apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata:\n  name: pg\nspec:\n  enableMasterLoadBalancer: true\n  allowedSourceRanges: [0.0.0.0/0]\n',
    ],
    good: [
      'apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata:\n  name: pg\nspec:\n  enableMasterLoadBalancer: true\n',
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
        if (!OUTSIDE.test(found.where) || !found.login) continue;
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
    how: 'https://github.com/spotahome/redis-operator/blob/master/README.md – auth.secretPath enables the login; https://strimzi.io/docs/operators/latest/configuring.html – authentication of a listener is optional',
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
    const outside = OUTSIDE.test(found.where);
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
