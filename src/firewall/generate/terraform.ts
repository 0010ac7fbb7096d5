/** Terraform for the three clouds, laid out as `terraform fmt` would. */
import type { PlainReach } from '../reach.ts';
import { cutOff, head, who } from './notes.ts';

/** `name = value`, aligned as `terraform fmt` does. */
function attributes(indent: string, entries: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`);
}

function block(kind: string, labels: readonly string[], body: readonly string[]): string[] {
  return [`${kind} ${labels.map((label) => `"${label}"`).join(' ')} {`, ...body, '}', ''];
}

function variable(name: string, description: string): string[] {
  return block(
    'variable',
    [name],
    attributes('  ', [
      ['type', 'string'],
      ['description', `"${description}"`],
    ]),
  );
}

function notesOf(one: PlainReach): string[] {
  return [who(one), ...cutOff(one)].map((note) => `# ${note}`);
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n').trimEnd()}\n`;
}

function quoted(value: string): string {
  return `"${value}"`;
}

const list = (values: readonly string[]) => `[${values.map(quoted).join(', ')}]`;

function byFamily({ cidrs }: PlainReach): (readonly [4 | 6, readonly string[]])[] {
  return ([4, 6] as const).flatMap((family) => (cidrs[family].length === 0 ? [] : [[family, cidrs[family]] as const]));
}

/** A security group of each store; what no rule admits is dropped. */
export function aws(reach: readonly PlainReach[], publicPorts: readonly number[]): string {
  const group = (id: string, description: string, notes: readonly string[]) => [
    ...notes,
    ...block(
      'resource',
      ['aws_security_group', id],
      attributes('  ', [
        ['name', quoted(`postern-${id.replaceAll('_', '-')}`)],
        ['description', quoted(description)],
        ['vpc_id', 'var.vpc_id'],
      ]),
    ),
  ];
  const rule = (id: string, owner: string, protocol: string, port: number, [family, cidr]: readonly [4 | 6, string]) =>
    block(
      'resource',
      ['aws_vpc_security_group_ingress_rule', id],
      attributes('  ', [
        ['security_group_id', `aws_security_group.${owner}.id`],
        ['ip_protocol', quoted(protocol)],
        ['from_port', String(port)],
        ['to_port', String(port)],
        [family === 4 ? 'cidr_ipv4' : 'cidr_ipv6', quoted(cidr)],
      ]),
    );
  const lines = [
    ...head('#', 'aws', [
      'Attach each group to its store, and take groups away that admit more: groups add up.',
      'Terraform removes the default rule for outgoing traffic; a store needs none but for updates and replicas.',
    ]),
    ...variable('vpc_id', 'The VPC that the stores stand in'),
    ...reach.flatMap((one) => [
      ...group(one.id, `Who reaches ${one.service}`, notesOf(one)),
      ...byFamily(one).flatMap(([family, cidrs]) =>
        cidrs.flatMap((cidr, at) =>
          rule(`${one.id}_v${family}_${at + 1}`, one.id, one.protocol, one.port, [family, cidr]),
        ),
      ),
    ]),
    ...(publicPorts.length === 0 ? [] : group('public', 'What everybody may reach', ['# Public ports'])),
    ...[...new Set(publicPorts)]
      .sort((a, b) => a - b)
      .flatMap((port) => [
        ...rule(`public_${port}_v4`, 'public', 'tcp', port, [4, '0.0.0.0/0']),
        ...rule(`public_${port}_v6`, 'public', 'tcp', port, [6, '::/0']),
      ]),
  ];
  return text(lines);
}

const GCP_ALLOW = 800;
const GCP_DENY = 900;

/** Allow before deny; the deny is there because networks often have a rule at 1000 that admits more. */
export function gcp(reach: readonly PlainReach[], publicPorts: readonly number[]): string {
  const rule = (
    id: string,
    kind: 'allow' | 'deny',
    priority: number,
    ranges: readonly string[],
    tag: string,
    protocol: string,
    ports: readonly number[],
  ) =>
    block(
      'resource',
      ['google_compute_firewall', id],
      [
        ...attributes('  ', [
          ['name', quoted(`postern-${id.replaceAll('_', '-')}`)],
          ['network', 'var.network'],
          ['direction', quoted('INGRESS')],
          ['priority', String(priority)],
          ['source_ranges', list(ranges)],
          ['target_tags', list([tag])],
        ]),
        '',
        `  ${kind} {`,
        ...attributes('    ', [
          ['protocol', quoted(protocol)],
          ['ports', list(ports.map(String))],
        ]),
        '  }',
      ],
    );
  const lines = [
    ...head('#', 'gcp', [
      'Give each machine with a store the tag of the store. A rule holds addresses of one family only.',
      `What is listed is admitted (priority ${GCP_ALLOW}), everybody else is denied (${GCP_DENY}) before wider rules at 1000.`,
    ]),
    ...variable('network', 'Name or self-link of the network that the stores stand in'),
    ...reach.flatMap((one) => {
      const tag = one.id.replaceAll('_', '-');
      return [
        ...notesOf(one),
        ...byFamily(one).flatMap(([family, cidrs]) =>
          rule(`${one.id}_allow_v${family}`, 'allow', GCP_ALLOW, cidrs, tag, one.protocol, [one.port]),
        ),
        ...rule(`${one.id}_deny_v4`, 'deny', GCP_DENY, ['0.0.0.0/0'], tag, one.protocol, [one.port]),
        ...rule(`${one.id}_deny_v6`, 'deny', GCP_DENY, ['::/0'], tag, one.protocol, [one.port]),
      ];
    }),
    ...(publicPorts.length === 0
      ? []
      : [
          '# Public ports',
          ...(['0.0.0.0/0', '::/0'] as const).flatMap((range, at) =>
            rule(
              `public_allow_v${at === 0 ? 4 : 6}`,
              'allow',
              GCP_ALLOW,
              [range],
              'public',
              'tcp',
              [...new Set(publicPorts)].sort((a, b) => a - b),
            ),
          ),
        ]),
  ];
  return text(lines);
}

const AZURE_FIRST = 100;
const AZURE_DENY = 4_000;

/** The deny stands before Azure's own rule that admits the whole virtual network. */
export function azure(reach: readonly PlainReach[], publicPorts: readonly number[]): string {
  const rule = (
    name: string,
    priority: number,
    access: 'Allow' | 'Deny',
    protocol: string,
    ports: readonly number[],
    sources: readonly string[],
  ) => [
    '',
    '  security_rule {',
    ...attributes('    ', [
      ['name', quoted(name)],
      ['priority', String(priority)],
      ['direction', quoted('Inbound')],
      ['access', quoted(access)],
      ['protocol', quoted(protocol)],
      ['source_port_range', quoted('*')],
      ['destination_port_ranges', list(ports.map(String))],
      ...(sources.length === 1 && sources[0] === '*'
        ? ([['source_address_prefix', quoted('*')]] as const)
        : ([['source_address_prefixes', list(sources)]] as const)),
      ['destination_address_prefix', quoted('*')],
    ]),
    '  }',
  ];
  const group = (id: string, rules: readonly string[]) =>
    block(
      'resource',
      ['azurerm_network_security_group', id],
      [
        ...attributes('  ', [
          ['name', quoted(`postern-${id.replaceAll('_', '-')}`)],
          ['location', 'var.location'],
          ['resource_group_name', 'var.resource_group_name'],
        ]),
        ...rules,
      ],
    );
  const lines = [
    ...head('#', 'azure', ['Associate each group with the network interface of its store.']),
    ...variable('location', 'Region of the stores'),
    ...variable('resource_group_name', 'Resource group of the stores'),
    ...reach.flatMap((one) => {
      const protocol = one.protocol === 'tcp' ? 'Tcp' : 'Udp';
      const allow = byFamily(one).flatMap(([family, cidrs], at) =>
        rule(`allow-v${family}`, AZURE_FIRST + at, 'Allow', protocol, [one.port], cidrs),
      );
      return [
        ...notesOf(one),
        ...group(one.id, [...allow, ...rule('deny-others', AZURE_DENY, 'Deny', '*', [one.port], ['*'])]),
      ];
    }),
    ...(publicPorts.length === 0
      ? []
      : [
          '# Public ports',
          ...group(
            'public',
            rule(
              'allow-public',
              AZURE_FIRST,
              'Allow',
              'Tcp',
              [...new Set(publicPorts)].sort((a, b) => a - b),
              ['*'],
            ),
          ),
        ]),
  ];
  return text(lines);
}
