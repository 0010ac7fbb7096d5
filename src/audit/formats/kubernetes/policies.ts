/**
 * NetworkPolicy: which pods it selects, and who may reach them then.
 *
 * Pods that no policy selects for ingress accept everything. Once one does, only what some policy allows gets through:
 * policies add up, there is no order and no deny. `from` missing or empty is everybody; so is `ipBlock` of 0.0.0.0/0;
 * `ports` missing or empty is every port. https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { reachOfCidr } from '../../cloud/cidr.ts';
import type { Span } from '../../source.ts';
import { child, entryOf, textOf, type YamlNode } from '../yaml/read.ts';
import { at, itemsOf, type KubernetesObject, knownText, numberOf, textMap } from './objects.ts';

export interface PolicyPeer {
  /** `anyone`: the internet too; `cluster`: every pod of every namespace; `some`: a selection. */
  who: 'anyone' | 'cluster' | 'some';
  span: Span;
}

export interface PolicyRule {
  peers: readonly PolicyPeer[];
  /** Null: every port. */
  ports: readonly { from: number | string; to: number }[] | null;
}

export interface NetworkPolicy {
  object: KubernetesObject;
  selector: YamlNode | null;
  selectorSpan: Span;
  rules: readonly PolicyRule[];
}

export function policyOf(object: KubernetesObject): NetworkPolicy | null {
  if (object.kind !== 'NetworkPolicy' || !/^(?:networking\.k8s\.io|extensions)\//.test(object.apiVersion)) return null;
  const spec = at(object.node, 'spec');
  const types = itemsOf(child(spec, 'policyTypes')).map((item) => textOf(item));
  // Without `policyTypes` a policy is one for ingress.
  if (types.length > 0 && !types.includes('Ingress')) return null;
  const selector = child(spec, 'podSelector');
  return {
    object,
    selector,
    selectorSpan: selector?.span ?? object.nameSpan,
    rules: itemsOf(child(spec, 'ingress')).map(ruleOf),
  };
}

function ruleOf(item: YamlNode): PolicyRule {
  const from = entryOf(item, 'from');
  const peers = itemsOf(from?.value ?? null);
  const ports = itemsOf(child(item, 'ports')).map((port) => {
    const number = numberOf(child(port, 'port'));
    const name = knownText(child(port, 'port'));
    if (number === null) return { from: name ?? 0, to: name === null ? 65_535 : 0 };
    return { from: number, to: numberOf(child(port, 'endPort')) ?? number };
  });
  return {
    peers: peers.length === 0 ? [{ who: 'anyone', span: from?.keySpan ?? item.span }] : peers.map(peerOf),
    ports: ports.length === 0 ? null : ports,
  };
}

function peerOf(peer: YamlNode): PolicyPeer {
  const cidr = knownText(at(peer, 'ipBlock', 'cidr'));
  if (cidr !== null) return { who: reachOfCidr(cidr) === 'internet' ? 'anyone' : 'some', span: peer.span };
  const namespaces = child(peer, 'namespaceSelector');
  const pods = child(peer, 'podSelector');
  const everyNamespace = namespaces?.kind === 'map' && namespaces.entries.length === 0;
  const everyPod = pods === null || (pods.kind === 'map' && pods.entries.length === 0);
  return { who: everyNamespace && everyPod ? 'cluster' : 'some', span: peer.span };
}

/** A rule is about a port of a container; by number or by the name the container gives it. */
export function isAboutPort(rule: PolicyRule, port: number | null, name: string | null): boolean {
  if (rule.ports === null || port === null) return true;
  return rule.ports.some(({ from, to }) => (typeof from === 'string' ? from === name : from <= port && port <= to));
}

/** A label that whatever is selected must have, as `key\0value`; null: none. */
export function firstLabel(selector: YamlNode | null): string | null {
  const [first] = textMap(child(selector, 'matchLabels'));
  return first === undefined ? null : first.join('\0');
}

/** A label selector: `matchLabels` and `matchExpressions`; an empty one selects everything. */
export function selects(selector: YamlNode | null, labels: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of textMap(child(selector, 'matchLabels'))) if (labels.get(key) !== value) return false;
  return itemsOf(child(selector, 'matchExpressions')).every((expression) => {
    const value = labels.get(textOf(child(expression, 'key')) ?? '');
    const values = itemsOf(child(expression, 'values')).map((item) => textOf(item));
    switch (textOf(child(expression, 'operator'))) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}
