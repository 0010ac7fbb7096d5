/** OpenSearch, ElastiCache, DynamoDB, TLS of databases, snapshots and identities at AWS. */
import { isPublic, mayOf } from '../../cloud/policy.ts';
import { policyOf } from '../../formats/terraform/policy.ts';
import { boolOf, itemsOf, referencesOf, textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { replaced, type Subject, settingOf, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

const DOMAINS = ['aws_opensearch_domain', 'aws_elasticsearch_domain'] as const;
const TLS_CLIENTS = { blastRadius: 'Clients that connect without TLS are refused.', needsConfirmation: true };
const DOMAIN = 'domain_name    = "search"\n  engine_version = "OpenSearch_2.11"';

const nodeToNode = settingRule(
  {
    id: 'audit/terraform-opensearch-node-encryption-off',
    aliases: ['TA-OS-002'],
    topic: 'encryption-in-transit',
    title: 'Nodes of a search domain talk in clear',
    severity: 'medium',
    owner: 'it',
    description:
      'Documents travel between the nodes unencrypted; fine-grained access control cannot be switched on either.',
    remediation: 'Set `node_to_node_encryption { enabled = true }`.',
    references: [SOURCES.aws('opensearch_domain')],
    cwe: ['CWE-319'],
    verified: documented(
      SOURCES.aws('opensearch_domain'),
      'node_to_node_encryption.enabled: whether to enable it; off unless given',
    ),
    examples: {
      bad: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  node_to_node_encryption {\n    enabled = false\n  }\n}\n`,
      ],
      good: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  node_to_node_encryption {\n    enabled = true\n  }\n}\n`,
      ],
    },
  },
  [
    {
      types: DOMAINS,
      setting: 'node_to_node_encryption.enabled',
      safe: true,
      absent: 'bad',
      says: 'does not encrypt between its nodes',
      patch: { blastRadius: 'None for clients; it cannot be switched off again.', needsConfirmation: true },
    },
  ],
);

const plainHttp = settingRule(
  {
    id: 'audit/terraform-opensearch-plain-http',
    aliases: ['TA-OS-003'],
    topic: 'encryption-in-transit',
    title: 'A search domain answers plain HTTP',
    severity: 'high',
    owner: 'it',
    description: 'Queries, documents and passwords can be read on the way.',
    remediation: 'Set `domain_endpoint_options { enforce_https = true }`.',
    references: [SOURCES.aws('opensearch_domain')],
    cwe: ['CWE-319'],
    verified: documented(
      SOURCES.aws('elasticsearch_domain'),
      'domain_endpoint_options.enforce_https: whether or not to require HTTPS; without the block the service does not',
    ),
    examples: {
      bad: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  domain_endpoint_options {\n    enforce_https = false\n  }\n}\n`,
      ],
      good: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  domain_endpoint_options {\n    enforce_https = true\n  }\n}\n`,
      ],
    },
  },
  [
    {
      types: DOMAINS,
      setting: 'domain_endpoint_options.enforce_https',
      safe: true,
      // The provider's own default within the block is true.
      absent: ({ view }) => (view.blocks('domain_endpoint_options').items.length > 0 ? 'fine' : 'bad'),
      says: 'answers plain HTTP',
      patch: TLS_CLIENTS,
    },
  ],
);

const oldTls = settingRule(
  {
    id: 'audit/terraform-opensearch-old-tls',
    aliases: ['TA-OS-004'],
    topic: 'encryption-in-transit',
    title: 'A search domain takes TLS 1.0',
    severity: 'medium',
    owner: 'it',
    description: 'TLS 1.0 and 1.1 are broken; an attacker on the way may bring a client down to them.',
    remediation: 'Set `tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"`.',
    references: [SOURCES.aws('opensearch_domain')],
    cwe: ['CWE-326'],
    verified: documented(
      SOURCES.aws('opensearch_domain'),
      'tls_security_policy: the name of the policy; Policy-Min-TLS-1-0-2019-07 takes TLS 1.0 and up',
    ),
    examples: {
      bad: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  domain_endpoint_options {\n    enforce_https       = true\n    tls_security_policy = "Policy-Min-TLS-1-0-2019-07"\n  }\n}\n`,
      ],
      good: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  domain_endpoint_options {\n    enforce_https       = true\n    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"\n  }\n}\n`,
      ],
    },
  },
  [
    {
      types: DOMAINS,
      setting: 'domain_endpoint_options.tls_security_policy',
      safe: 'Policy-Min-TLS-1-2-PFS-2023-10',
      bad: (value) => textOf(value)?.includes('TLS-1-0') === true,
      // What a new domain gets has changed over the years.
      absent: 'fine',
      says: 'takes TLS 1.0',
      patch: { blastRadius: 'Clients older than about 2013 cannot connect.', needsConfirmation: true },
    },
  ],
);

function inVpc({ view }: Subject): 'yes' | 'no' | 'unknown' {
  const { items, complete } = view.blocks('vpc_options');
  return items.length > 0 ? 'yes' : complete ? 'no' : 'unknown';
}

function fineGrained({ view }: Subject): boolean {
  const found = settingOf(view, 'advanced_security_options.enabled');
  return found.state === 'unknown' || (found.state === 'known' && boolOf(found.value) !== false);
}

const openPolicy = terraformRule(
  {
    id: 'audit/terraform-opensearch-open-access-policy',
    aliases: ['TA-OS-005'],
    topic: 'authentication',
    title: 'The access policy of a search domain allows everybody',
    severity: 'critical',
    owner: 'it',
    description:
      'The policy allows any principal without a condition. A domain with a public endpoint then answers everybody: a stranger lists the indices, reads and deletes them. Within a VPC everybody inside does.',
    remediation:
      'Name the roles that use the domain in `Principal`, put it into a VPC, and switch fine-grained access control on.',
    references: [
      SOURCES.aws('opensearch_domain_policy'),
      'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html',
    ],
    cwe: ['CWE-284', 'CWE-306'],
    verified: documented(
      'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html',
      'an open policy (`"AWS": "*"` without a condition) lets anonymous requests in, unless fine-grained access control asks for a login',
    ),
    examples: {
      bad: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  access_policies = jsonencode({\n    Statement = [{\n      Effect    = "Allow"\n      Principal = { AWS = "*" }\n      Action    = "es:*"\n      Resource  = "*"\n    }]\n  })\n}\n`,
        'data "aws_iam_policy_document" "open" {\n  statement {\n    actions   = ["es:*"]\n    resources = ["*"]\n    principals {\n      type        = "*"\n      identifiers = ["*"]\n    }\n  }\n}\nresource "aws_elasticsearch_domain_policy" "s" {\n  domain_name     = "s"\n  access_policies = data.aws_iam_policy_document.open.json\n}\n',
      ],
      good: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  access_policies = <<EOT\n{ "Statement": [{ "Effect": "Allow", "Action": "es:*", "Resource": "*", "Principal": { "AWS": "\${var.role}" } }] }\nEOT\n}\n`,
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  access_policies = jsonencode({\n    Statement = [{\n      Effect    = "Allow"\n      Principal = { AWS = "*" }\n      Action    = "es:*"\n      Resource  = "*"\n      Condition = { IpAddress = { "aws:SourceIp" = ["198.51.100.7/32"] } }\n    }]\n  })\n}\n`,
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(
      ...DOMAINS,
      'aws_opensearch_domain_policy',
      'aws_elasticsearch_domain_policy',
    )) {
      const domain = configuration
        .of(...DOMAINS)
        .find(({ of }) => referencesOf(subject.view.attribute('domain_name')).some(({ address }) => address === of));
      const about = domain ?? subject;
      for (const statement of policyOf(subject.view.attribute('access_policies'))?.statements ?? []) {
        if (!isPublic(statement)) continue;
        const narrow = inVpc(about) === 'yes' || fineGrained(about);
        const severity = inVpc(about) === 'yes' && fineGrained(about) ? 'medium' : narrow ? 'high' : 'critical';
        const message = `The access policy of ${subject.address} allows everybody${mayOf(statement) === 'read' ? ' to read' : ''}.`;
        yield {
          subject,
          setting: 'access_policies',
          at: statement.at('Principal', 'NotPrincipal'),
          actual: 'everybody',
          expected: 'the roles that use it',
          message,
          severity,
        };
      }
    }
  },
);

const publicEndpoint = terraformRule(
  {
    id: 'audit/terraform-opensearch-outside-vpc',
    aliases: ['TA-OS-006'],
    topic: 'network-exposure',
    title: 'A search domain has a public endpoint',
    severity: 'medium',
    owner: 'it',
    description:
      'Without `vpc_options` the domain answers from the internet, and only its policies decide who gets in.',
    remediation:
      'Create the domain with `vpc_options`; it cannot be moved into a VPC later, so restore a snapshot into a new one.',
    references: [SOURCES.aws('opensearch_domain')],
    cwe: ['CWE-668'],
    verified: documented(
      SOURCES.aws('opensearch_domain'),
      'vpc_options: adding or removing it forces a new resource; without it the endpoint is public',
    ),
    examples: {
      bad: [`resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n}\n`],
      good: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  vpc_options {\n    subnet_ids = var.subnets\n  }\n}\n`,
      ],
    },
  },
  function* ({ configuration, unknown }) {
    for (const subject of configuration.of(...DOMAINS)) {
      const state = inVpc(subject);
      if (state === 'unknown') unknown(subject, 'vpc_options');
      if (state !== 'no') continue;
      const severity = fineGrained(subject) ? 'medium' : 'high';
      yield {
        subject,
        setting: 'vpc_options',
        at: subject.view.at,
        actual: 'not set',
        expected: 'subnets and a security group',
        message: `${subject.address} has a public endpoint.`,
        severity,
      };
    }
  },
);

const noAccessControl = settingRule(
  {
    id: 'audit/terraform-opensearch-without-access-control',
    aliases: ['TA-OS-007'],
    topic: 'authentication',
    title: 'A search domain has no users of its own',
    severity: 'high',
    owner: 'it',
    description:
      'Without fine-grained access control whoever gets past the network and the policy reads and deletes every index; with anonymous access a login is not even asked for.',
    remediation:
      'Set `advanced_security_options { enabled = true, anonymous_auth_enabled = false }` with a master user, and give the service a role of its own.',
    references: [SOURCES.aws('opensearch_domain')],
    cwe: ['CWE-862', 'CWE-306'],
    verified: documented(
      SOURCES.aws('opensearch_domain'),
      'advanced_security_options.enabled: whether advanced security is enabled; without the block it is off',
    ),
    examples: {
      bad: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n}\n`,
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  advanced_security_options {\n    enabled                = true\n    anonymous_auth_enabled = true\n  }\n}\n`,
      ],
      good: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  advanced_security_options {\n    enabled                        = true\n    internal_user_database_enabled = true\n  }\n}\n`,
      ],
    },
  },
  [
    {
      types: DOMAINS,
      setting: 'advanced_security_options.enabled',
      safe: true,
      absent: 'bad',
      says: 'has no fine-grained access control',
      severity: (subject) => (inVpc(subject) === 'yes' ? 'medium' : 'high'),
    },
    {
      types: DOMAINS,
      setting: 'advanced_security_options.anonymous_auth_enabled',
      safe: false,
      absent: 'fine',
      says: 'lets requests without a login in',
      patch: { blastRadius: 'Requests without a login are refused.', needsConfirmation: true },
    },
  ],
);

const auditLog = terraformRule(
  {
    id: 'audit/terraform-opensearch-audit-log-off',
    aliases: ['TA-OS-008'],
    topic: 'logging',
    title: 'A search domain publishes no audit log',
    severity: 'low',
    owner: 'security',
    description: 'After an incident nobody can say who searched for what.',
    remediation: 'Add `log_publishing_options { log_type = "AUDIT_LOGS" … }`; it needs fine-grained access control.',
    references: [SOURCES.aws('opensearch_domain')],
    cwe: ['CWE-778'],
    verified: documented(
      SOURCES.aws('opensearch_domain'),
      'log_publishing_options.log_type: INDEX_SLOW_LOGS, SEARCH_SLOW_LOGS, ES_APPLICATION_LOGS or AUDIT_LOGS; none is published unless given',
    ),
    examples: {
      bad: [`resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n}\n`],
      good: [
        `resource "aws_opensearch_domain" "s" {\n  ${DOMAIN}\n  log_publishing_options {\n    cloudwatch_log_group_arn = aws_cloudwatch_log_group.s.arn\n    log_type                 = "AUDIT_LOGS"\n  }\n}\n`,
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(...DOMAINS)) {
      const { items, complete } = subject.view.blocks('log_publishing_options');
      const audits = items.filter((item) => textOf(item.attribute('log_type')) === 'AUDIT_LOGS');
      const off = audits.find((item) => boolOf(item.attribute('enabled')) === false);
      const untold = items.some((item) => textOf(item.attribute('log_type')) === null);
      if ((audits.length > 0 && off === undefined) || !complete || untold) continue;
      yield {
        subject,
        setting: 'log_publishing_options',
        at: (off ?? subject.view).at,
        actual: 'no AUDIT_LOGS',
        expected: 'AUDIT_LOGS',
        message: `${subject.address} publishes no audit log.`,
      };
    }
  },
);

const cacheTls = settingRule(
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

const cacheAuth = terraformRule(
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

const dynamoRecovery = settingRule(
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
    cwe: ['CWE-1053'],
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

const dynamoKey = settingRule(
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

/** By family of a parameter group: the parameter and the values that leave plain connections. */
const FORCED: readonly { family: RegExp; name: string; off: readonly string[]; on: string; byDefault: boolean }[] = [
  {
    family: /^(?:aurora-)?postgres(?:ql)?(?:9|1[0-4])/,
    name: 'rds.force_ssl',
    off: ['0', 'false', 'off'],
    on: '1',
    byDefault: false,
  },
  { family: /^(?:aurora-)?postgres/, name: 'rds.force_ssl', off: ['0', 'false', 'off'], on: '1', byDefault: true },
  {
    family: /^(?:aurora-)?mysql|^mariadb/,
    name: 'require_secure_transport',
    off: ['0', 'off'],
    on: 'ON',
    byDefault: false,
  },
  { family: /^sqlserver/, name: 'rds.force_ssl', off: ['0'], on: '1', byDefault: false },
  { family: /^docdb/, name: 'tls', off: ['disabled'], on: 'enabled', byDefault: true },
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
      'rds.force_ssl is 1 by default for PostgreSQL 15 and later, 0 for 14 and older',
    ),
    examples: {
      bad: [
        'resource "aws_db_parameter_group" "p" {\n  family = "postgres16"\n  parameter {\n    name  = "rds.force_ssl"\n    value = "0"\n  }\n}\n',
        'resource "aws_docdb_cluster_parameter_group" "p" {\n  family = "docdb5.0"\n  parameter {\n    name  = "tls"\n    value = "disabled"\n  }\n}\n',
        'resource "aws_db_parameter_group" "p" {\n  family = "mysql8.0"\n}\n',
      ],
      good: [
        'resource "aws_db_parameter_group" "p" {\n  family = "postgres16"\n}\n',
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
