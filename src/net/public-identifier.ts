/** Keys whose form says that they are secret: never sent by a probe, whoever lists them. */

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^sb_secret_/, 'a secret key of Supabase'],
  [/^(?:sk|rk)_(?:live|test)_/, 'a secret key of Stripe'],
  [/^-----BEGIN/, 'a private key'],
  [/^(?:AKIA|ASIA)[A-Z0-9]{16}$/, 'an access key of AWS'],
  [/^(?:ghp|gho|ghs|github_pat)_/, 'a token of GitHub'],
  [/^xox[abprs]-/, 'a token of Slack'],
  [/^SG\.[\w-]{16,}\./, 'a key of SendGrid'],
];

/** Roles of JSON Web Tokens that are handed out to everybody. */
const PUBLIC_ROLES = new Set(['anon']);

/** What makes the value a secret, in words; undefined when nothing says so. */
export function secretForm(value: string): string | undefined {
  const known = FORMS.find(([form]) => form.test(value));
  if (known !== undefined) return known[1];
  const [, payload, signature] = value.split('.');
  if (payload === undefined || signature === undefined || !value.startsWith('eyJ')) return undefined;
  const role = roleOf(payload);
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
