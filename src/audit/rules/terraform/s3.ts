/** S3 buckets: who may read them, and what is kept. */
import { isPublic, mayOf, refusesPlainHttp, type Statement } from '../../cloud/policy.ts';
import type { Configuration } from '../../formats/terraform/configuration.ts';
import type { Resource } from '../../formats/terraform/instance.ts';
import { policyOf } from '../../formats/terraform/policy.ts';
import { boolOf, referencesOf, textOf, type Value } from '../../formats/terraform/values.ts';
import type { AuditRule } from '../../model.ts';
import { replaced, type Subject, settingOf, terraformRule, type Wrong } from './judge.ts';
import { documented, SOURCES } from './sources.ts';

/** Resources that configure a bucket: they name it by reference, or by the same text. */
function about(configuration: Configuration, bucket: Subject, type: string): readonly Resource[] {
  const name = textOf(bucket.view.attribute('bucket'));
  return configuration.of(type).filter(({ view }) => {
    const value = view.attribute('bucket');
    const text = textOf(value);
    return referencesOf(value).some(({ address }) => address === bucket.of) || (text !== null && text === name);
  });
}

/** The bucket that a resource configures. */
function bucketOf(configuration: Configuration, { view }: Subject): Resource | undefined {
  const value = view.attribute('bucket');
  const names = new Set(referencesOf(value).map(({ address }) => address));
  const text = textOf(value);
  return configuration
    .of('aws_s3_bucket')
    .find((bucket) => names.has(bucket.of) || (text !== null && text === textOf(bucket.view.attribute('bucket'))));
}

const FLAGS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'] as const;

/** A public access block of the bucket says so, or may: it is not told. */
function mayBeBlocked(
  configuration: Configuration,
  bucket: Subject | undefined,
  flag: (typeof FLAGS)[number],
): boolean {
  if (bucket === undefined) return false;
  return about(configuration, bucket, 'aws_s3_bucket_public_access_block').some(({ view }) => {
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
    verified: documented(SOURCES.aws('s3_bucket_public_access_block'), 'each of the four flags defaults to false'),
    examples: {
      bad: [
        'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket                  = aws_s3_bucket.b.id\n  block_public_acls       = true\n  block_public_policy     = false\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n',
        'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket            = aws_s3_bucket.b.id\n  block_public_acls = true\n}\n',
      ],
      good: [
        'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket                  = aws_s3_bucket.b.id\n  block_public_acls       = true\n  block_public_policy     = true\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of('aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block')) {
      const found = FLAGS.map((name) => ({ name, setting: settingOf(subject.view, name) }));
      const off = found.filter(
        ({ setting }) => setting.state === 'absent' || (setting.state === 'known' && boolOf(setting.value) === false),
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

interface Missing {
  setting: string;
  /** Whether the bucket has it; null where the files do not tell. */
  has(configuration: Configuration, bucket: Resource): boolean | null;
  says: string;
  expected: string;
}

function* missing(configuration: Configuration, { setting, has, says, expected }: Missing): Generator<Wrong> {
  for (const subject of configuration.of('aws_s3_bucket')) {
    if (has(configuration, subject) !== false) continue;
    yield {
      subject,
      setting,
      at: subject.view.at,
      actual: 'not set',
      expected,
      message: `${subject.address} ${says}.`,
    };
  }
}

/** A block of the bucket itself (as before version 4 of the provider), or a resource about it. */
function configured(name: string, type: string) {
  return (configuration: Configuration, bucket: Resource): boolean => {
    const own = bucket.view.blocks(name);
    return own.items.length > 0 || !own.complete || about(configuration, bucket, type).length > 0;
  };
}

const versioning = terraformRule(
  {
    id: 'audit/terraform-bucket-without-versioning',
    aliases: ['TA-S3-004'],
    topic: 'retention',
    title: 'A bucket keeps no versions',
    severity: 'low',
    owner: 'it',
    description: 'What is overwritten or deleted – by mistake or by an attacker – is gone.',
    remediation:
      'Add `aws_s3_bucket_versioning` with `status = "Enabled"`, and a lifecycle rule that removes old versions.',
    references: [SOURCES.aws('s3_bucket_versioning')],
    cwe: ['CWE-1053'],
    verified: documented(
      SOURCES.aws('s3_bucket_versioning'),
      'buckets are unversioned until a configuration enables it',
    ),
    examples: {
      bad: [
        'resource "aws_s3_bucket" "b" {\n  bucket = "files"\n}\n',
        'resource "aws_s3_bucket" "b" {\n  bucket = "files"\n  versioning {\n    enabled = false\n  }\n}\n',
      ],
      good: [
        'resource "aws_s3_bucket" "b" {\n  bucket = "files"\n}\nresource "aws_s3_bucket_versioning" "b" {\n  bucket = aws_s3_bucket.b.id\n  versioning_configuration {\n    status = "Enabled"\n  }\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    yield* missing(configuration, {
      setting: 'versioning',
      expected: 'Enabled',
      says: 'keeps no versions',
      has(all, bucket) {
        const own = bucket.view.blocks('versioning');
        const others = about(all, bucket, 'aws_s3_bucket_versioning').map(({ view }) =>
          settingOf(view, 'versioning_configuration.status'),
        );
        if (!own.complete || others.some(({ state }) => state === 'unknown')) return null;
        const enabled = own.items.some(
          (item) => boolOf(item.attribute('enabled')) !== false && item.attribute('enabled') !== null,
        );
        return enabled || others.some((one) => one.state === 'known' && textOf(one.value) === 'Enabled');
      },
    });
  },
);

/** What it allows, it allows over TLS only. */
function asksForTls({ effect, conditions }: Statement): boolean {
  const tls = conditions.some(({ key, values }) => key === 'aws:securetransport' && values.includes('true'));
  return effect === 'Deny' || tls;
}

const plainHttp = terraformRule(
  {
    id: 'audit/terraform-bucket-plain-http',
    aliases: ['TA-S3-005'],
    topic: 'encryption-in-transit',
    title: 'A bucket policy does not refuse plain HTTP',
    severity: 'low',
    owner: 'it',
    description: 'S3 answers HTTP too. A client with a wrong address sends objects and signed links in clear.',
    remediation: 'Add a `Deny` for `aws:SecureTransport` = `false` to the bucket policy.',
    references: [
      'https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html',
      SOURCES.aws('s3_bucket_policy'),
    ],
    cwe: ['CWE-319'],
    cis: ['CIS AWS Foundations 5.0 2.1.1'],
    verified: documented(
      'https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html',
      'enforce encryption of data in transit with the aws:SecureTransport condition; HTTP is allowed without it',
    ),
    examples: {
      bad: [
        'resource "aws_s3_bucket_policy" "b" {\n  bucket = "files"\n  policy = jsonencode({\n    Statement = [{\n      Effect    = "Allow"\n      Principal = { AWS = "arn:aws:iam::111122223333:role/api" }\n      Action    = "s3:GetObject"\n      Resource  = "*"\n    }]\n  })\n}\n',
      ],
      good: [
        'resource "aws_s3_bucket_policy" "b" {\n  bucket = "files"\n  policy = jsonencode({\n    Statement = [{\n      Effect    = "Deny"\n      Principal = "*"\n      Action    = "s3:*"\n      Resource  = "*"\n      Condition = { Bool = { "aws:SecureTransport" = "false" } }\n    }]\n  })\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    for (const subject of configuration.of('aws_s3_bucket_policy')) {
      const found = policyOf(subject.view.attribute('policy'));
      if (found === null || !found.complete || found.statements.length === 0) continue;
      if (
        refusesPlainHttp(found.statements) ||
        found.statements.every(asksForTls) ||
        found.statements.some(({ effect, complete }) => effect !== 'Allow' && !complete)
      )
        continue;
      yield {
        subject,
        setting: 'policy',
        at: subject.view.at,
        actual: 'no Deny for plain HTTP',
        expected: 'Deny where aws:SecureTransport is false',
        message: `The policy of ${subject.address} does not refuse plain HTTP.`,
      };
    }
  },
);

const accessLog = terraformRule(
  {
    id: 'audit/terraform-bucket-without-access-log',
    aliases: ['TA-S3-006'],
    topic: 'logging',
    title: 'A bucket writes no access log',
    severity: 'info',
    owner: 'security',
    description: 'After an incident nobody can say which objects were read, unless CloudTrail records data events.',
    remediation: 'Add `aws_s3_bucket_logging` with a target bucket, or data events in CloudTrail.',
    references: [SOURCES.aws('s3_bucket_logging')],
    cwe: ['CWE-778'],
    verified: documented(
      'https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html',
      'by default S3 does not collect server access logs',
    ),
    examples: {
      bad: ['resource "aws_s3_bucket" "b" {\n  bucket = "files"\n}\n'],
      good: ['resource "aws_s3_bucket" "b" {\n  bucket = "files"\n  logging {\n    target_bucket = "logs"\n  }\n}\n'],
    },
  },
  function* ({ configuration }) {
    yield* missing(configuration, {
      setting: 'logging',
      expected: 'a target bucket',
      says: 'writes no access log',
      has: configured('logging', 'aws_s3_bucket_logging'),
    });
  },
);

const lifecycle = terraformRule(
  {
    id: 'audit/terraform-bucket-without-lifecycle',
    aliases: ['TA-S3-007'],
    topic: 'retention',
    title: 'A bucket keeps everything for ever',
    severity: 'info',
    owner: 'security',
    description: 'Files of people who left the app stay, and with them the duty to find and delete them.',
    remediation: 'Add `aws_s3_bucket_lifecycle_configuration` with an expiration that fits what is stored.',
    references: [SOURCES.aws('s3_bucket_lifecycle_configuration'), 'https://gdpr-info.eu/art-5-gdpr/'],
    cwe: ['CWE-459'],
    verified: documented(
      'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html',
      'objects are kept until they are deleted or a lifecycle rule expires them',
    ),
    examples: {
      bad: ['resource "aws_s3_bucket" "b" {\n  bucket = "files"\n}\n'],
      good: [
        'resource "aws_s3_bucket" "b" {\n  bucket = "files"\n}\nresource "aws_s3_bucket_lifecycle_configuration" "b" {\n  bucket = aws_s3_bucket.b.id\n  rule {\n    id     = "old"\n    status = "Enabled"\n    expiration {\n      days = 365\n    }\n  }\n}\n',
      ],
    },
  },
  function* ({ configuration }) {
    yield* missing(configuration, {
      setting: 'lifecycle_rule',
      expected: 'a rule that expires objects',
      says: 'keeps everything for ever',
      has: configured('lifecycle_rule', 'aws_s3_bucket_lifecycle_configuration'),
    });
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
