import type { CredentialFamily } from './credential-rule.ts';
import { B40, LOWER26, UUID } from './example-values.ts';
import { awsAccount, isRandom } from './validate.ts';

const KEYS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html';
const SECRET = {
  provider: 'aws',
  kind: 'secret-access-key',
  sensitivity: 'secret',
  severity: 'critical',
  grants: 'with its key id: whatever the IAM user may do in the AWS account',
  source: KEYS,
} as const;

function isSecretKey(value: string): boolean {
  return (
    isRandom(value, 4) &&
    /[A-Z]/.test(value) &&
    /[a-z]/.test(value) &&
    /\d/.test(value) &&
    !value.endsWith('EXAMPLEKEY')
  );
}

export const aws: CredentialFamily = {
  name: 'aws',
  rules: [
    {
      provider: 'aws',
      kind: 'access-key-id',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'names an IAM user; with its secret key, whatever that user may do',
      keywords: ['AKIA', 'ASIA'],
      pattern: /(?<![A-Za-z0-9/+])((?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9/+=])/g,
      // words have no digits; the documentation's own keys end in EXAMPLE
      judge: (value) => {
        if (/EXAMPLE/.test(value) || !/[2-7]/.test(value.slice(4)) || !isRandom(value.slice(4), 2.5)) return null;
        const account = awsAccount(value);
        if (account === undefined) return {};
        return {
          validated: 'structure',
          grants: `names an IAM user of the AWS account ${account}; with its secret key, whatever that user may do`,
        };
      },
      source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
      examples: {
        bad: ['AKIA2345ABCD6723EFGH'],
        good: ['AKIAIOSFODNN7EXAMPLE', 'AKIATOTALLYANIDENTIFIERNAME', 'ASIAPACIFICNORTHEAST', 'AKIA2222222222222222'],
      },
    },
    {
      ...SECRET,
      keywords: ['ecret', 'ECRET'],
      pattern:
        /(?:secret|Secret|SECRET)[\w -]{0,24}["']?\s{0,4}[:=,>]\s{0,4}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/g,
      judge: (value) => (isSecretKey(value) ? {} : null),
      examples: {
        bad: [`aws_secret_access_key = ${B40}`, `<SecretKey>${B40}</SecretKey>`],
        good: [
          'secret = 0000000000000000000000000000000000000000',
          `secret_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`,
          'secret=da39a3ee5e6b4b0d3255bfef95601890afd80709',
        ],
      },
    },
    {
      provider: 'aws',
      kind: 'appsync-api-key',
      sensitivity: 'public',
      severity: 'low',
      grants: 'every query of the GraphQL API that accepts API keys, for a year at most',
      keywords: ['da2-'],
      pattern: /(?<![\w-])(da2-[a-z0-9]{26})(?![\w-])/g,
      source: 'https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html',
      examples: { bad: [`da2-${LOWER26}`], good: ['da2-'] },
    },
    {
      provider: 'aws',
      kind: 'bedrock-api-key',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'calls of models on the account’s bill',
      keywords: ['ABSK'],
      pattern: /(?<![A-Za-z0-9+/])(ABSK[A-Za-z0-9+/]{109,269}={0,2})(?![A-Za-z0-9+/=])/g,
      judge: (value) => (isRandom(value, 4) ? {} : null),
      source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
      examples: { bad: [`ABSK${B40}${B40}${B40}`], good: ['ABSK'] },
    },
    {
      provider: 'aws',
      kind: 'mws-token',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'the seller account at Amazon: its orders and customers',
      keywords: ['amzn.mws.'],
      pattern: /(?<![\w.-])(amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![\w-])/g,
      source: 'https://developer-docs.amazon.com/sp-api/docs/',
      examples: { bad: [`amzn.mws.${UUID}`], good: ['amzn.mws.'] },
    },
  ],
  named: [
    {
      ...SECRET,
      name: /^(?:.{0,20}aws.{0,20}secret.{0,20}|(?:s3|iam|amazon|dynamodb|cognito|sns|ses).{0,20}secret.{0,20}|secretaccesskey)$/,
      value: /^[A-Za-z0-9/+]{40}$/,
      judge: (value) => (isSecretKey(value) ? {} : null),
      examples: {
        bad: [`aws_secret_key=${B40}`, `s3SecretKey=${B40}`],
        good: [`aws_region=${B40}`, `aws_secret=wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`],
      },
    },
    {
      provider: 'aws',
      kind: 'cognito-client-secret',
      sensitivity: 'secret',
      severity: 'medium',
      grants: 'sign-up and sign-in calls in the app client’s name; an app that everyone has keeps none',
      name: /^(?:appclientsecret|.{0,20}(?:cognito|userpool).{0,20}secret)$/,
      value: /^[a-z0-9]{40,60}$/,
      judge: (value) => (isRandom(value, 3.5) && /\d/.test(value) ? {} : null),
      source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html',
      examples: {
        bad: [`AppClientSecret=${LOWER26}x${LOWER26.slice(0, 24)}`],
        good: ['AppClientSecret=none', `AppClientId=${LOWER26}`],
      },
    },
  ],
};
