/**
 * E-mail addresses and telephone numbers in what is reported: in addresses out of a browsing history or a log, in keys,
 * columns and files named after a person. A back end is told as well without them.
 */
import { maskSecret } from '../../core/redact.ts';
import { isPublicSuffix } from '../data/top-level-domains.ts';
import { matchRules, mayHoldCredential } from './match-credentials.ts';

/** RFC 5321 without quoting; percent-encoded once or more. What was masked before has a `*` and is left alone. */
const EMAIL =
  /(?<![\w.+*-])[\w.!$'+~-]{1,64}(?:@|%(?:25){0,3}40)((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24})(?![\w@])/gi;
/** E.164: plus, country and number, 15 digits at most. */
const PHONE = /(?<![\w*])(?:\+|%(?:25){0,3}2B)[1-9]\d{7,14}(?!\w)/gi;
const PHONE_PARAMETER =
  /([?&;](?:[\w-]{0,20}[_-])?(?:phone|mobile|tel|telephone|msisdn|cell)(?:[_-]?(?:number|no|nr))?=)[\d().\s+-]{6,20}(?=$|[&;#])/gi;

/** @returns the text with addresses and numbers of people as `***` */
export function withoutPersons(text: string): string {
  let shown = text;
  if (shown.includes('@') || shown.includes('40')) {
    shown = shown.replace(EMAIL, (all, domain: string) => {
      // `player@2.1.0.js` and `icon@2x.png` are files, and `user@host.example.json` ends after its host
      const labels = domain.toLowerCase().split('.');
      while (labels.length > 1 && !isPublicSuffix(labels.at(-1) ?? '')) labels.pop();
      if (labels.length < 2 || !/[a-z]/.test(labels.at(-2) ?? '')) return all;
      return `***${domain.slice(labels.join('.').length)}`;
    });
  }
  if (shown.includes('+') || /%(?:25){0,3}2B/i.test(shown)) shown = shown.replace(PHONE, '***');
  if (shown.includes('=')) shown = shown.replace(PHONE_PARAMETER, '$1***');
  return shown;
}

/** A name – of an entry, a key, a table – that may itself be a secret or a person's. */
export function shownName(name: string): string {
  let shown = withoutPersons(name);
  if (name.length < 16 || !mayHoldCredential(name)) return shown;
  for (const { value } of matchRules(name)) shown = shown.replaceAll(value, maskSecret(value));
  return shown;
}
