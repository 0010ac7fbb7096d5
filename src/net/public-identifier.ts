/** Keys whose form says that they are secret: never sent by a probe, whoever lists them. */

const FORMS: readonly (readonly [RegExp, string])[] = [
  // https://supabase.com/docs/guides/api/api-keys
  [/^sb_secret_/, 'a secret key of Supabase'],
  [/^sbp_[0-9a-f]{20}/, 'a personal access token of Supabase'],
  // https://docs.stripe.com/keys
  [/^(?:sk|rk)_(?:live|test)_/, 'a secret key of Stripe'],
  [/^whsec_/, 'a webhook secret of Stripe'],
  [/-----BEGIN/, 'a private key'],
  [/"private_key"\s*:/, 'a service account of Google'],
  [/^ya29\./, 'an access token of Google'],
  [/^1\/\/0/, 'a refresh token of Google'],
  [/^GOCSPX-/, 'a client secret of Google'],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  [/^(?:AKIA|ASIA)[A-Z0-9]{16}$/, 'an access key of AWS'],
  // https://learn.microsoft.com/rest/api/storageservices/create-service-sas
  [/(?:^|[?&])sig=/, 'a shared access signature of Azure'],
  [/AccountKey=/i, 'a connection string of Azure'],
  [/^[A-Za-z0-9+/]{86}==$/, 'an account key of Azure'],
  // https://appwrite.io/docs/advanced/platform/api-keys; before 1.6 256 hexadecimal digits
  [/^(?:standard|dynamic|account|organization)_[0-9A-Za-z]{32}/, 'an API key of Appwrite'],
  [/^[0-9a-f]{256}$/, 'an API key of Appwrite'],
  [/^(?:gh[oprsu]|github_pat)_/, 'a token of GitHub'],
  [/^glpat-/, 'a token of GitLab'],
  [/^npm_[A-Za-z0-9]{30}/, 'a token of npm'],
  [/^(?:xox[abeprs]|xapp)-/, 'a token of Slack'],
  [/^SG\.[\w-]{16,}\./, 'a key of SendGrid'],
  [/^shp(?:at|pa|ss|ca)_/, 'a token of Shopify'],
  [/^dop_v1_/, 'a token of DigitalOcean'],
  [/^hv[sb]\./, 'a token of Vault'],
  [/^sk-[\w-]{20}/, 'a secret key'],
  [/^[a-z][a-z0-9+.-]{1,20}:\/\/[^/\s]{0,200}:[^/\s]{1,200}@/i, 'an address with a password'],
];

/** Roles of JSON Web Tokens that are handed out to everybody. */
const PUBLIC_ROLES = new Set(['anon']);

/** What makes the value a secret, in words; undefined when nothing says so. */
export function secretForm(value: string): string | undefined {
  const bare = value.trim().replace(/^(?:bearer|basic|token)\s+/i, '');
  const known = FORMS.find(([form]) => form.test(bare));
  if (known !== undefined) return known[1];
  // A token is three parts (signed), two (unsigned, without the last dot) or five (encrypted); `eyJ` is `{"`.
  if (!/^eyJ[\w-]*={0,2}\./.test(bare)) return undefined;
  const role = roleOf(bare.split('.')[1] ?? '');
  return role !== undefined && PUBLIC_ROLES.has(role) ? undefined : `a token of the role ${role ?? 'of one account'}`;
}

function roleOf(payload: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('role' in claims)) return undefined;
    return typeof claims.role === 'string' ? claims.role.replace(/[^\w-]/g, '?').slice(0, 32) : undefined;
  } catch {
    return undefined;
  }
}
