/**
 * Credentials that can be told by their own form. Each rule carries texts that hold one (`bad`) and look-alikes that do
 * not (`good`); the tests run them. All values are made up. Patterns are bounded; `keywords` are looked for before any
 * pattern runs.
 */
export type Sensitivity = 'public' | 'secret' | 'unknown';

export interface CredentialRule {
  provider: string;
  kind: string;
  sensitivity: Sensitivity;
  /** At least one must stand in the text, exactly so. */
  keywords: readonly string[];
  /** What the first pass looks for instead, where the keywords are too common: the source of a regular expression. */
  prefilter?: string;
  /** Group 1 is the credential. */
  pattern: RegExp;
  /** Judges a match further; null rejects it. */
  refine?: (value: string) => Sensitivity | null;
  /** Where the form is documented. */
  source: string;
  examples: { bad: readonly string[]; good: readonly string[] };
}

const A35 = 'Sy0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV';
const HEX32 = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const B40 = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n';
const BODY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';

/** The claims of a JWT, undefined when the middle part is not JSON. */
export function jwtClaims(token: string): Record<string, unknown> | undefined {
  const [, payload] = token.split('.');
  if (payload === undefined || payload.length > 8192) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? { ...claims } : undefined;
  } catch {
    return undefined; // base64 that only looks like a token
  }
}

function judgeJwt(token: string): Sensitivity | null {
  const claims = jwtClaims(token);
  if (claims === undefined) return null;
  if (claims.role === 'anon') return 'public';
  return claims.role === 'service_role' ? 'secret' : 'unknown';
}

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJlLW9mLWEtdGVzdC10b2tlbg`;
}

export const CREDENTIAL_RULES: readonly CredentialRule[] = [
  {
    provider: 'google',
    kind: 'api-key',
    sensitivity: 'public',
    keywords: ['AIza'],
    pattern: /(?<![\w-])(AIza[\w-]{35})(?![\w-])/g,
    source: 'https://cloud.google.com/docs/authentication/api-keys',
    examples: { bad: [`AIza${A35}`, `key=AIza${A35}&x=1`], good: ['AIza', `AIza${A35}x`, 'AIzaSy…'] },
  },
  {
    provider: 'google',
    kind: 'oauth-client-secret',
    sensitivity: 'unknown',
    keywords: ['GOCSPX-'],
    pattern: /(?<![\w-])(GOCSPX-[\w-]{28})(?![\w-])/g,
    source: 'https://developers.google.com/identity/protocols/oauth2',
    examples: { bad: [`GOCSPX-${A35.slice(0, 28)}`], good: ['GOCSPX-'] },
  },
  {
    provider: 'google',
    kind: 'fcm-server-key',
    sensitivity: 'secret',
    keywords: ['AAAA'],
    pattern: /(?<![\w-])(AAAA[\w-]{7}:APA91b[\w-]{134})(?![\w-])/g,
    source: 'https://firebase.google.com/docs/cloud-messaging/auth-server',
    examples: { bad: [`AAAA1234567:APA91b${B40}${B40}${B40}${'x1'.repeat(7)}`], good: ['AAAA1234567:short'] },
  },
  {
    provider: 'aws',
    kind: 'access-key-id',
    sensitivity: 'secret',
    keywords: ['AKIA', 'ASIA', 'AROA', 'AIDA'],
    pattern: /(?<![A-Za-z0-9/+])((?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9/+=])/g,
    refine: (value) => (/EXAMPLE$/.test(value) || !/[2-7]/.test(value.slice(4)) ? null : 'secret'),
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
    examples: {
      bad: ['AKIA2345ABCD6723EFGH'],
      good: ['AKIAIOSFODNN7EXAMPLE', 'AKIATOTALLYANIDENTIFIERNAME', 'ASIAPACIFICNORTHEAST'],
    },
  },
  {
    provider: 'aws',
    kind: 'secret-access-key',
    sensitivity: 'secret',
    keywords: ['ecret', 'ECRET'],
    pattern:
      /(?:aws|AWS|Aws)?_?(?:secret|Secret|SECRET)[\w -]{0,24}["']?\s{0,4}[:=,>]\s{0,4}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/g,
    refine: (value) =>
      isRandom(value) && /[A-Z]/.test(value) && /[a-z]/.test(value) && /\d/.test(value) ? 'secret' : null,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    examples: { bad: [`aws_secret_access_key = ${B40}`], good: ['secret = 0000000000000000000000000000000000000000'] },
  },
  {
    provider: 'stripe',
    kind: 'secret-key',
    sensitivity: 'secret',
    keywords: ['k_live_', 'k_test_'],
    pattern: /(?<![\w-])([sr]k_(?:live|test)_[A-Za-z0-9]{20,110})(?![\w-])/g,
    source: 'https://docs.stripe.com/keys',
    examples: { bad: [`sk_live_${A35.slice(0, 24)}`], good: ['sk_live_', 'sk_test_your_key_here'] },
  },
  {
    provider: 'stripe',
    kind: 'publishable-key',
    sensitivity: 'public',
    keywords: ['pk_live_', 'pk_test_'],
    pattern: /(?<![\w-])(pk_(?:live|test)_[A-Za-z0-9]{20,110})(?![\w-])/g,
    source: 'https://docs.stripe.com/keys',
    examples: { bad: [`pk_live_${A35.slice(0, 24)}`], good: ['pk_live_'] },
  },
  {
    provider: 'twilio',
    kind: 'api-key-sid',
    sensitivity: 'secret',
    keywords: ['SK', 'AC'],
    prefilter: '(?:SK|AC)[0-9a-f]{8}',
    pattern: /(?<![\w-])((?:SK|AC)[0-9a-f]{32})(?![\w-])/g,
    refine: (value) => (isRandom(value) ? (value.startsWith('AC') ? 'unknown' : 'secret') : null),
    source: 'https://www.twilio.com/docs/glossary/what-is-a-sid',
    examples: { bad: [`SK${HEX32}`], good: [`MASK${HEX32}`, `SK${'0'.repeat(32)}`] },
  },
  {
    provider: 'sendgrid',
    kind: 'api-key',
    sensitivity: 'secret',
    keywords: ['SG.'],
    pattern: /(?<![\w-])(SG\.[\w-]{22}\.[\w-]{43})(?![\w-])/g,
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    examples: { bad: [`SG.${A35.slice(0, 22)}.${B40}abc`], good: ['SG.name.of.package'] },
  },
  {
    provider: 'mailgun',
    kind: 'api-key',
    sensitivity: 'secret',
    keywords: ['key-'],
    pattern: /(?<![\w-])(key-[0-9a-f]{32})(?![\w-])/g,
    source: 'https://documentation.mailgun.com/docs/mailgun/api-reference/authentication/',
    examples: { bad: [`key-${HEX32}`], good: ['key-value', `monkey-${HEX32}`] },
  },
  {
    provider: 'mailchimp',
    kind: 'api-key',
    sensitivity: 'secret',
    keywords: ['-us'],
    pattern: /(?<![\w-])([0-9a-f]{32}-us\d{1,2})(?![\w-])/g,
    source: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
    examples: { bad: [`${HEX32}-us12`], good: ['en-us1'] },
  },
  {
    provider: 'slack',
    kind: 'token',
    sensitivity: 'secret',
    keywords: ['xox'],
    pattern: /(?<![\w-])(xox[abeoprs]-(?:\d{1,14}-){0,3}[A-Za-z0-9-]{16,80})(?![\w-])/g,
    source: 'https://api.slack.com/concepts/token-types',
    examples: { bad: ['xoxb-123456789012-123456789012-aB3dE5gH7jK9mN1pQ3sT5vW7'], good: ['xoxo-hugs', 'xoxb-'] },
  },
  {
    provider: 'slack',
    kind: 'webhook',
    sensitivity: 'secret',
    keywords: ['hooks.slack.com/'],
    pattern:
      /(https:\/\/hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9]{8,12}\/[A-Za-z0-9]{8,12}\/[A-Za-z0-9]{18,26})/g,
    source: 'https://api.slack.com/messaging/webhooks',
    examples: {
      bad: ['https://hooks.slack.com/services/T01234567/B01234567/aB3dE5gH7jK9mN1pQ3sT5vW7'],
      good: ['https://hooks.slack.com/services/'],
    },
  },
  {
    provider: 'discord',
    kind: 'webhook',
    sensitivity: 'secret',
    keywords: ['/api/webhooks/'],
    pattern: /(https:\/\/(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,80})/g,
    source: 'https://discord.com/developers/docs/resources/webhook',
    examples: {
      bad: [`https://discord.com/api/webhooks/123456789012345678/${B40}${A35.slice(0, 28)}`],
      good: ['https://discord.com/api/webhooks/'],
    },
  },
  {
    provider: 'telegram',
    kind: 'bot-token',
    sensitivity: 'secret',
    keywords: [':AA'],
    pattern: /(?<![\w-])(?:bot)?(\d{8,10}:AA[\w-]{33})(?![\w-])/g,
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
    examples: { bad: [`bot123456789:AA${A35.slice(0, 33)}`], good: ['12:AABBCC'] },
  },
  {
    provider: 'github',
    kind: 'token',
    sensitivity: 'secret',
    keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /(?<![\w-])(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![\w-])/g,
    source: 'https://github.blog/engineering/behind-githubs-new-authentication-token-formats/',
    examples: { bad: [`ghp_${A35}a`], good: ['ghp_short', 'through_ghp_'] },
  },
  {
    provider: 'gitlab',
    kind: 'token',
    sensitivity: 'secret',
    keywords: ['glpat-'],
    pattern: /(?<![\w-])(glpat-[\w-]{20})(?![\w-])/g,
    source: 'https://docs.gitlab.com/security/tokens/',
    examples: { bad: [`glpat-${A35.slice(0, 20)}`], good: ['glpat-'] },
  },
  {
    provider: 'openai',
    kind: 'api-key',
    sensitivity: 'secret',
    keywords: ['sk-'],
    pattern: /(?<![\w-])(sk-(?:(?:proj|svcacct|admin)-[\w-]{40,180}|[A-Za-z0-9]{48}))(?![\w-])/g,
    refine: (value) => (isRandom(value) ? 'secret' : null),
    source: 'https://platform.openai.com/docs/api-reference/authentication',
    examples: {
      bad: [`sk-${B40}aB3dE5gH`],
      good: ['task-list-of-many-words-and-more-words-and-others-here', 'sk-button'],
    },
  },
  {
    provider: 'anthropic',
    kind: 'api-key',
    sensitivity: 'secret',
    keywords: ['sk-ant-'],
    pattern: /(?<![\w-])(sk-ant-(?:api|admin)\d{2}-[\w-]{80,120})(?![\w-])/g,
    source: 'https://docs.anthropic.com/en/api/getting-started',
    examples: { bad: [`sk-ant-api03-${B40}${B40}abcde12345`], good: ['sk-ant-'] },
  },
  {
    provider: 'mapbox',
    kind: 'secret-token',
    sensitivity: 'secret',
    keywords: ['sk.eyJ'],
    pattern: /(?<![\w-])(sk\.eyJ[\w-]{30,200}\.[\w-]{20,30})(?![\w-])/g,
    source: 'https://docs.mapbox.com/help/getting-started/access-tokens/',
    examples: { bad: ['sk.eyJ1IjoiZXhhbXBsZSIsImEiOiJjazAxMjM0NTY3ODkifQ.aB3dE5gH7jK9mN1pQ3sT5v'], good: ['sk.eyJ1'] },
  },
  {
    provider: 'mapbox',
    kind: 'public-token',
    sensitivity: 'public',
    keywords: ['pk.eyJ'],
    pattern: /(?<![\w-])(pk\.eyJ[\w-]{30,200}\.[\w-]{20,30})(?![\w-])/g,
    source: 'https://docs.mapbox.com/help/getting-started/access-tokens/',
    examples: { bad: ['pk.eyJ1IjoiZXhhbXBsZSIsImEiOiJjazAxMjM0NTY3ODkifQ.aB3dE5gH7jK9mN1pQ3sT5v'], good: ['pk.eyJ1'] },
  },
  {
    provider: 'square',
    kind: 'access-token',
    sensitivity: 'secret',
    keywords: ['sq0atp-', 'sq0csp-', 'EAAA'],
    pattern: /(?<![\w-])(sq0(?:atp-[\w-]{22}|csp-[\w-]{43})|EAAA[\w-]{60})(?![\w-])/g,
    refine: (value) => (isRandom(value) ? 'secret' : null),
    source: 'https://developer.squareup.com/docs/build-basics/access-tokens',
    examples: { bad: [`sq0atp-${A35.slice(0, 22)}`], good: ['sq0atp-'] },
  },
  {
    provider: 'shopify',
    kind: 'access-token',
    sensitivity: 'secret',
    keywords: ['shpat_', 'shpss_', 'shppa_', 'shpca_'],
    pattern: /(?<![\w-])(shp(?:at|ss|pa|ca)_[0-9a-fA-F]{32})(?![\w-])/g,
    source: 'https://shopify.dev/docs/apps/build/authentication-authorization',
    examples: { bad: [`shpat_${HEX32}`], good: ['shpat_'] },
  },
  {
    provider: 'razorpay',
    kind: 'key-id',
    sensitivity: 'public',
    keywords: ['rzp_live_', 'rzp_test_'],
    pattern: /(?<![\w-])(rzp_(?:live|test)_[A-Za-z0-9]{14})(?![\w-])/g,
    source: 'https://razorpay.com/docs/api/authentication/',
    examples: { bad: ['rzp_live_aB3dE5gH7jK9mN'], good: ['rzp_live_'] },
  },
  {
    provider: 'facebook',
    kind: 'access-token',
    sensitivity: 'secret',
    keywords: ['EAACEdEose0cBA'],
    pattern: /(?<![\w-])(EAACEdEose0cBA[A-Za-z0-9]{20,300})(?![\w-])/g,
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/',
    examples: { bad: [`EAACEdEose0cBA${B40}`], good: ['EAACEdEose0cBA'] },
  },
  {
    provider: 'azure',
    kind: 'storage-account-key',
    sensitivity: 'secret',
    keywords: ['AccountKey='],
    pattern: /AccountName=(?!devstoreaccount1)[^;]{3,24};\s{0,2}AccountKey=([A-Za-z0-9+/]{86}==)/g,
    source: 'https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string',
    examples: {
      bad: [`DefaultEndpointsProtocol=https;AccountName=bluemarket;AccountKey=${B40}${B40}aB3dE5==`],
      good: [`AccountName=devstoreaccount1;AccountKey=${B40}${B40}aB3dE5==`, 'AccountKey='],
    },
  },
  {
    provider: 'azure',
    kind: 'shared-access-key',
    sensitivity: 'secret',
    keywords: ['SharedAccessKey='],
    pattern: /SharedAccessKey=([A-Za-z0-9+/]{43}=)/g,
    source: 'https://learn.microsoft.com/azure/event-hubs/event-hubs-get-connection-string',
    examples: {
      bad: [`Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${B40}abc=`],
      good: ['SharedAccessKey='],
    },
  },
  {
    provider: 'jwt',
    kind: 'token',
    sensitivity: 'unknown',
    keywords: ['eyJ'],
    pattern: /(?<![\w-])(eyJ[\w-]{10,1024}\.eyJ[\w-]{10,4096}\.[\w-]{20,1024})(?![\w-])/g,
    refine: judgeJwt,
    source: 'https://www.rfc-editor.org/rfc/rfc7519',
    examples: {
      bad: [jwt({ sub: '1' }), jwt({ iss: 'supabase', role: 'service_role' })],
      good: ['eyJhbGciOiJIUzI1NiJ9.eyJub3QganNvbg.xxxxxxxxxxxxxxxxxxxxxxxx'],
    },
  },
  {
    provider: 'pem',
    kind: 'private-key',
    sensitivity: 'secret',
    keywords: ['PRIVATE KEY-----'],
    // a header alone is a constant of every crypto library: the body must follow
    pattern:
      /(-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY-----(?:\s|\\n|\\r|["'+]){0,40}(?:(?:Proc-Type|DEK-Info)[^\n\\]{0,80}(?:\s|\\n|\\r){1,8}){0,2}[A-Za-z0-9+/=]{40,128})/g,
    source: 'https://www.rfc-editor.org/rfc/rfc7468',
    examples: {
      bad: [
        `-----BEGIN PRIVATE KEY-----\n${BODY}\n-----END PRIVATE KEY-----`,
        `-----BEGIN RSA PRIVATE KEY-----\\n${BODY}`,
      ],
      good: [
        '-----BEGIN PRIVATE KEY-----',
        '-----BEGIN RSA PRIVATE KEY-----\n',
        '-----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----',
      ],
    },
  },
];

/** Enough different characters for its length: not a row of zeros, not a word. */
export function isRandom(value: string): boolean {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits >= 3 && !/(.)\1{5}/.test(value) && !/0123456789abcdef0123|abcdefghijklmnop/i.test(value);
}
