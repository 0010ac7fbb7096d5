/** How the first bytes of a file prove what it is. Nothing of them is kept but names that stand in lists of ours. */

/** What the first bytes say, or undefined when they are something else. */
export type Proof = (head: Buffer) => { fields?: string[] } | undefined;

/** The file begins with these bytes. */
export function magic(...forms: readonly (string | Buffer)[]): Proof {
  const bytes = forms.map((form) => (typeof form === 'string' ? Buffer.from(form, 'latin1') : form));
  return (head) =>
    bytes.some((form) => head.length >= form.length && head.subarray(0, form.length).equals(form)) ? {} : undefined;
}

/** The first bytes, as text, have this form, and are no web page. */
export function form(pattern: RegExp): Proof {
  return (head) => {
    const text = textOf(head);
    return text !== undefined && !isPage(text) && pattern.test(text) ? {} : undefined;
  };
}

/** Names of settings that hold secrets wherever they stand: safe to show, because they are the same everywhere. */
const WELL_KNOWN_KEYS = new Set(
  (
    'APP_KEY APP_SECRET SECRET_KEY SECRET_KEY_BASE JWT_SECRET SESSION_SECRET ENCRYPTION_KEY DATABASE_URL DB_HOST DB_DATABASE ' +
    'DB_NAME DB_USER DB_USERNAME DB_PASSWORD DB_PASS MYSQL_PASSWORD MYSQL_ROOT_PASSWORD POSTGRES_PASSWORD PGPASSWORD MONGO_URI ' +
    'MONGODB_URI MONGO_URL REDIS_URL REDIS_PASSWORD AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN S3_BUCKET ' +
    'AWS_BUCKET STRIPE_SECRET STRIPE_SECRET_KEY STRIPE_KEY STRIPE_WEBHOOK_SECRET PAYPAL_SECRET MAIL_HOST MAIL_USERNAME ' +
    'MAIL_PASSWORD SMTP_PASSWORD SENDGRID_API_KEY MAILGUN_SECRET TWILIO_AUTH_TOKEN TWILIO_ACCOUNT_SID OPENAI_API_KEY ' +
    'ANTHROPIC_API_KEY GOOGLE_API_KEY GOOGLE_CLIENT_SECRET GOOGLE_APPLICATION_CREDENTIALS FIREBASE_PRIVATE_KEY ' +
    'FIREBASE_SERVICE_ACCOUNT FACEBOOK_SECRET GITHUB_TOKEN GITLAB_TOKEN NPM_TOKEN SLACK_TOKEN SENTRY_DSN PUSHER_APP_SECRET ' +
    'SUPABASE_SERVICE_ROLE_KEY SUPABASE_KEY HASURA_GRAPHQL_ADMIN_SECRET ELASTIC_PASSWORD RABBITMQ_PASSWORD NODE_ENV APP_ENV'
  ).split(' '),
);

/** Lines of `NAME=value`: two at least, or one whose name is well known. */
export const settings: Proof = (head) => {
  const text = textOf(head);
  if (text === undefined || isPage(text)) return undefined;
  const names = text.split(/\r?\n/).flatMap((line) => /^(?:export )?([A-Z][A-Z0-9_]{1,63})=/.exec(line)?.[1] ?? []);
  const known = [...new Set(names.filter((name) => WELL_KNOWN_KEYS.has(name)))];
  return known.length > 0 || names.length >= 2 ? { fields: known } : undefined;
};

/** Text, as far as a control character or an invalid sequence does not say otherwise; the last character may be cut. */
function textOf(head: Buffer): string | undefined {
  const text = head.toString('utf8').replace(/�{1,3}$/, '');
  return /[\x00-\x08\x0e-\x1f�]/.test(text) ? undefined : text;
}

function isPage(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body)/i.test(text);
}
