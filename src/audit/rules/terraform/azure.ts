/** Azure: storage accounts, databases, Cosmos DB, Redis. */
import { numberOf, textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { allAzure, firewallOpen, publicNetwork } from './azure-databases.ts';
import { container, nested, networkDefault, STORAGE, softDelete } from './azure-storage.ts';
import { type Subject, settingRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

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
    cwe: ['CWE-693'],
    verified: documented(
      SOURCES.azure('postgresql_flexible_server'),
      'backup_retention_days: between 7 and 35 days (of MySQL between 1 and 35, 7 by default)',
    ),
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

/** Only the SQL API can do without keys. */
function keepsToSqlApi({ view }: Subject): boolean {
  const apis = view.blocks('capabilities').items.map((item) => textOf(item.attribute('name')) ?? '');
  return (
    !apis.some((api) => /EnableMongo|EnableCassandra|EnableGremlin|EnableTable/.test(api)) &&
    !/MongoDB/.test(textOf(view.attribute('kind')) ?? '')
  );
}

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
      'Use Entra ID and roles: `local_authentication_enabled = false` (Cosmos DB; before version 5 of the provider `local_authentication_disabled = true`), `shared_access_key_enabled = false` (storage).',
    references: [SOURCES.azure('cosmosdb_account'), STORAGE],
    cwe: ['CWE-287'],
    verified: documented(
      SOURCES.azure('cosmosdb_account'),
      'local_authentication_enabled: when disabled only MSI and AAD can be used; defaults to true; it took the place of local_authentication_disabled in 5.0',
    ),
    examples: {
      bad: [
        'resource "azurerm_cosmosdb_account" "c" {\n  name = "c"\n}\n',
        'resource "azurerm_storage_account" "s" {\n  name                      = "files"\n  shared_access_key_enabled = true\n}\n',
      ],
      good: [
        'resource "azurerm_cosmosdb_account" "c" {\n  name                          = "c"\n  local_authentication_disabled = true\n}\n',
        'resource "azurerm_cosmosdb_account" "c" {\n  name                         = "c"\n  local_authentication_enabled = false\n}\n',
      ],
    },
  },
  [
    {
      types: ['azurerm_cosmosdb_account'],
      setting: 'local_authentication_enabled',
      safe: false,
      absent: ({ view }) => (view.attribute('local_authentication_disabled') === null ? 'bad' : 'fine'),
      only: keepsToSqlApi,
      says: 'takes account-wide keys',
    },
    {
      types: ['azurerm_cosmosdb_account'],
      setting: 'local_authentication_disabled',
      safe: true,
      absent: 'fine',
      only: keepsToSqlApi,
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
