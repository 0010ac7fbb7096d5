/** Who gets at data: security groups and buckets. */

import { isPublic, mayOf, statementsOf } from '../../cloud/policy.ts';
import { isEveryPort, storesIn } from '../../cloud/ports.ts';
import { referredTo } from '../../formats/cloudformation/evaluate.ts';
import { ingressOf } from '../../formats/cloudformation/security-groups.ts';
import { defineRule } from '../../model.ts';
import { hitAt, isOff, isOn, ofTypes, page, setTo, template } from './support.ts';

const source = (how: string): { by: 'source'; how: string } => ({ by: 'source', how });

export const groupOpen = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-store-port-open-to-internet',
  format: 'cloudformation',
  title: 'A security group opens the port of a store to the internet',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'it',
  description:
    'An ingress rule from `0.0.0.0/0` or `::/0` covers a port that stores wait on. Whatever is put into the group, and has an address that the internet reaches, is found within hours.',
  remediation: 'Name the security group of the application in `SourceSecurityGroupId` in place of the address range.',
  references: [page('ec2-securitygroup'), 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html'],
  cwe: ['CWE-284', 'CWE-668'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html – CidrIp, FromPort, ToPort; protocol -1 is all protocols and ports.',
  ),
  examples: {
    bad: [
      template(
        'AWS::EC2::SecurityGroup',
        'GroupDescription: db\nSecurityGroupIngress:\n  - IpProtocol: tcp\n    FromPort: 5432\n    ToPort: 5432\n    CidrIp: 0.0.0.0/0',
      ),
      template(
        'AWS::EC2::SecurityGroup',
        'GroupDescription: all\nSecurityGroupIngress:\n  - IpProtocol: "-1"\n    CidrIpv6: ::/0',
      ),
    ],
    good: [
      template(
        'AWS::EC2::SecurityGroup',
        'GroupDescription: db\nSecurityGroupIngress:\n  - IpProtocol: tcp\n    FromPort: 5432\n    ToPort: 5432\n    SourceSecurityGroupId: !Ref App',
      ),
      template(
        'AWS::EC2::SecurityGroup',
        'GroupDescription: web\nSecurityGroupIngress:\n  - IpProtocol: tcp\n    FromPort: 443\n    ToPort: 443\n    CidrIp: 0.0.0.0/0',
      ),
      template(
        'AWS::EC2::SecurityGroup',
        'GroupDescription: icmp\nSecurityGroupIngress:\n  - IpProtocol: icmp\n    FromPort: -1\n    ToPort: -1\n    CidrIp: 0.0.0.0/0',
      ),
    ],
  },
  *check(file) {
    for (const { resource, pointer, cidr, ports, protocol } of ingressOf(file.document)) {
      if (cidr?.reach !== 'internet' || ports === null || /^(?:icmp|icmpv6|1|58|udp|17)$/.test(protocol)) continue;
      const stores = storesIn(ports);
      if (stores.length === 0) continue;
      const every = isEveryPort(ports);
      yield {
        service: resource.id,
        pointer: `Resources.${resource.id}.${pointer}`,
        span: cidr.span,
        actual: `${cidr.text} on ${every ? 'every port' : ports.from === ports.to ? `port ${ports.from}` : `ports ${ports.from}–${ports.to}`}`,
        expected: 'SourceSecurityGroupId of the application',
        message: every
          ? 'The group lets the whole internet in on every port.'
          : `The group lets the whole internet in to ${stores.slice(0, 3).join(', ')}.`,
        severity: every || ports.to - ports.from < 1_000 ? 'high' : 'medium',
      };
    }
  },
});

const PUBLIC_ACLS = /^(?:PublicRead|PublicReadWrite|AuthenticatedRead)$/;

export const bucketAcl = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-bucket-public-acl',
  format: 'cloudformation',
  title: 'A bucket is open by its ACL',
  topic: 'authorization',
  severity: 'high',
  owner: 'it',
  description:
    'The ACL lets everybody (or everybody with any AWS account) list the bucket; with `PublicReadWrite` also write into it.',
  remediation:
    'Remove `AccessControl`, keep the public access block on, and hand files out through CloudFront or signed URLs.',
  references: [page('s3-bucket'), 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl'],
  cwe: ['CWE-732'],
  cis: ['CIS AWS Foundations 5.0 2.1.4'],
  verified: source(
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html – canned ACLs: public-read gives AllUsers READ, public-read-write READ and WRITE, authenticated-read AuthenticatedUsers READ.',
  ),
  examples: {
    bad: [template('AWS::S3::Bucket', 'AccessControl: PublicRead')],
    good: [
      template('AWS::S3::Bucket', 'AccessControl: Private'),
      template(
        'AWS::S3::Bucket',
        'AccessControl: PublicRead\nPublicAccessBlockConfiguration:\n  BlockPublicAcls: true\n  IgnorePublicAcls: true',
      ),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, ['AWS::S3::Bucket'])) {
      const property = resource.property('AccessControl');
      if (typeof property.value !== 'string' || !PUBLIC_ACLS.test(property.value)) continue;
      if (isOn(resource.property('PublicAccessBlockConfiguration.IgnorePublicAcls').value)) continue;
      const write = property.value === 'PublicReadWrite';
      const site = resource.property('WebsiteConfiguration').value !== null;
      yield hitAt(resource, 'AccessControl', property, {
        actual: property.value,
        expected: 'Private, or not set',
        message: write
          ? 'Everybody may read the bucket and write into it.'
          : `Everybody may list the bucket${site ? ', which is a web site' : ''}.`,
        severity: write ? 'critical' : site ? 'low' : 'high',
        fix: setTo(property, 'Private', {
          title: `Close the ACL of ${resource.id}`,
          blastRadius: 'Whoever reads from the bucket without signing – a web site, an app – is refused.',
          needsConfirmation: true,
        }),
      });
    }
  },
});

export const bucketPolicy = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-bucket-policy-public',
  format: 'cloudformation',
  title: 'A bucket is open by its policy',
  topic: 'authorization',
  severity: 'high',
  owner: 'it',
  description:
    'A statement allows `*` without a condition that narrows it: strangers read the files, and with write actions replace or delete them.',
  remediation:
    'Name the role or the origin access control of CloudFront in `Principal`, or narrow by `aws:SourceVpce` or `aws:PrincipalOrgID`.',
  references: [
    page('s3-bucketpolicy'),
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status',
  ],
  cwe: ['CWE-732'],
  verified: source(
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html – “The meaning of public”: a policy is public unless principals are fixed or a condition with fixed values narrows it.',
  ),
  examples: {
    bad: [
      template(
        'AWS::S3::BucketPolicy',
        'Bucket: !Ref Files\nPolicyDocument:\n  Statement:\n    - Effect: Allow\n      Principal: "*"\n      Action: s3:GetObject\n      Resource: !Sub "${Files.Arn}/*"',
      ),
    ],
    good: [
      template(
        'AWS::S3::BucketPolicy',
        'Bucket: !Ref Files\nPolicyDocument:\n  Statement:\n    - Effect: Deny\n      Principal: "*"\n      Action: s3:*\n      Resource: "*"\n      Condition: {Bool: {aws:SecureTransport: false}}',
      ),
      template(
        'AWS::S3::BucketPolicy',
        'Bucket: !Ref Files\nPolicyDocument:\n  Statement:\n    - Effect: Allow\n      Principal: {Service: cloudfront.amazonaws.com}\n      Action: s3:GetObject\n      Resource: "*"',
      ),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, ['AWS::S3::BucketPolicy'])) {
      const property = resource.property('PolicyDocument');
      const open = statementsOf(property.value).filter(isPublic);
      const bucket = file.document.resources.find(({ id }) => id === referredTo(resource.written('Bucket')));
      if (open.length === 0 || isOn(bucket?.property('PublicAccessBlockConfiguration.RestrictPublicBuckets').value))
        continue;
      const may = open.map(mayOf);
      const write = may.includes('everything') || may.includes('write');
      // A bucket that is a web site is meant to be read.
      const site = bucket !== undefined && bucket.property('WebsiteConfiguration').value !== null;
      yield hitAt(resource, `PolicyDocument.Statement[${open[0]?.index ?? 0}]`, property, {
        actual: 'Allow for everybody, without a condition that narrows it',
        expected: 'named principals',
        message: write
          ? 'Everybody may change what is in the bucket.'
          : site
            ? 'Everybody may read the bucket, which is a web site.'
            : 'Everybody may read the bucket.',
        severity: write ? 'critical' : site ? 'low' : 'high',
      });
    }
  },
});

const FLAGS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

export const bucketBlockOff = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-bucket-public-access-block-off',
  format: 'cloudformation',
  title: 'The public access block of a bucket is switched off',
  topic: 'authorization',
  severity: 'medium',
  owner: 'it',
  description:
    'New buckets refuse public ACLs and policies. This template switches that off: one policy or ACL later the files are open.',
  remediation: 'Set all four flags of `PublicAccessBlockConfiguration` to true.',
  references: [
    page('s3-bucket'),
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
  ],
  cwe: ['CWE-732'],
  verified: source(
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html – since April 2023 new buckets have all four settings on; setting a flag to false switches it off.',
  ),
  examples: {
    bad: [
      template(
        'AWS::S3::Bucket',
        'PublicAccessBlockConfiguration:\n  BlockPublicAcls: true\n  BlockPublicPolicy: false\n  IgnorePublicAcls: true\n  RestrictPublicBuckets: true',
      ),
    ],
    good: [
      template(
        'AWS::S3::Bucket',
        'PublicAccessBlockConfiguration:\n  BlockPublicAcls: true\n  BlockPublicPolicy: true\n  IgnorePublicAcls: true\n  RestrictPublicBuckets: true',
      ),
      template('AWS::S3::Bucket', 'BucketName: files'),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, ['AWS::S3::Bucket'])) {
      const off = FLAGS.flatMap((flag) => {
        const property = resource.property(`PublicAccessBlockConfiguration.${flag}`);
        return isOff(property.value) ? [{ flag, property }] : [];
      });
      const [first] = off;
      if (!first) continue;
      const fixes = off.flatMap(
        ({ property }) => setTo(property, 'true', { title: '', blastRadius: '', needsConfirmation: true })?.edits ?? [],
      );
      yield hitAt(resource, `PublicAccessBlockConfiguration.${first.flag}`, first.property, {
        actual: `${off.length} of 4 flags are false`,
        expected: 'all four true',
        message: 'The public access block of the bucket is switched off.',
        fix:
          fixes.length < off.length
            ? null
            : {
                edits: fixes,
                title: `Switch the public access block of ${resource.id} on`,
                blastRadius: 'Whoever reads from the bucket without signing – a web site, an app – is refused.',
                needsConfirmation: true,
              },
      });
    }
  },
});
