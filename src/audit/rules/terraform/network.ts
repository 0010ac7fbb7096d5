/** Security groups and firewalls of the cloud. */
import { reachOfCidr } from '../../cloud/cidr.ts';
import { storesIn } from '../../cloud/ports.ts';
import { type Admission, doorsOf, type From } from '../../formats/terraform/doors.ts';
import type { AuditRule } from '../../model.ts';
import { type Asking, terraformRule, type Wrong } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** The first range of each address family that reaches as far. */
function firstOf(from: readonly From[], reach: string): From[] {
  const found = from.filter(({ text }) => reachOfCidr(text) === reach);
  const four = found.find(({ text }) => !text.includes(':'));
  const six = found.find(({ text }) => text.includes(':'));
  return [four, six].filter((one) => one !== undefined);
}

function* admissionsFrom({ configuration }: Asking, reach: string): Generator<[Admission, From]> {
  for (const admission of doorsOf(configuration).admissions) {
    for (const from of firstOf(admission.from, reach)) yield [admission, from];
  }
}

function storesOf({ ports }: Admission): string[] {
  return [...new Set(ports.flatMap(storesIn))];
}

function wrong({ subject }: Admission, { at, text, setting }: From, says: string): Omit<Wrong, 'expected'> {
  return { subject, setting, at, actual: text, message: `${subject.address} ${says} (${text}).` };
}

const GROUPS_GUIDANCE = {
  fixes: {
    terraform:
      'Replace the range by the group of the servers that need the store: `security_groups = [aws_security_group.api.id]` (AWS), `source_service_accounts` or `source_tags` (GCP), `source_application_security_group_ids` or the subnet (Azure); then `terraform apply`.',
    managed: 'Change the same rule in the console and in the code, or the next `apply` opens it again.',
  },
  check: '`terraform plan` shows no rule with 0.0.0.0/0 or ::/0; from outside, `nc -vz -w 5 HOST PORT` times out.',
} as const;

const openToInternet = terraformRule(
  {
    id: 'audit/terraform-store-port-open-to-internet',
    aliases: ['TA-SG-001', 'TA-SG-002', 'TA-SG-004', 'TG-FW-001', 'TZ-NSG-001'],
    topic: 'network-exposure',
    title: 'A firewall rule opens the port of a store to the internet',
    severity: 'critical',
    owner: 'it',
    description:
      'The rule admits every address (0.0.0.0/0, ::/0, or half of them at a time) to the port of a database, cache or search engine. Scanners find such ports within minutes, and then only the password stands between a stranger and the data.',
    remediation:
      'Admit the security group, service account or subnet of the servers that use the store, never a range of the internet. People connect through a VPN, a bastion or the session manager.',
    references: [
      SOURCES.aws('security_group'),
      SOURCES.gcp('compute_firewall'),
      SOURCES.azure('network_security_rule'),
    ],
    cwe: ['CWE-284', 'CWE-668'],
    verified: documented(
      SOURCES.aws('security_group'),
      'cidr_blocks are the sources that are allowed; google_compute_firewall: an ingress rule needs source_ranges, source_tags or source_service_accounts (the provider refuses it otherwise since 4.0), and an empty list means every source',
    ),
    guidance: GROUPS_GUIDANCE,
    examples: {
      bad: [
        'resource "aws_security_group" "db" {\n  ingress {\n    from_port   = 5432\n    to_port     = 5432\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
        'variable "from" {\n  default = ["10.0.0.0/16", "::/0"]\n}\nresource "aws_security_group_rule" "db" {\n  type              = "ingress"\n  from_port         = 6379\n  to_port           = 6379\n  protocol          = "tcp"\n  ipv6_cidr_blocks  = var.from\n  security_group_id = aws_security_group.db.id\n}\n',
        'resource "google_compute_firewall" "db" {\n  network       = "default"\n  source_ranges = []\n  allow {\n    protocol = "tcp"\n    ports    = ["22", "27017-27019"]\n  }\n}\n',
        'resource "azurerm_network_security_rule" "db" {\n  direction                   = "Inbound"\n  access                      = "Allow"\n  protocol                    = "Tcp"\n  destination_port_range      = "1433"\n  source_address_prefix       = "Internet"\n  network_security_group_name = azurerm_network_security_group.db.name\n}\n',
        'resource "aws_vpc_security_group_ingress_rule" "db" {\n  ip_protocol = "tcp"\n  from_port   = 3306\n  to_port     = 3306\n  cidr_ipv4   = "0.0.0.0/1"\n}\n',
      ],
      good: [
        'resource "aws_security_group" "db" {\n  ingress {\n    from_port       = 5432\n    to_port         = 5432\n    protocol        = "tcp"\n    security_groups = [aws_security_group.api.id]\n  }\n}\n',
        'variable "from" {\n  type = list(string)\n}\nresource "aws_security_group" "db" {\n  ingress {\n    from_port   = 5432\n    to_port     = 5432\n    protocol    = "tcp"\n    cidr_blocks = var.from\n  }\n}\n',
        'resource "aws_security_group" "web" {\n  ingress {\n    from_port   = 443\n    to_port     = 443\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n  egress {\n    from_port   = 0\n    to_port     = 0\n    protocol    = "-1"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
        'resource "google_compute_firewall" "db" {\n  network     = "default"\n  source_tags = ["api"]\n  allow {\n    protocol = "tcp"\n    ports    = ["5432"]\n  }\n}\n',
      ],
    },
  },
  function* (asking) {
    for (const [admission, from] of admissionsFrom(asking, 'internet')) {
      const stores = storesOf(admission);
      if (admission.everything || stores.length === 0) continue;
      const names = stores.length > 3 ? `${stores.length} kinds of stores` : stores.join(', ');
      yield {
        ...wrong(admission, from, `opens the port of ${names} to the internet`),
        expected: 'the group or subnet of the servers that use it',
      };
    }
  },
);

const everyPort = terraformRule(
  {
    id: 'audit/terraform-all-ports-open-to-internet',
    aliases: ['TA-SG-003'],
    topic: 'network-exposure',
    title: 'A firewall rule opens every port to the internet',
    severity: 'critical',
    owner: 'it',
    description:
      'Every port is open to every address: each store, admin page and agent that runs behind the group can be talked to by strangers, also those that somebody starts later.',
    remediation: 'Name the one port that must be public (443 of a load balancer), and admit the rest from groups only.',
    references: [SOURCES.aws('security_group'), SOURCES.gcp('compute_firewall')],
    cwe: ['CWE-284', 'CWE-668'],
    verified: documented(SOURCES.aws('security_group'), 'protocol "-1" means all protocols and all ports'),
    guidance: GROUPS_GUIDANCE,
    examples: {
      bad: [
        'resource "aws_security_group" "db" {\n  ingress {\n    from_port   = 0\n    to_port     = 0\n    protocol    = "-1"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
        'resource "google_compute_firewall" "all" {\n  network       = "default"\n  source_ranges = ["0.0.0.0/0"]\n  allow {\n    protocol = "tcp"\n  }\n}\n',
        'module "group" {\n  source              = "terraform-aws-modules/security-group/aws"\n  ingress_rules       = ["all-all"]\n  ingress_cidr_blocks = ["0.0.0.0/0"]\n}\n',
      ],
      good: [
        'resource "aws_security_group" "db" {\n  ingress {\n    from_port = 0\n    to_port   = 0\n    protocol  = "-1"\n    self      = true\n  }\n}\n',
        'resource "google_compute_firewall" "all" {\n  network       = "default"\n  direction     = "EGRESS"\n  source_ranges = ["0.0.0.0/0"]\n  allow {\n    protocol = "all"\n  }\n}\n',
      ],
    },
  },
  function* (asking) {
    for (const [admission, from] of admissionsFrom(asking, 'internet')) {
      if (!admission.everything) continue;
      yield {
        ...wrong(admission, from, 'opens every port to the internet'),
        expected: 'single ports, from named groups',
      };
    }
  },
);

const widePrivate = terraformRule(
  {
    id: 'audit/terraform-store-port-open-to-wide-network',
    aliases: ['TA-SG-006'],
    topic: 'network-exposure',
    title: 'A firewall rule opens the port of a store to a whole private network',
    severity: 'low',
    owner: 'it',
    description:
      'A range such as 10.0.0.0/8 admits every machine of every connected network and VPN: one of them taken over is enough to reach the store.',
    remediation: 'Admit the group or the subnet of the servers that use the store.',
    references: [SOURCES.aws('security_group')],
    cwe: ['CWE-284'],
    verified: documented(
      'https://www.rfc-editor.org/rfc/rfc1918',
      '10.0.0.0/8 and 172.16.0.0/12 are whole private blocks',
    ),
    guidance: GROUPS_GUIDANCE,
    examples: {
      bad: [
        'resource "aws_security_group" "db" {\n  ingress {\n    from_port   = 5432\n    to_port     = 5432\n    protocol    = "tcp"\n    cidr_blocks = ["10.0.0.0/8"]\n  }\n}\n',
      ],
      good: [
        'resource "aws_security_group" "db" {\n  ingress {\n    from_port   = 5432\n    to_port     = 5432\n    protocol    = "tcp"\n    cidr_blocks = ["10.0.3.0/24"]\n  }\n}\n',
      ],
    },
  },
  function* (asking) {
    for (const [admission, from] of admissionsFrom(asking, 'wide')) {
      const stores = storesOf(admission);
      if (admission.everything || stores.length === 0) continue;
      yield {
        ...wrong(admission, from, `opens the port of ${stores.slice(0, 3).join(', ')} to a whole private network`),
        expected: 'the group or subnet of the servers that use it',
      };
    }
  },
);

const defaultGroup = terraformRule(
  {
    id: 'audit/terraform-default-security-group-admits',
    aliases: ['TA-SG-005'],
    topic: 'network-exposure',
    title: 'The default security group of a VPC lets traffic in',
    severity: 'medium',
    owner: 'it',
    description:
      'Whatever is started without naming a group lands in the default one. Rules in it open stores that nobody meant to open.',
    remediation: 'Leave `aws_default_security_group` without any rules, and give every store a group of its own.',
    references: [SOURCES.aws('default_security_group')],
    cwe: ['CWE-284'],
    verified: documented(
      SOURCES.aws('default_security_group'),
      'the resource adopts the default group and removes all rules; only those that are written are put back',
    ),
    guidance: GROUPS_GUIDANCE,
    examples: {
      bad: [
        'resource "aws_default_security_group" "default" {\n  vpc_id = aws_vpc.main.id\n  ingress {\n    from_port = 0\n    to_port   = 0\n    protocol  = "-1"\n    self      = true\n  }\n}\n',
      ],
      good: ['resource "aws_default_security_group" "default" {\n  vpc_id = aws_vpc.main.id\n}\n'],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of('aws_default_security_group')) {
      const [first] = subject.view.blocks('ingress').items;
      if (first === undefined) continue;
      const message = `${subject.address}, the group of everything that names none, lets traffic in.`;
      yield { subject, setting: 'ingress', at: first.at, actual: 'rules', expected: 'no rules', message };
    }
  },
);

const ADMIN_PORTS: readonly { port: number; name: string; severity: 'low' | 'medium' }[] = [
  // SSH asks for keys where it is set up well; remote desktops have passwords, and a history of holes before the login.
  { port: 3389, name: 'remote desktops', severity: 'medium' },
  { port: 22, name: 'SSH', severity: 'low' },
];

const adminPorts = terraformRule(
  {
    id: 'audit/terraform-admin-port-open-to-internet',
    topic: 'network-exposure',
    title: 'A firewall rule opens an administration port to the internet',
    severity: 'medium',
    owner: 'it',
    description:
      'SSH or remote desktop answers every address. Passwords are tried on such ports all day; whoever gets in stands behind the firewall of the stores.',
    remediation:
      'Use the session manager (AWS), Identity-Aware Proxy (Google Cloud) or Bastion (Azure), or admit the addresses of a VPN only.',
    references: [
      SOURCES.aws('security_group'),
      SOURCES.gcp('compute_firewall'),
      SOURCES.azure('network_security_rule'),
    ],
    cwe: ['CWE-284'],
    verified: documented(
      SOURCES.aws('security_group'),
      'cidr_blocks are the sources that are allowed, from_port to to_port the ports; 22 and 3389 are assigned to ssh and ms-wbt-server',
    ),
    guidance: GROUPS_GUIDANCE,
    examples: {
      bad: [
        'resource "aws_security_group" "jump" {\n  ingress {\n    from_port   = 22\n    to_port     = 22\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
        'resource "azurerm_network_security_group" "g" {\n  security_rule {\n    direction              = "Inbound"\n    access                 = "Allow"\n    protocol               = "Tcp"\n    priority               = 100\n    destination_port_range = "3389"\n    source_address_prefix  = "*"\n  }\n}\n',
      ],
      good: [
        'resource "aws_security_group" "jump" {\n  ingress {\n    from_port   = 22\n    to_port     = 22\n    protocol    = "tcp"\n    cidr_blocks = ["198.51.100.7/32"]\n  }\n}\n',
        'resource "azurerm_network_security_group" "g" {\n  security_rule {\n    direction              = "Inbound"\n    access                 = "Deny"\n    protocol               = "*"\n    priority               = 100\n    destination_port_range = "*"\n    source_address_prefix  = "*"\n  }\n  security_rule {\n    direction              = "Inbound"\n    access                 = "Allow"\n    protocol               = "Tcp"\n    priority               = 200\n    destination_port_range = "3389"\n    source_address_prefix  = "*"\n  }\n}\n',
      ],
    },
  },
  function* (asking) {
    for (const [admission, from] of admissionsFrom(asking, 'internet')) {
      if (admission.everything) continue;
      const found = ADMIN_PORTS.filter(({ port }) =>
        admission.ports.some((range) => range.from <= port && port <= range.to),
      );
      const [worst] = found;
      if (worst === undefined) continue;
      yield {
        ...wrong(admission, from, `opens ${found.map(({ name }) => name).join(' and ')} to the internet`),
        expected: 'the addresses of a VPN, or none',
        severity: worst.severity,
      };
    }
  },
);

export const networkRules: readonly AuditRule<'terraform'>[] = [
  openToInternet,
  everyPort,
  widePrivate,
  adminPorts,
  defaultGroup,
];
