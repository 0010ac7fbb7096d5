/** Caches and DynamoDB tables at AWS. */
import { textOf } from '../../formats/terraform/values.ts';
import { TLS_CLIENTS } from './aws-search.ts';
import { settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

export const cacheTls = settingRule(
  {
    id: 'audit/terraform-cache-without-tls',
    aliases: ['TA-EC-001'],
    topic: 'encryption-in-transit',
    title: 'A cache of AWS talks in clear',
    severity: 'medium',
    owner: 'it',
    description:
      'Sessions, tokens and personal data travel unencrypted, and without TLS the cache cannot have a password either.',
    remediation: 'Set `transit_encryption_enabled = true` and use `rediss://` in the service.',
    references: [SOURCES.aws('elasticache_replication_group')],
    cwe: ['CWE-319'],
    verified: documented(
      SOURCES.aws('elasticache_replication_group'),
      'transit_encryption_enabled: whether to enable encryption in transit; auth_token can be specified only if it is true',
    ),
    examples: {
      bad: [
        'resource "aws_elasticache_replication_group" "c" {\n  description = "c"\n}\n',
        'resource "aws_elasticache_replication_group" "c" {\n  description                = "c"\n  transit_encryption_enabled = false\n}\n',
      ],
      good: [
        'resource "aws_elasticache_replication_group" "c" {\n  description                = "c"\n  transit_encryption_enabled = true\n}\n',
        'resource "aws_elasticache_replication_group" "c" {\n  engine      = "valkey"\n  description = "c"\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_elasticache_replication_group'],
      setting: 'transit_encryption_enabled',
      safe: true,
      absent: ({ view }) => {
        const engine = view.attribute('engine');
        if (view.attribute('global_replication_group_id') !== null) return 'fine';
        return engine === null || textOf(engine) === 'redis' ? 'bad' : textOf(engine) === null ? 'unknown' : 'fine';
      },
      says: 'talks in clear',
      patch: TLS_CLIENTS,
    },
    {
      types: ['aws_memorydb_cluster'],
      setting: 'tls_enabled',
      safe: true,
      absent: 'fine',
      says: 'talks in clear',
      patch: TLS_CLIENTS,
    },
    {
      types: ['aws_dax_cluster'],
      setting: 'cluster_endpoint_encryption_type',
      safe: 'TLS',
      absent: 'bad',
      severity: () => 'low',
      says: 'talks in clear',
    },
  ],
);

export const cacheAuth = terraformRule(
  {
    id: 'audit/terraform-cache-without-login',
    aliases: ['TA-EC-003'],
    topic: 'authentication',
    title: 'A cache of AWS asks for no password',
    severity: 'high',
    owner: 'it',
    description: 'Everybody who gets past the security group reads and changes every key: sessions, tokens, queues.',
    remediation: 'Set `auth_token` from a secret, or better `user_group_ids` with a user of its own for each service.',
    references: [SOURCES.aws('elasticache_replication_group'), SOURCES.aws('elasticache_user_group_association')],
    cwe: ['CWE-306'],
    verified: documented(
      SOURCES.aws('elasticache_replication_group'),
      'auth_token is the password of a protected server, user_group_ids the group of users; without both there is no login',
    ),
    examples: {
      bad: [
        'resource "aws_elasticache_replication_group" "c" {\n  description                = "c"\n  transit_encryption_enabled = true\n}\n',
      ],
      good: [
        'resource "aws_elasticache_replication_group" "c" {\n  description                = "c"\n  transit_encryption_enabled = true\n  auth_token                 = var.token\n}\n',
        'resource "aws_elasticache_replication_group" "c" {\n  description    = "c"\n  user_group_ids = [aws_elasticache_user_group.c.id]\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of('aws_elasticache_replication_group')) {
      const { view } = subject;
      if (['auth_token', 'user_group_ids', 'global_replication_group_id'].some((name) => view.attribute(name) !== null))
        continue;
      yield {
        subject,
        setting: 'auth_token',
        at: view.at,
        actual: 'not set',
        expected: 'auth_token or user_group_ids',
        message: `${subject.address} asks for no password.`,
      };
    }
    for (const subject of configuration.of('aws_memorydb_cluster')) {
      const acl = subject.view.attribute('acl_name');
      if (textOf(acl) !== 'open-access' || acl === null) continue;
      yield {
        subject,
        setting: 'acl_name',
        at: acl.at,
        actual: 'open-access',
        expected: 'an ACL with users',
        message: `${subject.address} asks for no password.`,
      };
    }
  },
);

export const dynamoRecovery = settingRule(
  {
    id: 'audit/terraform-dynamodb-without-recovery',
    aliases: ['TA-DD-001'],
    topic: 'retention',
    title: 'A DynamoDB table has no point-in-time recovery',
    severity: 'low',
    owner: 'it',
    description: 'After a mistake or an attack there is nothing to go back to.',
    remediation: 'Add `point_in_time_recovery { enabled = true }`.',
    references: [SOURCES.aws('dynamodb_table')],
    cwe: ['CWE-693'],
    verified: documented(
      SOURCES.aws('dynamodb_table'),
      'point_in_time_recovery.enabled: whether to enable it; off unless given',
    ),
    examples: {
      bad: ['resource "aws_dynamodb_table" "t" {\n  hash_key = "id"\n}\n'],
      good: [
        'resource "aws_dynamodb_table" "t" {\n  hash_key = "id"\n  point_in_time_recovery {\n    enabled = true\n  }\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_dynamodb_table'],
      setting: 'point_in_time_recovery.enabled',
      safe: true,
      absent: 'bad',
      says: 'has no point-in-time recovery',
      patch: { blastRadius: 'None for clients; it costs by the size of the table.', needsConfirmation: false },
    },
  ],
);

export const dynamoKey = settingRule(
  {
    id: 'audit/terraform-dynamodb-without-own-key',
    aliases: ['TA-DD-002'],
    topic: 'encryption-at-rest',
    title: 'A DynamoDB table is encrypted with a key that AWS owns',
    severity: 'info',
    owner: 'it',
    description:
      'The table is encrypted, but with a key outside your account: its use is not logged and it cannot be taken away.',
    remediation:
      'Set `server_side_encryption { enabled = true, kms_key_arn = … }` where a rule asks for a key of your own.',
    references: [SOURCES.aws('dynamodb_table')],
    cwe: ['CWE-311'],
    verified: documented(
      SOURCES.aws('dynamodb_table'),
      'server_side_encryption.enabled false: the AWS-owned key is used; DynamoDB tables are always encrypted',
    ),
    examples: {
      bad: ['resource "aws_dynamodb_table" "t" {\n  hash_key = "id"\n}\n'],
      good: [
        'resource "aws_dynamodb_table" "t" {\n  hash_key = "id"\n  server_side_encryption {\n    enabled     = true\n    kms_key_arn = aws_kms_key.t.arn\n  }\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_dynamodb_table'],
      setting: 'server_side_encryption.enabled',
      safe: true,
      absent: 'bad',
      says: 'is encrypted with a key that AWS owns',
    },
  ],
);
