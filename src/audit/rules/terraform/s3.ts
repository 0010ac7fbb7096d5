/** S3 buckets: who may read them, and what is kept. */
import { isPublic, mayOf } from '../../cloud/policy.ts';
import type { Configuration } from '../../formats/terraform/configuration.ts';
import { policyOf } from '../../formats/terraform/policy.ts';
import { boolOf, textOf, type Value } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { replaced, type Subject, settingOf, terraformRule } from './judge.ts';
import { about, bucketOf } from './s3-buckets.ts';
import { accessLog, lifecycle, plainHttp, versioning } from './s3-keeping.ts';
import { documented, SOURCES } from './sources.ts';

const S3_MODULE = /^(?:registry\.terraform\.io\/)?terraform-aws-modules\/s3-bucket\/aws(?:$|\/\/)/;

const FLAGS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'] as const;

/** A public access block of the bucket or of the account says so, or may: it is not told. */
function mayBeBlocked(
  configuration: Configuration,
  bucket: Subject | undefined,
  flag: (typeof FLAGS)[number],
): boolean {
  const account = configuration.of('aws_s3_account_public_access_block');
  const own = bucket === undefined ? [] : about(configuration, bucket, 'aws_s3_bucket_public_access_block');
  return [...account, ...own].some(({ view }) => {
    const value = view.attribute(flag);
    return value !== null && boolOf(value) !== false;
  });
}

const block = terraformRule(
  {
    id: 'audit/terraform-bucket-public-access-allowed',
    aliases: ['TA-S3-001'],
    topic: 'authorization',
    title: 'The public access block of a bucket is switched off',
    severity: 'medium',
    owner: 'it',
    description:
      'New buckets have all four blocks on since April 2023. The resource with a flag that is false, or missing, switches that one off: a public ACL or policy then takes effect, now or by a later mistake.',
    remediation:
      'Set all four flags of `aws_s3_bucket_public_access_block` to true; serve public files through CloudFront with origin access control.',
    references: [SOURCES.aws('s3_bucket_public_access_block'), SOURCES.s3Block],
    cwe: ['CWE-668', 'CWE-732'],
    cis: ['CIS AWS Foundations 5.0 2.1.4'],
    verified: documented(
      SOURCES.aws('s3_bucket_public_access_block'),
      'each of the four flags defaults to false; https://aws.amazon.com/blogs/aws/amazon-s3-block-public-access-another-layer-of-protection-for-your-accounts-and-buckets/ (update of 27 April 2023) – all new buckets have the block of the bucket on. The block of the account is a setting of its own',
    ),
    examples: {
      bad: [
        'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket                  = aws_s3_bucket.b.id\n  block_public_acls       = true\n  block_public_policy     = false\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n',
        'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket            = aws_s3_bucket.b.id\n  block_public_acls = true\n}\n',
        'module "files" {\n  source              = "terraform-aws-modules/s3-bucket/aws"\n  bucket              = "files"\n  block_public_policy = false\n}\n',
      ],
      good: [
        'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket                  = aws_s3_bucket.b.id\n  block_public_acls       = true\n  block_public_policy     = true\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    const calls = configuration.calls.filter(({ instance, from }) => instance === null && S3_MODULE.test(from ?? ''));
    const blocks = configuration.of('aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block');
    for (const subject of [...blocks, ...calls]) {
      const found = FLAGS.map((name) => ({ name, setting: settingOf(subject.view, name) }));
      const off = found.filter(
        ({ setting }) =>
          // The module has all four on unless told otherwise (since its version 4).
          (setting.state === 'absent' && !('from' in subject)) ||
          (setting.state === 'known' && boolOf(setting.value) === false),
      );
      const [first] = off;
      if (first === undefined) continue;
      const written = off.flatMap(({ setting }) => (setting.state === 'known' ? [setting.value.at] : []));
      const here =
        written.length === off.length &&
        written.every(({ literal, source }) => literal && source === written[0]?.source);
      const at = written[0] ?? subject.view.at;
      yield {
        subject,
        setting: first.name,
        at,
        actual: off
          .map(({ name, setting }) => `${name} ${setting.state === 'absent' ? 'not set' : 'false'}`)
          .join(', '),
        expected: 'all four true',
        message: `${subject.address} lets the bucket be made public.`,
        fix: here
          ? {
              edits: written.map(({ span }) => ({ ...span, text: 'true' })),
              title: 'Switch the public access block on',
              blastRadius: 'Whoever reads the bucket without a login, through a public ACL or policy, is refused.',
              needsConfirmation: true,
            }
          : null,
      };
    }
  },
);

const PUBLIC_ACLS = ['public-read', 'public-read-write', 'authenticated-read', 'aws-exec-read'];

const EVERYBODY = /acs\.amazonaws\.com\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;

const acl = terraformRule(
  {
    id: 'audit/terraform-bucket-public-acl',
    aliases: ['TA-S3-002'],
    topic: 'authorization',
    title: 'An ACL opens a bucket to everybody',
    severity: 'critical',
    owner: 'it',
    description:
      'With `public-read` everybody lists and reads the objects, with `public-read-write` everybody replaces them, and `authenticated-read` means any account of AWS, not yours.',
    remediation:
      'Use `private`, or switch ACLs off (`BucketOwnerEnforced`), and serve files through CloudFront or signed links.',
    references: [SOURCES.aws('s3_bucket_acl'), SOURCES.s3Acl],
    cwe: ['CWE-732'],
    verified: documented(
      'https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html',
      'public-read: AllUsers gets READ; authenticated-read: any AWS account gets READ',
    ),
    examples: {
      bad: [
        'resource "aws_s3_bucket" "b" {\n  bucket = "files"\n  acl    = "public-read"\n}\n',
        'locals {\n  acl = "public-read-write"\n}\nresource "aws_s3_bucket_acl" "b" {\n  bucket = "files"\n  acl    = local.acl\n}\n',
      ],
      good: [
        'resource "aws_s3_bucket_acl" "b" {\n  bucket = "files"\n  acl    = "private"\n}\n',
        'resource "aws_s3_bucket" "b" {\n  acl = "public-read"\n}\nresource "aws_s3_bucket_public_access_block" "b" {\n  bucket                  = aws_s3_bucket.b.id\n  block_public_acls       = true\n  block_public_policy     = true\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of(
      'aws_s3_bucket',
      'aws_s3_bucket_acl',
      'aws_s3_object',
      'aws_s3_bucket_object',
    )) {
      const bucket = subject.type === 'aws_s3_bucket' ? subject : bucketOf(configuration, subject);
      if (mayBeBlocked(configuration, bucket, 'ignore_public_acls')) continue;
      const value = subject.view.attribute('acl');
      const text = textOf(value);
      const website =
        bucket !== undefined &&
        (bucket.view.blocks('website').items.length > 0 ||
          about(configuration, bucket, 'aws_s3_bucket_website_configuration').length > 0);
      if (value !== null && text !== null && PUBLIC_ACLS.includes(text) && text !== 'aws-exec-read') {
        const severity =
          text === 'public-read-write'
            ? 'critical'
            : subject.type.endsWith('object')
              ? 'medium'
              : website
                ? 'medium'
                : 'high';
        const fix = replaced(value.at, '"private"', {
          title: 'Make the bucket private',
          blastRadius: 'Whoever reads it without a login – a website, apps with plain links – is refused.',
          needsConfirmation: true,
        });
        yield {
          subject,
          setting: 'acl',
          at: value.at,
          actual: text,
          expected: 'private',
          message: `The ACL of ${subject.address} is ${text}.`,
          severity,
          fix,
        };
      }
      for (const [uri, permission] of grantsOf(subject)) {
        if (!EVERYBODY.test(textOf(uri) ?? '')) continue;
        const severity = /WRITE|FULL_CONTROL/.test(permission) ? 'critical' : 'high';
        yield {
          subject,
          setting: 'grant',
          at: uri.at,
          actual: 'everybody',
          expected: 'named accounts',
          message: `A grant of ${subject.address} lets everybody in.`,
          severity,
        };
      }
    }
  },
);

function* grantsOf({ view }: Subject): Generator<[Value, string]> {
  for (const grant of view.blocks('grant').items) {
    const uri = grant.attribute('uri');
    const permissions = grant.attribute('permissions');
    const names = permissions?.kind === 'list' ? permissions.items.map(textOf).join(' ') : '';
    if (uri !== null) yield [uri, names];
  }
  for (const policy of view.blocks('access_control_policy').items) {
    for (const grant of policy.blocks('grant').items) {
      const uri = grant.blocks('grantee').items[0]?.attribute('uri') ?? null;
      if (uri !== null) yield [uri, textOf(grant.attribute('permission')) ?? ''];
    }
  }
}

const policy = terraformRule(
  {
    id: 'audit/terraform-bucket-public-policy',
    aliases: ['TA-S3-003'],
    topic: 'authorization',
    title: 'A bucket policy opens a bucket to everybody',
    severity: 'high',
    owner: 'it',
    description:
      'The policy allows any principal without a condition: strangers read, list or even replace and delete the objects.',
    remediation:
      'Name the role, or the CloudFront distribution (`Service = "cloudfront.amazonaws.com"` with `AWS:SourceArn`), in `Principal`.',
    references: [SOURCES.aws('s3_bucket_policy'), SOURCES.s3Block],
    cwe: ['CWE-732'],
    verified: documented(
      SOURCES.s3Block,
      'a policy is public unless it grants access only to fixed values of certain principals and condition keys',
    ),
    examples: {
      bad: [
        'resource "aws_s3_bucket_policy" "b" {\n  bucket = "files"\n  policy = jsonencode({\n    Statement = [{\n      Effect    = "Allow"\n      Principal = "*"\n      Action    = ["s3:GetObject", "s3:PutObject"]\n      Resource  = "arn:aws:s3:::files/*"\n    }]\n  })\n}\n',
        'resource "aws_s3_bucket" "b" {\n  bucket = "files"\n}\nresource "aws_s3_bucket_policy" "b" {\n  bucket = aws_s3_bucket.b.id\n  policy = <<EOT\n{\n  "Statement": [{\n    "Effect": "Allow",\n    "Principal": { "AWS": "*" },\n    "Action": "s3:ListBucket",\n    "Resource": "${aws_s3_bucket.b.arn}"\n  }]\n}\nEOT\n}\n',
      ],
      good: [
        'resource "aws_s3_bucket_policy" "b" {\n  bucket = "files"\n  policy = jsonencode({\n    Statement = [{\n      Effect    = "Allow"\n      Principal = { Service = "cloudfront.amazonaws.com" }\n      Action    = "s3:GetObject"\n      Resource  = "arn:aws:s3:::files/*"\n    }]\n  })\n}\n',
        'resource "aws_s3_bucket_policy" "b" {\n  bucket = "files"\n  policy = jsonencode({\n    Statement = [{\n      Effect    = "Deny"\n      Principal = "*"\n      Action    = "s3:*"\n      Resource  = "*"\n      Condition = { Bool = { "aws:SecureTransport" = "false" } }\n    }]\n  })\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of('aws_s3_bucket_policy', 'aws_s3_bucket', 'aws_s3_access_point')) {
      const bucket = subject.type === 'aws_s3_bucket' ? subject : bucketOf(configuration, subject);
      if (mayBeBlocked(configuration, bucket, 'restrict_public_buckets')) continue;
      for (const statement of policyOf(subject.view.attribute('policy'))?.statements ?? []) {
        if (!isPublic(statement)) continue;
        const may = mayOf(statement);
        const what = { everything: 'do everything with', write: 'write to', read: 'read', unknown: 'get at' }[may];
        yield {
          subject,
          setting: `policy.Statement[${statement.index}].Principal`,
          at: statement.at('Principal', 'NotPrincipal'),
          actual: 'everybody',
          expected: 'a role, or a distribution with its ARN',
          message: `The policy of ${subject.address} lets everybody ${what} the bucket.`,
          severity: may === 'everything' || may === 'write' ? 'critical' : 'high',
        };
      }
    }
  },
);

export const s3Rules: readonly AuditRule<'terraform'>[] = [
  block,
  acl,
  policy,
  versioning,
  plainHttp,
  accessLog,
  lifecycle,
];
