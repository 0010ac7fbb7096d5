/** Storage accounts of Azure. */
import { boolOf, referencesOf, textOf } from '../../formats/terraform/values.ts';
import { replaced, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** The page of the resource. */
export const STORAGE = SOURCES.azure('storage_account');

/** Whom a patch cuts off that closes the network. */
export const CLIENTS = {
  blastRadius: 'Clients outside the virtual network are refused; they need a private endpoint or a rule.',
  needsConfirmation: true,
};

export const nested = settingRule(
  {
    id: 'audit/terraform-azure-blobs-may-be-public',
    aliases: ['TZ-ST-001'],
    topic: 'authorization',
    title: 'A storage account allows public containers',
    severity: 'medium',
    owner: 'it',
    description: 'Any container of the account can be opened to strangers by one setting of its own.',
    remediation:
      'Set `allow_nested_items_to_be_public = false` (true by default in versions 3 and 4 of the provider, false since 5.0; before 3.0 `allow_blob_public_access`, false by default).',
    references: [STORAGE],
    cwe: ['CWE-732'],
    verified: documented(
      STORAGE,
      'allow_nested_items_to_be_public: allow or disallow nested items to opt into being public; the 5.0 upgrade guide of the provider says that it now defaults to false, up to version 4 it was true',
    ),
    examples: {
      bad: [
        'resource "azurerm_storage_account" "s" {\n  name                            = "files"\n  allow_nested_items_to_be_public = true\n}\n',
        'terraform {\n  required_providers {\n    azurerm = {\n      source  = "hashicorp/azurerm"\n      version = "~> 4.20"\n    }\n  }\n}\nresource "azurerm_storage_account" "s" {\n  name = "files"\n}\n',
      ],
      good: [
        'resource "azurerm_storage_account" "s" {\n  name                            = "files"\n  allow_nested_items_to_be_public = false\n}\n',
        'terraform {\n  required_providers {\n    azurerm = {\n      source  = "hashicorp/azurerm"\n      version = ">= 5.0"\n    }\n  }\n}\nresource "azurerm_storage_account" "s" {\n  name = "files"\n}\n',
      ],
    },
  },
  [
    {
      types: ['azurerm_storage_account'],
      setting: 'allow_nested_items_to_be_public',
      safe: false,
      // Off by default under its older name and since 5.0.
      absent: ({ view }, configuration) => {
        if (view.has('allow_blob_public_access') || boolOf(view.attribute('public_network_access_enabled')) === false)
          return 'fine';
        const majors = configuration.majorsOf('azurerm');
        if (majors === null || (majors.from < 3 && majors.to > 2)) return 'unknown';
        return majors.to < 3 || majors.from >= 5 ? 'fine' : majors.to < 5 ? 'bad' : 'unknown';
      },
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

export const container = settingRule(
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

export const networkDefault = terraformRule(
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

export const softDelete = settingRule(
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
    cwe: ['CWE-693'],
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
