/** Ingress rules of security groups, written in the group or as resources of their own. */
import { type CidrReach, reachOfCidr } from '../../cloud/cidr.ts';
import type { Json } from '../../cloud/policy.ts';
import { ALL_PORTS, type PortRange } from '../../cloud/ports.ts';
import type { Span } from '../../source.ts';
import { child, type YamlNode } from '../yaml/read.ts';
import { referredTo } from './evaluate.ts';
import type { CloudformationDocument, Resource } from './read.ts';

export interface Ingress {
  resource: Resource;
  /** Logical id of its group. */
  group: string;
  /** Below the resource. */
  pointer: string;
  /** Null: another group, a prefix list, or not told. */
  cidr: { text: string; reach: CidrReach; span: Span } | null;
  ports: PortRange | null;
  protocol: string;
}

export function ingressOf(document: CloudformationDocument): Ingress[] {
  return document.resources.flatMap((resource): Ingress[] => {
    if (resource.type === 'AWS::EC2::SecurityGroupIngress') {
      const group = referredTo(resource.written('GroupId')) ?? '';
      return [ruleOf(child(resource.node, 'Properties'), { resource, group, pointer: 'Properties' }, document)];
    }
    if (resource.type !== 'AWS::EC2::SecurityGroup') return [];
    const list = resource.written('SecurityGroupIngress');
    const items = list?.kind === 'seq' ? list.items.slice(0, 500) : list?.kind === 'map' ? [list] : [];
    return items.map((item, index) =>
      ruleOf(item, { resource, group: resource.id, pointer: `SecurityGroupIngress[${index}]` }, document),
    );
  });
}

function ruleOf(
  node: YamlNode | null,
  base: Pick<Ingress, 'resource' | 'group' | 'pointer'>,
  { evaluate }: CloudformationDocument,
): Ingress {
  const read = (key: string): Json => evaluate.value(child(node, key));
  const protocol = String(read('IpProtocol') ?? '-1').toLowerCase();
  const from = Number(read('FromPort') ?? Number.NaN);
  const to = Number(read('ToPort') ?? from);
  const every = protocol === '-1' || from === -1;
  const written = child(node, 'CidrIp') ?? child(node, 'CidrIpv6');
  const text = written === null ? null : evaluate.value(written);
  return {
    ...base,
    protocol,
    ports: every ? ALL_PORTS : Number.isNaN(from) ? null : { from, to: Number.isNaN(to) ? from : to },
    cidr: typeof text === 'string' && written ? { text, reach: reachOfCidr(text), span: written.span } : null,
  };
}
