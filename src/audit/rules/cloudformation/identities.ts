/** Who may do what: policies of queues and keys, guests, functions, roles. */
import { isAdministrator, isPublic, statementsOf, wildcardServices } from '../../cloud/policy.ts';
import { defineRule, type Hit } from '../../model.ts';
import { hitAt, isOn, ofTypes, page, setTo, template } from './support.ts';

const source = (how: string): { by: 'source'; how: string } => ({ by: 'source', how });

const RESOURCE_POLICIES: Readonly<Record<string, readonly [path: string, what: string]>> = {
  'AWS::SQS::QueuePolicy': ['PolicyDocument', 'the queue'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument', 'the topic'],
  'AWS::KMS::Key': ['KeyPolicy', 'the key'],
  'AWS::SecretsManager::ResourcePolicy': ['ResourcePolicy', 'the secret'],
  'AWS::ECR::Repository': ['RepositoryPolicyText', 'the repository of images'],
};

export const resourcePolicy = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-resource-policy-public',
  format: 'cloudformation',
  title: 'A policy lets everybody use a queue, a topic, a key or a secret',
  topic: 'authorization',
  severity: 'high',
  owner: 'it',
  description:
    'A statement allows `*` without a condition that narrows it: any AWS account, often also strangers without one, may use the resource.',
  remediation:
    'Name the accounts or roles in `Principal`, or narrow by `aws:SourceArn`, `aws:SourceAccount` or `aws:PrincipalOrgID`.',
  references: [
    page('sqs-queuepolicy'),
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous',
  ],
  cwe: ['CWE-732'],
  verified: source(
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html – in a resource-based policy Principal "*" means everyone, anonymous users included.',
  ),
  examples: {
    bad: [
      template(
        'AWS::SQS::QueuePolicy',
        'Queues: [!Ref Q]\nPolicyDocument:\n  Statement:\n    - Effect: Allow\n      Principal: "*"\n      Action: sqs:SendMessage\n      Resource: "*"',
      ),
    ],
    good: [
      template(
        'AWS::SQS::QueuePolicy',
        'Queues: [!Ref Q]\nPolicyDocument:\n  Statement:\n    - Effect: Allow\n      Principal: "*"\n      Action: sqs:SendMessage\n      Resource: "*"\n      Condition:\n        ArnEquals:\n          aws:SourceArn: !Ref Topic',
      ),
    ],
  },
  *check(file) {
    for (const resource of file.document.resources) {
      const kind = Object.hasOwn(RESOURCE_POLICIES, resource.type) ? RESOURCE_POLICIES[resource.type] : undefined;
      if (!kind) continue;
      const [path, what] = kind;
      const property = resource.property(path);
      const open = statementsOf(property.value).find(isPublic);
      if (!open) continue;
      yield hitAt(resource, `${path}.Statement[${open.index}]`, property, {
        actual: 'Allow for everybody, without a condition that narrows it',
        expected: 'named principals',
        message: `Everybody may use ${what}.`,
      });
    }
  },
});

export const guests = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-identity-pool-with-guests',
  format: 'cloudformation',
  title: 'An identity pool gives credentials to everybody',
  topic: 'authentication',
  severity: 'medium',
  owner: 'developer',
  description:
    'With `AllowUnauthenticatedIdentities` whoever knows the id of the pool – it is in the app – gets AWS credentials of the guest role, and does with them what the role may.',
  remediation: 'Set `AllowUnauthenticatedIdentities: false`, or give the guest role nothing but what strangers may do.',
  references: [
    page('cognito-identitypool'),
    'https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html#authenticated-and-unauthenticated-identities',
  ],
  cwe: ['CWE-287'],
  verified: source(
    'https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html – identity pools with guest access give temporary credentials to users who did not log in.',
  ),
  examples: {
    bad: [template('AWS::Cognito::IdentityPool', 'AllowUnauthenticatedIdentities: true')],
    good: [template('AWS::Cognito::IdentityPool', 'AllowUnauthenticatedIdentities: false')],
  },
  *check(file) {
    for (const resource of ofTypes(file, ['AWS::Cognito::IdentityPool'])) {
      const property = resource.property('AllowUnauthenticatedIdentities');
      if (!isOn(property.value)) continue;
      yield hitAt(resource, 'AllowUnauthenticatedIdentities', property, {
        actual: 'true',
        expected: 'false',
        message: 'Everybody who knows the id of the pool gets AWS credentials.',
        fix: setTo(property, 'false', {
          title: `Give guests of ${resource.id} no credentials`,
          blastRadius: 'Apps that use AWS before their users log in are refused.',
          needsConfirmation: true,
        }),
      });
    }
  },
});

export const apiOpen = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-api-without-login',
  format: 'cloudformation',
  title: 'An API or the URL of a function asks for no login',
  topic: 'authentication',
  severity: 'medium',
  owner: 'developer',
  description:
    'The gateway, or the URL of the function, hands every request on. Unless the program behind it checks who calls, strangers use it.',
  remediation: 'Use an authoriser (Cognito, JWT, IAM), or make sure that the function checks a token on every request.',
  references: [
    page('apigateway-method'),
    page('lambda-url'),
    'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
  ],
  cwe: ['CWE-306'],
  verified: source(
    'https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html – authorizationType NONE is open access; AuthType NONE of a function URL lets every request in.',
  ),
  examples: {
    bad: [
      template('AWS::Lambda::Url', 'AuthType: NONE\nTargetFunctionArn: !Ref F'),
      template('AWS::ApiGateway::Method', 'HttpMethod: GET\nAuthorizationType: NONE'),
    ],
    good: [
      template('AWS::Lambda::Url', 'AuthType: AWS_IAM\nTargetFunctionArn: !Ref F'),
      template('AWS::ApiGateway::Method', 'HttpMethod: OPTIONS\nAuthorizationType: NONE'),
      template('AWS::ApiGateway::Method', 'HttpMethod: GET\nAuthorizationType: NONE\nApiKeyRequired: true'),
    ],
  },
  *check(file): Generator<Hit> {
    const rest = { actual: 'NONE', expected: 'an authoriser', confidence: 'tentative' } as const;
    for (const resource of file.document.resources) {
      const paths: Readonly<Record<string, string>> = {
        'AWS::ApiGateway::Method': 'AuthorizationType',
        'AWS::ApiGatewayV2::Route': 'AuthorizationType',
        'AWS::Lambda::Url': 'AuthType',
        'AWS::Serverless::Function': 'FunctionUrlConfig.AuthType',
      };
      const path = Object.hasOwn(paths, resource.type) ? paths[resource.type] : undefined;
      if (path === undefined) continue;
      const property = resource.property(path);
      if (property.value !== 'NONE') continue;
      const method = String(resource.property('HttpMethod').value ?? resource.property('RouteKey').value ?? '');
      if (/^OPTIONS\b/.test(method) || isOn(resource.property('ApiKeyRequired').value)) continue;
      yield hitAt(resource, path, property, {
        ...rest,
        message: resource.type.startsWith('AWS::ApiGateway')
          ? 'The API asks for no login here.'
          : 'The URL of the function asks for no login.',
      });
    }
  },
});

/** Services whose data matters most; every action on everything is more than a program needs. */
const DATA = new Set([
  's3',
  'dynamodb',
  'rds',
  'rds-data',
  'secretsmanager',
  'kms',
  'es',
  'ssm',
  'iam',
  'sts',
  'cognito-idp',
  'cognito-identity',
  'redshift',
]);

export const wideRole = defineRule<'cloudformation'>({
  id: 'audit/cloudformation-identity-may-everything',
  format: 'cloudformation',
  title: 'An identity may do everything',
  topic: 'authorization',
  severity: 'high',
  owner: 'developer',
  description:
    'Every action on every resource: a hole in the program that has this role is a hole in the whole account. With every action of one service, in all of its data.',
  remediation: 'List the actions that the program uses, and the ARNs of its own tables, buckets and secrets.',
  references: [
    page('iam-role'),
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege',
  ],
  cwe: ['CWE-269'],
  cis: ['CIS AWS Foundations 5.0 1.15'],
  verified: source(
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html – Action "*" on Resource "*" allows all actions of all services; grant least privilege.',
  ),
  examples: {
    bad: [
      template(
        'AWS::IAM::ManagedPolicy',
        'PolicyDocument:\n  Statement:\n    - Effect: Allow\n      Action: "*"\n      Resource: "*"',
      ),
      template(
        'AWS::IAM::Role',
        'Policies:\n  - PolicyName: app\n    PolicyDocument:\n      Statement:\n        - Effect: Allow\n          Action: ["dynamodb:*", "logs:PutLogEvents"]\n          Resource: "*"',
      ),
    ],
    good: [
      template(
        'AWS::IAM::Role',
        'Policies:\n  - PolicyName: app\n    PolicyDocument:\n      Statement:\n        - Effect: Allow\n          Action: ["dynamodb:GetItem"]\n          Resource: !GetAtt Table.Arn',
      ),
    ],
  },
  *check(file) {
    const inline = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];
    for (const resource of file.document.resources) {
      const own = resource.type === 'AWS::IAM::Policy' || resource.type === 'AWS::IAM::ManagedPolicy';
      if (!own && !inline.includes(resource.type)) continue;
      const property = resource.property(own ? 'PolicyDocument' : 'Policies');
      const documents = own
        ? [property.value]
        : Array.isArray(property.value)
          ? property.value.map((one: unknown) => policyIn(one))
          : [];
      const statements = documents.flatMap((one) => statementsOf(one as Parameters<typeof statementsOf>[0]));
      const all = statements.some(isAdministrator);
      const services = [...new Set(statements.flatMap(wildcardServices))].filter((name) => DATA.has(name));
      if (!all && services.length === 0) continue;
      yield hitAt(resource, own ? 'PolicyDocument' : 'Policies', property, {
        actual: all ? 'every action on every resource' : `every action of ${services.join(', ')} on every resource`,
        expected: 'the actions and resources that are used',
        message: all
          ? 'The identity may do everything in the account.'
          : `The identity may do everything with ${services.join(', ')}.`,
        severity: all ? 'high' : 'medium',
      });
    }
  },
});

function policyIn(one: unknown): unknown {
  return typeof one === 'object' && one !== null && 'PolicyDocument' in one ? one.PolicyDocument : undefined;
}
