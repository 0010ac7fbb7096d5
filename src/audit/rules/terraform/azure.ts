/** Azure: storage accounts, databases, Cosmos DB, Redis. */
import { boolOf, numberOf, referencesOf, textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { replaced, type Subject, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

const STORAGE = SOURCES.azure('storage_account');
const CLIENTS = {
  blastRadius: 'Clients outside the virtual network are refused; they need a private endpoint or a rule.',
  needsConfirmation: true,
};

const nested = settingRule(
  {
    id: 'audit/terraform-azure-blobs-may-be-public',
    aliases: ['TZ-ST-001'],
    topic: 'authorization',
    title: 'A storage account allows public containers',
    severity: 'medium',
    owner: 'it',
    description: 'Any container of the account can be opened to strangers by one setting of its own.',
    remediation:
      'Set `allow_nested_items_to_be_public = false` (it is true by default; before provider 3.0 `allow_blob_public_access`, false by default).',
    references: [STORAGE],
    cwe: ['CWE-732'],
    verified: documented(
      STORAGE,
      'allow_nested_items_to_be_public: allow or disallow nested items to opt into being public; defaults to true',
    ),
    examples: {
      bad: [
        'resource "azurerm_storage_account" "s" {\n  name                            = "files"\n  allow_nested_items_to_be_public = true\n}\n',
        'resource "azurerm_storage_account" "s" {\n  name = "files"\n}\n',
      ],
      good: [
        'resource "azurerm_storage_account" "s" {\n  name                            = "files"\n  allow_nested_items_to_be_public = false\n}\n',
      ],
    },
  },
  [
    {
      types: ['azurerm_storage_account'],
      setting: 'allow_nested_items_to_be_public',
      safe: false,
      // The older name of the setting was off by default.
      absent: ({ view }) =>
        view.has('allow_blob_public_access') || boolOf(view.attribute('public_network_access_enabled')) === false
          ? 'fine'
          : 'bad',
      says: 'allows public containers',
      patch: { blastRadius: 'Public containers of the account answer strangers no more.', needsConfirmation: true },
    },
    {
      types: ['azurerm_storage_account'],
      setting: 'allow_blob_public_access',
      safe: false,
      absent: 'fine',
      says: 'allows public containers',
    },
  ],
);

const container = settingRule(
  {
    id: 'audit/terraform-azure-container-public',
    aliases: ['TZ-ST-002'],
    topic: 'authorization',
    title: 'A blob container is public',
    severity: 'critical',
    owner: 'it',
    description: '`blob` lets everybody read each object whose name they know, `container` also lists them.',
    remediation: 'Set `container_access_type = "private"` and hand out short-lived SAS links.',
    references: [SOURCES.azure('storage_container')],
    cwe: ['CWE-732'],
    verified: documented(
      SOURCES.azure('storage_container'),
      'container_access_type: blob, container or private; defaults to private',
    ),
    examples: {
      bad: [
        'resource "azurerm_storage_container" "c" {\n  name                  = "files"\n  container_access_type = "container"\n}\n',
      ],
      good: [
        'resource "azurerm_storage_container" "c" {\n  name                  = "files"\n  container_access_type = "private"\n}\n',
      ],
    },
  },
  [
    {
      types: ['azurerm_storage_container'],
      setting: 'container_access_type',
      safe: 'private',
      absent: 'fine',
      severity: ({ view }) => (textOf(view.attribute('container_access_type')) === 'blob' ? 'high' : 'critical'),
      says: 'is public',
      patch: { blastRadius: 'Plain links to its objects stop working.', needsConfirmation: true },
    },
  ],
);

const networkDefault = terraformRule(
  {
    id: 'audit/terraform-azure-storage-open-network',
    aliases: ['TZ-ST-003'],
    topic: 'network-exposure',
    title: 'A storage account answers every network',
    severity: 'low',
    owner: 'it',
    description: 'Whoever holds a key or a SAS link – both leak with apps – uses it from anywhere.',
    remediation:
      'Add `network_rules { default_action = "Deny" }` with the subnets that need it, or `public_network_access_enabled = false`.',
    references: [STORAGE],
    cwe: ['CWE-284'],
    cis: ['CIS Azure Foundations 4.0 10.3.2.3'],
    verified: documented(
      STORAGE,
      'network_rules.default_action: the action when no other rule matches, Deny or Allow; without rules every network is allowed',
    ),
    examples: {
      bad: [
        'resource "azurerm_storage_account" "s" {\n  name = "files"\n  network_rules {\n    default_action = "Allow"\n  }\n}\n',
        'resource "azurerm_storage_account" "s" {\n  name = "files"\n}\n',
      ],
      good: [
        'resource "azurerm_storage_account" "s" {\n  name = "files"\n  network_rules {\n    default_action = "Deny"\n  }\n}\n',
        'resource "azurerm_storage_account" "s" {\n  name                          = "files"\n  public_network_access_enabled = false\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    const separate = configuration.of('azurerm_storage_account_network_rules');
    for (const subject of configuration.of('azurerm_storage_account')) {
      const { view } = subject;
      const access = view.attribute('public_network_access_enabled');
      if (access !== null && boolOf(access) !== true) continue;
      const { items, complete } = view.blocks('network_rules');
      const elsewhere = separate.some(
        (rule) =>
          referencesOf(rule.view.attribute('storage_account_id')).some(({ address }) => address === subject.of) ||
          rule.view.has('storage_account_name'),
      );
      if (items.length === 0 && complete && !elsewhere) {
        yield {
          subject,
          setting: 'network_rules',
          at: view.at,
          actual: 'not set',
          expected: 'default_action = Deny',
          message: `${subject.address} answers every network.`,
        };
      }
    }
    for (const subject of [...configuration.of('azurerm_storage_account'), ...separate]) {
      const rules =
        subject.type === 'azurerm_storage_account' ? subject.view.blocks('network_rules').items : [subject.view];
      for (const rule of rules) {
        const value = rule.attribute('default_action');
        if (value === null || textOf(value) !== 'Allow') continue;
        const fix = replaced(value.at, '"Deny"', { title: 'Deny networks by default', ...CLIENTS });
        yield {
          subject,
          setting: 'network_rules.default_action',
          at: value.at,
          actual: 'Allow',
          expected: 'Deny',
          message: `${subject.address} answers every network.`,
          fix,
        };
      }
    }
  },
);

const OLD_TLS = /^(?:TLS1_0|TLS1_1|1\.0|1\.1|TLS10|TLS11|TLSEnforcementDisabled|Disabled)$/;

const transport = settingRule(
  {
    id: 'audit/terraform-azure-plain-or-old-tls',
    aliases: ['TZ-ST-004', 'TZ-PG-004', 'TZ-RD-001'],
    topic: 'encryption-in-transit',
    title: 'A store of Azure takes connections in clear, or old TLS',
    severity: 'high',
    owner: 'it',
    description: 'Keys, passwords and data can be read on the way; TLS 1.0 and 1.1 are broken.',
    remediation: 'Leave HTTPS only, TLS 1.2 and `require_secure_transport` on, and the plain port of Redis off.',
    references: [STORAGE, SOURCES.azure('redis_cache'), SOURCES.azure('postgresql_flexible_server_configuration')],
    cwe: ['CWE-319', 'CWE-326'],
    cis: ['CIS Azure Foundations 4.0 10.3.7'],
    verified: documented(
      STORAGE,
      'https_traffic_only_enabled defaults to true and min_tls_version to TLS1_2; azurerm_redis_cache.non_ssl_port_enabled defaults to false',
    ),
    examples: {
      bad: [
        'resource "azurerm_storage_account" "s" {\n  name                       = "files"\n  https_traffic_only_enabled = false\n}\n',
        'resource "azurerm_redis_cache" "r" {\n  name                 = "r"\n  non_ssl_port_enabled = true\n}\n',
        'resource "azurerm_postgresql_flexible_server_configuration" "c" {\n  name  = "require_secure_transport"\n  value = "off"\n}\n',
      ],
      good: [
        'resource "azurerm_storage_account" "s" {\n  name            = "files"\n  min_tls_version = "TLS1_2"\n}\n',
        'resource "azurerm_redis_cache" "r" {\n  name = "r"\n}\n',
      ],
    },
  },
  [
    ...(['https_traffic_only_enabled', 'enable_https_traffic_only'] as const).map((setting) => ({
      types: ['azurerm_storage_account'],
      setting,
      safe: true,
      absent: 'fine' as const,
      says: 'takes plain HTTP',
      patch: { blastRadius: 'Clients that use http:// are refused.', needsConfirmation: true },
    })),
    ...(['min_tls_version', 'minimum_tls_version', 'ssl_minimal_tls_version_enforced'] as const).map((setting) => ({
      types: [
        'azurerm_storage_account',
        'azurerm_mssql_server',
        'azurerm_redis_cache',
        'azurerm_postgresql_server',
        'azurerm_mysql_server',
        'azurerm_mssql_managed_instance',
        'azurerm_cosmosdb_account',
      ],
      setting,
      safe: 'TLS 1.2',
      bad: (value: Parameters<typeof textOf>[0]) => OLD_TLS.test(textOf(value) ?? ''),
      absent: 'fine' as const,
      severity: () => 'medium' as const,
      says: 'takes old TLS',
    })),
    ...(['non_ssl_port_enabled', 'enable_non_ssl_port'] as const).map((setting) => ({
      types: ['azurerm_redis_cache', 'azurerm_redis_enterprise_database'],
      setting,
      safe: false,
      absent: 'fine' as const,
      says: 'has its plain port open',
      patch: { blastRadius: 'Clients that use port 6379 without TLS are refused.', needsConfirmation: true },
    })),
    {
      types: ['azurerm_redis_enterprise_database'],
      setting: 'client_protocol',
      safe: 'Encrypted',
      absent: 'fine',
      says: 'takes connections in clear',
    },
    {
      types: ['azurerm_postgresql_server', 'azurerm_mysql_server', 'azurerm_mariadb_server'],
      setting: 'ssl_enforcement_enabled',
      safe: true,
      absent: 'fine',
      says: 'takes connections in clear',
      patch: { blastRadius: 'Clients that connect without TLS are refused.', needsConfirmation: true },
    },
    {
      types: ['azurerm_postgresql_flexible_server_configuration', 'azurerm_mysql_flexible_server_configuration'],
      setting: 'value',
      safe: 'on',
      bad: (value) => /^off$/i.test(textOf(value) ?? ''),
      absent: 'fine',
      only: ({ view }) => textOf(view.attribute('name')) === 'require_secure_transport',
      says: 'lets clients connect without TLS',
      patch: { blastRadius: 'Clients that connect without TLS are refused.', needsConfirmation: true },
    },
  ],
);

const softDelete = settingRule(
  {
    id: 'audit/terraform-azure-storage-without-soft-delete',
    aliases: ['TZ-ST-005'],
    topic: 'retention',
    title: 'A storage account keeps nothing of deleted blobs',
    severity: 'low',
    owner: 'it',
    description: 'What is deleted – by mistake or by an attacker – is gone.',
    remediation: 'Add `blob_properties { delete_retention_policy { days = 14 } }`.',
    references: [STORAGE],
    cwe: ['CWE-1053'],
    cis: ['CIS Azure Foundations 4.0 10.2.1'],
    verified: documented(
      STORAGE,
      'blob_properties.delete_retention_policy: days a deleted blob is retained, 7 by default once the block is given',
    ),
    examples: {
      bad: ['resource "azurerm_storage_account" "s" {\n  name = "files"\n}\n'],
      good: [
        'resource "azurerm_storage_account" "s" {\n  name = "files"\n  blob_properties {\n    delete_retention_policy {\n      days = 14\n    }\n  }\n}\n',
      ],
    },
  },
  [
    {
      types: ['azurerm_storage_account'],
      setting: 'blob_properties.delete_retention_policy.days',
      safe: 14,
      bad: () => false,
      absent: ({ view }) => {
        const { items, complete } = view.blocks('blob_properties');
        const policies = items.map((item) => item.blocks('delete_retention_policy'));
        return !complete || policies.some((one) => one.items.length > 0 || !one.complete) ? 'fine' : 'bad';
      },
      says: 'keeps nothing of deleted blobs',
    },
  ],
);

/** A server with a subnet of its own has no public address. */
function delegated({ view }: Subject): boolean {
  return view.attribute('delegated_subnet_id') !== null;
}

const publicNetwork = settingRule(
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
      ],
    },
  },
  [
    {
      types: [
        'azurerm_postgresql_flexible_server',
        'azurerm_mysql_flexible_server',
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

const firewallOpen = terraformRule(
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

const allAzure = terraformRule(
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

const backups = settingRule(
  {
    id: 'audit/terraform-azure-database-short-backups',
    aliases: ['TZ-PG-005'],
    topic: 'retention',
    title: 'A database of Azure keeps backups for less than a week',
    severity: 'low',
    owner: 'it',
    description: 'A mistake or an attack that is noticed late cannot be undone.',
    remediation:
      'Set `backup_retention_days = 14`, and `geo_redundant_backup_enabled = true` when the server is created.',
    references: [SOURCES.azure('postgresql_flexible_server')],
    cwe: ['CWE-1053'],
    verified: documented(SOURCES.azure('postgresql_flexible_server'), 'backup_retention_days: between 7 and 35 days'),
    examples: {
      bad: [
        'resource "azurerm_mysql_flexible_server" "s" {\n  name                  = "s"\n  backup_retention_days = 1\n}\n',
        'resource "azurerm_postgresql_flexible_server" "s" {\n  name                         = "s"\n  geo_redundant_backup_enabled = false\n}\n',
      ],
      good: [
        'resource "azurerm_postgresql_flexible_server" "s" {\n  name                         = "s"\n  backup_retention_days        = 14\n  geo_redundant_backup_enabled = true\n}\n',
      ],
    },
  },
  [
    {
      types: [
        'azurerm_postgresql_flexible_server',
        'azurerm_mysql_flexible_server',
        'azurerm_postgresql_server',
        'azurerm_mysql_server',
      ],
      setting: 'backup_retention_days',
      safe: 14,
      bad: (value) => (numberOf(value) ?? 14) < 7,
      absent: 'fine',
      says: 'keeps backups for less than a week',
      patch: { blastRadius: 'None for clients; it costs storage.', needsConfirmation: false },
    },
    {
      types: [
        'azurerm_postgresql_flexible_server',
        'azurerm_mysql_flexible_server',
        'azurerm_postgresql_server',
        'azurerm_mysql_server',
      ],
      setting: 'geo_redundant_backup_enabled',
      safe: true,
      absent: 'fine',
      severity: () => 'info',
      says: 'keeps its backups in one region',
    },
  ],
);

const keys = settingRule(
  {
    id: 'audit/terraform-azure-shared-keys',
    aliases: ['TZ-CO-002'],
    topic: 'authentication',
    title: 'A store of Azure takes account-wide keys',
    severity: 'low',
    owner: 'it',
    description:
      'One key opens everything, belongs to nobody and stays valid until somebody renews it; apps leak such keys.',
    remediation:
      'Use Entra ID and roles: `local_authentication_disabled = true` (Cosmos DB), `shared_access_key_enabled = false` (storage).',
    references: [SOURCES.azure('cosmosdb_account'), STORAGE],
    cwe: ['CWE-287'],
    verified: documented(
      SOURCES.azure('cosmosdb_account'),
      'local_authentication_disabled: disable local authentication so that only MSI and AAD can be used; defaults to false',
    ),
    examples: {
      bad: [
        'resource "azurerm_cosmosdb_account" "c" {\n  name = "c"\n}\n',
        'resource "azurerm_storage_account" "s" {\n  name                      = "files"\n  shared_access_key_enabled = true\n}\n',
      ],
      good: [
        'resource "azurerm_cosmosdb_account" "c" {\n  name                          = "c"\n  local_authentication_disabled = true\n}\n',
      ],
    },
  },
  [
    {
      types: ['azurerm_cosmosdb_account'],
      setting: 'local_authentication_disabled',
      safe: true,
      absent: 'bad',
      // Only the SQL API can do without keys.
      only: ({ view }) =>
        view
          .blocks('capabilities')
          .items.every(
            (item) =>
              !/EnableMongo|EnableCassandra|EnableGremlin|EnableTable/.test(textOf(item.attribute('name')) ?? ''),
          ) && !/MongoDB/.test(textOf(view.attribute('kind')) ?? ''),
      says: 'takes account-wide keys',
      patch: { blastRadius: 'Clients that use the keys are refused.', needsConfirmation: true },
    },
    {
      types: ['azurerm_storage_account'],
      setting: 'shared_access_key_enabled',
      safe: false,
      absent: 'fine',
      says: 'takes account-wide keys',
    },
  ],
);

export const azureRules: readonly AuditRule<'terraform'>[] = [
  nested,
  container,
  networkDefault,
  transport,
  softDelete,
  publicNetwork,
  firewallOpen,
  allAzure,
  backups,
  keys,
];
