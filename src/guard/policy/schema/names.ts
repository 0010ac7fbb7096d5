/** Names that the policy is made of. All are literal: nothing here is expanded later, but index patterns with a catalogue. */
import { z } from 'zod';

/** Of a role, an upstream or an identity source. Begins with a letter, so that the order of a map is the order of the file. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: 'expected a name: a letter, then letters, digits, - and _' });

export const fileSchema = z.string().min(1).max(4096).describe('a path, relative to this file');

const INDEX = /^(?!\.{1,2}$)[a-z0-9.][a-z0-9._-]{0,254}$/;
const PATTERN = /^(?!\.)[a-z0-9*][a-z0-9._*-]{0,254}$/;

export function isIndexName(text: string): boolean {
  return INDEX.test(text);
}

export function isIndexPattern(text: string): boolean {
  return text.includes('*') && PATTERN.test(text);
}

export const indexNameSchema = z.string().refine(isIndexName, {
  error: 'expected an index name: lower-case letters, digits, dot, - and _, not beginning with - or _',
});

export const indexExpressionSchema = z.string().refine((text) => isIndexName(text) || isIndexPattern(text), {
  error:
    'expected an index name (lower-case letters, digits, dot, - and _), or a pattern with * that does not begin with a dot',
});

const FIELD = /^[^\s._*"\\{}[\]<>,:$\p{Cc}][^\s.*"\\{}[\]<>,:$\p{Cc}]*(?:\.[^\s.*"\\{}[\]<>,:$\p{Cc}]+)*$/u;

/** Metadata fields (`_id`, `_index`, `_seq_no`) are the store's own and cannot be granted. */
export function isFieldName(text: string): boolean {
  return text.length <= 512 && FIELD.test(text);
}

export const fieldNameSchema = z.string().refine(isFieldName, {
  error: 'expected the full literal name of a field, without * and not beginning with _',
});

/** Scheme, host and port alone. */
export function originOf(text: string, schemes: readonly string[]): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const bare = url.pathname === '/' || url.pathname === '';
  if (!schemes.includes(url.protocol) || !bare || url.search !== '' || url.hash !== '') return undefined;
  if (url.username !== '' || url.password !== '' || /[?#@\s]/.test(text)) return undefined;
  return url;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** An address that tokens' keys may come from: TLS, or this machine. */
export function isTrustedUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
