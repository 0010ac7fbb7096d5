/**
 * What the network rules of AWS, GCP and Azure admit: security groups and their rules, VPC firewalls, network security
 * groups; and the inputs of the registry's security-group module.
 *
 *   aws_security_group.ingress, aws_security_group_rule (type = "ingress"), aws_vpc_security_group_ingress_rule
 *   google_compute_firewall: allow { protocol, ports }, source_ranges (0.0.0.0/0 where the list is empty)
 *   azurerm_network_security_group.security_rule, azurerm_network_security_rule
 */
import { ALL_PORTS, isEveryPort, type PortRange, portRangeOf } from '../../cloud/ports.ts';
import type { Source } from '../../source.ts';
import type { Configuration } from './configuration.ts';
import { boolOf, itemsOf, numberOf, referencesOf, textOf, type Value, type Written } from './values.ts';
import type { View } from './view.ts';

export interface From {
  text: string;
  at: Written;
  setting: string;
}

/** One rule that lets something in. */
export interface Admission {
  subject: { address: string; of: string; source: Source; view: View };
  /** The group it belongs to; null when the files do not tell. */
  group: string | null;
  /** Ranges of addresses that are known. */
  from: readonly From[];
  /** Of TCP; empty when it is about something else. */
  ports: readonly PortRange[];
  /** Every protocol, or every port of TCP. */
  everything: boolean;
  /** The ports or the sources are not told whole. */
  complete: boolean;
  /** Of Azure's rules; the lowest is asked first. */
  priority?: number;
}

export interface Doors {
  admissions: readonly Admission[];
  /** Groups by address, and whether all their rules are told. */
  groups: ReadonlyMap<string, { subject: Admission['subject']; complete: boolean }>;
}

export function doorsOf(configuration: Configuration): Doors {
  return configuration.once(makeDoors);
}

function makeDoors(configuration: Configuration): Doors {
  const admissions: Admission[] = [];
  const groups = new Map<string, { subject: Admission['subject']; complete: boolean }>();
  for (const subject of configuration.of('aws_security_group', 'aws_default_security_group')) {
    const { items, complete } = subject.view.blocks('ingress');
    groups.set(subject.of, { subject, complete });
    for (const [index, view] of items.entries()) {
      admissions.push(
        awsRule(subject, subject.of, view, `ingress[${index}].`, 'protocol', ['cidr_blocks', 'ipv6_cidr_blocks']),
      );
    }
  }
  for (const subject of configuration.of('aws_security_group_rule')) {
    const type = textOf(subject.view.attribute('type'));
    const group = groupOf(subject.view.attribute('security_group_id'));
    if (type !== 'egress') {
      const made = awsRule(subject, group, subject.view, '', 'protocol', ['cidr_blocks', 'ipv6_cidr_blocks']);
      admissions.push(type === 'ingress' ? made : { ...made, from: [], complete: false });
    }
  }
  for (const subject of configuration.of('aws_vpc_security_group_ingress_rule')) {
    const group = groupOf(subject.view.attribute('security_group_id'));
    admissions.push(awsRule(subject, group, subject.view, '', 'ip_protocol', ['cidr_ipv4', 'cidr_ipv6']));
  }
  for (const subject of configuration.of('google_compute_firewall')) {
    admissions.push(...googleRules(subject, (configuration.majorsOf('google')?.to ?? 4) < 4));
    groups.set(subject.of, { subject, complete: true });
  }
  for (const subject of configuration.of('azurerm_network_security_group')) {
    const { items, complete } = subject.view.blocks('security_rule');
    groups.set(subject.of, { subject, complete });
    for (const [index, view] of items.entries()) {
      admissions.push(...azureRule(subject, subject.of, view, `security_rule[${index}].`));
    }
  }
  for (const subject of configuration.of('azurerm_network_security_rule')) {
    const group = groupOf(subject.view.attribute('network_security_group_name'));
    admissions.push(...azureRule(subject, group, subject.view, ''));
  }
  const refusals = azureRefusals(configuration);
  for (const call of configuration.calls) {
    if (call.instance === null && SECURITY_GROUP_MODULE.test(call.from ?? '')) admissions.push(...moduleRules(call));
  }
  return { admissions: admissions.filter((one) => !refusals.some((refusal) => refusal.before(one))), groups };
}

type Subject = Admission['subject'];

/** `aws_security_group.db` of a reference to its id. */
export function groupOf(value: Value | null): string | null {
  return referencesOf(value)[0]?.address ?? null;
}

function awsRule(
  subject: Subject,
  group: string | null,
  view: View,
  prefix: string,
  protocolName: string,
  sources: readonly string[],
): Admission {
  const protocol = textOf(view.attribute(protocolName))?.toLowerCase() ?? null;
  const [low, high] = [numberOf(view.attribute('from_port')), numberOf(view.attribute('to_port'))];
  // -1 as a port means all of them, though it is documented for ICMP only.
  const all = protocol === '-1' || protocol === 'all' || (protocol === 'tcp' && low === -1 && high === -1);
  const tcp = protocol === 'tcp' || protocol === '6';
  const range = all ? { ...ALL_PORTS } : tcp && low !== null && high !== null ? { from: low, to: high } : null;
  const { from, complete } = sourcesOf(view, prefix, sources);
  return {
    subject,
    group,
    from,
    ports: range === null ? [] : [range],
    everything: range !== null && isEveryPort(range),
    complete: complete && protocol !== null && (range !== null || !tcp),
  };
}

function sourcesOf(view: View, prefix: string, names: readonly string[]): { from: From[]; complete: boolean } {
  let complete = true;
  const from: From[] = [];
  for (const name of names) {
    const listed = itemsOf(view.attribute(name));
    complete &&= listed.complete;
    for (const item of listed.items) {
      const text = textOf(item);
      if (text === null) complete = false;
      else from.push({ text, at: item.at, setting: `${prefix}${name}` });
    }
  }
  return { from, complete };
}

function* googleRules(subject: Subject, fillsIn: boolean): Generator<Admission> {
  const { view } = subject;
  if (textOf(view.attribute('direction')) === 'EGRESS' || boolOf(view.attribute('disabled')) === true) return;
  const { from, complete } = sourcesOf(view, '', ['source_ranges']);
  const others = ['source_tags', 'source_service_accounts'].some((name) => view.attribute(name) !== null);
  // An empty list is the whole of IPv4 for the API; without any source the provider refuses the rule since 4.0.
  const ranges = view.attribute('source_ranges');
  const empty = ranges?.kind === 'list' && ranges.complete && ranges.items.length === 0;
  if (!others && (empty || (ranges === null && fillsIn)))
    from.push({ text: '0.0.0.0/0', at: ranges?.at ?? view.at, setting: 'source_ranges' });
  for (const allow of view.blocks('allow').items) {
    const protocol = textOf(allow.attribute('protocol'))?.toLowerCase() ?? null;
    const written = allow.attribute('ports');
    const listed = itemsOf(written);
    const ranges = listed.items.map((item) => portRangeOf(textOf(item) ?? ''));
    const all = protocol === 'all';
    const tcp = protocol === 'tcp' || protocol === '6';
    const everything = all || (tcp && written === null);
    const ports = everything ? [{ ...ALL_PORTS }] : tcp ? ranges.filter((range) => range !== null) : [];
    yield {
      subject,
      group: subject.of,
      from,
      ports,
      everything: everything || ports.some(isEveryPort),
      complete: complete && listed.complete && protocol !== null,
    };
  }
}

function* azureRule(subject: Subject, group: string | null, view: View, prefix: string): Generator<Admission> {
  const direction = textOf(view.attribute('direction'))?.toLowerCase();
  const access = textOf(view.attribute('access'))?.toLowerCase();
  if (direction === 'outbound' || access === 'deny') return;
  const { from, complete } = sourcesOf(view, prefix, ['source_address_prefix', 'source_address_prefixes']);
  const protocol = textOf(view.attribute('protocol'))?.toLowerCase() ?? null;
  const written = [view.attribute('destination_port_range'), view.attribute('destination_port_ranges')].map(itemsOf);
  const ranges = written.flatMap(({ items }) => items.map((item) => portRangeOf(textOf(item) ?? '')));
  const about = protocol === 'tcp' || protocol === '*';
  const ports = about ? ranges.filter((range) => range !== null) : [];
  const known = direction === 'inbound' && access === 'allow';
  const priority = numberOf(view.attribute('priority'));
  yield {
    subject,
    group,
    ...(priority !== null && { priority }),
    from: known ? from : [],
    ports,
    everything: ports.some(isEveryPort),
    complete: complete && known && protocol !== null && written.every((one) => one.complete) && !ranges.includes(null),
  };
}

interface Refusal {
  /** The rule is asked earlier than an admission of the same group, and refuses all that it lets in. */
  before(admission: Admission): boolean;
}

/** Inbound rules of Azure that deny every source; of two that match, the one with the lower priority decides. */
function azureRefusals(configuration: Configuration): Refusal[] {
  const inline = configuration
    .of('azurerm_network_security_group')
    .flatMap(({ of, view }) => view.blocks('security_rule').items.map((rule) => ({ group: of, rule })));
  const single = configuration
    .of('azurerm_network_security_rule')
    .map(({ view }) => ({ group: groupOf(view.attribute('network_security_group_name')), rule: view }));
  return [...inline, ...single].flatMap(({ group, rule }): Refusal[] => {
    const is = (name: string, text: RegExp): boolean => text.test(textOf(rule.attribute(name)) ?? '');
    const priority = numberOf(rule.attribute('priority'));
    const ports = portRangeOf(textOf(rule.attribute('destination_port_range')) ?? '');
    const everything =
      is('protocol', /^(?:\*|tcp)$/i) && is('source_address_prefix', /^(?:\*|internet|0\.0\.0\.0\/0)$/i);
    const whole = is('source_port_range', /^(?:\*|)$/) && is('destination_address_prefix', /^(?:\*|)$/);
    if (!is('direction', /^inbound$/i) || !is('access', /^deny$/i) || !everything || !whole) return [];
    if (group === null || priority === null || ports === null) return [];
    return [
      {
        before: (admission) =>
          admission.group === group &&
          admission.priority !== undefined &&
          priority < admission.priority &&
          admission.ports.length > 0 &&
          admission.ports.every(({ from, to }) => ports.from <= from && to <= ports.to),
      },
    ];
  });
}

const SECURITY_GROUP_MODULE = /^(?:registry\.terraform\.io\/)?terraform-aws-modules\/security-group\/aws(?:$|\/\/)/;

/** Names of the module's ready-made rules that stores use (its rules.tf). */
const MODULE_RULES: ReadonlyMap<string, PortRange> = new Map([
  ['all-all', ALL_PORTS],
  ['all-tcp', ALL_PORTS],
  ['cassandra-clients-tcp', { from: 9042, to: 9042 }],
  ['elasticsearch-rest-tcp', { from: 9200, to: 9200 }],
  ['elasticsearch-java-tcp', { from: 9300, to: 9300 }],
  ['memcached-tcp', { from: 11_211, to: 11_211 }],
  ['mongodb-27017-tcp', { from: 27_017, to: 27_017 }],
  ['mongodb-27018-tcp', { from: 27_018, to: 27_018 }],
  ['mongodb-27019-tcp', { from: 27_019, to: 27_019 }],
  ['mssql-tcp', { from: 1433, to: 1433 }],
  ['mysql-tcp', { from: 3306, to: 3306 }],
  ['postgresql-tcp', { from: 5432, to: 5432 }],
  ['redis-tcp', { from: 6379, to: 6379 }],
  ['redshift-tcp', { from: 5439, to: 5439 }],
  ['rdp-tcp', { from: 3389, to: 3389 }],
  ['ssh-tcp', { from: 22, to: 22 }],
]);

function* moduleRules(subject: Subject): Generator<Admission> {
  const { view } = subject;
  const shared = sourcesOf(view, '', ['ingress_cidr_blocks', 'ingress_ipv6_cidr_blocks']);
  const admission = (ports: readonly PortRange[], from: readonly From[]): Admission => ({
    subject,
    group: subject.of,
    from,
    ports,
    everything: ports.some(isEveryPort),
    complete: false,
  });
  for (const rule of itemsOf(view.attribute('ingress_rules')).items) {
    const range = MODULE_RULES.get(textOf(rule) ?? '');
    if (range !== undefined) yield admission([range], shared.from);
  }
  for (const setting of ['ingress_with_cidr_blocks', 'ingress_with_ipv6_cidr_blocks']) {
    for (const entry of view.blocks(setting).items) {
      const named = MODULE_RULES.get(textOf(entry.attribute('rule')) ?? '');
      const protocol = textOf(entry.attribute('protocol'));
      const [low, high] = [numberOf(entry.attribute('from_port')), numberOf(entry.attribute('to_port'))];
      const tcp = protocol === 'tcp' || protocol === '6';
      const range =
        named ??
        (protocol === '-1' ? ALL_PORTS : tcp && low !== null && high !== null ? { from: low, to: high } : null);
      const written = entry.attribute(setting.includes('ipv6') ? 'ipv6_cidr_blocks' : 'cidr_blocks');
      const texts = textOf(written)?.split(',') ?? [];
      const from =
        written === null ? shared.from : texts.map((text) => ({ text: text.trim(), at: written.at, setting }));
      if (range !== null) yield admission([range], from);
    }
  }
}
