/** What becomes of a store when its stack is deleted, and TLS of parameter groups. */
import { child, textOf } from '../../formats/yaml/read.ts';
import { defineRule } from '../../model.ts';
import { isOn, ofTypes, page, template } from './support.ts';

const DELETION_POLICY =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html';

/** Databases of RDS leave a snapshot by default, the others nothing. */
const SNAPSHOT_BY_DEFAULT = ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'];
const DELETED_BY_DEFAULT = [
  'AWS::DocDB::DBCluster',
  'AWS::Neptune::DBCluster',
  'AWS::Redshift::Cluster',
  'AWS::DynamoDB::Table',
  'AWS::EFS::FileSystem',
];

export const deletedWithStack = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-store-deleted-with-stack',
  format: 'cloudformation',
  title: 'A store is deleted together with its stack',
  topic: 'retention',
  severity: 'low',
  owner: 'it',
  description:
    'When the stack is deleted, or the resource leaves the template, the data goes with it: by a mistake, or by one call with a stolen key.',
  remediation:
    'Write `DeletionPolicy: Retain` or `Snapshot`, and the same for `UpdateReplacePolicy`, on the level of `Type`.',
  references: [DELETION_POLICY],
  cwe: ['CWE-1053'],
  verified: {
    by: 'source',
    how: `${DELETION_POLICY} – the default is Delete; for AWS::RDS::DBCluster, and AWS::RDS::DBInstance without DBClusterIdentifier, it is Snapshot.`,
  },
  examples: {
    bad: [
      'Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    DeletionPolicy: Delete\n    Properties:\n      Engine: mysql\n      PubliclyAccessible: false\n      StorageEncrypted: true\n',
      template('AWS::DocDB::DBCluster', 'StorageEncrypted: true'),
    ],
    good: [
      'Resources:\n  Docs:\n    Type: AWS::DocDB::DBCluster\n    DeletionPolicy: Snapshot\n    Properties:\n      StorageEncrypted: true\n',
      template('AWS::RDS::DBInstance', 'Engine: mysql\nPubliclyAccessible: false\nStorageEncrypted: true'),
      template('AWS::DynamoDB::Table', 'TableName: users\nDeletionProtectionEnabled: true'),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, [...SNAPSHOT_BY_DEFAULT, ...DELETED_BY_DEFAULT])) {
      const guarded = ['DeletionProtection', 'DeletionProtectionEnabled'].some((name) =>
        isOn(resource.property(name).value),
      );
      // The members of a cluster hold no data of their own.
      if (guarded || resource.property('DBClusterIdentifier').value !== null) continue;
      const written = child(resource.node, 'DeletionPolicy');
      const absent = written === null && DELETED_BY_DEFAULT.includes(resource.type) && file.document.complete;
      if (!absent && textOf(written) !== 'Delete') continue;
      yield {
        service: resource.id,
        pointer: `Resources.${resource.id}.DeletionPolicy`,
        span: written?.span ?? resource.idSpan,
        actual: absent ? 'not set; Delete by default' : 'Delete',
        expected: 'Retain or Snapshot',
        message: 'Its data is deleted together with the stack.',
        severity: absent ? 'info' : 'low',
      };
    }
  },
});

const TLS_PARAMETERS: readonly { name: string; off: RegExp; on: string }[] = [
  { name: 'rds.force_ssl', off: /^(?:0|false|off)$/i, on: '1' },
  { name: 'require_secure_transport', off: /^(?:0|off)$/i, on: 'ON' },
  { name: 'tls', off: /^disabled$/i, on: 'enabled' },
];

export const tlsNotForced = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-database-tls-not-forced',
  format: 'cloudformation',
  title: 'A database takes connections in clear',
  topic: 'encryption-in-transit',
  severity: 'medium',
  owner: 'it',
  description:
    'The parameter group switches off that clients must use TLS: one that does not ask for it sends passwords and data in clear.',
  remediation:
    'Set `rds.force_ssl` to 1 (PostgreSQL, SQL Server), `require_secure_transport` to ON (MySQL, MariaDB), `tls` to enabled (DocumentDB).',
  references: [
    page('rds-dbparametergroup'),
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html',
  ],
  cwe: ['CWE-319'],
  verified: {
    by: 'source',
    how: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html – rds.force_ssl makes clients use TLS; mysql-ssl-connections.require-ssl.html and mariadb-ssl-connections.require-ssl.html – require_secure_transport does; only what is switched off in so many words is told of.',
  },
  examples: {
    bad: [
      template('AWS::RDS::DBParameterGroup', 'Family: postgres16\nDescription: own\nParameters:\n  rds.force_ssl: "0"'),
      template(
        'AWS::DocDB::DBClusterParameterGroup',
        'Family: docdb5.0\nDescription: own\nParameters:\n  tls: disabled',
      ),
    ],
    good: [
      template(
        'AWS::RDS::DBParameterGroup',
        'Family: postgres16\nDescription: own\nParameters:\n  rds.force_ssl: "1"\n  log_connections: "1"',
      ),
    ],
  },
  *check(file) {
    const types = [
      'AWS::RDS::DBParameterGroup',
      'AWS::RDS::DBClusterParameterGroup',
      'AWS::DocDB::DBClusterParameterGroup',
    ];
    for (const resource of ofTypes(file, types)) {
      const parameters = resource.written('Parameters');
      for (const { name, off, on } of TLS_PARAMETERS) {
        const node = child(parameters, name);
        const text = textOf(node);
        if (!node || text === null || !off.test(text)) continue;
        yield {
          service: resource.id,
          pointer: `Resources.${resource.id}.Properties.Parameters[${name}]`,
          span: node.span,
          actual: text,
          expected: on,
          message: `Clients may connect without TLS (${name}).`,
        };
      }
    }
  },
});
