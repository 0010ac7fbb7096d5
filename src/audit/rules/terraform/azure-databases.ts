/** Databases of Azure: public networks and firewall rules. */
import { boolOf, textOf } from '../../formats/terraform/values.ts';
import { CLIENTS } from './azure-storage.ts';
import { type Subject, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** A server with a subnet of its own has no public address. */
function delegated({ view }: Subject): boolean {
  return view.attribute('delegated_subnet_id') !== null;
}

export const publicNetwork = settingRule(
  {
    id: 'audit/terraform-azure-database-public-network',
    aliases: ['TZ-PG-001', 'TZ-SQL-001', 'TZ-CO-001'],
    topic: 'network-exposure',
    title: 'A database of Azure is reachable from public networks',
    severity: 'medium',
    owner: 'it',
    description:
      'The server has a public endpoint; its firewall rules, and then a password or key, are all that stands between a stranger and the data.',
    remediation: 'Set `public_network_access_enabled = false` and use a private endpoint or a delegated subnet.',
    references: [
      SOURCES.azure('postgresql_flexible_server'),
      SOURCES.azure('mssql_server'),
      SOURCES.azure('cosmosdb_account'),
    ],
    cwe: ['CWE-668'],
    verified: documented(
      SOURCES.azure('mssql_server'),
      'public_network_access_enabled: whether public network access is allowed; defaults to true',
    ),
    examples: {
      bad: [
        'resource "azurerm_mssql_server" "s" {\n  name                          = "s"\n  public_network_access_enabled = true\n}\n',
        'resource "azurerm_cosmosdb_account" "c" {\n  name = "c"\n}\n',
      ],
      good: [
        'resource "azurerm_mssql_server" "s" {\n  name                          = "s"\n  public_network_access_enabled = false\n}\n',
        'resource "azurerm_postgresql_flexible_server" "s" {\n  name                = "s"\n  delegated_subnet_id = azurerm_subnet.db.id\n}\n',
        'resource "azurerm_mysql_flexible_server" "s" {\n  name                  = "s"\n  public_network_access = "Disabled"\n}\n',
      ],
    },
  },
  [
    {
      types: [
        'azurerm_postgresql_flexible_server',
        'azurerm_mssql_server',
        'azurerm_postgresql_server',
        'azurerm_mysql_server',
        'azurerm_mariadb_server',
        'azurerm_redis_cache',
      ],
      setting: 'public_network_access_enabled',
      safe: false,
      absent: 'bad',
      only: (subject) => !delegated(subject) && subject.view.attribute('subnet_id') === null,
      says: 'is reachable from public networks',
      patch: CLIENTS,
    },
    {
      types: ['azurerm_mysql_flexible_server'],
      setting: 'public_network_access',
      safe: 'Disabled',
      absent: 'bad',
      // Up to version 3 of the provider it could only be read.
      only: (subject) =>
        !delegated(subject) && boolOf(subject.view.attribute('public_network_access_enabled')) !== false,
      says: 'is reachable from public networks',
    },
    {
      types: ['azurerm_cosmosdb_account'],
      setting: 'public_network_access_enabled',
      safe: false,
      absent: 'bad',
      only: ({ view }) =>
        view.attribute('ip_range_filter') === null &&
        boolOf(view.attribute('is_virtual_network_filter_enabled')) !== true,
      severity: () => 'high',
      says: 'answers every network',
      patch: CLIENTS,
    },
    {
      types: ['azurerm_mssql_managed_instance'],
      setting: 'public_data_endpoint_enabled',
      safe: false,
      absent: 'fine',
      says: 'has a public endpoint',
      patch: CLIENTS,
    },
  ],
);

const FIREWALLS = [
  'azurerm_postgresql_flexible_server_firewall_rule',
  'azurerm_mysql_flexible_server_firewall_rule',
  'azurerm_mssql_firewall_rule',
  'azurerm_sql_firewall_rule',
  'azurerm_postgresql_firewall_rule',
  'azurerm_mysql_firewall_rule',
  'azurerm_mariadb_firewall_rule',
  'azurerm_redis_firewall_rule',
] as const;

function rangeOf({ view, type }: Subject & { type: string }): { start: string; end: string } | null {
  const redis = type === 'azurerm_redis_firewall_rule';
  const start = textOf(view.attribute(redis ? 'start_ip' : 'start_ip_address'));
  const end = textOf(view.attribute(redis ? 'end_ip' : 'end_ip_address'));
  return start === null || end === null ? null : { start, end };
}

/** Addresses in the range; null when it is none. */
function sizeOf({ start, end }: { start: string; end: string }): number | null {
  const [low, high] = [start, end].map((text) => {
    const parts = text.split('.').map(Number);
    return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255)
      ? parts.reduce((sum, part) => sum * 256 + part, 0)
      : null;
  });
  return low === null || high === null || low === undefined || high === undefined ? null : high - low + 1;
}

export const firewallOpen = terraformRule(
  {
    id: 'audit/terraform-azure-database-open-to-internet',
    aliases: ['TZ-PG-002'],
    topic: 'network-exposure',
    title: 'A firewall rule of an Azure database admits the internet',
    severity: 'critical',
    owner: 'it',
    description: 'Every address may connect; only the password stands between a stranger and the data.',
    remediation: 'Remove the rule; use a private endpoint, or name the addresses of the servers.',
    references: [SOURCES.azure('postgresql_flexible_server_firewall_rule'), SOURCES.azure('mssql_firewall_rule')],
    cwe: ['CWE-284'],
    verified: documented(
      SOURCES.azure('mssql_firewall_rule'),
      'start_ip_address and end_ip_address: the range that is allowed',
    ),
    examples: {
      bad: [
        'resource "azurerm_mssql_firewall_rule" "all" {\n  server_id        = azurerm_mssql_server.s.id\n  start_ip_address = "0.0.0.0"\n  end_ip_address   = "255.255.255.255"\n}\n',
      ],
      good: [
        'resource "azurerm_mssql_firewall_rule" "office" {\n  server_id        = azurerm_mssql_server.s.id\n  start_ip_address = "198.51.100.7"\n  end_ip_address   = "198.51.100.9"\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(...FIREWALLS)) {
      const range = rangeOf(subject);
      const at = subject.view.attribute(
        subject.type === 'azurerm_redis_firewall_rule' ? 'end_ip' : 'end_ip_address',
      )?.at;
      // A quarter of all addresses and more is the internet.
      if (range === null || at === undefined || (sizeOf(range) ?? 0) < 2 ** 30) continue;
      yield {
        subject,
        setting: 'end_ip_address',
        at,
        actual: `${range.start} – ${range.end}`,
        expected: 'the addresses of the servers',
        message: `${subject.address} admits the internet (${range.start} – ${range.end}).`,
      };
    }
  },
);

export const allAzure = terraformRule(
  {
    id: 'audit/terraform-azure-database-open-to-all-azure',
    aliases: ['TZ-PG-003'],
    topic: 'network-exposure',
    title: 'A firewall rule of an Azure database admits all of Azure',
    severity: 'medium',
    owner: 'it',
    description:
      'The rule 0.0.0.0 – 0.0.0.0 means “services of Azure”: of every customer, not only yours. A virtual machine costs an attacker a few cents.',
    remediation: 'Use a private endpoint or a virtual network rule instead.',
    references: [
      SOURCES.azure('mssql_firewall_rule'),
      'https://learn.microsoft.com/en-us/azure/azure-sql/database/firewall-configure',
    ],
    cwe: ['CWE-284'],
    verified: documented(
      'https://learn.microsoft.com/en-us/azure/azure-sql/database/firewall-configure',
      'the rule with 0.0.0.0 as start and end allows connections from all of Azure, including other customers’ subscriptions',
    ),
    examples: {
      bad: [
        'resource "azurerm_postgresql_flexible_server_firewall_rule" "azure" {\n  server_id        = azurerm_postgresql_flexible_server.s.id\n  start_ip_address = "0.0.0.0"\n  end_ip_address   = "0.0.0.0"\n}\n',
      ],
      good: [
        'resource "azurerm_postgresql_flexible_server_firewall_rule" "office" {\n  server_id        = azurerm_postgresql_flexible_server.s.id\n  start_ip_address = "198.51.100.7"\n  end_ip_address   = "198.51.100.7"\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(...FIREWALLS)) {
      const range = rangeOf(subject);
      if (range?.start !== '0.0.0.0' || range.end !== '0.0.0.0') continue;
      yield {
        subject,
        setting: 'start_ip_address',
        at: subject.view.at,
        actual: '0.0.0.0 – 0.0.0.0',
        expected: 'a private endpoint',
        message: `${subject.address} admits all of Azure, of every customer.`,
      };
    }
  },
);
