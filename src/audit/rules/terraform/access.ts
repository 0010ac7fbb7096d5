/** Identity policies and policies of resources at AWS. */
import { isAdministrator, isPublic, wildcardServices } from '../../cloud/policy.ts';
import { policyOf } from '../../formats/terraform/policy.ts';
import { textOf } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { terraformRule } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

const DATA_SERVICES = new Set([
  's3',
  'dynamodb',
  'rds',
  'rds-data',
  'rds-db',
  'es',
  'aoss',
  'elasticache',
  'secretsmanager',
  'kms',
  'redshift',
  'redshift-data',
  'docdb-elastic',
  'neptune-db',
  'cognito-idp',
]);

const wildcard = terraformRule(
  {
    id: 'audit/terraform-iam-wildcard-on-data',
    topic: 'authorization',
    title: 'A policy of IAM allows every action on all data of a service',
    severity: 'medium',
    owner: 'developer',
    description:
      'Whoever takes over the service behind this policy – or finds its keys – reads, changes and deletes every bucket, table or secret of the account.',
    remediation: 'Name the actions that the service needs and the ARNs of its own resources.',
    references: [SOURCES.aws('iam_policy'), 'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html'],
    cwe: ['CWE-250', 'CWE-732'],
    verified: documented(
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html',
      'apply least-privilege permissions; `*` matches every action or resource',
    ),
    examples: {
      bad: [
        'resource "aws_iam_policy" "p" {\n  policy = jsonencode({\n    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]\n  })\n}\n',
        'data "aws_iam_policy_document" "p" {\n  statement {\n    actions   = ["*"]\n    resources = ["*"]\n  }\n}\nresource "aws_iam_role_policy" "p" {\n  role   = "api"\n  policy = data.aws_iam_policy_document.p.json\n}\n',
      ],
      good: [
        'resource "aws_iam_policy" "p" {\n  policy = jsonencode({\n    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::files/*" }]\n  })\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(
      'aws_iam_policy',
      'aws_iam_role_policy',
      'aws_iam_user_policy',
      'aws_iam_group_policy',
    )) {
      for (const statement of policyOf(subject.view.attribute('policy'))?.statements ?? []) {
        const services = wildcardServices(statement).filter((service) => DATA_SERVICES.has(service));
        const everything = isAdministrator(statement);
        if (!everything && services.length === 0) continue;
        const what = everything ? 'everything in the account' : `every action of ${services.join(', ')} on all data`;
        yield {
          subject,
          setting: `policy.Statement[${statement.index}].Action`,
          at: statement.at('Action'),
          actual: everything ? '*' : services.map((service) => `${service}:*`).join(', '),
          expected: 'named actions on named resources',
          message: `${subject.address} allows ${what}.`,
          severity: everything ? 'high' : 'medium',
        };
      }
    }
  },
);

/** Types with a policy of their own, and the attribute that holds it. */
const POLICIES: Readonly<Record<string, string>> = {
  aws_sqs_queue: 'policy',
  aws_sqs_queue_policy: 'policy',
  aws_sns_topic: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_secretsmanager_secret: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
  aws_ecr_repository_policy: 'policy',
  aws_kms_key: 'policy',
  aws_backup_vault_policy: 'policy',
  aws_glacier_vault: 'access_policy',
  aws_dynamodb_resource_policy: 'policy',
  aws_efs_file_system_policy: 'policy',
};

const openPolicy = terraformRule(
  {
    id: 'audit/terraform-resource-policy-open',
    topic: 'authorization',
    title: 'A policy opens a queue, secret, key or vault to everybody',
    severity: 'high',
    owner: 'it',
    description:
      'The policy allows any principal without a condition: any account of AWS, or even nobody in particular, gets at what the resource holds.',
    remediation:
      'Name the roles in `Principal`, or tie the statement to your account or organisation (`aws:PrincipalOrgID`, `aws:SourceArn`).',
    references: [
      SOURCES.aws('sqs_queue_policy'),
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
    ],
    cwe: ['CWE-732', 'CWE-284'],
    verified: documented(
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
      'a wildcard principal in a resource policy means everyone, including anonymous users',
    ),
    examples: {
      bad: [
        'resource "aws_sqs_queue_policy" "q" {\n  queue_url = "q"\n  policy = jsonencode({\n    Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:*", Resource = "*" }]\n  })\n}\n',
      ],
      good: [
        'resource "aws_sqs_queue_policy" "q" {\n  queue_url = "q"\n  policy = jsonencode({\n    Statement = [{\n      Effect    = "Allow"\n      Principal = "*"\n      Action    = "sqs:SendMessage"\n      Resource  = "*"\n      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:111122223333:t" } }\n    }]\n  })\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(...Object.keys(POLICIES))) {
      const setting = POLICIES[subject.type] ?? 'policy';
      for (const statement of policyOf(subject.view.attribute(setting))?.statements ?? []) {
        if (!isPublic(statement)) continue;
        const at = statement.at('Principal', 'NotPrincipal');
        yield {
          subject,
          setting: `${setting}.Statement[${statement.index}].Principal`,
          at,
          actual: 'everybody',
          expected: 'named principals',
          message: `The policy of ${subject.address} lets everybody in.`,
        };
      }
    }
    for (const subject of configuration.of('aws_lambda_function_url')) {
      const value = subject.view.attribute('authorization_type');
      if (value === null || textOf(value) !== 'NONE') continue;
      yield {
        subject,
        setting: 'authorization_type',
        at: value.at,
        actual: 'NONE',
        expected: 'AWS_IAM, or a login in the function',
        message: `${subject.address} answers everybody.`,
        severity: 'low',
      };
    }
  },
);

export const accessRules: readonly AuditRule<'terraform'>[] = [wildcard, openPolicy];
