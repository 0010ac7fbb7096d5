/**
 * AWS security groups: a list of what is admitted, everything else is dropped; order means nothing.
 *
 *   aws_security_group                   ingress { from_port to_port protocol cidr_blocks ipv6_cidr_blocks security_groups self prefix_list_ids }
 *   aws_security_group_rule              type = "ingress", security_group_id, the same
 *   aws_vpc_security_group_ingress_rule  security_group_id, ip_protocol, from_port, to_port, cidr_ipv4 | cidr_ipv6 | …
 */
import type { Condition, Rule } from '../../model.ts';
import { shownName } from '../readout.ts';
import { blocksOf, type CloudGroup, type Resource, Unknown, type Value, type Values } from './model.ts';
import { everyProtocol, filterOf, listOrUnknown, portsOf, protocolOf, rulesFor, sourcesOf } from './rules.ts';

export function awsGroups(resources: readonly Resource[]): CloudGroup[] {
  const groups = new Map<string, { resource: Resource; rules: Rule[] }>();
  const byId = new Map<string, string>();
  for (const resource of resources) {
    if (resource.type !== 'aws_security_group' && resource.type !== 'aws_default_security_group') continue;
    const rules = blocksOf(resource.values.ingress).flatMap((block) => ingress(resource, block));
    const computed = [resource.values.ingress].filter((value) => value instanceof Unknown);
    for (const { text } of computed) rules.push(unknownRule(resource, text));
    if (blocksOf(resource.values.dynamic).some((block) => listOrUnknown(block['%labels']).includes('ingress'))) {
      rules.push(unknownRule(resource, 'dynamic "ingress"'));
    }
    groups.set(resource.address, { resource, rules });
    if (typeof resource.values.id === 'string') byId.set(resource.values.id, resource.address);
  }
  for (const resource of resources) {
    if (!isRule(resource)) continue;
    const rules = ruleOf(resource);
    const owner = ownerOf(resource.values.security_group_id, byId);
    const group = (owner === undefined ? undefined : groups.get(owner)) ?? alone(groups, resource, owner);
    group.rules.push(...rules);
  }
  return [...groups.values()].map(({ resource, rules }) => ({
    provider: 'aws',
    name: resource.place.entry ?? resource.address,
    place: resource.place,
    filter: filterOf(resource, rules),
  }));
}

function isRule({ type, values }: Resource): boolean {
  return (
    type === 'aws_vpc_security_group_ingress_rule' || (type === 'aws_security_group_rule' && values.type !== 'egress')
  );
}

/** `aws_security_group.db.id` -> `aws_security_group.db`; `sg-…` -> the group of the state that has this id. */
function ownerOf(value: Value | undefined, byId: ReadonlyMap<string, string>): string | undefined {
  if (typeof value === 'string') return byId.get(value) ?? shownName(value);
  if (!(value instanceof Unknown)) return undefined;
  return /^(?:module\.[\w-]+\.)*aws_(?:default_)?security_group\.[\w-]+/.exec(value.text)?.[0];
}

/** A rule whose group is not in the files stands in one of its own, named by the id. */
function alone(
  groups: Map<string, { resource: Resource; rules: Rule[] }>,
  resource: Resource,
  owner: string | undefined,
): { resource: Resource; rules: Rule[] } {
  const name = owner ?? resource.address;
  const group = { resource: { ...resource, place: { ...resource.place, entry: name } }, rules: [] };
  groups.set(name, group);
  return group;
}

function unknownRule({ place }: Resource, what: string): Rule {
  const text = `${shownName(what)} is not known`;
  return { place, text, when: [{ on: 'unknown', what: shownName(what) }], action: { do: 'accept' } };
}

function ruleOf(resource: Resource): Rule[] {
  const { values } = resource;
  if (resource.type !== 'aws_vpc_security_group_ingress_rule') return ingress(resource, values);
  const blocks = [values.cidr_ipv4, values.cidr_ipv6].filter((value) => value !== undefined && value !== null);
  const listed = [values.prefix_list_id].filter((value) => value !== undefined && value !== null);
  const lists = listed.length > 0 ? [new Unknown('a prefix list')] : [];
  return rulesFor(
    resource,
    textOf(values),
    sourcesOf([...blocks, ...lists]),
    conditionsOf(values, values.ip_protocol),
    'accept',
  );
}

function ingress(resource: Resource, block: Values): Rule[] {
  // Members of other groups are machines of the owner, never strangers: `security_groups` and `self` admit nobody else.
  const lists = listOrUnknown(block.prefix_list_ids).length > 0 ? [new Unknown('a prefix list')] : [];
  const sources = sourcesOf([...listOrUnknown(block.cidr_blocks), ...listOrUnknown(block.ipv6_cidr_blocks), ...lists]);
  return rulesFor(resource, textOf(block), sources, conditionsOf(block, block.protocol), 'accept');
}

function conditionsOf({ from_port: from, to_port: to }: Values, protocol: Value | undefined): Condition[] {
  if (everyProtocol(protocol)) return [];
  // Both left out: all ports of the protocol.
  if ((from === undefined || from === null) && (to === undefined || to === null)) return protocolOf(protocol);
  const range = from instanceof Unknown ? from : to instanceof Unknown ? to : `${String(from)}-${String(to ?? from)}`;
  return [...protocolOf(protocol), ...portsOf([range])];
}

function textOf({ from_port: from, to_port: to, protocol, ip_protocol: modern }: Values): string {
  const shown = (value: Value | undefined) => (value instanceof Unknown ? value.text : String(value ?? '*'));
  return shownName(`ingress ${shown(protocol ?? modern)} ${shown(from)}-${shown(to ?? from)}`);
}
