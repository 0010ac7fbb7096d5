/**
 * Azure network security groups: the lowest priority number wins, first match decides. Below the owner's rules stand
 * AllowVnetInBound, AllowAzureLoadBalancerInBound and DenyAllInBound.
 *
 *   azurerm_network_security_group { security_rule { priority direction access protocol source_port_range(s)
 *       destination_port_range(s) source_address_prefix(es) destination_address_prefix(es) } }
 *   azurerm_network_security_rule  { network_security_group_name, the same }
 */
import type { Rule } from '../../model.ts';
import { shownName } from '../readout.ts';
import {
  blocksOf,
  type CloudGroup,
  numberOf,
  type Resource,
  stringOf,
  Unknown,
  type Value,
  type Values,
} from './model.ts';
import { filterOf, listOrUnknown, portsOf, protocolOf, rulesFor, sourcesOf } from './rules.ts';

const EVERYBODY = ['0.0.0.0/0', '::/0'];

/** Service tags whose addresses are known; every other tag stands for addresses that Azure may change. */
const TAGS: Readonly<Record<string, readonly string[]>> = {
  '*': EVERYBODY,
  any: EVERYBODY,
  internet: EVERYBODY,
  virtualnetwork: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
  azureloadbalancer: ['168.63.129.16/32'],
};

interface Group {
  resource: Resource;
  rules: { priority: number; rules: Rule[] }[];
}

export function azureGroups(resources: readonly Resource[]): CloudGroup[] {
  const groups = new Map<string, Group>();
  for (const resource of resources) {
    if (resource.type !== 'azurerm_network_security_group') continue;
    const rules = blocksOf(resource.values.security_rule).flatMap((block) => ruleOf(resource, block));
    groups.set(resource.address, { resource, rules });
  }
  for (const resource of resources) {
    if (resource.type !== 'azurerm_network_security_rule') continue;
    const named = resource.values.network_security_group_name;
    const owner = [...groups.values()].find(({ resource: group }) => isNamed(group, named));
    const group = owner ?? { resource, rules: [] };
    if (owner === undefined) groups.set(resource.address, group);
    group.rules.push(...ruleOf(resource, resource.values));
  }
  return [...groups.values()].map(({ resource, rules }) => {
    const sorted = [...rules].sort((a, b) => a.priority - b.priority).flatMap((one) => one.rules);
    const below = ['virtualnetwork', 'azureloadbalancer'].flatMap((tag) =>
      rulesFor(resource, `default rule for ${tag}`, sourcesOf(TAGS[tag] ?? []), [], 'accept'),
    );
    return {
      provider: 'azure',
      name: resource.address,
      place: resource.place,
      filter: filterOf(resource, [...sorted, ...below]),
    };
  });
}

function isNamed(group: Resource, named: Value | undefined): boolean {
  if (named instanceof Unknown) return named.text.startsWith(`${group.address}.`);
  return named !== undefined && (named === group.values.name || named === group.name);
}

function ruleOf(resource: Resource, block: Values): { priority: number; rules: Rule[] }[] {
  if (stringOf(block.direction)?.toLowerCase() === 'outbound') return [];
  const access = stringOf(block.access)?.toLowerCase();
  const sources = present(block.source_address_prefix, block.source_address_prefixes).flatMap((value): Value[] => {
    const tag = typeof value === 'string' ? value.toLowerCase() : '';
    return Object.hasOwn(TAGS, tag) ? [...(TAGS[tag] ?? [])] : [value];
  });
  const ports = present(block.destination_port_range, block.destination_port_ranges);
  const when = [...protocolOf(block.protocol), ...portsOf(ports)];
  const priority = numberOf(block.priority);
  const text = shownName(`${stringOf(block.name) ?? 'rule'}: ${access ?? 'unknown'} ${ports.map(String).join(',')}`);
  const action = access === 'deny' ? 'drop' : 'accept';
  const uncertain = access === undefined || priority === undefined;
  const conditions = uncertain ? [...when, { on: 'unknown' as const, what: 'access or priority' }] : when;
  return [{ priority: priority ?? 0, rules: rulesFor(resource, text, sourcesOf(sources), conditions, action) }];
}

function present(one: Value | undefined, many: Value | undefined): Value[] {
  return [...listOrUnknown(one), ...listOrUnknown(many)].filter((value) => value !== '');
}
