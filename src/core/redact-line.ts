import { maskEmails, maskSecret, redactUrl } from './redact.ts';

/** The end of a key's name that makes its value a secret: `ELASTIC_PASSWORD`, `secure_password`, `--requirepass`. */
const NAME =
  '(?:pass(?:words?|wd|phrase|code)?|pwd|masterauth|secrets?|tokens?|jwt|auth|(?:api|access|private|secret|signing|encryption|account|shared)[_.-]?keys?|credentials?|material)';

/** `name: value`, `name=value`, `"name": "value"`, `--name value`, `"--name", "value"`. Lines are short when it runs. */
const NAMED = new RegExp(
  `([\\w.-]*${NAME}["']?(?:\\s*[:=]\\s*|["'],\\s*|\\s+))("(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|[^\\s"',}\\]]+(?: (?!#)[^\\s"',}\\]:=]+)*)`,
  'gi',
);

const SECRET_NAME = new RegExp(NAME, 'i');

/** Values that say how, not what. */
const HARMLESS =
  /^(?:true|false|yes|no|on|off|null|none|scram-sha-256|md5|trust|\d{1,2}|\.?\/\S*|\$\w+|\$\{\w+(?::?\?[^}]*)?\})$/i;

/** `${NAME:-literal}` */
const FALLBACK = /(\$\{\w+:?[-=+])([^}]+)(?=\})/g;
/** Redis: `user shop on >password #hash` */
const ACL = /(\s[><#!])([^\s"']{3,})/g;
/** `redis-cli -a password`, `mysql -ppassword` */
const CLIENT = /(?:redis-cli|mysql|mariadb|mongo)/i;
const CLIENT_FLAG = /([\s"']-[apP]["']?(?:\s*,?\s*["']?)?)([^\s"',\]]{3,})/g;
/** What is as long and as mixed as this is a key whatever it is called. */
const MIXED = /(?<![\w+/=.-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}(?![\w+/=.-])/g;
const LONGEST = 400;

/**
 * A line of configuration as it may be shown: values of keys that are named like secrets, logins in addresses, e-mail
 * addresses, what looks like a key and what stands in a comment (names of people, an old password) are masked, and what
 * is longer than a line is cut.
 *
 * `requirepass correct-horse` -> `requirepass …[13]`
 */
export function redactLine(line: string): string {
  let shown = withoutComment(line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line);
  shown = redactUrl(shown).replace(NAMED, (all: string, lead: string, value: string) => {
    const quote = /^["']/.exec(value)?.[0] ?? '';
    const closed = quote !== '' && value.length > 1 && value.endsWith(quote);
    const inner = value.slice(quote.length, closed ? -1 : undefined);
    if (inner === '' || HARMLESS.test(inner) || inner.includes('…[')) return all;
    if (inner.startsWith('${')) return all;
    return `${lead}${quote}${maskSecret(inner)}${closed ? quote : ''}`;
  });
  if (SECRET_NAME.test(shown)) shown = shown.replace(FALLBACK, masked);
  if (/^\s*[+-]?\s*user\s/.test(shown)) shown = shown.replace(ACL, masked);
  if (CLIENT.test(shown)) shown = shown.replace(CLIENT_FLAG, masked);
  return maskEmails(shown.replace(MIXED, (value) => (isMixed(value) ? maskSecret(value) : value)));
}

/** What a comment says is nothing that a change is about. */
function withoutComment(line: string): string {
  const start = commentStart(line);
  if (start < 0) return line;
  const mark = /^(?:#+|\/\/+|--+|\/\*+|;+)\s*/.exec(line.slice(start))?.[0] ?? '';
  const said = line.length - start - mark.length;
  return said === 0 ? line : `${line.slice(0, start)}${mark}…[${said}]`;
}

/** Where a comment begins, outside quotes: `#`, `//`, `--`, `/*` after a space, `;` before everything else; or -1. */
function commentStart(line: string): number {
  const acl = /^\s*user\s/.test(line);
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (quote !== '') {
      if (character === '\\' && quote === '"') at += 1;
      else if (character === quote) quote = '';
      continue;
    }
    const before = line[at - 1] ?? ' ';
    if ((character === '"' || character === "'") && !/[\p{L}\p{N}]/u.test(before)) {
      // A quote that nothing closes is an apostrophe.
      if (line.includes(character, at + 1)) quote = character;
      continue;
    }
    if (character === ';' && line.slice(0, at).trim() === '') return at;
    if (!/[\s;,)]/.test(before)) continue;
    if (character === '#' && !acl && /\s/.test(before)) return at;
    const two = line.slice(at, at + 2);
    if (two === '//' || two === '/*' || (two === '--' && /\s|^$/.test(line.slice(at + 2, at + 3)))) return at;
  }
  return -1;
}

/** What a condition compares with, where that looks like a key: `header = 'Kx9…'` -> `header = '…[20]'`. */
export function maskLiterals(text: string): string {
  return text.replace(/(['"])([\w+/=.-]{10,400})\1/g, (all, quote: string, value: string) =>
    isMixed(value) ? `${quote}…[${value.length}]${quote}` : all,
  );
}

function masked(all: string, lead: string, value: string): string {
  return value.includes('…[') ? all : lead + maskSecret(value);
}

/** Letters and digits change places often in a key, seldom in a name or a path. */
function isMixed(value: string): boolean {
  if (value.includes('/') && !/[+=]/.test(value) && value.split('/').every((part) => part.length < 20)) return false;
  let changes = 0;
  for (let at = 1; at < value.length; at++) if (kindOf(value[at]) !== kindOf(value[at - 1])) changes++;
  return changes * 3 >= value.length;
}

function kindOf(character: string | undefined): 'digit' | 'upper' | 'lower' | 'other' {
  if (character === undefined) return 'other';
  if (character >= '0' && character <= '9') return 'digit';
  if (character >= 'A' && character <= 'Z') return 'upper';
  return character >= 'a' && character <= 'z' ? 'lower' : 'other';
}
