import type { CredentialFamily } from './credential-rule.ts';
import { A35, B40 } from './example-values.ts';
import { isRandom } from './validate.ts';

const API_KEYS = 'https://cloud.google.com/docs/authentication/api-keys';

export const google: CredentialFamily = {
  name: 'google',
  rules: [
    {
      provider: 'google',
      kind: 'api-key',
      sensitivity: 'public',
      severity: 'info',
      grants: 'calls the Google APIs that its restrictions leave open, on the account’s bill',
      keywords: ['AIza'],
      pattern: /(?<![\w-])(AIza[\w-]{35})(?![\w-])/g,
      judge: (value) => (isRandom(value.slice(4)) ? { validated: 'structure' } : null),
      source: API_KEYS,
      examples: {
        bad: [`AIza${A35}`, `key=AIza${A35}&x=1`],
        good: ['AIza', `AIza${A35}x`, 'AIzaSy…', `AIzaSy${'X'.repeat(33)}`],
      },
    },
    {
      provider: 'google',
      kind: 'oauth-client-secret',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'acts as the app’s OAuth client: exchanges codes of its users for tokens',
      keywords: ['GOCSPX-'],
      pattern: /(?<![\w-])(GOCSPX-[\w-]{28})(?![\w-])/g,
      source: 'https://developers.google.com/identity/protocols/oauth2',
      examples: { bad: [`GOCSPX-${A35.slice(0, 28)}`], good: ['GOCSPX-'] },
    },
    {
      provider: 'google',
      kind: 'fcm-server-key',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'sends push messages to every device of the app (where the legacy API is still on)',
      keywords: [':APA91b'],
      pattern: /(?<![\w-])(AAAA[\w-]{7}:APA91b[\w-]{134})(?![\w-])/g,
      source: 'https://firebase.google.com/docs/cloud-messaging/auth-server',
      examples: { bad: [`AAAA1234567:APA91b${B40}${B40}${B40}${'x1'.repeat(7)}`], good: ['AAAA1234567:short'] },
    },
    {
      provider: 'google',
      kind: 'oauth-refresh-token',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'new access tokens of one Google account, until it is revoked',
      keywords: ['1//0'],
      pattern: /(?<![\w/-])(1\/\/0[\w-]{60,140})(?![\w-])/g,
      judge: (value) => (isRandom(value, 4) ? {} : null),
      source: 'https://developers.google.com/identity/protocols/oauth2',
      examples: { bad: [`1//0${B40}${B40}`], good: ['1//0', `1//0${'a'.repeat(70)}`] },
    },
    {
      provider: 'google',
      kind: 'oauth-access-token',
      sensitivity: 'secret',
      severity: 'medium',
      grants: 'acts as one Google account for an hour after it was issued',
      keywords: ['ya29.'],
      pattern: /(?<![\w-])(ya29\.[\w-]{40,400})(?![\w-])/g,
      source: 'https://developers.google.com/identity/protocols/oauth2',
      examples: { bad: [`ya29.${B40}${B40}`], good: ['ya29.'] },
    },
  ],
};
