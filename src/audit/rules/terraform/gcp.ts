/** Google Cloud: Cloud SQL, Storage, Memorystore, BigQuery, Firestore. */
import { reachOfCidr } from '../../cloud/cidr.ts';
import { boolOf, itemsOf, textOf } from '../../formats/terraform/values.ts';
import type { View } from '../../formats/terraform/view.ts';
import type { AuditRule } from '../../model.ts';
import { replaced, type Subject, settingOf, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

const SQL = SOURCES.gcp('sql_database_instance');
const IP = 'settings.ip_configuration';

function sql(inner: string, version = 'POSTGRES_16'): string {
  const indented = inner.replaceAll('\n', '\n    ');
  return `resource "google_sql_database_instance" "db" {\n  database_version = "${version}"\n  settings {\n    tier = "db-f1-micro"\n    ${indented}\n  }\n}\n`;
}
const PRIVATE =
  'ip_configuration {\n  ipv4_enabled    = false\n  private_network = "net"\n  ssl_mode        = "ENCRYPTED_ONLY"\n}';

/** A replica takes over what its primary has. */
function isPrimary({ view }: Subject): boolean {
  return view.attribute('master_instance_name') === null && view.blocks('settings').complete;
}

/** The innermost block of a path, where it is one. */
function blockAt(view: View, path: string): View | null {
  let at: View | undefined = view;
  for (const name of path.split('.')) at = at?.blocks(name).items[0];
  return at ?? null;
}

const internet = terraformRule(
  {
    id: 'audit/terraform-cloud-sql-open-to-internet',
    aliases: ['TG-SQL-001'],
    topic: 'network-exposure',
    title: 'Cloud SQL admits every address',
    severity: 'critical',
    owner: 'it',
    description:
      'With 0.0.0.0/0 among the authorized networks the database answers the whole internet; only the password stands between a stranger and the data.',
    remediation: 'Remove the network; connect over a private address, the Cloud SQL proxy or its connectors.',
    references: [SQL],
    cwe: ['CWE-284', 'CWE-668'],
    cis: ['CIS GCP Foundations 4.0 6.5'],
    verified: documented(SQL, 'authorized_networks.value: a CIDR notation address range that may connect'),
    examples: {
      bad: [sql('ip_configuration {\n  authorized_networks {\n    name  = "all"\n    value = "0.0.0.0/0"\n  }\n}')],
      good: [
        sql('ip_configuration {\n  authorized_networks {\n    name  = "office"\n    value = "198.51.100.7/32"\n  }\n}'),
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of('google_sql_database_instance')) {
      for (const network of blockAt(subject.view, IP)?.blocks('authorized_networks').items ?? []) {
        const value = network.attribute('value');
        const text = textOf(value);
        if (value === null || text === null || reachOfCidr(text) !== 'internet') continue;
        yield {
          subject,
          setting: `${IP}.authorized_networks`,
          at: value.at,
          actual: text,
          expected: 'no network, or single addresses',
          message: `${subject.address} admits every address (${text}).`,
        };
      }
    }
  },
);

const publicAddress = settingRule(
  {
    id: 'audit/terraform-cloud-sql-public-address',
    aliases: ['TG-SQL-002'],
    topic: 'network-exposure',
    title: 'Cloud SQL has a public address',
    severity: 'medium',
    owner: 'it',
    description:
      'The instance can be reached from outside as soon as somebody adds a network; the Cloud SQL proxy also works over it.',
    remediation: 'Set `ipv4_enabled = false` and a `private_network`.',
    references: [SQL],
    cwe: ['CWE-668'],
    cis: ['CIS GCP Foundations 4.0 6.6'],
    verified: documented(
      SQL,
      'ipv4_enabled: whether the instance gets a public IPv4 address; at least ipv4_enabled, a private_network or PSC must be configured',
    ),
    examples: {
      bad: [sql('ip_configuration {\n  ipv4_enabled = true\n}'), sql('activation_policy = "ALWAYS"')],
      good: [sql(PRIVATE)],
    },
  },
  [
    {
      types: ['google_sql_database_instance'],
      setting: `${IP}.ipv4_enabled`,
      safe: false,
      absent: 'bad',
      only: (subject) => isPrimary(subject) || settingOf(subject.view, `${IP}.ipv4_enabled`).state === 'known',
      says: 'has a public address',
      patch: {
        blastRadius: 'Clients outside the network can no longer connect; it needs `private_network`.',
        needsConfirmation: true,
      },
    },
  ],
);

const tls = terraformRule(
  {
    id: 'audit/terraform-cloud-sql-tls-not-required',
    aliases: ['TG-SQL-003'],
    topic: 'encryption-in-transit',
    title: 'Cloud SQL takes connections in clear',
    severity: 'high',
    owner: 'it',
    description: 'A client that does not ask for TLS sends its password and the data in clear.',
    remediation:
      'Set `ssl_mode = "ENCRYPTED_ONLY"`, or `TRUSTED_CLIENT_CERTIFICATE_REQUIRED` (`require_ssl` before version 6 of the provider).',
    references: [SQL],
    cwe: ['CWE-319'],
    cis: ['CIS GCP Foundations 4.0 6.4'],
    verified: documented(
      SQL,
      'ssl_mode: how connections use SSL; ALLOW_UNENCRYPTED_AND_ENCRYPTED takes both, and is what the service does by default',
    ),
    examples: {
      bad: [
        sql('ip_configuration {\n  ssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"\n}'),
        sql('ip_configuration {\n  ipv4_enabled = true\n}'),
      ],
      good: [sql(PRIVATE), sql('ip_configuration {\n  require_ssl = true\n}')],
    },
  },
  function* ({ configuration, unknown }) {
    for (const subject of configuration.of('google_sql_database_instance')) {
      if (!isPrimary(subject)) continue;
      const [mode, old] = [settingOf(subject.view, `${IP}.ssl_mode`), settingOf(subject.view, `${IP}.require_ssl`)];
      if (mode.state === 'unknown' || (mode.state === 'absent' && old.state === 'unknown'))
        unknown(subject, `${IP}.ssl_mode`);
      const rest = {
        subject,
        setting: `${IP}.ssl_mode`,
        expected: 'ENCRYPTED_ONLY',
        message: `${subject.address} takes connections in clear.`,
      };
      if (mode.state === 'known' && textOf(mode.value) === 'ALLOW_UNENCRYPTED_AND_ENCRYPTED') {
        const fix = replaced(mode.value.at, '"ENCRYPTED_ONLY"', {
          title: 'Require TLS',
          blastRadius: 'Clients that connect without TLS are refused.',
          needsConfirmation: true,
        });
        yield { ...rest, at: mode.value.at, actual: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED', fix };
      } else if (mode.state === 'absent' && old.state === 'known' && boolOf(old.value) === false) {
        yield { ...rest, at: old.value.at, actual: 'require_ssl = false' };
      } else if (mode.state === 'absent' && old.state === 'absent') {
        // Whether there is a way in without TLS depends on a public address; a private one is less bad.
        const open = settingOf(subject.view, `${IP}.ipv4_enabled`);
        const severity = open.state === 'known' && boolOf(open.value) === false ? 'medium' : 'high';
        yield { ...rest, at: (blockAt(subject.view, IP) ?? subject.view).at, actual: 'not set', severity };
      }
    }
  },
);

const backups = settingRule(
  {
    id: 'audit/terraform-cloud-sql-without-backups',
    aliases: ['TG-SQL-004'],
    topic: 'retention',
    title: 'Cloud SQL makes no backups',
    severity: 'medium',
    owner: 'it',
    description: 'After a mistake or an attack there is nothing to go back to.',
    remediation:
      'Add `backup_configuration { enabled = true, point_in_time_recovery_enabled = true }` (`binary_log_enabled` for MySQL).',
    references: [SQL],
    cwe: ['CWE-1053'],
    cis: ['CIS GCP Foundations 4.0 6.7'],
    verified: documented(
      SQL,
      'backup_configuration.enabled: true if backup configuration is enabled; off unless given',
    ),
    examples: {
      bad: [sql('activation_policy = "ALWAYS"'), sql('backup_configuration {\n  enabled = false\n}')],
      good: [sql('backup_configuration {\n  enabled = true\n}')],
    },
  },
  [
    {
      types: ['google_sql_database_instance'],
      setting: 'settings.backup_configuration.enabled',
      safe: true,
      absent: 'bad',
      only: isPrimary,
      says: 'makes no backups',
      patch: { blastRadius: 'None for clients; it costs storage.', needsConfirmation: false },
    },
  ],
);

interface Flag {
  name: string;
  engine: RegExp;
  bad: readonly string[];
  safe: string;
  absent: boolean;
}

function flagRule(details: Parameters<typeof terraformRule>[0], flags: readonly Flag[]): AuditRule<'terraform'> {
  return terraformRule(details, function* ({ configuration }) {
    for (const subject of configuration.of('google_sql_database_instance')) {
      const version = textOf(subject.view.attribute('database_version')) ?? '';
      const settings = blockAt(subject.view, 'settings');
      if (settings === null || !isPrimary(subject)) continue;
      const { items, complete } = settings.blocks('database_flags');
      for (const { name, engine, bad, safe, absent } of flags) {
        if (!engine.test(version)) continue;
        const rest = { subject, setting: `settings.database_flags.${name}`, expected: safe };
        const found = items.filter((item) => textOf(item.attribute('name')) === name);
        const value = found[0]?.attribute('value') ?? null;
        if (
          found.length === 0 &&
          absent &&
          complete &&
          items.every((item) => textOf(item.attribute('name')) !== null)
        ) {
          yield { ...rest, at: settings.at, actual: 'not set', message: `${subject.address} has ${name} off.` };
        } else if (value !== null && bad.includes(textOf(value)?.toLowerCase() ?? '')) {
          yield {
            ...rest,
            at: value.at,
            actual: textOf(value) ?? '',
            message: `${subject.address} has ${name} ${textOf(value)}.`,
            fix: replaced(value.at, JSON.stringify(safe), {
              title: `Set ${name} to ${safe}`,
              blastRadius: 'The instance may restart.',
              needsConfirmation: true,
            }),
          };
        }
      }
    }
  });
}

const logFlags = flagRule(
  {
    id: 'audit/terraform-cloud-sql-logins-not-logged',
    aliases: ['TG-SQL-005'],
    topic: 'logging',
    title: 'Cloud SQL for PostgreSQL does not log who connects',
    severity: 'low',
    owner: 'security',
    description: 'After an incident nobody can say who was connected and from where.',
    remediation: 'Add the flags `log_connections = on` and `log_disconnections = on`.',
    references: [SQL, 'https://cloud.google.com/sql/docs/postgres/flags'],
    cwe: ['CWE-778'],
    cis: ['CIS GCP Foundations 4.0 6.2.2', 'CIS GCP Foundations 4.0 6.2.3'],
    verified: documented(
      'https://www.postgresql.org/docs/current/runtime-config-logging.html',
      'log_connections and log_disconnections are off by default',
    ),
    examples: {
      bad: [sql('database_flags {\n  name  = "log_connections"\n  value = "off"\n}')],
      good: [
        sql(
          'database_flags {\n  name  = "log_connections"\n  value = "on"\n}\ndatabase_flags {\n  name  = "log_disconnections"\n  value = "on"\n}',
        ),
      ],
    },
  },
  ['log_connections', 'log_disconnections'].map((name) => ({
    name,
    engine: /^POSTGRES/,
    bad: ['off'],
    safe: 'on',
    absent: true,
  })),
);

const infile = flagRule(
  {
    id: 'audit/terraform-cloud-sql-local-infile',
    aliases: ['TG-SQL-006'],
    topic: 'hardening',
    title: 'Cloud SQL for MySQL lets clients load local files',
    severity: 'medium',
    owner: 'it',
    description:
      'With `local_infile` on, whoever injects SQL through the app makes its server send files of its own to the database.',
    remediation: 'Set the flag `local_infile = off`.',
    references: [SQL, 'https://cloud.google.com/sql/docs/mysql/flags'],
    cwe: ['CWE-749'],
    cis: ['CIS GCP Foundations 4.0 6.1.3'],
    verified: documented('https://cloud.google.com/sql/docs/mysql/flags', 'local_infile: on or off'),
    examples: {
      bad: [sql('database_flags {\n  name  = "local_infile"\n  value = "on"\n}', 'MYSQL_8_0')],
      good: [sql('database_flags {\n  name  = "local_infile"\n  value = "off"\n}', 'MYSQL_8_0')],
    },
  },
  [{ name: 'local_infile', engine: /^MYSQL/, bad: ['on'], safe: 'off', absent: false }],
);

const EVERYBODY = /^(?:allUsers|allAuthenticatedUsers)$/;
const MEMBERS = [
  'google_storage_bucket_iam_member',
  'google_storage_bucket_iam_binding',
  'google_bigquery_dataset_iam_member',
  'google_bigquery_dataset_iam_binding',
  'google_bigquery_table_iam_member',
  'google_bigquery_table_iam_binding',
  'google_project_iam_member',
  'google_project_iam_binding',
  'google_pubsub_topic_iam_member',
  'google_pubsub_topic_iam_binding',
  'google_kms_crypto_key_iam_member',
  'google_kms_crypto_key_iam_binding',
  'google_secret_manager_secret_iam_member',
  'google_secret_manager_secret_iam_binding',
] as const;

const everybody = terraformRule(
  {
    id: 'audit/terraform-gcp-data-public',
    aliases: ['TG-GCS-001', 'TG-BQ-001'],
    topic: 'authorization',
    title: 'Data at Google Cloud is open to everybody',
    severity: 'critical',
    owner: 'it',
    description:
      '`allUsers` is everybody on the internet, `allAuthenticatedUsers` everybody with any Google account. Both read – or with an admin role change – the bucket, the data set or the secret.',
    remediation: 'Name the service account or group; serve public files from a bucket that holds nothing else.',
    references: [SOURCES.gcp('storage_bucket_iam'), SOURCES.gcp('bigquery_dataset')],
    cwe: ['CWE-732'],
    cis: ['CIS GCP Foundations 4.0 5.1', 'CIS GCP Foundations 4.0 7.1'],
    verified: documented(
      SOURCES.gcp('storage_bucket_iam'),
      'allUsers: anyone on the internet, with or without a Google account; allAuthenticatedUsers: anyone with a Google account',
    ),
    examples: {
      bad: [
        'resource "google_storage_bucket_iam_member" "m" {\n  bucket = "files"\n  role   = "roles/storage.objectViewer"\n  member = "allUsers"\n}\n',
        'resource "google_bigquery_dataset" "d" {\n  dataset_id = "d"\n  access {\n    role          = "READER"\n    special_group = "allAuthenticatedUsers"\n  }\n}\n',
      ],
      good: [
        'resource "google_storage_bucket_iam_binding" "m" {\n  bucket  = "files"\n  role    = "roles/storage.objectViewer"\n  members = ["serviceAccount:api@example.iam.gserviceaccount.com"]\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(...MEMBERS)) {
      const role = textOf(subject.view.attribute('role')) ?? '';
      for (const setting of ['member', 'members']) {
        for (const item of itemsOf(subject.view.attribute(setting)).items) {
          if (!EVERYBODY.test(textOf(item) ?? '')) continue;
          const severity =
            subject.type.includes('storage') && /objectViewer|legacyObjectReader/.test(role) ? 'high' : 'critical';
          yield {
            subject,
            setting,
            at: item.at,
            actual: textOf(item) ?? '',
            expected: 'named accounts',
            message: `${subject.address} lets everybody in (${textOf(item)}).`,
            severity,
          };
        }
      }
    }
    for (const subject of configuration.resources.filter(({ type }) => type === 'google_iam_policy')) {
      for (const item of subject.view
        .blocks('binding')
        .items.flatMap((binding) => itemsOf(binding.attribute('members')).items)) {
        if (!EVERYBODY.test(textOf(item) ?? '')) continue;
        yield {
          subject,
          setting: 'binding.members',
          at: item.at,
          actual: textOf(item) ?? '',
          expected: 'named accounts',
          message: `${subject.address} lets everybody in (${textOf(item)}).`,
          severity: 'high',
        };
      }
    }
    for (const subject of configuration.of('google_bigquery_dataset', 'google_bigquery_dataset_access')) {
      const views = subject.type === 'google_bigquery_dataset' ? subject.view.blocks('access').items : [subject.view];
      for (const access of views) {
        for (const name of ['special_group', 'iam_member']) {
          const value = access.attribute(name);
          if (value === null || !EVERYBODY.test(textOf(value) ?? '')) continue;
          yield {
            subject,
            setting: `access.${name}`,
            at: value.at,
            actual: textOf(value) ?? '',
            expected: 'a named group',
            message: `${subject.address} is open to everybody (${textOf(value)}).`,
          };
        }
        // Checkov and others also take an access without any subject for one of everybody; the API refuses it.
      }
    }
    for (const subject of configuration.of(
      'google_storage_bucket_access_control',
      'google_storage_default_object_access_control',
      'google_storage_object_access_control',
    )) {
      const value = subject.view.attribute('entity');
      if (value === null || !EVERYBODY.test(textOf(value) ?? '')) continue;
      yield {
        subject,
        setting: 'entity',
        at: value.at,
        actual: textOf(value) ?? '',
        expected: 'named accounts',
        message: `${subject.address} lets everybody in (${textOf(value)}).`,
      };
    }
    for (const subject of configuration.of('google_storage_bucket_acl', 'google_storage_default_object_acl')) {
      const value = subject.view.attribute('predefined_acl');
      const roles = itemsOf(subject.view.attribute('role_entity')).items.filter((item) =>
        /:(?:allUsers|allAuthenticatedUsers)$/.test(textOf(item) ?? ''),
      );
      const open = value !== null && /^public|^authenticatedRead/.test(textOf(value) ?? '') ? [value, ...roles] : roles;
      for (const item of open)
        yield {
          subject,
          setting: 'role_entity',
          at: item.at,
          actual: textOf(item) ?? '',
          expected: 'named accounts',
          message: `${subject.address} lets everybody in.`,
        };
    }
  },
);

const uniform = settingRule(
  {
    id: 'audit/terraform-gcs-uniform-access-off',
    aliases: ['TG-GCS-002'],
    topic: 'authorization',
    title: 'A bucket at Google Cloud takes ACLs of single objects',
    severity: 'low',
    owner: 'it',
    description: 'Single objects can be opened to everybody without a trace in the policy of the bucket.',
    remediation: 'Set `uniform_bucket_level_access = true`.',
    references: [SOURCES.gcp('storage_bucket')],
    cwe: ['CWE-732'],
    cis: ['CIS GCP Foundations 4.0 5.2'],
    verified: documented(
      SOURCES.gcp('storage_bucket'),
      'uniform_bucket_level_access (Default: false): enables uniform bucket-level access',
    ),
    examples: {
      bad: ['resource "google_storage_bucket" "b" {\n  name     = "files"\n  location = "EU"\n}\n'],
      good: [
        'resource "google_storage_bucket" "b" {\n  name                        = "files"\n  uniform_bucket_level_access = true\n}\n',
      ],
    },
  },
  [
    {
      types: ['google_storage_bucket'],
      setting: 'uniform_bucket_level_access',
      safe: true,
      absent: ({ view }) => (view.attribute('bucket_policy_only') === null ? 'bad' : 'fine'),
      says: 'takes ACLs of single objects',
      patch: { blastRadius: 'Access that was given by object ACLs ends.', needsConfirmation: true },
    },
  ],
);

const prevention = settingRule(
  {
    id: 'audit/terraform-gcs-public-access-not-prevented',
    aliases: ['TG-GCS-003'],
    topic: 'authorization',
    title: 'A bucket at Google Cloud may be made public',
    severity: 'low',
    owner: 'it',
    description:
      'Nothing but attention keeps somebody from granting `allUsers`, unless a policy of the organisation does.',
    remediation: 'Set `public_access_prevention = "enforced"`.',
    references: [SOURCES.gcp('storage_bucket')],
    cwe: ['CWE-732'],
    verified: documented(
      SOURCES.gcp('storage_bucket'),
      'public_access_prevention: acceptable values are inherited or enforced; inherited if not set',
    ),
    examples: {
      bad: ['resource "google_storage_bucket" "b" {\n  name     = "files"\n  location = "EU"\n}\n'],
      good: [
        'resource "google_storage_bucket" "b" {\n  name                     = "files"\n  public_access_prevention = "enforced"\n}\n',
      ],
    },
  },
  [
    {
      types: ['google_storage_bucket'],
      setting: 'public_access_prevention',
      safe: 'enforced',
      absent: 'bad',
      says: 'may be made public',
      patch: { blastRadius: 'Public links to its objects stop working.', needsConfirmation: true },
    },
  ],
);

const memorystore = settingRule(
  {
    id: 'audit/terraform-memorystore-without-login-or-tls',
    aliases: ['TG-RD-001'],
    topic: 'authentication',
    title: 'Memorystore asks for no password, or talks in clear',
    severity: 'high',
    owner: 'it',
    description: 'Everybody in the network reads and changes every key; without TLS also what is on the way.',
    remediation: 'Set `auth_enabled = true` and `transit_encryption_mode = "SERVER_AUTHENTICATION"`.',
    references: [SOURCES.gcp('redis_instance')],
    cwe: ['CWE-306', 'CWE-319'],
    verified: documented(
      SOURCES.gcp('redis_instance'),
      'auth_enabled: default value is false; transit_encryption_mode: default value is DISABLED',
    ),
    examples: {
      bad: ['resource "google_redis_instance" "r" {\n  name           = "r"\n  memory_size_gb = 1\n}\n'],
      good: [
        'resource "google_redis_instance" "r" {\n  name                    = "r"\n  auth_enabled            = true\n  transit_encryption_mode = "SERVER_AUTHENTICATION"\n}\n',
      ],
    },
  },
  [
    {
      types: ['google_redis_instance'],
      setting: 'auth_enabled',
      safe: true,
      absent: 'bad',
      says: 'asks for no password',
      patch: { blastRadius: 'Clients without the password are refused.', needsConfirmation: true },
    },
    {
      types: ['google_redis_instance'],
      setting: 'transit_encryption_mode',
      safe: 'SERVER_AUTHENTICATION',
      absent: 'bad',
      severity: () => 'medium',
      says: 'talks in clear',
    },
    {
      types: ['google_redis_cluster'],
      setting: 'authorization_mode',
      safe: 'AUTH_MODE_IAM_AUTH',
      absent: 'bad',
      says: 'asks for no login',
    },
    {
      types: ['google_redis_cluster'],
      setting: 'transit_encryption_mode',
      safe: 'TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION',
      absent: 'bad',
      severity: () => 'medium',
      says: 'talks in clear',
    },
  ],
);

const firestore = settingRule(
  {
    id: 'audit/terraform-firestore-without-recovery',
    aliases: ['TG-FS-001'],
    topic: 'retention',
    title: 'A Firestore database has no recovery or protection against deletion',
    severity: 'low',
    owner: 'it',
    description: 'After a mistake or an attack there is nothing to go back to, and one call deletes the database.',
    remediation:
      'Set `point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"` and `delete_protection_state = "DELETE_PROTECTION_ENABLED"`.',
    references: [SOURCES.gcp('firestore_database')],
    cwe: ['CWE-1053'],
    verified: documented(
      SOURCES.gcp('firestore_database'),
      'point_in_time_recovery_enablement: default value is POINT_IN_TIME_RECOVERY_DISABLED; delete_protection_state is off unless given',
    ),
    examples: {
      bad: ['resource "google_firestore_database" "d" {\n  name = "(default)"\n  type = "FIRESTORE_NATIVE"\n}\n'],
      good: [
        'resource "google_firestore_database" "d" {\n  name                              = "(default)"\n  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"\n  delete_protection_state           = "DELETE_PROTECTION_ENABLED"\n}\n',
      ],
    },
  },
  [
    {
      types: ['google_firestore_database'],
      setting: 'point_in_time_recovery_enablement',
      safe: 'POINT_IN_TIME_RECOVERY_ENABLED',
      absent: 'bad',
      says: 'has no point-in-time recovery',
      patch: { blastRadius: 'None for clients; it costs storage.', needsConfirmation: false },
    },
    {
      types: ['google_firestore_database'],
      setting: 'delete_protection_state',
      safe: 'DELETE_PROTECTION_ENABLED',
      absent: 'bad',
      says: 'can be deleted by one call',
      patch: {
        blastRadius: 'A later `terraform destroy` stops until it is switched off again.',
        needsConfirmation: false,
      },
    },
  ],
);

export const gcpRules: readonly AuditRule<'terraform'>[] = [
  internet,
  publicAddress,
  tls,
  backups,
  logFlags,
  infile,
  everybody,
  uniform,
  prevention,
  memorystore,
  firestore,
];
