import { describe, expect, it } from 'vitest';
import { decide } from '../../src/firewall/index.ts';
import { viewOf } from './firewall-support.ts';

function groupsOf(text: string) {
  return viewOf(text).groups;
}

function decision(text: string, port = 9200, family: 4 | 6 = 4, name?: string) {
  const groups = groupsOf(text);
  const group = name === undefined ? groups[0] : groups.find((one) => one.name === name);
  if (group === undefined) throw new Error(`no group in ${groups.map((one) => one.name).join()}`);
  return decide([group.filter], { family, protocol: 'tcp', port });
}

const ingress = (body: string) =>
  `resource "aws_security_group" "db" {\n  vpc_id = var.vpc # the main one\n${body}\n}\n`;

describe('AWS', () => {
  it.each([
    ['nothing is admitted without a rule', ingress(''), 'drop', []],
    [
      'everybody',
      ingress('ingress {\n from_port = 9200\n to_port = 9300\n protocol = "tcp"\n cidr_blocks = ["0.0.0.0/0"]\n}'),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'one network',
      ingress('ingress {\n from_port = 9200\n to_port = 9200\n protocol = "tcp"\n cidr_blocks = ["10.0.0.0/8",]\n}'),
      'drop',
      ['10.0.0.0/8'],
    ],
    [
      'all protocols',
      ingress('ingress {\n from_port = 0\n to_port = 0\n protocol = "-1"\n cidr_blocks = ["0.0.0.0/0"]\n}'),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'another group',
      ingress(
        'ingress {\n from_port = 9200\n to_port = 9200\n protocol = "tcp"\n security_groups = [aws_security_group.api.id]\n}',
      ),
      'drop',
      [],
    ],
    [
      'a variable',
      ingress('ingress {\n from_port = 9200\n to_port = 9200\n protocol = "tcp"\n cidr_blocks = var.office\n}'),
      'unknown',
      [],
    ],
    [
      'a variable of another port',
      ingress('ingress {\n from_port = 22\n to_port = 22\n protocol = "tcp"\n cidr_blocks = var.office\n}'),
      'drop',
      [],
    ],
    [
      'an attribute instead of a block',
      ingress('ingress = [{\n from_port = 9200, to_port = 9200\n protocol = "tcp", cidr_blocks = ["0.0.0.0/0"]\n}]'),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'computed rules',
      ingress('dynamic "ingress" {\n for_each = var.ports\n content {\n from_port = ingress.value\n }\n}'),
      'unknown',
      [],
    ],
    [
      'outgoing alone',
      ingress('egress {\n from_port = 0\n to_port = 0\n protocol = "-1"\n cidr_blocks = ["0.0.0.0/0"]\n}'),
      'drop',
      [],
    ],
  ] as const)('%s', (_, text, verdict, admits) => {
    expect(decision(text)).toMatchObject({ verdict, admits });
  });

  it('joins rules of their own to their group', () => {
    const text = `${ingress('')}
resource "aws_security_group_rule" "open" {
  type              = "ingress"
  security_group_id = aws_security_group.db.id
  from_port         = 9200
  to_port           = 9200
  protocol          = "tcp"
  ipv6_cidr_blocks  = ["::/0"]
}
resource "aws_vpc_security_group_ingress_rule" "api" {
  security_group_id = aws_security_group.db.id
  ip_protocol       = "tcp"
  from_port         = 9200
  to_port           = 9200
  cidr_ipv4         = "10.0.1.0/24"
}
`;
    expect(groupsOf(text)).toHaveLength(1);
    expect(decision(text, 9200, 4)).toMatchObject({ verdict: 'drop', admits: ['10.0.1.0/24'] });
    expect(decision(text, 9200, 6)).toMatchObject({
      verdict: 'accept',
      place: { line: 6, entry: 'aws_security_group_rule.open' },
    });
  });

  const plan = (known: object, references: boolean) => ({
    format_version: '1.2',
    planned_values: {
      root_module: {
        child_modules: [
          {
            address: 'module.data',
            resources: [
              {
                address: 'module.data.aws_security_group.db',
                mode: 'managed',
                type: 'aws_security_group',
                name: 'db',
                values: known,
              },
              {
                address: 'module.data.aws_security_group_rule.open[0]',
                mode: 'managed',
                type: 'aws_security_group_rule',
                name: 'open',
                index: 0,
                values: {
                  type: 'ingress',
                  from_port: 9200,
                  to_port: 9200,
                  protocol: 'tcp',
                  cidr_blocks: ['0.0.0.0/0'],
                  security_group_id: 'id' in known ? known.id : null,
                },
              },
            ],
          },
        ],
      },
    },
    ...(references && {
      configuration: {
        root_module: {
          module_calls: {
            data: {
              module: {
                resources: [
                  {
                    address: 'aws_security_group_rule.open',
                    expressions: {
                      security_group_id: { references: ['aws_security_group.db.id', 'aws_security_group.db'] },
                    },
                  },
                ],
              },
            },
          },
        },
      },
    }),
  });

  it.each([
    ['a plan that does not know the id yet', plan({}, true)],
    ['a state that does', plan({ id: 'sg-1' }, false)],
  ])('reads %s', (_, document) => {
    const text = JSON.stringify(document, null, 2);
    expect(groupsOf(text).map(({ name }) => name)).toEqual(['module.data.aws_security_group.db']);
    expect(decision(text)).toMatchObject({
      verdict: 'accept',
      place: { entry: 'module.data.aws_security_group_rule.open[0]' },
    });
    expect(decision(text).place.line).toBeGreaterThan(10);
  });
});

const firewall = (name: string, body: string) =>
  `resource "google_compute_firewall" "${name}" {\n  network = google_compute_network.main.name\n${body}\n}\n`;

describe('Google Cloud', () => {
  const allow = 'allow {\n protocol = "tcp"\n ports = ["22", "9000-9300"]\n}';
  const deny = 'deny {\n protocol = "all"\n}';
  it.each([
    ['everybody', firewall('a', `source_ranges = ["0.0.0.0/0"]\n${allow}`), 'accept', ['0.0.0.0/0']],
    ['no source at all is everybody', firewall('a', allow), 'accept', ['0.0.0.0/0']],
    ['machines with a tag are no strangers', firewall('a', `source_tags = ["api"]\n${allow}`), 'drop', []],
    [
      'switched off',
      `${firewall('a', `disabled = true\n${allow}`)}${firewall('b', `source_ranges = ["10.0.0.0/8"]\n${allow}`)}`,
      'drop',
      ['10.0.0.0/8'],
    ],
    ['of equal priority the deny wins', `${firewall('a', allow)}${firewall('b', deny)}`, 'drop', []],
    [
      'the lower number wins',
      `${firewall('a', `priority = 900\n${allow}`)}${firewall('b', deny)}`,
      'accept',
      ['0.0.0.0/0'],
    ],
    ['the lower number denies', `${firewall('a', allow)}${firewall('b', `priority = 10\n${deny}`)}`, 'drop', []],
  ] as const)('%s', (_, text, verdict, admits) => {
    expect(decision(text)).toMatchObject({ verdict, admits });
  });

  it('judges machines with a tag by their rules and those for all', () => {
    const text = `${firewall('a', 'source_ranges = ["10.0.0.0/8"]\nallow {\n protocol = "tcp"\n}')}${firewall('b', `target_tags = ["search"]\n${allow}`)}`;
    expect(decision(text, 9200, 4, 'network main')).toMatchObject({ verdict: 'drop', admits: ['10.0.0.0/8'] });
    expect(decision(text, 9200, 4, 'network main, targets search')).toMatchObject({ verdict: 'accept' });
  });
});

const rule = (priority: number, access: string, source: string, ports = '"9200"') =>
  `security_rule {\n name = "r${priority}"\n priority = ${priority}\n direction = "Inbound"\n access = "${access}"\n protocol = "Tcp"\n source_port_range = "*"\n destination_port_range = ${ports}\n source_address_prefix = "${source}"\n destination_address_prefix = "*"\n}`;
const nsg = (...rules: string[]) =>
  `resource "azurerm_network_security_group" "db" {\n  name = "db"\n${rules.join('\n')}\n}\n`;
const VNET = ['10.0.0.0/8', '100.64.0.0/10', '168.63.129.16/32', '172.16.0.0/12', '192.168.0.0/16'];

describe('Azure', () => {
  it.each([
    ['only the virtual network gets in without a rule', nsg(), 'drop', VNET],
    ['everybody', nsg(rule(100, 'Allow', '*')), 'accept', ['0.0.0.0/0']],
    ['the Internet', nsg(rule(100, 'Allow', 'Internet', '"9000-9300"')), 'accept', ['0.0.0.0/0']],
    ['the lower number wins', nsg(rule(200, 'Allow', '*'), rule(100, 'Deny', '*', '"*"')), 'drop', []],
    ['a tag of Azure', nsg(rule(100, 'Allow', 'AzureCloud')), 'unknown', VNET],
  ] as const)('%s', (_, text, verdict, admits) => {
    expect(decision(text)).toMatchObject({ verdict, admits });
  });

  it('joins rules of their own, by name or by reference', () => {
    for (const name of ['"db"', 'azurerm_network_security_group.db.name']) {
      const own = `resource "azurerm_network_security_rule" "open" {\n network_security_group_name = ${name}\n priority = 100\n direction = "Inbound"\n access = "Allow"\n protocol = "*"\n destination_port_ranges = ["80", "9200"]\n source_address_prefixes = ["0.0.0.0/0"]\n}\n`;
      expect(groupsOf(nsg() + own)).toHaveLength(1);
      expect(decision(nsg() + own)).toMatchObject({ verdict: 'accept', place: { line: 5 } });
    }
  });
});

describe('what only Terraform can tell', () => {
  it('is said, not left out', () => {
    expect(viewOf(ingress('dynamic "ingress" {\n content {\n }\n}')).skips).toMatchObject([
      { code: 'FIREWALL_COMPUTED_RULES' },
    ]);
    expect(viewOf('module "net" {\n  source = "./net"\n}\n').skips).toMatchObject([
      { code: 'FIREWALL_MODULE', severity: 'note' },
    ]);
    expect(viewOf('resource "aws_security_group" "x" {\n  name = "unclosed\n}\n').skips).toMatchObject([
      { code: 'FIREWALL_BAD_HCL', reason: expect.stringContaining('line 2') },
    ]);
  });
});
