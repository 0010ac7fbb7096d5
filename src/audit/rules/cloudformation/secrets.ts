/** Passwords that stand in templates. */
import { referredTo } from '../../formats/cloudformation/evaluate.ts';
import { child, textOf } from '../../formats/yaml/read.ts';
import { defineRule, type Hit } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { source } from './databases.ts';
import { hitAt, page, template } from './support.ts';

const PASSWORDS: Readonly<Record<string, readonly string[]>> = {
  'AWS::RDS::DBInstance': ['MasterUserPassword'],
  'AWS::RDS::DBCluster': ['MasterUserPassword'],
  'AWS::DocDB::DBCluster': ['MasterUserPassword'],
  'AWS::Redshift::Cluster': ['MasterUserPassword'],
  'AWS::ElastiCache::ReplicationGroup': ['AuthToken'],
  'AWS::OpenSearchService::Domain': ['AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword'],
  'AWS::Elasticsearch::Domain': ['AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword'],
};

export const literalPassword = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-literal-password',
  format: 'cloudformation',
  title: 'The password of a database stands in the template',
  topic: 'secrets',
  severity: 'high',
  owner: 'developer',
  description:
    'The password of the administrator is written into the template, or is the default of a parameter: whoever reads the repository or the stack has it, and every stack made without thinking has the same.',
  remediation:
    'Use `ManageMasterUserPassword: true`, or a dynamic reference (`{{resolve:secretsmanager:…}}`); give parameters of passwords `NoEcho: true` and no default.',
  references: [
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html',
    page('rds-dbinstance'),
  ],
  cwe: ['CWE-798'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html – do not embed credentials in templates, use dynamic references; NoEcho masks a parameter, its default stands in the template.',
  ),
  examples: {
    bad: [
      template(
        'AWS::RDS::DBInstance',
        'Engine: mysql\nStorageEncrypted: true\nPubliclyAccessible: false\nMasterUserPassword: correct-horse-example-1',
      ),
      template(
        'AWS::RDS::DBInstance',
        'Engine: mysql\nStorageEncrypted: true\nPubliclyAccessible: false\nMasterUserPassword: !Ref Password',
        'Parameters:\n  Password:\n    Type: String\n    NoEcho: true\n    Default: password\n',
      ),
    ],
    good: [
      template(
        'AWS::RDS::DBInstance',
        'Engine: mysql\nStorageEncrypted: true\nPubliclyAccessible: false\nMasterUserPassword: "{{resolve:secretsmanager:db:SecretString:password}}"',
      ),
      template(
        'AWS::RDS::DBInstance',
        'Engine: mysql\nStorageEncrypted: true\nPubliclyAccessible: false\nMasterUserPassword: !Ref Password',
        'Parameters:\n  Password:\n    Type: String\n    NoEcho: true\n',
      ),
      template(
        'AWS::RDS::DBInstance',
        'Engine: mysql\nStorageEncrypted: true\nPubliclyAccessible: false\nMasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"',
      ),
    ],
  },
  *check(file): Generator<Hit> {
    for (const resource of file.document.resources) {
      for (const path of (Object.hasOwn(PASSWORDS, resource.type) ? PASSWORDS[resource.type] : undefined) ?? []) {
        const property = resource.property(path);
        const { value } = property;
        if (typeof value !== 'string' || value === '' || /^\{\{resolve:/.test(value) || /\$\{|\{\{/.test(value))
          continue;
        const parameter = referredTo(resource.written(path));
        const fallback = parameter === null ? null : child(child(file.document.parameters, parameter), 'Default');
        if (/^AWS::SSM/.test(textOf(child(child(file.document.parameters, parameter ?? ''), 'Type')) ?? '')) continue;
        const known = isWellKnown(value);
        yield {
          ...hitAt(resource, path, property, {
            actual: hidden(value),
            expected: 'ManageMasterUserPassword, or a dynamic reference',
            message: `${fallback ? 'The default of a parameter is the password of the database' : 'The password of the database stands in the template'}${known ? ', and it is one that everybody tries first' : ''}.`,
            severity: known ? 'critical' : 'high',
          }),
          ...(fallback ? { span: fallback.span } : {}),
        };
      }
    }
  },
});
