import { namePattern } from '../core/redact.ts';
import { isStructural } from './patterns.ts';

const UUID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/i;

/** Longer than a name that people give, and mixed as keys and signed tokens are. */
function looksLikeToken(name: string): boolean {
  return /[\w.=+/-]{32,}/.test(name) && /\d/.test(name) && /[A-Z]/.test(name) && /[a-z]/.test(name);
}

/**
 * The name of an index, database or bucket: verbatim, because owners find it by its name, unless it looks like a value
 * (an address, a telephone number, a token); then its pattern.
 */
export function datasetName(name: string): string {
  // CouchDB names the database of a user `userdb-` and the user's name in hexadecimal (couch_peruser).
  if (/^userdb-(?:[0-9a-f]{2})+$/i.test(name)) return 'userdb-*';
  if (looksLikeToken(name)) return '*';
  const value = name.includes('@') || /\d{9}/.test(name) || UUID.test(name) || /[0-9a-f]{24}/i.test(name);
  return value || name.length > 255 || !/^[\x21-\x7e]+$/.test(name) ? namePattern(name.slice(0, 1_024)) : name;
}

/**
 * A field's dotted path. A part that looks like a value, as dynamic mappings make them, becomes `*`. The dots of an
 * address are dots of the path, too: before one, only words of schemas are kept.
 */
export function fieldName(path: string): string {
  const parts = path.slice(0, 2_048).split('.');
  const address = parts.findLastIndex((part) => part.indexOf('@') > 0);
  return parts.map((part, n) => (looksLikeValue(part) || (n < address && !isStructural(part)) ? '*' : part)).join('.');
}

function looksLikeValue(part: string): boolean {
  return part.length > 64 || !/^[\w$@ -]*$/.test(part) || part.includes('@') || /\d{5}/.test(part) || UUID.test(part);
}

/** A field's type in the store's words; undefined when it is not made of such words (types may list values). */
export function fieldType(type: string): string | undefined {
  const shown = /^[A-Za-z][\w(), <>[\].-]{0,79}$/.test(type) && !/\d{5}|[0-9a-f]{12}/i.test(type) && !UUID.test(type);
  return shown ? type : undefined;
}

/** `12400` as `12,400`, without loading locale data. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
