/** Stores that an operator runs: what its own kinds say about addresses and listeners. */
import { reachOfCidr } from '../../cloud/cidr.ts';
import { at, isFalse, isTrue, itemsOf, type KubernetesObject } from '../../formats/kubernetes/objects.ts';
import { child, textOf, type YamlNode } from '../../formats/yaml/read.ts';
import type { Hit } from '../../model.ts';
import type { Span } from '../../source.ts';
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

export function isStrimzi(object: KubernetesObject): boolean {
  return object.apiVersion.startsWith('kafka.strimzi.io/');
}

export interface Found {
  span: Span;
  pointer: string;
  actual: string;
}

/** Fields that give a store an address outside the cluster. */
export function* exposures(object: KubernetesObject): Generator<Found> {
  const spec = at(object.node, 'spec');
  const types: readonly (readonly string[])[] = [
    ['http', 'service'],
    ['service'],
    ['kubernetesConfig', 'service'],
    ['haproxy', 'exposePrimary'],
    ['haproxy', 'exposeReplicas'],
    ['pxc', 'expose'],
    ['exposeReplicas'],
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
  // Without ranges the operator of Zalando lets 127.0.0.1/32 in, which is nobody.
  const everybody = itemsOf(child(spec, 'allowedSourceRanges')).some((range) => isEverybody(textOf(range) ?? ''));
  const balancers = ['Master', 'Replica', 'MasterPooler', 'ReplicaPooler'].map((which) => `enable${which}LoadBalancer`);
  for (const key of balancers) {
    const node = child(spec, key);
    if (isTrue(node) && everybody) yield { span: node.span, pointer: key, actual: 'true' };
  }
}

function isEverybody(range: string): boolean {
  return reachOfCidr(range.trim()) === 'internet';
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

/** Types of Kafka’s listeners that answer outside the cluster. */
export const OUTSIDE = /^(?:loadbalancer|nodeport|ingress|route|tlsroute)$/;

/** Listeners of Kafka outside the cluster. */
export function* listeners(object: KubernetesObject): Generator<Found & { login: boolean; where: string }> {
  const items = itemsOf(at(object.node, 'spec', 'kafka', 'listeners'));
  for (const [index, item] of items.entries()) {
    const type = child(item, 'type');
    const where = textOf(type) ?? 'internal';
    const base = { pointer: `kafka.listeners[${index}]`, actual: `type ${where}`, where };
    yield { ...base, span: type?.span ?? item.span, login: child(item, 'authentication') !== null };
  }
}

export function hitOf(
  object: KubernetesObject,
  found: Found,
  rest: Pick<Hit, 'message' | 'expected' | 'severity' | 'confidence' | 'fix'>,
): Hit {
  return { pointer: `${object.pointer}.spec.${found.pointer}`, span: found.span, actual: found.actual, ...rest };
}

export function* operatedIn(file: Manifest): Generator<{ object: KubernetesObject; name: string }> {
  for (const object of file.document.objects) {
    const name = operated(object);
    if (name !== null) yield { object, name };
  }
}

export const ECK = (rest: string, kind = 'Elasticsearch'): string =>
  `apiVersion: ${kind.toLowerCase()}.k8s.elastic.co/v1\nkind: ${kind}\nmetadata:\n  name: search\nspec:\n  version: 8.15.0\n${rest}`;
