import { createHmac } from 'node:crypto';

/** How a secret travels: enough to recognise it, never enough to use it. */
export interface RedactedSecret {
  /** e.g. `AIza…[39]`: at most the first four characters (none of a short secret) and the length. */
  mask: string;
  /** HMAC-SHA-256 under the project's key, 32 hex digits: equal secrets compare equal within one project only. */
  hash: string;
}

/** @param key the project's redaction key (at least 16 bytes, from a file of mode 0600) */
export function redactSecret(secret: string, key: Uint8Array): RedactedSecret {
  return { mask: maskSecret(secret), hash: createHmac('sha256', key).update(secret).digest('hex').slice(0, 32) };
}

/** `AIza…[39]`. Secrets of fewer than 16 characters show nothing but their length. */
export function maskSecret(secret: string): string {
  const shown = secret.length >= 16 ? secret.slice(0, 4).replace(/[^\x21-\x7e]/g, '?') : '';
  return `${shown}…[${secret.length}]`;
}

/** The last word of a parameter's name that makes its value a secret. */
const SECRET_WORD =
  /^(?:api|app|auth|access|client|private|public|shared|secret|session|refresh|id|subscription|master)?(?:keys?|tokens?|secrets?|passwords?|passwd|passphrase|passcode|pass|pwd|auth|authorization|signatures?|sig|hmac|credentials?|sessions?|sessionid|jwt|bearer|code|otp)$|^appid$/;

/**
 * A URL, or text that holds URLs, with what may be secret in it masked: user information and the values of parameters
 * that are named like secrets, in query and fragment. Works on templates and broken URLs too, because it only looks at
 * delimiters; linear in the text. Paths and hosts are kept.
 */
export function redactUrl(url: string): string {
  return maskParameters(maskLogins(url));
}

/** What ends a URL that stands in a text. */
const END = /[\s"'<>`|\\^]/g;

function maskLogins(text: string): string {
  let shown = '';
  let done = 0;
  let from = 0;
  let end = 0;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', from)) {
    const start = at + 3;
    from = start;
    if (end < start) {
      END.lastIndex = start;
      end = END.exec(text)?.index ?? text.length;
    }
    const login = loginOf(text.slice(start, end));
    if (login === '') continue;
    shown += `${text.slice(done, start)}${maskedLogin(login)}@`;
    done = start + login.length + 1;
    from = done;
  }
  return shown + text.slice(done);
}

/** Where the authority ends; `${PASSWORD?}` holds what would end it. Bounded: a text may hold many addresses. */
function endOfAuthority(rest: string): number {
  const near = rest.slice(0, 600);
  if (!near.includes('${')) return rest.search(/[/?#]/);
  const end = near.replace(/\$\{[^{}]{0,200}\}/g, (all) => '_'.repeat(all.length)).search(/[/?#]/);
  return end >= 0 ? end : rest.search(/[/?#]/);
}

/** The user information at the start of what follows `://`, without its `@`; empty when there is none. */
function loginOf(rest: string): string {
  const slash = endOfAuthority(rest);
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const at = authority.lastIndexOf('@');
  if (at >= 0) return authority.slice(0, at);
  // `user:pa/ss@host`: no port looks like that, so the password was not encoded and runs up to the `@`.
  const colon = authority.lastIndexOf(':');
  if (slash < 0 || colon < 0 || authority.endsWith(']') || /^(?:\d{0,5}|[$%{<*].*)$/.test(authority.slice(colon + 1)))
    return '';
  const next = rest.indexOf('://', slash);
  return rest.slice(0, Math.max(0, rest.slice(0, next < 0 ? undefined : next).lastIndexOf('@')));
}

/** What a program fills in at run time, as it stands in source text: `${token}`, `{x}`, `{{x}}`, `#{x}`, `%s`, `%1$s`. */
const FILLED_IN = /^(?:[$#]?\{[A-Za-z_][\w.()[\]]{0,39}\}|\{\{ ?[A-Za-z_][\w.]{0,39} ?\}\}|\{\d?\}|%(?:\d\$)?[sd@])$/;

/** True when the whole value is filled in at run time. Braces around what looks like a value (a GUID) are none. */
export function isFilledIn(value: string): boolean {
  return FILLED_IN.test(value) && value.replace(/\D/g, '').length < 4;
}

function maskedLogin(login: string): string {
  const colon = login.indexOf(':');
  if (colon < 0) return isFilledIn(login) ? login : '***';
  const user = login.slice(0, colon);
  // `ghp_…:x-oauth-basic` carries the secret in the name; an e-mail address is a person's.
  const hidden = user.length > 20 || /@|%40/.test(user) || (user.length >= 16 && /\d/.test(user));
  const password = login.slice(colon + 1);
  return `${hidden && !isFilledIn(user) ? '***' : user}:${isFilledIn(password) ? password : '***'}`;
}

function maskParameters(text: string): string {
  const name = /[?&;#]([^=&#;?]*)=/g;
  let shown = '';
  let done = 0;
  for (let match = name.exec(text); match !== null; match = name.exec(text)) {
    if (!isSecretName(match[1] ?? '')) continue;
    const start = name.lastIndex;
    let end = start;
    while (end < text.length && !'&#;'.includes(text[end] ?? '')) end++;
    const value = text.slice(start, end);
    shown += `${text.slice(done, start)}${value === '' || isFilledIn(value) ? value : maskSecret(value)}`;
    done = end;
    name.lastIndex = end;
  }
  return shown + text.slice(done);
}

/** `apiKey`, `X-Amz-Signature`, `auth[token]`, `api%5Fkey`. */
function isSecretName(name: string): boolean {
  if (name.length > 256) return false;
  const words = percentDecoded(name)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return SECRET_WORD.test(words.at(-1) ?? '') || words.slice(-2).join('_') === 'app_id';
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/**
 * A name that may itself be a value (a Redis key, an object name, a dynamic field) as a pattern:
 * `user:4711:email` -> `user:*:email`, `photos/jane@example.org.jpg` -> `photos/*.jpg`.
 * Segments that look like identifiers (digits, hex, UUIDs, e-mail addresses, long mixed text) become `*`.
 */
export function namePattern(name: string): string {
  return name.replace(/[^:/|]+/g, (segment) => {
    const extension = /\.[a-z][a-z0-9]{0,4}$/i.exec(segment)?.[0] ?? '';
    const stem = segment.slice(0, segment.length - extension.length);
    return looksLikeValue(segment) ? (extension && !segment.includes('@') && stem ? `*${extension}` : '*') : segment;
  });
}

function looksLikeValue(segment: string): boolean {
  if (segment.includes('@')) return true;
  if (/[^\x21-\x7e]/.test(segment)) return true;
  const digits = segment.replace(/\D/g, '').length;
  return digits >= 4 || (digits > 0 && digits * 2 >= segment.length) || segment.length > 40;
}

/** `jane@example.org`, `jane%40example.org`, and with commas as keys of Firebase hold it; bounded on both sides of the `@`. */
const EMAIL =
  /[\p{L}\p{N}._%+-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:[.,][\p{L}\p{N}-]{1,63}){0,8}[.,]\p{L}{2,24}(?![\p{L}\p{N}])/gu;

/** Text in which the e-mail addresses of people are masked: names of tables, keys and roles are some at times. */
export function maskEmails(text: string): string {
  if (!text.includes('@') && !text.includes('%40')) return text;
  // `git@host` is nobody.
  return text.replace(EMAIL, (address) => (address.startsWith('git@') ? address : `…[${address.length}]`));
}
