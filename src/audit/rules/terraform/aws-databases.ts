/** Databases that AWS runs: who reaches them, encryption, backups, deletion. */

import { reachOfCidr } from '../../cloud/cidr.ts';
import type { Configuration } from '../../formats/terraform/configuration.ts';
import { doorsOf, groupOf } from '../../formats/terraform/doors.ts';
import { boolOf, itemsOf, numberOf, textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { type Subject, settingRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

const NEW_COPY = {
  blastRadius: 'The database is replaced by a new, empty one: restore it from an encrypted snapshot.',
  needsConfirmation: true,
};
const ADDRESS = {
  blastRadius:
    'Clients outside the VPC (offices, laptops, other clouds) can no longer connect; they need a VPN or a bastion.',
  needsConfirmation: true,
};
const HARMLESS = { blastRadius: 'None for clients; it may cost storage.', needsConfirmation: false };

/** What a stranger gets through the groups of a database: known to be open, known to be closed, or not told. */
function admits(subject: Subject, configuration: Configuration): 'open' | 'closed' | 'unknown' {
  const { admissions, groups } = doorsOf(configuration);
  const { items, complete } = itemsOf(subject.view.attribute('vpc_security_group_ids'));
  const names = items.map(groupOf);
  const own = admissions.filter(({ group }) => group !== null && names.includes(group));
  if (own.some(({ from, ports }) => ports.length > 0 && from.some(({ text }) => reachOfCidr(text) === 'internet')))
    return 'open';
  const told =
    names.length > 0 && complete && names.every((name) => name !== null && groups.get(name)?.complete === true);
  return told && own.every((one) => one.complete) ? 'closed' : 'unknown';
}

function publicSeverity(subject: Subject, configuration: Configuration): 'critical' | 'high' | 'medium' {
  const state = admits(subject, configuration);
  return state === 'open' ? 'critical' : state === 'closed' ? 'medium' : 'high';
}

/** A read replica and a restored copy take encryption and accounts over from what they are made of. */
function isOriginal({ view }: Subject): boolean {
  return [
    'replicate_source_db',
    'replication_source_identifier',
    'snapshot_identifier',
    'global_cluster_identifier',
  ].every((name) => view.attribute(name) === null);
}

function notReplica({ view }: Subject): boolean {
  return view.attribute('replicate_source_db') === null && view.attribute('replication_source_identifier') === null;
}

/** Not a cluster that belongs to a replication group; the group's own id of the same name is a text. */
function isWholeGroup(view: Subject['view']): boolean {
  const group = view.attribute('replication_group_id');
  return group === null || view.has('description') || view.has('replication_group_description');
}

const publicAddress = settingRule(
  {
    id: 'audit/terraform-database-publicly-accessible',
    aliases: ['TA-RDS-001', 'TA-RS-001'],
    topic: 'network-exposure',
    title: 'A database of AWS gets a public address',
    severity: 'high',
    owner: 'it',
    description:
      'With `publicly_accessible = true` the database has a public IP address. If its security group admits the internet too, only the password stands between a stranger and the data.',
    remediation:
      'Set `publicly_accessible = false` and say it explicitly: without it, what the API does depends on the subnet group (and Redshift defaulted to true before provider 6).',
    references: [
      SOURCES.aws('db_instance'),
      SOURCES.rdsPublic,
      'https://github.com/hashicorp/terraform-provider-aws/pull/49935',
    ],
    cwe: ['CWE-668'],
    cis: ['CIS AWS Foundations 5.0 2.2.3'],
    verified: documented(
      SOURCES.aws('db_instance'),
      'publicly_accessible controls if the instance is publicly accessible; default false',
    ),
    examples: {
      bad: [
        'resource "aws_db_instance" "db" {\n  engine              = "postgres"\n  publicly_accessible = true\n}\n',
        '=== main.tf\nmodule "db" {\n  source = "./db"\n  public = true\n}\n=== db/main.tf\nvariable "public" {\n  default = false\n}\nresource "aws_rds_cluster_instance" "db" {\n  publicly_accessible = var.public\n}\n',
      ],
      good: [
        'resource "aws_db_instance" "db" {\n  engine              = "postgres"\n  publicly_accessible = false\n}\n',
        'variable "public" {\n  type = bool\n}\nresource "aws_db_instance" "db" {\n  publicly_accessible = var.public\n}\n',
      ],
    },
  },
  [
    {
      types: [
        'aws_db_instance',
        'aws_rds_cluster_instance',
        'aws_redshift_cluster',
        'aws_redshiftserverless_workgroup',
        'aws_neptune_cluster_instance',
        'aws_dms_replication_instance',
        'aws_mq_broker',
      ],
      setting: 'publicly_accessible',
      safe: false,
      absent: 'fine',
      says: 'gets a public address',
      severity: publicSeverity,
      patch: ADDRESS,
    },
  ],
);

const notEncrypted = settingRule(
  {
    id: 'audit/terraform-database-not-encrypted',
    aliases: ['TA-RDS-002', 'TA-DOC-001', 'TA-EC-002', 'TA-OS-001'],
    topic: 'encryption-at-rest',
    title: 'A store of AWS is not encrypted at rest',
    severity: 'high',
    owner: 'it',
    description:
      'Disks, snapshots and backups hold the data in clear: whoever gets a copy of a snapshot – shared by mistake, or with stolen keys of the account – reads it.',
    remediation:
      'Switch encryption on when the store is created; for one that runs, restore an encrypted copy of its snapshot.',
    references: [
      SOURCES.aws('db_instance'),
      SOURCES.aws('elasticache_replication_group'),
      SOURCES.aws('opensearch_domain'),
    ],
    cwe: ['CWE-311'],
    cis: ['CIS AWS Foundations 5.0 2.2.1'],
    verified: documented(
      SOURCES.aws('elasticache_replication_group'),
      'at_rest_encryption_enabled defaults to false for redis and to true for valkey; storage_encrypted of aws_db_instance defaults to false, of aws_rds_cluster to false for provisioned and to true for serverless',
    ),
    examples: {
      bad: [
        'resource "aws_db_instance" "db" {\n  engine = "postgres"\n}\n',
        'resource "aws_rds_cluster" "db" {\n  engine            = "aurora-postgresql"\n  storage_encrypted = false\n}\n',
        'resource "aws_elasticache_replication_group" "cache" {\n  description = "cache"\n}\n',
        'resource "aws_opensearch_domain" "search" {\n  domain_name    = "search"\n  engine_version = "OpenSearch_2.11"\n  encrypt_at_rest {\n    enabled = false\n  }\n}\n',
      ],
      good: [
        'resource "aws_db_instance" "db" {\n  engine            = "postgres"\n  storage_encrypted = true\n}\n',
        'resource "aws_db_instance" "replica" {\n  replicate_source_db = aws_db_instance.db.identifier\n}\n',
        'resource "aws_elasticache_replication_group" "cache" {\n  engine      = "valkey"\n  description = "cache"\n}\n',
        'resource "aws_rds_cluster" "db" {\n  engine      = "aurora-mysql"\n  engine_mode = "serverless"\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_db_instance', 'aws_docdb_cluster', 'aws_neptune_cluster'],
      setting: 'storage_encrypted',
      safe: true,
      absent: 'bad',
      only: isOriginal,
      says: 'is not encrypted at rest',
      patch: NEW_COPY,
    },
    {
      types: ['aws_rds_cluster'],
      setting: 'storage_encrypted',
      safe: true,
      absent: ({ view }) => (textOf(view.attribute('engine_mode')) === 'serverless' ? 'fine' : 'bad'),
      only: isOriginal,
      says: 'is not encrypted at rest',
      patch: NEW_COPY,
    },
    {
      types: ['aws_rds_global_cluster', 'aws_docdb_global_cluster'],
      setting: 'storage_encrypted',
      safe: true,
      absent: ({ view }) => (view.attribute('source_db_cluster_identifier') === null ? 'bad' : 'fine'),
      says: 'is not encrypted at rest',
      patch: NEW_COPY,
    },
    {
      types: ['aws_elasticache_replication_group'],
      setting: 'at_rest_encryption_enabled',
      safe: true,
      absent: ({ view }) => {
        const engine = view.attribute('engine');
        if (view.attribute('global_replication_group_id') !== null) return 'fine';
        return engine === null || textOf(engine) === 'redis' ? 'bad' : textOf(engine) === 'valkey' ? 'fine' : 'unknown';
      },
      severity: () => 'medium',
      says: 'is not encrypted at rest',
      patch: NEW_COPY,
    },
    {
      types: ['aws_opensearch_domain', 'aws_elasticsearch_domain'],
      setting: 'encrypt_at_rest.enabled',
      safe: true,
      absent: 'bad',
      says: 'is not encrypted at rest',
      patch: {
        blastRadius: 'None for clients; from Elasticsearch 6.7 on it is done in place.',
        needsConfirmation: true,
      },
    },
    {
      types: ['aws_redshift_cluster'],
      setting: 'encrypted',
      safe: true,
      // On by default since provider 6 and, for new clusters, at AWS since 2025.
      absent: 'fine',
      says: 'is not encrypted at rest',
      patch: { blastRadius: 'The cluster is read-only while its data is moved.', needsConfirmation: true },
    },
    {
      types: ['aws_efs_file_system', 'aws_ebs_volume'],
      setting: 'encrypted',
      safe: true,
      absent: ({ view }, configuration) =>
        view.attribute('snapshot_id') !== null ||
        configuration.of('aws_ebs_encryption_by_default').some((one) => boolOf(one.view.attribute('enabled')) !== false)
          ? 'fine'
          : 'bad',
      severity: () => 'medium',
      says: 'is not encrypted at rest',
    },
  ],
);

const noBackups = settingRule(
  {
    id: 'audit/terraform-store-without-backups',
    aliases: ['TA-RDS-003', 'TA-EC-004'],
    topic: 'retention',
    title: 'A store of AWS has no automatic backups',
    severity: 'medium',
    owner: 'it',
    description:
      'After a mistake, an attack or a failed disk there is nothing to go back to: without snapshots the data is gone.',
    remediation:
      'Keep at least seven days (`backup_retention_period = 7`, `snapshot_retention_limit = 5` for caches that matter).',
    references: [SOURCES.aws('db_instance'), SOURCES.aws('elasticache_replication_group')],
    cwe: ['CWE-1053'],
    verified: documented(
      SOURCES.aws('elasticache_replication_group'),
      'snapshot_retention_limit 0 turns backups off; backup_retention_period of aws_db_instance defaults to 0, of aws_rds_cluster to 1',
    ),
    examples: {
      bad: [
        'resource "aws_db_instance" "db" {\n  engine                  = "postgres"\n  backup_retention_period = 0\n}\n',
        'resource "aws_db_instance" "db" {\n  engine = "postgres"\n}\n',
      ],
      good: [
        'resource "aws_db_instance" "db" {\n  engine                  = "postgres"\n  backup_retention_period = 14\n}\n',
        'resource "aws_rds_cluster" "db" {\n  engine = "aurora-mysql"\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_db_instance'],
      setting: 'backup_retention_period',
      safe: 7,
      bad: (value) => numberOf(value) === 0,
      absent: 'bad',
      only: isOriginal,
      says: 'has no automatic backups',
      patch: HARMLESS,
    },
    {
      types: ['aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster'],
      setting: 'backup_retention_period',
      safe: 7,
      bad: (value) => numberOf(value) === 0,
      absent: 'fine',
      says: 'has no automatic backups',
      patch: HARMLESS,
    },
    {
      types: ['aws_elasticache_replication_group', 'aws_elasticache_cluster', 'aws_memorydb_cluster'],
      setting: 'snapshot_retention_limit',
      safe: 5,
      bad: (value) => numberOf(value) === 0,
      absent: 'bad',
      // A cluster that belongs to a replication group has its snapshots there; Memcached has none.
      only: ({ view }) => textOf(view.attribute('engine')) !== 'memcached' && isWholeGroup(view),
      severity: () => 'low',
      says: 'has no automatic snapshots',
      patch: HARMLESS,
    },
    {
      types: ['aws_redshift_cluster'],
      setting: 'automated_snapshot_retention_period',
      safe: 7,
      bad: (value) => numberOf(value) === 0,
      absent: 'fine',
      says: 'has no automatic snapshots',
      patch: HARMLESS,
    },
  ],
);

const deletionProtection = settingRule(
  {
    id: 'audit/terraform-database-deletion-protection-off',
    aliases: ['TA-RDS-004'],
    topic: 'retention',
    title: 'A database of AWS can be deleted by one call',
    severity: 'low',
    owner: 'it',
    description:
      'One wrong `apply`, or one stolen key, deletes the database; with protection it takes two steps that somebody notices.',
    remediation: 'Set `deletion_protection = true` for every database that holds real data.',
    references: [SOURCES.aws('db_instance'), SOURCES.aws('rds_cluster'), SOURCES.aws('dynamodb_table')],
    cwe: ['CWE-693'],
    verified: documented(
      SOURCES.aws('db_instance'),
      'deletion_protection: the database can’t be deleted while it is true; default false',
    ),
    examples: {
      bad: [
        'resource "aws_db_instance" "db" {\n  engine = "postgres"\n}\n',
        'resource "aws_rds_cluster" "db" {\n  engine              = "aurora-mysql"\n  deletion_protection = false\n}\n',
      ],
      good: [
        'resource "aws_db_instance" "db" {\n  engine              = "postgres"\n  deletion_protection = true\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster'],
      setting: 'deletion_protection',
      safe: true,
      absent: 'bad',
      only: ({ view }) => view.attribute('replicate_source_db') === null,
      says: 'has no deletion protection',
      patch: {
        blastRadius: 'A later `terraform destroy` stops until it is switched off again.',
        needsConfirmation: false,
      },
    },
  ],
);

const finalSnapshot = settingRule(
  {
    id: 'audit/terraform-database-without-final-snapshot',
    aliases: ['TA-RDS-005'],
    topic: 'retention',
    title: 'A database of AWS is deleted without a last snapshot',
    severity: 'low',
    owner: 'it',
    description:
      'With `skip_final_snapshot = true` the deletion of the database, also by a replacement in a plan, takes the data with it.',
    remediation: 'Set `skip_final_snapshot = false` and a `final_snapshot_identifier`.',
    references: [SOURCES.aws('db_instance')],
    cwe: ['CWE-1053'],
    verified: documented(
      SOURCES.aws('db_instance'),
      'skip_final_snapshot true: no DB snapshot is created on deletion; default false',
    ),
    examples: {
      bad: ['resource "aws_db_instance" "db" {\n  engine              = "postgres"\n  skip_final_snapshot = true\n}\n'],
      good: [
        'resource "aws_db_instance" "db" {\n  engine                    = "postgres"\n  skip_final_snapshot       = false\n  final_snapshot_identifier = "db-last"\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster', 'aws_redshift_cluster'],
      setting: 'skip_final_snapshot',
      safe: false,
      absent: 'fine',
      only: notReplica,
      says: 'is deleted without a last snapshot',
    },
  ],
);

const iamLogin = settingRule(
  {
    id: 'audit/terraform-database-iam-login-off',
    aliases: ['TA-RDS-007'],
    topic: 'authentication',
    title: 'A database of AWS takes passwords only',
    severity: 'info',
    owner: 'it',
    description: 'Passwords are copied and stay valid; tokens of IAM last fifteen minutes and belong to a role.',
    remediation: 'Set `iam_database_authentication_enabled = true` and give the service a role instead of a password.',
    references: [SOURCES.aws('db_instance')],
    cwe: ['CWE-287'],
    verified: documented(
      SOURCES.aws('db_instance'),
      'iam_database_authentication_enabled: whether mappings of IAM accounts to database accounts are enabled',
    ),
    examples: {
      bad: [
        'resource "aws_db_instance" "db" {\n  engine                              = "postgres"\n  iam_database_authentication_enabled = false\n}\n',
      ],
      good: [
        'resource "aws_db_instance" "db" {\n  engine                              = "postgres"\n  iam_database_authentication_enabled = true\n}\n',
        'resource "aws_db_instance" "db" {\n  engine = "sqlserver-se"\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_db_instance', 'aws_rds_cluster', 'aws_neptune_cluster'],
      setting: 'iam_database_authentication_enabled',
      safe: true,
      absent: 'bad',
      only: ({ view }) =>
        view.attribute('replicate_source_db') === null &&
        /^(?:postgres|mysql|mariadb|aurora)/.test(textOf(view.attribute('engine')) ?? ''),
      says: 'takes passwords only',
    },
    {
      types: ['aws_neptune_cluster'],
      setting: 'iam_database_authentication_enabled',
      safe: true,
      absent: 'bad',
      severity: () => 'high',
      says: 'answers whoever reaches it: Neptune has no passwords, only IAM',
    },
  ],
);

const logsOff = settingRule(
  {
    id: 'audit/terraform-database-logs-not-exported',
    aliases: ['TA-RDS-008'],
    topic: 'logging',
    title: 'A database of AWS exports no logs',
    severity: 'low',
    owner: 'security',
    description: 'After an incident nobody can say who logged in and what was read.',
    remediation:
      'Set `enabled_cloudwatch_logs_exports`, e.g. `["postgresql"]`, `["audit", "error"]`, and a retention for the log group.',
    references: [SOURCES.aws('db_instance')],
    cwe: ['CWE-778'],
    verified: documented(
      SOURCES.aws('db_instance'),
      'enabled_cloudwatch_logs_exports: if omitted, no logs are exported',
    ),
    examples: {
      bad: ['resource "aws_db_instance" "db" {\n  engine = "postgres"\n}\n'],
      good: [
        'resource "aws_db_instance" "db" {\n  engine                          = "postgres"\n  enabled_cloudwatch_logs_exports = ["postgresql"]\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster'],
      setting: 'enabled_cloudwatch_logs_exports',
      safe: 'the engine’s logs',
      bad: (value) => value.kind === 'list' && value.complete && value.items.length === 0,
      absent: 'bad',
      says: 'exports no logs',
    },
    {
      types: ['aws_neptune_cluster'],
      setting: 'enable_cloudwatch_logs_exports',
      safe: 'audit',
      bad: (value) => value.kind === 'list' && value.complete && value.items.length === 0,
      absent: 'bad',
      says: 'exports no logs',
    },
  ],
);

export const awsDatabaseRules: readonly AuditRule<'terraform'>[] = [
  publicAddress,
  notEncrypted,
  noBackups,
  deletionProtection,
  finalSnapshot,
  iamLogin,
  logsOff,
];
