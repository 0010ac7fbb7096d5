/** Search domains that AWS runs: encryption on the way and the audit log. */
import { boolOf, textOf } from '../../formats/terraform/values.ts';
import { settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** Both names of the service. */
export const DOMAINS = ['aws_opensearch_domain', 'aws_elasticsearch_domain'] as const;

/** Whom a patch cuts off that forces TLS. */
export const TLS_CLIENTS = { blastRadius: 'Clients that connect without TLS are refused.', needsConfirmation: true };

/** For examples. */
export const DOMAIN = 'domain_name    = "search"\n  engine_version = "OpenSearch_2.11"';

export const nodeToNode = settingRule(
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

export const plainHttp = settingRule(
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

export const oldTls = settingRule(
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

export const auditLog = terraformRule(
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
