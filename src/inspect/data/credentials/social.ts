import type { CredentialFamily } from './credential-rule.ts';
import { A35, B40, HEX32 } from './example-values.ts';
import { isRandom } from './validate.ts';

const FACEBOOK = 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/';
const APP_SECRET = {
  provider: 'facebook',
  sensitivity: 'secret',
  severity: 'critical',
  grants: 'acts as the app itself: its settings, insights and test users, and proofs for every user’s token',
  source: FACEBOOK,
} as const;

export const social: CredentialFamily = {
  name: 'social',
  rules: [
    {
      provider: 'facebook',
      kind: 'access-token',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'acts as one user or page, as far as its permissions go',
      keywords: ['EAA'],
      prefilter: 'EAA[A-Za-z0-9]{30}',
      pattern: /(?<![\w+/-])(EAA[A-Za-z0-9]{60,300})(?![\w+/=-])/g,
      judge: (value) => (isRandom(value, 4.3) && /\d/.test(value) ? {} : null),
      source: FACEBOOK,
      examples: { bad: [`EAACEdEose0cBA${B40}${B40}`], good: ['EAACEdEose0cBA', `EAA${'A'.repeat(80)}`] },
    },
    {
      // an app token is the id and the secret of the app with a bar between
      ...APP_SECRET,
      kind: 'app-access-token',
      keywords: ['|'],
      prefilter: '\\d{8}\\|[\\w-]{12}',
      pattern: /(?<![\w-])(\d{14,17}\|[\w-]{27,40})(?![\w-])/g,
      judge: (value) => (isRandom(value.slice(value.indexOf('|') + 1)) ? { validated: 'structure' } : null),
      examples: { bad: [`123456789012345|${A35.slice(0, 27)}`], good: ['1|2', '123456789012345|'] },
    },
    {
      provider: 'twitter',
      kind: 'bearer-token',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'reads as the app, on its quota',
      keywords: ['AAAAAAAAAAAAAAAAAAAA'],
      pattern: /(?<![\w%-])(A{20}[A-Za-z0-9]{2,24}(?:%[0-9A-F]{2}[A-Za-z0-9]{2,60}){1,8})(?![\w%-])/g,
      judge: (value) => (value.length >= 80 && isRandom(value.slice(-48), 4) ? { validated: 'structure' } : null),
      source: 'https://developer.x.com/en/docs/authentication/oauth-2-0/bearer-tokens',
      examples: { bad: [`${'A'.repeat(22)}bX5gAAAAAA%2B${A35}%3D${B40}abc`], good: ['A'.repeat(80)] },
    },
  ],
  named: [
    {
      ...APP_SECRET,
      kind: 'app-secret',
      name: /^(?:.{0,12}(?:facebook|fb|meta|instagram).{0,12}secret.{0,8})$/,
      value: /^[0-9a-f]{32}$/,
      judge: (value) => (isRandom(value) ? {} : null),
      examples: {
        bad: [`facebook_app_secret=${HEX32}`],
        good: ['facebook_app_secret=none', `facebook_app_id=${HEX32}`],
      },
    },
    {
      provider: 'facebook',
      kind: 'client-token',
      sensitivity: 'public',
      severity: 'info',
      grants: 'identifies the app towards the Graph API; reads next to nothing',
      name: /^(?:.{0,12}(?:facebook|fb).{0,8}clienttoken|facebooksdkclienttoken)$/,
      value: /^[0-9a-f]{32}$/,
      judge: (value) => (isRandom(value) ? {} : null),
      source: FACEBOOK,
      examples: { bad: [`facebook_client_token=${HEX32}`], good: ['facebook_client_token=YOUR_CLIENT_TOKEN'] },
    },
    {
      provider: 'twitter',
      kind: 'consumer-secret',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'with the consumer key: acts as the app towards Twitter, and asks its users for more',
      name: /^(?:.{0,20}twitter.{0,20}secret.{0,8}|consumersecret|twconsumersecret)$/,
      value: /^[A-Za-z0-9]{40,55}$/,
      judge: (value) => (isRandom(value, 4) ? {} : null),
      source: 'https://developer.x.com/en/docs/authentication/oauth-1-0a/api-key-and-secret',
      examples: { bad: [`twitter_consumer_secret=${B40}aB3dE5gH7j`], good: ['twitter_consumer_secret=none'] },
    },
    {
      provider: 'oauth',
      kind: 'client-secret',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'acts as the app’s OAuth client towards the provider',
      name: /^.{0,30}client(?:app)?secret.{0,6}$/,
      value: /^[\w.~+/=-]{16,120}$/,
      judge: (value) => (isRandom(value, 3.2) && /\d/.test(value) && /[A-Za-z]/.test(value) ? {} : null),
      source: 'https://www.rfc-editor.org/rfc/rfc8252#section-8.5',
      examples: {
        bad: [`linkedin_client_secret=${A35.slice(0, 16)}`, `client_secret=${HEX32}`],
        good: ['client_secret=client_secret_post', 'clientSecret=my-client-secret-value'],
      },
    },
  ],
};
