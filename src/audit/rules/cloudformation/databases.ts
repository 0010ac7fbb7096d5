/** Databases, caches and search domains that AWS runs. */
import { defineRule } from '../../model.ts';
import { hitAt, isOff, isOn, ofTypes, page, setTo, template } from './support.ts';

export const source = (how: string): { by: 'source'; how: string } => ({ by: 'source', how });

export const databasePublic = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-database-public',
  format: 'cloudformation',
  title: 'A database gets an address that the internet reaches',
  topic: 'network-exposure',
  severity: 'high',
  owner: 'it',
  description:
    'With `PubliclyAccessible: true` the name of the database resolves to a public address. Only its security groups stand between it and everybody who tries passwords.',
  remediation:
    'Set `PubliclyAccessible: false`, and reach the database from inside the VPC (a bastion, a VPN, Session Manager).',
  references: [
    page('rds-dbinstance'),
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Hiding',
  ],
  cwe: ['CWE-668'],
  cis: ['CIS AWS Foundations 5.0 2.2.3'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html – PubliclyAccessible: an internet-facing instance with a publicly resolvable DNS name; its default depends on the subnet group.',
  ),
  examples: {
    bad: [
      template('AWS::RDS::DBInstance', 'Engine: postgres\nPubliclyAccessible: true'),
      '{\n  "Resources": {\n    "Dwh": {\n      "Type": "AWS::Redshift::Cluster",\n      "Properties": {"PubliclyAccessible": "true"}\n    }\n  }\n}\n',
    ],
    good: [
      template('AWS::RDS::DBInstance', 'Engine: postgres\nPubliclyAccessible: false'),
      template(
        'AWS::RDS::DBInstance',
        'Engine: postgres\nPubliclyAccessible: !Ref Open',
        'Parameters:\n  Open:\n    Type: String\n    Default: "false"\n',
      ),
      template('AWS::RDS::DBInstance', 'Engine: postgres\nDBSubnetGroupName: inside'),
    ],
  },
  *check(file, context) {
    const types = [
      'AWS::RDS::DBInstance',
      'AWS::Redshift::Cluster',
      'AWS::Neptune::DBInstance',
      'AWS::DMS::ReplicationInstance',
      'AWS::AmazonMQ::Broker',
    ];
    for (const resource of ofTypes(file, types)) {
      const property = resource.property('PubliclyAccessible');
      if (
        property.value === null &&
        resource.type === 'AWS::RDS::DBInstance' &&
        resource.written('DBSubnetGroupName') === null
      ) {
        context.unknown(
          `Resources.${resource.id}`,
          'whether it is public depends on the default VPC: neither PubliclyAccessible nor a subnet group is set',
        );
      }
      if (!isOn(property.value)) continue;
      yield hitAt(resource, 'PubliclyAccessible', property, {
        actual: 'true',
        expected: 'false',
        message: 'The database gets an address that the internet reaches.',
        fix: setTo(property, 'false', {
          title: `Take the public address of ${resource.id} away`,
          blastRadius:
            'Clients outside the VPC, an app that talks to the database directly among them, can no longer connect.',
          needsConfirmation: true,
        }),
      });
    }
  },
});

interface AtRest {
  property: string;
  /** What absence means: off, or it depends. */
  absent: 'off' | 'unknown';
}

const AT_REST: Readonly<Record<string, AtRest>> = {
  'AWS::RDS::DBInstance': { property: 'StorageEncrypted', absent: 'off' },
  'AWS::RDS::DBCluster': { property: 'StorageEncrypted', absent: 'off' },
  'AWS::DocDB::DBCluster': { property: 'StorageEncrypted', absent: 'off' },
  'AWS::Neptune::DBCluster': { property: 'StorageEncrypted', absent: 'off' },
  'AWS::Redshift::Cluster': { property: 'Encrypted', absent: 'unknown' },
  'AWS::EFS::FileSystem': { property: 'Encrypted', absent: 'off' },
  'AWS::ElastiCache::ReplicationGroup': { property: 'AtRestEncryptionEnabled', absent: 'off' },
  'AWS::OpenSearchService::Domain': { property: 'EncryptionAtRestOptions.Enabled', absent: 'off' },
  'AWS::Elasticsearch::Domain': { property: 'EncryptionAtRestOptions.Enabled', absent: 'off' },
};

/** Where encryption comes from: a cluster, a snapshot or the instance that is copied. */
const INHERITS = [
  'DBClusterIdentifier',
  'SnapshotIdentifier',
  'DBSnapshotIdentifier',
  'SourceDBInstanceIdentifier',
  'SourceDBClusterIdentifier',
  'GlobalReplicationGroupId',
];

export const databaseNotEncrypted = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-store-not-encrypted',
  format: 'cloudformation',
  title: 'A store keeps its data unencrypted',
  topic: 'encryption-at-rest',
  severity: 'medium',
  owner: 'it',
  description:
    'Disks, backups and snapshots of the store can be read by whoever gets hold of them; a snapshot that is shared by mistake is readable at once.',
  remediation:
    'Set the property to `true` (and `KmsKeyId` for a key of your own). Most stores have to be made anew for it: from an encrypted copy of a snapshot.',
  references: [
    page('rds-dbinstance'),
    page('rds-dbcluster'),
    page('elasticache-replicationgroup'),
    page('opensearchservice-domain'),
  ],
  cwe: ['CWE-311'],
  cis: ['CIS AWS Foundations 5.0 2.2.1'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html – StorageEncrypted “by default, it isn’t encrypted” (RDS, DocumentDB, Neptune), AtRestEncryptionEnabled default false, EncryptionAtRestOptions off unless enabled; Redshift encrypts new clusters by default since January 2025.',
  ),
  examples: {
    bad: [
      template('AWS::RDS::DBInstance', 'Engine: mysql\nPubliclyAccessible: false'),
      template('AWS::EFS::FileSystem', 'Encrypted: false'),
    ],
    good: [
      template('AWS::RDS::DBInstance', 'Engine: mysql\nPubliclyAccessible: false\nStorageEncrypted: true'),
      template(
        'AWS::RDS::DBInstance',
        'Engine: aurora-mysql\nPubliclyAccessible: false\nDBClusterIdentifier: !Ref Cluster',
      ),
      template(
        'AWS::RDS::DBCluster',
        'Engine: aurora-mysql\nStorageEncrypted: !Ref Encrypt',
        'Parameters:\n  Encrypt:\n    Type: String\n',
      ),
    ],
  },
  *check(file) {
    for (const resource of file.document.resources) {
      const rest = Object.hasOwn(AT_REST, resource.type) ? AT_REST[resource.type] : undefined;
      if (!rest || INHERITS.some((key) => resource.property(key).value !== null)) continue;
      // Aurora's instances take it from their cluster, and MemcacheD has no disk.
      if (/^aurora/.test(String(resource.property('Engine').value ?? '')) && resource.type === 'AWS::RDS::DBInstance')
        continue;
      const property = resource.property(rest.property);
      const absent = property.value === null && rest.absent === 'off' && file.document.complete;
      // A key of one's own switches it on.
      if (property.value === null && resource.property('KmsKeyId').value !== null) continue;
      if (!isOff(property.value) && !absent) continue;
      yield hitAt(resource, rest.property, property, {
        actual: absent ? 'not set; off by default' : 'false',
        expected: 'true',
        message: 'Its data, backups and snapshots are not encrypted.',
        fix: setTo(property, 'true', {
          title: `Encrypt the data of ${resource.id}`,
          blastRadius:
            'CloudFormation replaces the store: an empty one is made and the old one deleted, unless its data is moved through a snapshot first.',
          needsConfirmation: true,
        }),
      });
    }
  },
});

export const databaseNoBackup = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-database-without-backup',
  format: 'cloudformation',
  title: 'Automatic backups of a database are switched off',
  topic: 'retention',
  severity: 'medium',
  owner: 'it',
  description:
    'With a retention of 0 days RDS makes no backups and keeps no log to go back in time: after a mistake or an attack nothing brings the data back.',
  remediation: 'Set `BackupRetentionPeriod` to 7 or more.',
  references: [
    page('rds-dbinstance'),
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html',
  ],
  cwe: ['CWE-693'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html – BackupRetentionPeriod 0 disables automated backups; the default is 1.',
  ),
  examples: {
    bad: [
      template(
        'AWS::RDS::DBInstance',
        'Engine: mysql\nStorageEncrypted: true\nPubliclyAccessible: false\nBackupRetentionPeriod: 0',
      ),
    ],
    good: [
      template(
        'AWS::RDS::DBInstance',
        'Engine: mysql\nStorageEncrypted: true\nPubliclyAccessible: false\nBackupRetentionPeriod: 7',
      ),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, ['AWS::RDS::DBInstance', 'AWS::Neptune::DBCluster'])) {
      const property = resource.property('BackupRetentionPeriod');
      if (String(property.value) !== '0' || resource.property('SourceDBInstanceIdentifier').value !== null) continue;
      yield hitAt(resource, 'BackupRetentionPeriod', property, {
        actual: '0',
        expected: '7 or more',
        message: 'Automatic backups are switched off.',
        fix: setTo(property, '7', {
          title: `Keep backups of ${resource.id} for a week`,
          blastRadius: 'Nobody is cut off; the instance may pause for a moment, and storage of backups costs.',
          needsConfirmation: false,
        }),
      });
    }
  },
});

export const tableNoRecovery = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-table-without-recovery',
  format: 'cloudformation',
  title: 'A DynamoDB table cannot be brought back',
  topic: 'retention',
  severity: 'low',
  owner: 'it',
  description: 'Without point-in-time recovery there is no backup of the table unless somebody makes one.',
  remediation:
    'Set `PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}`, and `DeletionProtectionEnabled: true`.',
  references: [
    page('dynamodb-table'),
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html',
  ],
  cwe: ['CWE-693'],
  verified: source(
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html – point-in-time recovery is disabled by default.',
  ),
  examples: {
    bad: [template('AWS::DynamoDB::Table', 'TableName: users\nBillingMode: PAY_PER_REQUEST')],
    good: [
      template(
        'AWS::DynamoDB::Table',
        'TableName: users\nPointInTimeRecoverySpecification:\n  PointInTimeRecoveryEnabled: true',
      ),
    ],
  },
  *check(file) {
    const path = 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled';
    for (const resource of ofTypes(file, ['AWS::DynamoDB::Table'])) {
      const property = resource.property(path);
      if (property.value !== null && !isOff(property.value)) continue;
      yield hitAt(resource, path, property, {
        actual: property.value === null ? 'not set; off by default' : 'false',
        expected: 'true',
        message: 'The table has no point-in-time recovery.',
        fix: setTo(property, 'true', {
          title: `Let ${resource.id} be brought back`,
          blastRadius: 'Nobody is cut off; recovery costs by the size of the table.',
          needsConfirmation: false,
        }),
      });
    }
  },
});
