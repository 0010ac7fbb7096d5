/**
 * Masks: what is shown in the place of a value that a principal may know to exist, but not to read. A mask never shows
 * more of a value than its kind says, whatever the document holds there: what it cannot read it redacts.
 */
import { isIP } from 'node:net';
import type { FieldRule, FieldType, Mask } from '../contract/grant.ts';
import { isJsonObject, type Json, JsonNumber } from '../json/value.ts';

/** What masks need of the request's context. */
export interface MaskContext {
  token(field: string, value: string): string;
}

export const REDACTED = '***';

/** Masks a value of a document: each scalar of an array, and null (no value) stays null. */
export function maskRule(rule: FieldRule, value: Json, context: MaskContext): Json {
  return rule.mask === null ? value : maskValue(rule.mask, rule.type, value, context, rule.name);
}

/**
 * @param field full path, which the keyed token is bound to: equal values of two fields have different tokens
 */
export function maskValue(mask: Mask, type: FieldType, value: Json, context: MaskContext, field = ''): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => maskValue(mask, type, item, context, field));
  if (isJsonObject(value)) return REDACTED;
  const text = textOfScalar(value);
  switch (mask.kind) {
    case 'redact':
      return REDACTED;
    case 'token':
      return context.token(field, text);
    case 'last':
      return last(text, mask.keep);
    case 'email':
      return email(text);
    case 'network':
      return network(text);
    case 'year':
      return year(text, type);
  }
}

function textOfScalar(value: Json): string {
  return value instanceof JsonNumber ? value.raw : String(value);
}

/** Code points, not halves of them. At most half of a short value is shown. */
function last(text: string, keep: number): string {
  const points = Array.from(text);
  const shown = Math.min(keep, Math.floor(points.length / 2));
  return shown <= 0 ? REDACTED : `${REDACTED}${points.slice(points.length - shown).join('')}`;
}

/** `m***@example.org`: the first letter and the domain. */
function email(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  if (at < 1 || !isDomain(domain)) return REDACTED;
  return `${at > 1 ? String.fromCodePoint(text.codePointAt(0) ?? 0x2a) : ''}${REDACTED}@${domain}`;
}

function isDomain(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 0x20;
    const plain = (code >= 97 && code <= 122) || (text.charCodeAt(i) >= 48 && text.charCodeAt(i) <= 57);
    if (!plain && text[i] !== '.' && text[i] !== '-') return false;
  }
  return true;
}

/** The /24 of an IPv4 address, the /48 of an IPv6 address. */
function network(text: string): string {
  const version = isIP(text);
  if (version === 4) return `${text.slice(0, text.lastIndexOf('.'))}.0/24`;
  if (version === 6) return network6(text);
  return REDACTED;
}

function network6(text: string): string {
  const address = text.split('%')[0] ?? '';
  // ::ffff:192.0.2.1 is an IPv4 address: its /48 would say nothing, its last 32 bits everything.
  const dotted = address.lastIndexOf(':') + 1;
  if (address.includes('.')) return isMapped(address.slice(0, dotted)) ? network(address.slice(dotted)) : REDACTED;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  const shown = groups.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  return `${shown.join(':')}::/48`;
}

function isMapped(prefix: string): boolean {
  return prefix.toLowerCase() === '::ffff:';
}

/** The four digits of a date in ISO order, or the year of milliseconds since the epoch. */
function year(text: string, type: FieldType): string {
  if (/^\d{4}(-|$)/.test(text)) return text.slice(0, 4);
  if (type === 'date' && /^-?\d{5,15}$/.test(text)) {
    const date = new Date(Number(text));
    if (!Number.isNaN(date.getTime())) return String(date.getUTCFullYear());
  }
  return REDACTED;
}
