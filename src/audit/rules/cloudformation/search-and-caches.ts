/** Caches, search domains and Kafka clusters that AWS runs. */
import { isPublic, statementsOf } from '../../cloud/policy.ts';
import type { Resource } from '../../formats/cloudformation/read.ts';
import { defineRule } from '../../model.ts';
import { hitAt, isOff, isOn, ofTypes, page, setTo, template } from './support.ts';

const source = (how: string): { by: 'source'; how: string } => ({ by: 'source', how });

export const cacheOpen = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-cache-without-login',
  format: 'cloudformation',
  title: 'A cache asks for no login',
  topic: 'authentication',
  severity: 'medium',
  owner: 'it',
  description:
    'Without `AuthToken` or user groups everybody whom the security groups let in – often the whole VPC – reads and changes every key.',
  remediation: 'Set `TransitEncryptionEnabled: true` with `AuthToken` (by a dynamic reference) or `UserGroupIds`.',
  references: [
    page('elasticache-replicationgroup'),
    'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html',
  ],
  cwe: ['CWE-306'],
  verified: source(
    'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html – authentication needs an AUTH token or RBAC user groups, and both need in-transit encryption; none is on by default.',
  ),
  examples: {
    bad: [
      template(
        'AWS::ElastiCache::ReplicationGroup',
        'Engine: redis\nAtRestEncryptionEnabled: true\nTransitEncryptionEnabled: true',
      ),
      template('AWS::ElastiCache::CacheCluster', 'Engine: redis\nCacheNodeType: cache.t4g.small\nNumCacheNodes: 1'),
    ],
    good: [
      template('AWS::ElastiCache::CacheCluster', 'Engine: memcached\nCacheNodeType: cache.t4g.small'),
      template(
        'AWS::ElastiCache::ReplicationGroup',
        'Engine: redis\nAtRestEncryptionEnabled: true\nTransitEncryptionEnabled: true\nUserGroupIds: [app]',
      ),
      template(
        'AWS::ElastiCache::ReplicationGroup',
        'Engine: redis\nAtRestEncryptionEnabled: true\nTransitEncryptionEnabled: true\nAuthToken: !Ref Token',
        'Parameters:\n  Token:\n    Type: String\n    NoEcho: true\n',
      ),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, ['AWS::ElastiCache::ReplicationGroup'])) {
      const token = resource.property('AuthToken');
      if (token.value !== null || resource.property('UserGroupIds').value !== null || !file.document.complete) continue;
      if (resource.property('GlobalReplicationGroupId').value !== null) continue;
      yield hitAt(resource, 'AuthToken', token, {
        actual: 'not set',
        expected: 'AuthToken or UserGroupIds',
        message: 'The cache asks for no login.',
      });
    }
    for (const resource of ofTypes(file, ['AWS::ElastiCache::CacheCluster'])) {
      const engine = resource.property('Engine');
      if (engine.value !== 'redis' && engine.value !== 'valkey') continue;
      yield hitAt(resource, 'Engine', engine, {
        actual: 'a CacheCluster, which has no AuthToken',
        expected: 'a ReplicationGroup with AuthToken or UserGroupIds',
        message: 'The cache asks for no login, and a CacheCluster cannot.',
      });
    }
  },
});

export const cachePlain = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-cache-without-tls',
  format: 'cloudformation',
  title: 'A cache speaks without TLS',
  topic: 'encryption-in-transit',
  severity: 'medium',
  owner: 'it',
  description: 'Keys, values and the password travel as they are between the programs and the cache.',
  remediation:
    'Set `TransitEncryptionEnabled: true` (with `TransitEncryptionMode: preferred` while clients change over).',
  references: [
    page('elasticache-replicationgroup'),
    'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html',
  ],
  cwe: ['CWE-319'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html – TransitEncryptionEnabled – default false.',
  ),
  examples: {
    bad: [
      template(
        'AWS::ElastiCache::ReplicationGroup',
        'Engine: redis\nAtRestEncryptionEnabled: true\nUserGroupIds: [app]\nTransitEncryptionEnabled: false',
      ),
    ],
    good: [
      template(
        'AWS::ElastiCache::ReplicationGroup',
        'Engine: redis\nAtRestEncryptionEnabled: true\nUserGroupIds: [app]\nTransitEncryptionEnabled: true',
      ),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, ['AWS::ElastiCache::ReplicationGroup'])) {
      const property = resource.property('TransitEncryptionEnabled');
      const valkey = resource.property('Engine').value === 'valkey';
      const absent = property.value === null && !valkey && file.document.complete;
      if (!isOff(property.value) && !absent) continue;
      yield hitAt(resource, 'TransitEncryptionEnabled', property, {
        actual: absent ? 'not set; off by default' : 'false',
        expected: 'true',
        message: 'The cache speaks without TLS.',
      });
    }
  },
});

const DOMAINS = ['AWS::OpenSearchService::Domain', 'AWS::Elasticsearch::Domain'];

function isInVpc(resource: Resource): boolean {
  return resource.property('VPCOptions').value !== null;
}

export const domainOpen = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-search-domain-open',
  format: 'cloudformation',
  title: 'Everybody may use a search domain',
  topic: 'authorization',
  severity: 'critical',
  owner: 'it',
  description:
    'The access policy lets `*` in without a condition. Outside a VPC the whole internet lists, reads and deletes the indices, unless fine-grained access control asks for a login.',
  remediation:
    'Name the roles in `Principal`, put the domain into a VPC (`VPCOptions`), and switch `AdvancedSecurityOptions` on.',
  references: [
    page('opensearchservice-domain'),
    'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html',
  ],
  cwe: ['CWE-284', 'CWE-306'],
  verified: source(
    'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html – an open access policy on a domain with public access lets anonymous requests in; fine-grained access control asks for a login of its own.',
  ),
  examples: {
    bad: [
      template(
        'AWS::OpenSearchService::Domain',
        'EncryptionAtRestOptions: {Enabled: true}\nDomainEndpointOptions: {EnforceHTTPS: true}\nAccessPolicies:\n  Version: "2012-10-17"\n  Statement:\n    - Effect: Allow\n      Principal: {AWS: "*"}\n      Action: es:*\n      Resource: "*"',
      ),
    ],
    good: [
      template(
        'AWS::OpenSearchService::Domain',
        'EncryptionAtRestOptions: {Enabled: true}\nDomainEndpointOptions: {EnforceHTTPS: true}\nAccessPolicies:\n  Statement:\n    - Effect: Allow\n      Principal: {AWS: !GetAtt Role.Arn}\n      Action: es:*\n      Resource: "*"',
      ),
      template(
        'AWS::OpenSearchService::Domain',
        'EncryptionAtRestOptions: {Enabled: true}\nDomainEndpointOptions: {EnforceHTTPS: true}\nAccessPolicies:\n  Statement:\n    - Effect: Allow\n      Principal: "*"\n      Action: es:*\n      Resource: "*"\n      Condition:\n        IpAddress:\n          aws:SourceIp: [203.0.113.0/28]',
      ),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, DOMAINS)) {
      const property = resource.property('AccessPolicies');
      if (!statementsOf(property.value).some(isPublic)) continue;
      const login = isOn(resource.property('AdvancedSecurityOptions.Enabled').value);
      const vpc = isInVpc(resource);
      yield hitAt(resource, 'AccessPolicies', property, {
        actual: 'Allow for everybody, without a condition',
        expected: 'named roles',
        message: `The access policy of the domain lets everybody in${vpc ? ' who is in its VPC' : ''}${login ? '; fine-grained access control asks for a login' : ''}.`,
        severity: login ? (vpc ? 'low' : 'medium') : vpc ? 'medium' : 'critical',
      });
    }
  },
});

export const domainHttp = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-search-domain-http',
  format: 'cloudformation',
  title: 'A search domain answers plain HTTP',
  topic: 'encryption-in-transit',
  severity: 'medium',
  owner: 'it',
  description:
    'Without `EnforceHTTPS` the domain answers on port 80 too: searches, documents and passwords can be read on the way.',
  remediation: 'Set `DomainEndpointOptions: {EnforceHTTPS: true, TLSSecurityPolicy: Policy-Min-TLS-1-2-PFS-2023-10}`.',
  references: [page('opensearchservice-domain')],
  cwe: ['CWE-319'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-opensearchservice-domain-domainendpointoptions.html – EnforceHTTPS: true to require that all traffic arrive over HTTPS; not required by default.',
  ),
  examples: {
    bad: [
      template(
        'AWS::OpenSearchService::Domain',
        'EncryptionAtRestOptions: {Enabled: true}\nDomainEndpointOptions:\n  EnforceHTTPS: false',
      ),
    ],
    good: [
      template(
        'AWS::OpenSearchService::Domain',
        'EncryptionAtRestOptions: {Enabled: true}\nDomainEndpointOptions:\n  EnforceHTTPS: true',
      ),
    ],
  },
  *check(file) {
    for (const resource of ofTypes(file, DOMAINS)) {
      const property = resource.property('DomainEndpointOptions.EnforceHTTPS');
      const absent = property.value === null && file.document.complete;
      if (!isOff(property.value) && !absent) continue;
      yield hitAt(resource, 'DomainEndpointOptions.EnforceHTTPS', property, {
        actual: absent ? 'not set; off by default' : 'false',
        expected: 'true',
        message: 'The domain answers plain HTTP.',
        fix: setTo(property, 'true', {
          title: `Let ${resource.id} answer HTTPS only`,
          blastRadius: 'Clients that call it by http:// are refused.',
          needsConfirmation: true,
        }),
      });
    }
  },
});

export const kafkaOpen = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-kafka-without-login',
  format: 'cloudformation',
  title: 'A Kafka cluster lets clients in without a login',
  topic: 'authentication',
  severity: 'high',
  owner: 'it',
  description: 'With unauthenticated access everybody whom the security groups let in reads and writes every topic.',
  remediation: 'Set `ClientAuthentication.Unauthenticated.Enabled: false` and use IAM, SASL/SCRAM or certificates.',
  references: [page('msk-cluster'), 'https://docs.aws.amazon.com/msk/latest/developerguide/kafka_apis_iam.html'],
  cwe: ['CWE-306'],
  verified: source(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-msk-cluster-clientauthentication.html – Unauthenticated.Enabled turns unauthenticated access on.',
  ),
  examples: {
    bad: [
      template(
        'AWS::MSK::Cluster',
        'ClusterName: events\nClientAuthentication:\n  Unauthenticated:\n    Enabled: true',
      ),
    ],
    good: [
      template(
        'AWS::MSK::Cluster',
        'ClusterName: events\nClientAuthentication:\n  Sasl:\n    Iam:\n      Enabled: true',
      ),
    ],
  },
  *check(file) {
    const path = 'ClientAuthentication.Unauthenticated.Enabled';
    for (const resource of ofTypes(file, ['AWS::MSK::Cluster'])) {
      const property = resource.property(path);
      if (!isOn(property.value)) continue;
      const fix = {
        title: `Ask clients of ${resource.id} for a login`,
        blastRadius: 'Clients without credentials are refused.',
        needsConfirmation: true,
      };
      yield hitAt(resource, path, property, {
        actual: 'true',
        expected: 'false',
        message: 'Kafka lets clients in without a login.',
        fix: setTo(property, 'false', fix),
      });
    }
  },
});
