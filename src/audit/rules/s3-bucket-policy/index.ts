/** Policies of buckets, and of roles that use them. */
import { isPublic, mayOf, refusesPlainHttp } from '../../cloud/policy.ts';
import type { PolicyStatement } from '../../formats/terraform/policy.ts';
import type { Written } from '../../formats/terraform/values.ts';
import { type AuditRule, defineRule, type Hit, type RuleSet } from '../../model.ts';

const PUBLIC = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html';
const PRINCIPAL = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html';
const KEYS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html';

function policy(...statements: readonly string[]): string {
  return `{\n  "Version": "2012-10-17",\n  "Statement": [\n    ${statements.join(',\n    ')}\n  ]\n}\n`;
}
const CLOUDFRONT =
  '{ "Effect": "Allow", "Principal": { "Service": "cloudfront.amazonaws.com" }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*", "Condition": { "StringEquals": { "AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1" } } }';
const TLS =
  '{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::files/*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }';

type Details = Omit<AuditRule<'s3-bucket-policy'>, 'format' | 'check'>;
type Found = Omit<Hit, 'pointer' | 'span'> & { at: Written; key: string };

function statementRule(
  details: Details,
  judge: (statement: PolicyStatement) => Found | null,
): AuditRule<'s3-bucket-policy'> {
  return defineRule<'s3-bucket-policy'>({
    ...details,
    format: 's3-bucket-policy',
    *check({ document }) {
      for (const statement of document.policy.statements) {
        const found = judge(statement);
        if (found === null) continue;
        const { at, key, ...rest } = found;
        yield { pointer: `Statement[${statement.index}].${key}`, span: at.span, ...rest };
      }
    },
  });
}

/** Everybody gets in, and not by way of `NotPrincipal`, which has a rule of its own. */
function open(statement: PolicyStatement): boolean {
  return isPublic(statement) && !statement.notActions && !usesNotPrincipal(statement);
}

function usesNotPrincipal(statement: PolicyStatement): boolean {
  return statement.at('NotPrincipal').span.start !== statement.at().span.start;
}

function everybody(statement: PolicyStatement, message: string): Found {
  return {
    at: statement.at('Principal'),
    key: 'Principal',
    actual: 'everybody',
    expected: 'a role, or a distribution with its ARN',
    message,
  };
}

const LISTS = /^s3:(?:list|\*list)/i;

const anyoneWrites = statementRule(
  {
    id: 'audit/bucket-policy-anyone-writes',
    aliases: ['SP-PUB-002'],
    topic: 'authorization',
    title: 'The bucket policy lets everybody write or delete',
    severity: 'critical',
    owner: 'it',
    description: 'Strangers replace, delete or add objects: what the app loads from the bucket is theirs to choose.',
    remediation: 'Name the role of the service in `Principal`; let apps upload with presigned URLs.',
    references: [PUBLIC, PRINCIPAL],
    cwe: ['CWE-732'],
    verified: {
      by: 'source',
      how: `${PUBLIC} – a policy is public unless it grants access only to fixed principals or condition values`,
    },
    examples: {
      bad: [
        policy(
          '{ "Effect": "Allow", "Principal": "*", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::files/*" }',
        ),
        policy(
          '{ "Effect": "Allow", "Principal": { "AWS": ["*"] }, "Action": "s3:*", "Resource": "arn:aws:s3:::files/*" }',
        ),
      ],
      good: [policy(CLOUDFRONT, TLS)],
    },
  },
  (statement) => {
    const may = mayOf(statement);
    if (!open(statement) || (may !== 'everything' && may !== 'write')) return null;
    return everybody(
      statement,
      `The policy lets everybody ${may === 'write' ? 'write to the bucket' : 'do everything with the bucket'}.`,
    );
  },
);

const anyoneReads = statementRule(
  {
    id: 'audit/bucket-policy-anyone-reads',
    aliases: ['SP-PUB-001'],
    topic: 'authorization',
    title: 'The bucket policy lets everybody read',
    severity: 'high',
    owner: 'it',
    description:
      'Strangers read every object whose name they know or guess; names of uploads are often numbers or user ids.',
    remediation: 'Serve the files through CloudFront with origin access control, or with presigned URLs.',
    references: [
      PUBLIC,
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html',
    ],
    cwe: ['CWE-732'],
    verified: {
      by: 'source',
      how: `${PUBLIC} – a policy is public unless it grants access only to fixed principals or condition values`,
    },
    examples: {
      bad: [
        policy('{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*" }'),
      ],
      good: [
        policy(CLOUDFRONT, TLS),
        policy(
          '{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*", "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-example" } } }',
        ),
      ],
    },
  },
  (statement) => {
    if (!open(statement) || mayOf(statement) !== 'read' || statement.actions.every((action) => LISTS.test(action)))
      return null;
    return everybody(statement, 'The policy lets everybody read the objects of the bucket.');
  },
);

const anyoneLists = statementRule(
  {
    id: 'audit/bucket-policy-anyone-lists',
    aliases: ['SP-PUB-003'],
    topic: 'authorization',
    title: 'The bucket policy lets everybody list',
    severity: 'high',
    owner: 'it',
    description: 'Strangers get the names of all objects: with them, nothing needs to be guessed.',
    remediation: 'Remove `s3:ListBucket` for everybody.',
    references: [PUBLIC],
    cwe: ['CWE-548'],
    verified: {
      by: 'source',
      how: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html – s3:ListBucket is what listing objects needs',
    },
    examples: {
      bad: [
        policy(
          '{ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::files" }',
        ),
      ],
      good: [policy(CLOUDFRONT, TLS)],
    },
  },
  (statement) => {
    if (!open(statement) || mayOf(statement) !== 'read' || !statement.actions.some((action) => LISTS.test(action)))
      return null;
    return {
      ...everybody(statement, 'The policy lets everybody list the bucket.'),
      at: statement.at('Action'),
      key: 'Action',
    };
  },
);

const plainHttp = defineRule<'s3-bucket-policy'>({
  id: 'audit/bucket-policy-plain-http',
  aliases: ['SP-TLS-001'],
  format: 's3-bucket-policy',
  topic: 'encryption-in-transit',
  title: 'The bucket policy does not refuse plain HTTP',
  severity: 'low',
  owner: 'it',
  description: 'S3 answers HTTP too. A client with a wrong address sends objects and signed links in clear.',
  remediation: 'Add a `Deny` for everybody where `aws:SecureTransport` is `false`.',
  references: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html'],
  cwe: ['CWE-319'],
  cis: ['CIS AWS Foundations 5.0 2.1.1'],
  verified: {
    by: 'source',
    how: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html – aws:SecureTransport in a Deny allows only HTTPS; without it HTTP is answered',
  },
  examples: { bad: [policy(CLOUDFRONT)], good: [policy(CLOUDFRONT, TLS)] },
  *check({ document, source }) {
    const { statements, complete } = document.policy;
    // A policy of a role has no principals, and no say in this.
    if (
      !complete ||
      statements.length === 0 ||
      statements.some(({ principal }) => principal === 'none') ||
      refusesPlainHttp(statements)
    )
      return;
    const start = source.text.indexOf('"Statement"');
    if (start < 0) return;
    yield {
      pointer: 'Statement',
      span: { start, end: start + 11 },
      actual: 'no Deny for plain HTTP',
      expected: 'Deny where aws:SecureTransport is false',
      message: 'The policy does not refuse plain HTTP.',
    };
  },
});

const wildcard = statementRule(
  {
    id: 'audit/bucket-policy-every-action',
    aliases: ['SP-PRIV-001'],
    topic: 'authorization',
    title: 'A policy allows every action of S3',
    severity: 'medium',
    owner: 'developer',
    description: 'Whoever takes over the role behind it also deletes versions and changes the policy itself.',
    remediation: 'Name the actions that the service needs: `s3:GetObject`, `s3:PutObject`.',
    references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html'],
    cwe: ['CWE-250'],
    verified: {
      by: 'source',
      how: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html – s3:* matches every action of S3, PutBucketPolicy too',
    },
    examples: {
      bad: [
        policy(
          '{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/api" }, "Action": "s3:*", "Resource": "arn:aws:s3:::files/*" }',
          TLS,
        ),
      ],
      good: [
        policy(
          '{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/api" }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*" }',
          TLS,
        ),
      ],
    },
  },
  (statement) => {
    const { effect, actions } = statement;
    const every = actions.find((action) => action === '*' || action.toLowerCase() === 's3:*');
    // What everybody may do has a worse rule.
    if (effect !== 'Allow' || every === undefined || statement.principal === 'anyone') return null;
    return {
      at: statement.at('Action'),
      key: 'Action',
      actual: every,
      expected: 'named actions',
      message: `The policy allows every action (${every}).`,
    };
  },
);

const spoofable = statementRule(
  {
    id: 'audit/bucket-policy-spoofable-condition',
    aliases: ['SP-COND-001'],
    topic: 'authorization',
    title: 'Only a header guards a public bucket',
    severity: 'high',
    owner: 'it',
    description:
      '`Referer` and `User-Agent` are texts that the client writes: anybody sends the right one, and the app carries it.',
    remediation: 'Use CloudFront with origin access control, or presigned URLs.',
    references: [KEYS],
    cwe: ['CWE-290'],
    verified: {
      by: 'source',
      how: `${KEYS} – aws:referer and aws:UserAgent come from the caller and must not be used to keep unauthorized parties out`,
    },
    examples: {
      bad: [
        policy(
          '{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*", "Condition": { "StringLike": { "aws:Referer": "https://example.com/*" } } }',
          TLS,
        ),
      ],
      good: [policy(CLOUDFRONT, TLS)],
    },
  },
  (statement) => {
    const { effect, principal, narrowed, conditions } = statement;
    const headers = conditions.filter(({ key }) => key === 'aws:referer' || key === 'aws:useragent');
    if (effect !== 'Allow' || principal !== 'anyone' || narrowed === 'yes' || headers.length === 0) return null;
    return {
      at: statement.at('Condition'),
      key: 'Condition',
      actual: headers.map(({ key }) => key).join(', '),
      expected: 'a principal, or the ARN of a distribution',
      message: 'Only a header that every client can send guards the bucket.',
    };
  },
);

const inverted = statementRule(
  {
    id: 'audit/bucket-policy-inverted',
    aliases: ['SP-NOT-001'],
    topic: 'authorization',
    title: 'A policy allows everything but what it names',
    severity: 'high',
    owner: 'it',
    description:
      '`Allow` with `NotPrincipal` means everybody else, without a login too; with `NotAction` every other action, also those that come later.',
    remediation: 'Write the principals and actions that are allowed.',
    references: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html',
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html',
    ],
    cwe: ['CWE-732'],
    verified: {
      by: 'source',
      how: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html – Allow with NotPrincipal allows all principals except the named ones, anonymous users included',
    },
    examples: {
      bad: [
        policy(
          '{ "Effect": "Allow", "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:user/old" }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*" }',
          TLS,
        ),
        policy(
          '{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/api" }, "NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::files/*" }',
          TLS,
        ),
      ],
      good: [policy(CLOUDFRONT, TLS)],
    },
  },
  (statement) => {
    if (statement.effect !== 'Allow' || !(statement.notActions || usesNotPrincipal(statement))) return null;
    const key = statement.notActions ? 'NotAction' : 'NotPrincipal';
    return {
      at: statement.at(key),
      key,
      actual: `Allow with ${key}`,
      expected: key === 'NotAction' ? 'Action' : 'Principal',
      message: `The policy allows everything but what ${key} names.`,
    };
  },
);

export const bucketPolicyRules: RuleSet<'s3-bucket-policy'> = {
  rules: [anyoneWrites, anyoneReads, anyoneLists, plainHttp, wildcard, spoofable, inverted],
  guidance: {
    fixes: {
      managed:
        'Edit the file, then `aws s3api put-bucket-policy --bucket NAME --policy file://policy.json`; switch on Block Public Access for the bucket so that a public policy is refused.',
      terraform:
        'Change the file that `aws_s3_bucket_policy` loads, and add `aws_s3_bucket_public_access_block` with all four flags.',
    },
    check:
      '`aws s3api get-bucket-policy-status --bucket NAME` answers `"IsPublic": false`; `curl -sI https://NAME.s3.amazonaws.com/` answers 403.',
  },
};
