import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'cloudformation',
    text: 'AWSTemplateFormatVersion: "2010-09-09"\nParameters:\n  Secret: {Type: String, NoEcho: true, Default: "changeme"}\nConditions:\n  Open: !Equals [!Ref Secret, changeme]\nResources:\n  Db: # main\n    Type: AWS::RDS::DBInstance\n    Properties:\n      Engine: postgres\n      PubliclyAccessible: !If [Open, true, !Ref AWS::NoValue]\n      StorageEncrypted: "false"\n      MasterUserPassword: !Ref Secret\n      VPCSecurityGroups: [!GetAtt Group.GroupId]\n  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: db\n      SecurityGroupIngress:\n        - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}\n',
    pointed: [
      ['audit/cloudformation-literal-password', '"changeme"'],
      ['audit/cloudformation-database-deletion-protection-off', 'Db'],
      ['audit/cloudformation-store-without-log', 'Db'],
      ['audit/cloudformation-database-iam-login-off', 'Db'],
      ['audit/cloudformation-database-public', '[Open, true, !Ref AWS::NoValue]'],
      ['audit/cloudformation-store-not-encrypted', '"false"'],
      ['audit/cloudformation-store-port-open-to-internet', '0.0.0.0/0'],
    ],
  },
  {
    format: 'cloudformation',
    text: '{\n\t"Resources": {\n\t\t"Files": {\n\t\t\t"Type": "AWS::S3::Bucket",\n\t\t\t"Properties": {"AccessControl": "PublicRead"}\n\t\t}\n\t}\n}\n',
    pointed: [
      ['audit/cloudformation-bucket-without-versioning', '"Files"'],
      ['audit/cloudformation-store-without-log', '"Files"'],
      ['audit/cloudformation-bucket-public-acl', '"PublicRead"'],
    ],
  },
];
