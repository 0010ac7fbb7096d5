/** Search domains that AWS runs: who gets in. */
import { isPublic, mayOf } from '../../cloud/policy.ts';
import { policyOf } from '../../formats/terraform/policy.ts';
import { boolOf, referencesOf } from '../../formats/terraform/values.ts';
import { DOMAIN, DOMAINS } from './aws-search.ts';
import { type Subject, settingOf, settingRule, terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

function inVpc({ view }: Subject): 'yes' | 'no' | 'unknown' {
  const { items, complete } = view.blocks('vpc_options');
  return items.length > 0 ? 'yes' : complete ? 'no' : 'unknown';
}

function fineGrained({ view }: Subject): boolean {
  const found = settingOf(view, 'advanced_security_options.enabled');
  return found.state === 'unknown' || (found.state === 'known' && boolOf(found.value) !== false);
}

export const openPolicy = terraformRule(
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

export const publicEndpoint = terraformRule(
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

export const noAccessControl = settingRule(
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
