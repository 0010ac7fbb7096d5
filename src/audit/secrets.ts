/**
 * Whether the value of a setting is a secret that is written out: by its form (keys of known services), or by its name
 * together with a value that is no placeholder, reference, path or switch. Values are looked at here, never shown.
 */
import { isPlaceholder, isReference, readConnection } from './connections.ts';
import { isWellKnown } from './rules/passwords.ts';
import type { Span } from './source.ts';

export interface WrittenSecret {
  kind:
    | 'password'
    | 'connection'
    | 'key'
    | 'aws-key'
    | 'private-key'
    | 'service-account'
    | 'supabase-service-role'
    | 'token';
  /** What it is, for a message: `a password`. */
  what: string;
  /** Of the secret within the value. */
  span: Span;
  value: string;
  /** Everybody tries it first. */
  guessable: boolean;
}

const TOKENS: readonly { pattern: RegExp; what: string }[] = [
  { pattern: /\b(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{60,90})\b/, what: 'a GitHub token' },
  { pattern: /\bglpat-[\w-]{20}/, what: 'a GitLab token' },
  { pattern: /\bxox[abprs]-[\w-]{20,}/, what: 'a Slack token' },
  { pattern: /\b[rs]k_live_[A-Za-z0-9]{20,}/, what: 'a Stripe live key' },
  { pattern: /\bSG\.[\w-]{20,24}\.[\w-]{39,50}/, what: 'a SendGrid key' },
  { pattern: /\bnpm_[A-Za-z0-9]{36}\b/, what: 'an npm token' },
  { pattern: /\bdop_v1_[0-9a-f]{64}\b/, what: 'a DigitalOcean token' },
  { pattern: /\bdckr_pat_[\w-]{20,}/, what: 'a Docker Hub token' },
  { pattern: /\bhvs\.[\w-]{24,}/, what: 'a Vault token' },
];
const AWS_ID = /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/;
const JWT = /\beyJ[\w-]{10,2000}\.eyJ([\w-]{10,4000})\.[\w-]{10,}/;
const PASSWORD_NAME = /(?:^|[_.-])(?:password|passwd|passphrase|pwd|pass|passwort)$/i;
const KEY_NAME =
  /(?:^|[_.-])(?:secret|secret[_-]?key|api[_-]?key|access[_-]?key|private[_-]?key|encryption[_-]?key|master[_-]?key|signing[_-]?key|account[_-]?key|service[_-]?role[_-]?key|client[_-]?secret|app[_-]?key|app[_-]?secret|jwt[_-]?secret|auth[_-]?token|access[_-]?token|api[_-]?token|bot[_-]?token|secret[_-]?access[_-]?key|token)$/i;
/** Names that only look like secrets. */
const NOT_SECRET =
  /allow|sha\d|bcrypt|digest|random|_file$|[-_.]file$|no[_-]?password|skip|enable|require|_hash$|expir|timeout|ttl|_name$|header|field|attribute|reset|min|max|length|policy|public|publishable|site[_-]?key|csrf|xsrf|parameter|prompt/i;
const MAX_VALUE = 8_192;

/** camelCase names count as if they were written with dashes. */
function snake(name: string): string {
  return name.length > 200 ? '' : name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}

/**
 * @param name of the setting, the last part of its path
 * @param value as the program reads it; the span is into it
 */
export function writtenSecret(name: string, value: string): WrittenSecret | null {
  if (value === '' || value.length > MAX_VALUE) return null;
  return byForm(name, value) ?? connectionSecret(value) ?? byName(name, value);
}

function whole(value: string): Span {
  return { start: 0, end: value.length };
}

function byForm(name: string, value: string): WrittenSecret | null {
  if (/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(value) && value.length > 120) {
    return { kind: 'private-key', what: 'a private key', span: whole(value), value, guessable: false };
  }
  const aws = AWS_ID.exec(value);
  if (aws && !/EXAMPLE$/.test(aws[0])) {
    const span = { start: aws.index, end: aws.index + aws[0].length };
    return { kind: 'aws-key', what: 'an AWS access key', span, value: aws[0], guessable: false };
  }
  const jwt = JWT.exec(value);
  if (jwt && roleOf(`eyJ${jwt[1] ?? ''}`) === 'service_role') {
    const span = { start: jwt.index, end: jwt.index + jwt[0].length };
    const what = 'a Supabase service_role key';
    return { kind: 'supabase-service-role', what, span, value: jwt[0], guessable: false };
  }
  if (/^sb_secret_[\w-]{20,}$/.test(value)) {
    const what = 'a Supabase secret key';
    return { kind: 'supabase-service-role', what, span: whole(value), value, guessable: false };
  }
  for (const { pattern, what } of TOKENS) {
    const match = pattern.exec(value);
    if (!match || /(.)\1{7}/.test(match[0]) || /example/i.test(match[0])) continue;
    const span = { start: match.index, end: match.index + match[0].length };
    return { kind: 'token', what, span, value: match[0], guessable: false };
  }
  if (/^secret_?access_?key$|aws_?secret/i.test(name.replaceAll('-', '_')) && /^[A-Za-z0-9/+=]{40}$/.test(value)) {
    if (/EXAMPLE/.test(value)) return null;
    return { kind: 'aws-key', what: 'an AWS secret key', span: whole(value), value, guessable: false };
  }
  return null;
}

/** `role` of a JSON web token, without checking its signature. */
function roleOf(payload: string): string | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('role' in parsed)) return null;
    return typeof parsed.role === 'string' ? parsed.role : null;
  } catch {
    return null;
  }
}

/** The password inside a connection string. */
function connectionSecret(value: string): WrittenSecret | null {
  const connection = readConnection(value);
  const password = connection?.password;
  if (!connection || !password || isPlaceholder(password.text)) return null;
  const sameAsUser = connection.user !== null && connection.user.text.toLowerCase() === password.text.toLowerCase();
  return {
    kind: 'connection',
    what: 'a password in a connection string',
    span: { start: password.start, end: password.end },
    value: password.text,
    guessable: isWellKnown(password.text) || sameAsUser,
  };
}

function byName(name: string, value: string): WrittenSecret | null {
  const plain = snake(name);
  if (plain === '' || NOT_SECRET.test(plain)) return null;
  // One or two characters are a switch or a stub.
  if (value.length < 3) return null;
  const isPassword = PASSWORD_NAME.test(plain);
  if (!isPassword && !KEY_NAME.test(plain)) return null;
  if (isPlaceholder(value) || isReference(value)) return isPassword && isWellKnown(value) ? password(value) : null;
  // A path, a URL, a switch or a number is where a secret is or how it is used.
  if (/^(?:[./~]|[A-Za-z]:[\\/]|https?:\/\/)/.test(value) || /^(?:true|false|yes|no|on|off|none)$/i.test(value))
    return null;
  if (isPassword) return /\s/.test(value.trim()) && value.trim().split(/\s+/).length > 3 ? null : password(value);
  if (value.length < 12 || /\s/.test(value) || /^[a-z]+(?:[-_. ][a-z]+)*$/i.test(value)) return null;
  return { kind: 'key', what: 'a key', span: whole(value), value, guessable: false };
}

function password(value: string): WrittenSecret {
  return { kind: 'password', what: 'a password', span: whole(value), value, guessable: isWellKnown(value) };
}
