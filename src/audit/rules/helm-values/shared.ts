/** What rules for the values of charts share. */
import { reachOfCidr } from '../../cloud/cidr.ts';
import { type ChartValues, valueAt } from '../../formats/helm-values/read.ts';
import { child, type ScalarNode, textOf } from '../../formats/yaml/read.ts';
import type { Fix, Hit, ReadFile } from '../../model.ts';

export type Values = ReadFile<'helm-values'>;

export const BITNAMI = 'https://github.com/bitnami/charts/tree/main/bitnami';

export function replace(node: ScalarNode, text: string, rest: Omit<Fix, 'edits'>): Fix | null {
  return node.inner && node.inner.end > node.inner.start ? { ...rest, edits: [{ ...node.inner, text }] } : null;
}

/** A Service that leaves the cluster, by its values; and the line that says so. */
export function exposedService(values: ChartValues): { type: ScalarNode; path: string } | null {
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

export function isOff(values: ChartValues): { node: ScalarNode; path: string } | null {
  for (const [path, off] of values.chart.login) {
    const node = valueAt(values.node, path);
    if (node?.kind === 'scalar' && off.test(node.text)) return { node, path };
  }
  return null;
}

export function severityOf(values: ChartValues): Pick<Hit, 'severity' | 'confidence'> {
  const exposed = exposedService(values);
  const severity = exposed?.type.text === 'LoadBalancer' ? 'critical' : 'high';
  return values.certain ? { severity } : { severity, confidence: 'tentative' };
}
