/** Databases that AWS runs: who reaches them, encryption, backups, deletion. */

import { reachOfCidr } from '../../cloud/cidr.ts';
import type { Configuration } from '../../formats/terraform/configuration.ts';
import { doorsOf, groupOf } from '../../formats/terraform/doors.ts';
import { boolOf, itemsOf, textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { deletionProtection, finalSnapshot, iamLogin, logsOff, noBackups } from './aws-database-keeping.ts';
import { isOriginal, RDS_MODULE } from './aws-database-shared.ts';
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
      'Set `publicly_accessible = false` and say it explicitly: without it, what the API does depends on the subnet group (and Redshift defaulted to true before version 6 of the provider).',
    references: [
      SOURCES.aws('db_instance'),
      SOURCES.rdsPublic,
      'https://github.com/hashicorp/terraform-provider-aws/pull/49935',
    ],
    cwe: ['CWE-668'],
    cis: ['CIS AWS Foundations 5.0 2.2.3'],
    verified: documented(
      SOURCES.aws('db_instance'),
      'publicly_accessible controls if the instance is publicly accessible; default false (pull request 49935: it is not sent when it is false, and then the API decides by the subnet group); version 6 upgrade guide: of aws_redshift_cluster it now defaults to false',
    ),
    examples: {
      bad: [
        'resource "aws_db_instance" "db" {\n  engine              = "postgres"\n  publicly_accessible = true\n}\n',
        'module "db" {\n  source              = "terraform-aws-modules/rds/aws"\n  version             = "~> 6.0"\n  identifier          = "db"\n  publicly_accessible = true\n}\n',
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
      absent: ({ of }, configuration) =>
        /(?:^|\.)aws_redshift_cluster\./.test(of) && (configuration.majorsOf('aws')?.to ?? 6) < 6 ? 'bad' : 'fine',
      says: 'gets a public address',
      modules: RDS_MODULE,
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
      modules: RDS_MODULE,
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
      // AWS encrypts new clusters since January 2025; what an older one has is not told.
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

export const awsDatabaseRules: readonly AuditRule<'terraform'>[] = [
  publicAddress,
  notEncrypted,
  noBackups,
  deletionProtection,
  finalSnapshot,
  iamLogin,
  logsOff,
];
