/** What keeps data, and what tells afterwards who read it: deletion protection, versions, logs, logins of IAM. */
import type { Json } from '../../cloud/policy.ts';
import type { Property } from '../../formats/cloudformation/read.ts';
import { type AuditRule, defineRule, type Hit } from '../../model.ts';
import { hitAt, isOff, page, setTo, type Template, template } from './support.ts';

interface Kept {
  property: string;
  /** What is wrong with a value; unset is told by null. */
  wrong(value: Json): boolean;
  severity?: Hit['severity'];
}

const offOrUnset = (value: Json): boolean => value === null || isOff(value);
const unset = (value: Json): boolean => value === null;
const noneListed = (value: Json): boolean => value === null || (Array.isArray(value) && value.length === 0);

/** Instances of Aurora, and what a copy is made from, take the setting from elsewhere. */
function isJudged(file: Template, resource: Template['document']['resources'][number]): boolean {
  if (!file.document.complete) return false;
  if (resource.type !== 'AWS::RDS::DBInstance') return true;
  const engine = resource.property('Engine').value;
  return resource.property('DBClusterIdentifier').value === null && !/^aurora/.test(String(engine ?? ''));
}

function* wrongOf(
  file: Template,
  kept: Readonly<Record<string, Kept>>,
): Generator<{ resource: Template['document']['resources'][number]; property: Property; rest: Kept }> {
  for (const resource of file.document.resources) {
    const rest = Object.hasOwn(kept, resource.type) ? kept[resource.type] : undefined;
    if (rest === undefined || !isJudged(file, resource)) continue;
    const property = resource.property(rest.property);
    if (property.value !== undefined && rest.wrong(property.value)) yield { resource, property, rest };
  }
}

const PROTECTED: Readonly<Record<string, Kept>> = Object.fromEntries(
  ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::DocDB::DBCluster', 'AWS::Neptune::DBCluster'].map((type) => [
    type,
    { property: 'DeletionProtection', wrong: offOrUnset },
  ]),
);

export const databaseUnprotected: AuditRule<'cloudformation'> = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-database-deletion-protection-off',
  format: 'cloudformation',
  title: 'A database may be deleted by one call',
  topic: 'retention',
  severity: 'low',
  owner: 'it',
  description: 'A mistake in a template, or a stolen key, removes the database and its automatic backups.',
  remediation: 'Set `DeletionProtection: true`, and `DeletionPolicy: Snapshot` on the resource.',
  references: [page('rds-dbinstance'), page('rds-dbcluster'), page('docdb-dbcluster'), page('neptune-dbcluster')],
  cwe: ['CWE-693'],
  verified: {
    by: 'source',
    how: `${page('rds-dbinstance')} – DeletionProtection: “By default, deletion protection isn't enabled”; an instance of an Aurora cluster is protected by its cluster.`,
  },
  examples: {
    bad: [template('AWS::RDS::DBInstance', 'Engine: mysql\nStorageEncrypted: true')],
    good: [
      template('AWS::RDS::DBInstance', 'Engine: mysql\nStorageEncrypted: true\nDeletionProtection: true'),
      template('AWS::RDS::DBInstance', 'Engine: aurora-mysql\nDBClusterIdentifier: !Ref Cluster'),
      template(
        'AWS::RDS::DBCluster',
        'Engine: aurora-mysql\nStorageEncrypted: true\nDeletionProtection: !Ref Protect',
        'Parameters:\n  Protect:\n    Type: String\n',
      ),
    ],
  },
  *check(file) {
    for (const { resource, property, rest } of wrongOf(file, PROTECTED)) {
      yield hitAt(resource, rest.property, property, {
        actual: property.value === null ? 'not set; off by default' : 'false',
        expected: 'true',
        message: 'One call deletes the database.',
        fix: setTo(property, 'true', {
          title: `Protect ${resource.id} from deletion`,
          blastRadius: 'Nobody is cut off; whoever deletes the database on purpose switches the protection off before.',
          needsConfirmation: false,
        }),
      });
    }
  },
});

const IAM: Readonly<Record<string, Kept>> = {
  'AWS::RDS::DBInstance': { property: 'EnableIAMDatabaseAuthentication', wrong: offOrUnset },
  'AWS::RDS::DBCluster': { property: 'EnableIAMDatabaseAuthentication', wrong: offOrUnset },
  // Without it Neptune asks nobody who they are.
  'AWS::Neptune::DBCluster': { property: 'IamAuthEnabled', wrong: offOrUnset, severity: 'high' },
};

export const databasePasswordsOnly: AuditRule<'cloudformation'> = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-database-iam-login-off',
  format: 'cloudformation',
  title: 'A database takes passwords only, or no login at all',
  topic: 'authentication',
  severity: 'info',
  owner: 'it',
  description:
    'Passwords are copied and stay valid; tokens of IAM last fifteen minutes and belong to a role. Neptune has no other login than IAM: without it whoever reaches the port reads everything.',
  remediation:
    'Set `EnableIAMDatabaseAuthentication: true` (Neptune: `IamAuthEnabled: true`) and give the service a role in place of a password.',
  references: [
    page('neptune-dbcluster'),
    page('rds-dbinstance'),
    'https://docs.aws.amazon.com/neptune/latest/userguide/iam-auth.html',
  ],
  cwe: ['CWE-287'],
  verified: {
    by: 'source',
    how: 'https://docs.aws.amazon.com/neptune/latest/userguide/iam-auth.html – IAM database authentication is off unless enabled, and Neptune has no user names and passwords; RDS: for MySQL, MariaDB and PostgreSQL only.',
  },
  examples: {
    bad: [
      template('AWS::Neptune::DBCluster', 'StorageEncrypted: true\nDeletionProtection: true'),
      template('AWS::RDS::DBInstance', 'Engine: postgres\nStorageEncrypted: true'),
    ],
    good: [
      template('AWS::Neptune::DBCluster', 'StorageEncrypted: true\nDeletionProtection: true\nIamAuthEnabled: true'),
      template('AWS::RDS::DBInstance', 'Engine: oracle-ee\nStorageEncrypted: true'),
    ],
  },
  *check(file) {
    for (const { resource, property, rest } of wrongOf(file, IAM)) {
      const engine = resource.property('Engine').value;
      const isRds = resource.type.startsWith('AWS::RDS::');
      if (isRds && !(typeof engine === 'string' && /^(?:aurora-)?(?:mysql|mariadb|postgres)/i.test(engine))) continue;
      yield hitAt(resource, rest.property, property, {
        actual: property.value === null ? 'not set; off by default' : 'false',
        expected: 'true',
        message: isRds ? 'It takes passwords only.' : 'It asks nobody who they are.',
        severity: rest.severity ?? 'info',
      });
    }
  },
});

const LOGGED: Readonly<Record<string, Kept>> = {
  'AWS::RDS::DBInstance': { property: 'EnableCloudwatchLogsExports', wrong: noneListed },
  'AWS::RDS::DBCluster': { property: 'EnableCloudwatchLogsExports', wrong: noneListed },
  'AWS::DocDB::DBCluster': { property: 'EnableCloudwatchLogsExports', wrong: noneListed },
  'AWS::Neptune::DBCluster': { property: 'EnableCloudwatchLogsExports', wrong: noneListed },
  'AWS::Redshift::Cluster': { property: 'LoggingProperties', wrong: unset },
  'AWS::MSK::Cluster': { property: 'LoggingInfo', wrong: unset },
  'AWS::AmazonMQ::Broker': { property: 'Logs', wrong: unset },
  'AWS::OpenSearchService::Domain': {
    property: 'LogPublishingOptions.AUDIT_LOGS.Enabled',
    wrong: offOrUnset,
  },
  'AWS::Elasticsearch::Domain': { property: 'LogPublishingOptions.AUDIT_LOGS.Enabled', wrong: offOrUnset },
  'AWS::S3::Bucket': { property: 'LoggingConfiguration', wrong: unset, severity: 'info' },
};

export const storeUnlogged: AuditRule<'cloudformation'> = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-store-without-log',
  format: 'cloudformation',
  title: 'A store keeps no log of who used it',
  topic: 'logging',
  severity: 'low',
  owner: 'security',
  description: 'After an incident nobody can say who logged in and what was read.',
  remediation:
    'Databases: `EnableCloudwatchLogsExports` with the audit or server log; Redshift: `LoggingProperties`; OpenSearch: `LogPublishingOptions` with `AUDIT_LOGS`; buckets: `LoggingConfiguration`, or data events in CloudTrail.',
  references: [
    page('rds-dbinstance'),
    page('redshift-cluster'),
    page('s3-bucket'),
    'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html',
  ],
  cwe: ['CWE-778'],
  verified: {
    by: 'source',
    how: `${page('rds-dbinstance')} – EnableCloudwatchLogsExports lists the logs that are exported; ${page('redshift-cluster')} – without LoggingProperties audit logging stays off; ${page('s3-bucket')} – LoggingConfiguration.`,
  },
  examples: {
    bad: [
      template('AWS::DocDB::DBCluster', 'StorageEncrypted: true\nDeletionProtection: true'),
      template('AWS::S3::Bucket', 'BucketName: files'),
    ],
    good: [
      template(
        'AWS::DocDB::DBCluster',
        'StorageEncrypted: true\nDeletionProtection: true\nEnableCloudwatchLogsExports: [audit]',
      ),
      template('AWS::S3::Bucket', 'BucketName: files\nLoggingConfiguration:\n  DestinationBucketName: logs'),
      template('AWS::S3::Bucket', 'AccessControl: LogDeliveryWrite'),
    ],
  },
  *check(file) {
    for (const { resource, property, rest } of wrongOf(file, LOGGED)) {
      // The bucket that takes the logs would log into itself.
      if (resource.property('AccessControl').value === 'LogDeliveryWrite') continue;
      yield hitAt(resource, rest.property, property, {
        actual: property.value === null ? 'not set' : 'off',
        expected: 'a log',
        message: 'Nothing is written down of who uses it.',
        severity: rest.severity ?? 'low',
      });
    }
  },
});

export const bucketUnversioned: AuditRule<'cloudformation'> = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-bucket-without-versioning',
  format: 'cloudformation',
  title: 'A bucket keeps no versions',
  topic: 'retention',
  severity: 'info',
  owner: 'it',
  description: 'What is overwritten or deleted – by mistake or by an attacker – is gone.',
  remediation:
    'Set `VersioningConfiguration: {Status: Enabled}`, with a lifecycle rule that removes old versions after a time.',
  references: [page('s3-bucket'), 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html'],
  cwe: ['CWE-693'],
  verified: {
    by: 'source',
    how: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html – “By default, S3 Versioning is disabled on buckets”.',
  },
  examples: {
    bad: [template('AWS::S3::Bucket', 'VersioningConfiguration:\n  Status: Suspended')],
    good: [template('AWS::S3::Bucket', 'VersioningConfiguration:\n  Status: Enabled')],
  },
  *check(file) {
    for (const { resource, property, rest } of wrongOf(file, VERSIONED)) {
      yield hitAt(resource, rest.property, property, {
        actual: property.value === null ? 'not set; off by default' : 'Suspended',
        expected: 'Enabled',
        message: 'What is overwritten or deleted is gone.',
        fix: setTo(property, 'Enabled', {
          title: `Keep versions in ${resource.id}`,
          blastRadius: 'Nobody is cut off; old versions take room and cost until a lifecycle rule removes them.',
          needsConfirmation: true,
        }),
      });
    }
  },
});

const VERSIONED: Readonly<Record<string, Kept>> = {
  'AWS::S3::Bucket': {
    property: 'VersioningConfiguration.Status',
    wrong: (value) => value === null || value === 'Suspended',
  },
};
