/** Google Cloud: Cloud SQL, Storage, Memorystore, BigQuery, Firestore. */
import type { AuditRule } from '../../model.ts';
import { everybody } from './gcp-data.ts';
import { backups, internet, publicAddress, tls } from './gcp-sql.ts';
import { infile, logFlags } from './gcp-sql-flags.ts';
import { settingRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

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
    cwe: ['CWE-693'],
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
