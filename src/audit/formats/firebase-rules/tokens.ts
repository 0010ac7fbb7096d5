/** Tokens of the rules language of Firestore and Storage, and of the expressions in Realtime Database rules. */
import type { Span } from '../../source.ts';

export interface Token extends Span {
  kind: 'name' | 'number' | 'string' | 'sign' | 'regex';
  /** A string without its quotes; everything else as it is written. */
  text: string;
}

const SIGNS = ['===', '!==', '==', '!=', '<=', '>=', '&&', '||', '**'];
const SPACE = /[\s\ufeff]/;
const NAME_START = /[A-Za-z_$]/;
const NAME = /[\w$]/;
const DIGIT = /\d/;
/** More than any real file has; a longer one is read as far as that. */
const MAX_TOKENS = 400_000;

export interface Tokens {
  tokens: Token[];
  /** Where an unended string or comment, or a character of no token, stands. */
  bad: number | null;
}

/** Splits a text; comments and blanks go. `regex`: a `/` where a value stands opens a pattern (Realtime Database). */
export function tokenise(text: string, regex = false): Tokens {
  const tokens: Token[] = [];
  let bad: number | null = null;
  let at = 0;
  while (at < text.length && tokens.length < MAX_TOKENS) {
    const character = text[at] ?? '';
    const start = at;
    if (SPACE.test(character)) {
      at += 1;
      continue;
    }
    if (character === '/' && text[at + 1] === '/' && !regex) {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? text.length : newline + 1;
      continue;
    }
    // Inside a path `/**` would be no comment: the language has no such path.
    if (character === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return { tokens, bad: start };
      at = end + 2;
      continue;
    }
    if (character === '"' || character === "'") {
      const string = quoted(text, at);
      if (string === null) return { tokens, bad: start };
      tokens.push({ kind: 'string', text: string.text, start, end: string.end });
      at = string.end;
      continue;
    }
    if (regex && character === '/' && opensPattern(tokens.at(-1))) {
      const end = patternEnd(text, at);
      if (end === null) return { tokens, bad: start };
      tokens.push({ kind: 'regex', text: text.slice(start, end), start, end });
      at = end;
      continue;
    }
    const word = NAME_START.test(character);
    if (word || DIGIT.test(character)) {
      do at += 1;
      while (
        at < text.length &&
        (NAME.test(text[at] ?? '') || (!word && text[at] === '.' && DIGIT.test(text[at + 1] ?? '')))
      );
      tokens.push({ kind: word ? 'name' : 'number', text: text.slice(start, at), start, end: at });
      continue;
    }
    const sign = SIGNS.find((one) => text.startsWith(one, at)) ?? character;
    if (!/^[!-/:-@[-`{-~]/.test(sign)) {
      bad ??= at;
      at += 1;
      continue;
    }
    at += sign.length;
    tokens.push({ kind: 'sign', text: sign, start, end: at });
  }
  return { tokens, bad: at < text.length ? (bad ?? at) : bad };
}

/** `\n`, `\u…` and the like are of no interest here: what follows the backslash is taken as it is. */
function quoted(text: string, start: number): { text: string; end: number } | null {
  const quote = text[start];
  const parts: string[] = [];
  let from = start + 1;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\n') return null;
    if (character === '\\') {
      parts.push(text.slice(from, at), text[at + 1] ?? '');
      at += 1;
      from = at + 1;
    } else if (character === quote) {
      parts.push(text.slice(from, at));
      return { text: parts.join(''), end: at + 1 };
    }
  }
  return null;
}

function opensPattern(before: Token | undefined): boolean {
  if (before === undefined) return true;
  return before.kind === 'sign' && before.text !== ')' && before.text !== ']';
}

function patternEnd(text: string, start: number): number | null {
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '/') return text[at + 1] === 'i' ? at + 2 : at + 1;
  }
  return null;
}
