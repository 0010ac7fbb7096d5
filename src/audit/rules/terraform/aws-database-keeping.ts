/** Databases that AWS runs: backups, deletion, logs and logins of IAM. */
import { numberOf, textOf } from '../../formats/terraform/values.ts';
import { isOriginal, RDS_MODULE } from './aws-database-shared.ts';
import { type Subject, settingRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

const HARMLESS = { blastRadius: 'None for clients; it may cost storage.', needsConfirmation: false };

function notReplica({ view }: Subject): boolean {
  return view.attribute('replicate_source_db') === null && view.attribute('replication_source_identifier') === null;
}

/** Not a cluster that belongs to a replication group; the group's own id of the same name is a text. */
function isWholeGroup(view: Subject['view']): boolean {
  const group = view.attribute('replication_group_id');
  return group === null || view.has('description') || view.has('replication_group_description');
}

export const noBackups = settingRule(
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
    cwe: ['CWE-693'],
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
      modules: RDS_MODULE,
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

export const deletionProtection = settingRule(
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
      modules: RDS_MODULE,
      patch: {
        blastRadius: 'A later `terraform destroy` stops until it is switched off again.',
        needsConfirmation: false,
      },
    },
  ],
);

export const finalSnapshot = settingRule(
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
    cwe: ['CWE-693'],
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
      modules: RDS_MODULE,
    },
  ],
);

export const iamLogin = settingRule(
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

export const logsOff = settingRule(
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
