/** OpenSearch, ElastiCache, DynamoDB, TLS of databases, snapshots and identities at AWS. */
import { itemsOf, textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { cacheAuth, cacheTls, dynamoKey, dynamoRecovery } from './aws-caches.ts';
import { auditLog, nodeToNode, oldTls, plainHttp, TLS_CLIENTS } from './aws-search.ts';
import { noAccessControl, openPolicy, publicEndpoint } from './aws-search-access.ts';
import { replaced, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** By family of a parameter group: the parameter and the values that leave plain connections. */
const FORCED: readonly { family: RegExp; name: string; off: readonly string[]; on: string; byDefault: boolean }[] = [
  {
    family: /^postgres(?:9|1[0-4])|^aurora-postgresql(?:9|1[0-6])/,
    name: 'rds.force_ssl',
    off: ['0', 'false', 'off'],
    on: '1',
    byDefault: false,
  },
  { family: /^(?:aurora-)?postgres/, name: 'rds.force_ssl', off: ['0', 'false', 'off'], on: '1', byDefault: true },
  {
    family: /^mariadb(?:11\.[89]|1[2-9])/,
    name: 'require_secure_transport',
    off: ['0', 'off'],
    on: 'ON',
    byDefault: true,
  },
  {
    family: /^(?:aurora-)?mysql|^mariadb(?:10\.(?:[5-9]|1\d)|11)/,
    name: 'require_secure_transport',
    off: ['0', 'off'],
    on: 'ON',
    byDefault: false,
  },
  { family: /^sqlserver/, name: 'rds.force_ssl', off: ['0'], on: '1', byDefault: false },
  { family: /^docdb/, name: 'tls', off: ['disabled'], on: 'enabled', byDefault: true },
  { family: /^redshift-2/, name: 'require_ssl', off: ['false'], on: 'true', byDefault: true },
  { family: /^redshift/, name: 'require_ssl', off: ['false'], on: 'true', byDefault: false },
];

const tlsNotForced = terraformRule(
  {
    id: 'audit/terraform-database-tls-not-forced',
    aliases: ['TA-RDS-006'],
    topic: 'encryption-in-transit',
    title: 'A database of AWS takes connections in clear',
    severity: 'medium',
    owner: 'it',
    description:
      'The parameter group leaves the choice to the client: one that does not ask for TLS sends passwords and data in clear.',
    remediation:
      'Set `rds.force_ssl = 1` (PostgreSQL, SQL Server), `require_secure_transport = ON` (MySQL, MariaDB), `tls = enabled` (DocumentDB) or `require_ssl = true` (Redshift).',
    references: [
      SOURCES.aws('db_parameter_group'),
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html',
    ],
    cwe: ['CWE-319'],
    verified: documented(
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html',
      'rds.force_ssl is 1 by default for PostgreSQL 15 and later, 0 for 14 and older; mariadb-ssl-connections.require-ssl.html: require_secure_transport is OFF up to MariaDB 11.4 and ON from 11.8, there since 10.5; mysql-ssl-connections.require-ssl.html: OFF; Redshift: require_ssl is true in the redshift-2.0 family that new clusters have since January 2025. That Aurora PostgreSQL forces TLS from 17 on is not confirmed; there absence is never told of',
    ),
    examples: {
      bad: [
        'resource "aws_db_parameter_group" "p" {\n  family = "postgres16"\n  parameter {\n    name  = "rds.force_ssl"\n    value = "0"\n  }\n}\n',
        'resource "aws_docdb_cluster_parameter_group" "p" {\n  family = "docdb5.0"\n  parameter {\n    name  = "tls"\n    value = "disabled"\n  }\n}\n',
        'resource "aws_db_parameter_group" "p" {\n  family = "mysql8.0"\n}\n',
      ],
      good: [
        'resource "aws_db_parameter_group" "p" {\n  family = "postgres16"\n}\n',
        'resource "aws_db_parameter_group" "p" {\n  family = "mariadb11.8"\n}\nresource "aws_redshift_parameter_group" "p" {\n  family = "redshift-2.0"\n}\n',
        'resource "aws_db_parameter_group" "p" {\n  family = "mysql8.0"\n  parameter {\n    name  = "require_secure_transport"\n    value = "ON"\n  }\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(
      'aws_db_parameter_group',
      'aws_rds_cluster_parameter_group',
      'aws_docdb_cluster_parameter_group',
      'aws_redshift_parameter_group',
    )) {
      const family = textOf(subject.view.attribute('family')) ?? '';
      // The parameters of an Aurora cluster stand in the group of the cluster.
      if (family.startsWith('aurora') && subject.address.includes('aws_db_parameter_group.')) continue;
      const rule = FORCED.find((one) => one.family.test(family));
      if (rule === undefined) continue;
      const { items, complete } = subject.view.blocks('parameter');
      const named = items.filter((item) => textOf(item.attribute('name')) === rule.name);
      const untold = !complete || items.some((item) => textOf(item.attribute('name')) === null);
      const rest = { subject, setting: `parameter.${rule.name}`, expected: rule.on };
      if (named.length === 0 && !rule.byDefault && !untold) {
        yield {
          ...rest,
          at: subject.view.at,
          actual: 'not set',
          severity: 'low',
          message: `${subject.address} does not force TLS (${rule.name}).`,
        };
      }
      for (const item of named) {
        const value = item.attribute('value');
        if (value === null || !rule.off.includes(textOf(value)?.toLowerCase() ?? '')) continue;
        const fix = replaced(value.at, JSON.stringify(rule.on), {
          title: `Set ${rule.name} to ${rule.on}`,
          ...TLS_CLIENTS,
        });
        yield {
          ...rest,
          at: value.at,
          actual: textOf(value) ?? '',
          message: `${subject.address} lets clients connect without TLS (${rule.name}).`,
          fix,
        };
      }
    }
  },
);

const publicSnapshot = terraformRule(
  {
    id: 'audit/terraform-snapshot-public',
    aliases: ['TA-RDS-010'],
    topic: 'authorization',
    title: 'A snapshot or image is shared with every account',
    severity: 'critical',
    owner: 'it',
    description:
      'Everybody with an account at AWS finds public snapshots in a list, restores a copy and reads all data in it.',
    remediation:
      'Share with single account ids, encrypt with a key of your own (encrypted snapshots cannot be made public), and remove `all`.',
    references: [SOURCES.aws('db_snapshot'), SOURCES.aws('ami_launch_permission')],
    cwe: ['CWE-668'],
    verified: documented(
      SOURCES.aws('db_snapshot'),
      'shared_accounts: list of AWS account ids to share the snapshot with; use `all` to make it public',
    ),
    examples: {
      bad: [
        'resource "aws_db_snapshot" "s" {\n  db_instance_identifier = "db"\n  shared_accounts        = ["all"]\n}\n',
        'resource "aws_ami_launch_permission" "p" {\n  image_id = "ami-1"\n  group    = "all"\n}\n',
      ],
      good: [
        'resource "aws_db_snapshot" "s" {\n  db_instance_identifier = "db"\n  shared_accounts        = ["111122223333"]\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const [types, setting] of [
      [
        ['aws_db_snapshot', 'aws_db_cluster_snapshot', 'aws_db_snapshot_copy', 'aws_rds_cluster_snapshot_copy'],
        'shared_accounts',
      ],
      [['aws_ami_launch_permission'], 'group'],
    ] as const) {
      for (const subject of configuration.of(...types)) {
        for (const item of itemsOf(subject.view.attribute(setting)).items) {
          if (textOf(item) !== 'all') continue;
          yield {
            subject,
            setting,
            at: item.at,
            actual: 'all',
            expected: 'account ids',
            message: `${subject.address} is shared with every account.`,
          };
        }
      }
    }
  },
);

const guests = settingRule(
  {
    id: 'audit/terraform-cognito-guests',
    topic: 'authentication',
    title: 'An identity pool hands credentials to everybody',
    severity: 'medium',
    owner: 'developer',
    description:
      'The id of the pool is in the app. With guests allowed, everybody who reads it gets keys of AWS, and everything the guest role may do.',
    remediation:
      'Set `allow_unauthenticated_identities = false`, or make sure that the role of guests can reach nothing but what is public.',
    references: [SOURCES.aws('cognito_identity_pool')],
    cwe: ['CWE-306'],
    verified: documented(
      SOURCES.aws('cognito_identity_pool'),
      'allow_unauthenticated_identities: whether the pool supports logins without an identity',
    ),
    examples: {
      bad: [
        'resource "aws_cognito_identity_pool" "p" {\n  identity_pool_name               = "app"\n  allow_unauthenticated_identities = true\n}\n',
      ],
      good: [
        'resource "aws_cognito_identity_pool" "p" {\n  identity_pool_name               = "app"\n  allow_unauthenticated_identities = false\n}\n',
      ],
    },
  },
  [
    {
      types: ['aws_cognito_identity_pool'],
      setting: 'allow_unauthenticated_identities',
      safe: false,
      absent: 'fine',
      says: 'hands credentials to everybody',
      patch: { blastRadius: 'App users who are not signed in lose access.', needsConfirmation: true },
    },
  ],
);

export const awsServiceRules: readonly AuditRule<'terraform'>[] = [
  nodeToNode,
  plainHttp,
  oldTls,
  openPolicy,
  publicEndpoint,
  noAccessControl,
  auditLog,
  cacheTls,
  cacheAuth,
  dynamoRecovery,
  dynamoKey,
  tlsNotForced,
  publicSnapshot,
  guests,
];
