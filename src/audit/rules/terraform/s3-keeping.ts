/** S3 buckets: versions, transport, logs, and how long things are kept. */
import { refusesPlainHttp, type Statement } from '../../cloud/policy.ts';
import type { Configuration } from '../../formats/terraform/configuration.ts';
import type { Resource } from '../../formats/terraform/instance.ts';
import { policyOf } from '../../formats/terraform/policy.ts';
import { boolOf, textOf } from '../../formats/terraform/values.ts';
import { settingOf, terraformRule, type Wrong } from './judge.ts';
import { about } from './s3-buckets.ts';
import { documented, SOURCES } from './sources.ts';

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

export const versioning = terraformRule(
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
    cwe: ['CWE-693'],
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

export const plainHttp = terraformRule(
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

export const accessLog = terraformRule(
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

export const lifecycle = terraformRule(
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
