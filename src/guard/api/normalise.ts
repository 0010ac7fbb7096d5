/** Values that mean the same person are one value before they are hashed. */
import { domainToASCII } from 'node:url';

const MAX_EXACT = 8191;
/** RFC 5321, 4.5.3.1: 64 before the at sign, 254 in all. */
const MAX_EMAIL = 254;
const MAX_LOCAL = 64;
/** ITU-T E.164: fifteen digits with the country's. */
const MAX_DIGITS = 15;

/**
 * `exact`: as it is. `email`: in lower case, the domain in its ASCII form. `phone`: digits alone, with a plus where the
 * country's are among them (`+` or `00`); a number without a country's digits equals itself alone.
 *
 * @returns undefined for what is no such value
 */
export function normalise(lookup: 'exact' | 'email' | 'phone', value: string): string | undefined {
  switch (lookup) {
    case 'exact':
      return value === '' || value.length > MAX_EXACT ? undefined : value;
    case 'email':
      return email(value);
    case 'phone':
      return phone(value);
  }
}

function email(value: string): string | undefined {
  const text = value.trim();
  if (text.length > MAX_EMAIL) return undefined;
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at).normalize('NFC').toLowerCase();
  if (at < 1 || local.length > MAX_LOCAL || /[\s@\u0000-\u001f\u007f]/.test(local)) return undefined;
  const domain = domainToASCII(text.slice(at + 1));
  return domain === '' || domain.startsWith('.') || domain.endsWith('.') ? undefined : `${local}@${domain}`;
}

function phone(value: string): string | undefined {
  if (value.length > 40) return undefined;
  // Spaces, hyphens of every kind, dots, slashes and parentheses group digits; `(0)` is dialled inside the country only.
  const text = value.replace(/\(0\)/g, '').replace(/[\s()./\-\u2010-\u2015]/g, '');
  const match = /^(\+|00)?(\d{3,17})$/.exec(text);
  if (match === null) return undefined;
  const [, international, digits = ''] = match;
  return digits.length > MAX_DIGITS ? undefined : international === undefined ? digits : `+${digits}`;
}
